// SPDX-License-Identifier: MIT
// What a HybridCache refuses, before anything is done.
#include <crier/hybrid_codec.hpp>
#include <crier/hybrid_refresher.hpp>

#include "base/duration.hpp"
#include "base/error_of.hpp"
#include "base/utf8.hpp"
#include "cache/hybrid/hybrid_state.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace crier {
namespace {

[[noreturn]] void refuse(const char* operation, const std::string& what) {
  throw Error(operation, what, Error::Kind::invalid_argument);
}

void check_text(const char* operation, const std::string& what, std::string_view text,
                std::size_t most) {
  if (text.empty() || text.size() > most || !is_utf8(text)) {
    refuse(operation, what + " is " +
                          (text.empty()         ? "empty"
                           : text.size() > most ? std::to_string(text.size()) + " bytes long"
                                                : "not UTF-8") +
                          ": 1 to " + std::to_string(most) + " bytes of UTF-8");
  }
}

// One at a time, so that a time in the past is told from a duration that is none.
void check_duration(const char* operation, const std::string& cache, const char* which,
                    const std::optional<std::chrono::milliseconds>& duration) {
  if (duration && duration->count() <= 0) {
    refuse(operation, std::string("the ") + which + " of an entry of the cache " + cache + " is " +
                          duration_text(*duration) + ": it must be above 0");
  }
}

}  // namespace

// With the cache's name, version and a '/' before it, it is a key of the shared cache.
void HybridRefresher::check_key(const char* operation, std::string_view key) const {
  const std::size_t most = SharedCache::kMaxKeyBytes -
                           std::min(state_->half.longest_prefix(), SharedCache::kMaxKeyBytes - 1);
  check_text(operation, "a key of the cache " + name_, key, most);
}

void HybridRefresher::check_tag(const char* operation, std::string_view tag) const {
  check_text(operation, "a tag of the cache " + name_, tag, SharedCache::kMaxKeyBytes);
}

SharedExpiry HybridRefresher::check_entry(const char* operation, const SharedExpiry& expiry,
                                          const std::vector<std::string>& tags) const {
  if (tags.size() > kMostTags) {
    refuse(operation, "an entry of the cache " + name_ + " bears " + std::to_string(tags.size()) +
                          " tags: " + std::to_string(kMostTags) + " at the most");
  }
  for (const std::string& tag : tags) {
    check_tag(operation, tag);
  }
  check_duration(operation, name_, "time to live", expiry.after);
  check_duration(operation, name_, "sliding time", expiry.sliding);
  if (expiry.at && !expiry.after && *expiry.at <= std::chrono::system_clock::now()) {
    refuse(operation,
           "the time at which an entry of the cache " + name_ + " is to expire has passed already");
  }
  return has_shared() ? used(expiry) : expiry;
}

void HybridRefresher::check_number(std::size_t asked, std::size_t given) const {
  if (asked != given) {
    refuse("load", "the loader of cache " + name_ + " was asked for " + std::to_string(asked) +
                       " keys, and gave " + std::to_string(given) + " values");
  }
}

namespace detail {

void refuse_encoding(std::string_view cache, std::string_view key) {
  refuse("set", "the value for '" + std::string(key) + "' of the cache " + std::string(cache) +
                    " can't be encoded: " + error_of([] { throw; }));
}

void check_codec(std::string_view cache, bool encodes, bool decodes) {
  if (!encodes || !decodes) {
    refuse("open", "the codec of the cache " + std::string(cache) + " has no function '" +
                       (encodes ? "decode" : "encode") + "': it needs both");
  }
}

}  // namespace detail
}  // namespace crier
