// SPDX-License-Identifier: MIT
#include "base/reporter.hpp"

#include <algorithm>

namespace crier {

Counters Reporter::counters() const noexcept {
  Counters counters{.published = counts_.published,
                    .entries = counts_.entries,
                    .own_skipped = counts_.own_skipped,
                    .applied = counts_.applied,
                    .failed = counts_.failed,
                    .retries = counts_.retries,
                    .stuck = counts_.stuck,
                    .replaced = counts_.replaced,
                    .resyncs = counts_.resyncs,
                    .polls = counts_.polls,
                    .polls_failed = counts_.polls_failed,
                    .beats = counts_.beats,
                    .beats_failed = counts_.beats_failed,
                    .pruned = counts_.pruned,
                    .resyncs_by = {},
                    .appends = appends_.read(),
                    .applies = applies_.read()};
  std::ranges::copy(resyncs_by_, counters.resyncs_by.begin());
  return counters;
}

}  // namespace crier
