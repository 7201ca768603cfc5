// SPDX-License-Identifier: MIT
#include "refresh/troubles.hpp"

#include "base/reporter.hpp"
#include "base/sentence.hpp"
#include "refresh/dispatcher.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace crier {

std::vector<std::string> troubles_of(Dispatcher& dispatcher, const Reporter& reporter,
                                     std::string_view but) {
  std::vector<std::string> troubles;
  for (const RefresherTrouble& trouble : dispatcher.troubles()) {
    troubles.push_back(sentence(trouble));
  }
  std::ranges::move(dispatcher.publish_troubles(), std::back_inserter(troubles));
  std::ranges::move(reporter.duty_troubles(but), std::back_inserter(troubles));
  if (std::string trouble = reporter.wakeup_trouble(); !trouble.empty()) {
    troubles.push_back(std::move(trouble));
  }
  return troubles;
}

}  // namespace crier
