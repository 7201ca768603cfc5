// SPDX-License-Identifier: MIT
#include "base/sentence.hpp"

#include <string>

namespace crier {

std::string sentence(const Failure& failure) {
  std::string text;
  if (failure.source.entry.value != 0) {
    text += "entry " + failure.source.entry.to_string() + ": ";
  }
  if (!failure.refresher.empty()) {
    text += "refresher " + failure.refresher.to_string();
    if (!failure.name.empty()) {
      text.append(" (").append(failure.name).append(")");
    }
    text += ": ";
  }
  return text.append(failure.what);
}

std::string sentence(const RefresherTrouble& trouble) {
  std::string text = trouble.refresher.empty()
                         ? "the fallback"
                         : "refresher " + trouble.refresher.to_string() +
                               (trouble.name.empty() ? "" : " (" + trouble.name + ")");
  const std::string entry =
      trouble.entry.value == 0 ? "" : " of entry " + trouble.entry.to_string();
  switch (trouble.state) {
    case RefresherState::well:
      return text + " is well again";
    case RefresherState::retrying:
      return text + " failed at an instruction" + entry + ", which is tried again: " + trouble.what;
    case RefresherState::stale:
      return text + " is stale: its full refresh fails and is tried again: " + trouble.what;
    case RefresherState::stuck:
      return text + " is stuck: it has not returned from an instruction" + entry;
  }
  return text;
}

}  // namespace crier
