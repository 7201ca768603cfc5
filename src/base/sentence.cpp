// SPDX-License-Identifier: MIT
#include "base/sentence.hpp"

#include <sstream>

namespace crier {

std::string sentence(const Failure& failure) {
  std::ostringstream text;
  if (failure.source.entry.value != 0) {
    text << "entry " << failure.source.entry.value << ": ";
  }
  if (!failure.refresher.empty()) {
    text << "refresher " << failure.refresher.to_string();
    if (!failure.name.empty()) {
      text << " (" << failure.name << ")";
    }
    text << ": ";
  }
  text << failure.what;
  return text.str();
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
