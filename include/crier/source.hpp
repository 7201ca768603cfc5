// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/guid.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace crier {

/// Where an instruction came from.
struct Source {
  EntryId entry;                ///< 0: published on this node, and delivered before the append
  std::string_view originated;  ///< who published it; lives as long as the call it is given to
  /// If a refresher published it while it applied something: that refresher, and before it those
  /// that led to it in the same way, on whichever nodes. Lives as long as the call, too.
  std::span<const Guid> chain = {};
};

/// What refreshers publish in such a chain of this length is refused, so that those which set each
/// other off don't go on for ever. A chain is seen if the refresher publishes on the thread on
/// which it was called, in whatever way (for a Batch the call of commit() counts, for a
/// TransactionBatch that of write()); so it is for who handles CacheUpdated. It is not seen if
/// another thread publishes, though the refresher may have started it, nor past a program that
/// publishes anew what it was told.
inline constexpr std::size_t kMaxPublishDepth = 16;

}  // namespace crier
