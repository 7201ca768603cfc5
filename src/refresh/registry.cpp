// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/registry.hpp>

#include "base/error_of.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace crier {

namespace {

// A name stands in messages and rows.
constexpr std::size_t kMaxNameBytes = 255;

[[noreturn]] void refuse_registration(const std::string& why) {
  throw Error("register", why, Error::Kind::invalid_argument);
}

}  // namespace

void Registry::add(std::shared_ptr<CacheRefresher> refresher, WhenStale when_stale) {
  if (refresher == nullptr) {
    refuse_registration("a null refresher can't be registered");
  }
  const Guid id = refresher->id();
  if (id.empty()) {
    refuse_registration("refresher " + std::string(refresher->name()) + " has an empty GUID");
  }
  if (const CacheRefresher* taken = find(id)) {
    refuse_registration("GUID " + id.to_string() + " of refresher " +
                        std::string(refresher->name()) + " is taken by " +
                        std::string(taken->name()));
  }
  if (when_stale.after < std::chrono::milliseconds(0)) {
    refuse_registration("WhenStale::after of refresher " + std::string(refresher->name()) +
                        " is below 0");
  }
  if (is_reserved(id)) {
    refuse_registration("GUID " + id.to_string() + " is kept for crier's own instructions");
  }
  RegisteredRefresher added{id, std::move(refresher), {}, std::move(when_stale)};
  static_cast<void>(
      error_of([&] { added.name = valid_text(added.refresher->name(), kMaxNameBytes); }));
  const auto place = std::ranges::lower_bound(refreshers_, id, {}, &RegisteredRefresher::id);
  refreshers_.insert(place, std::move(added));
}

const RegisteredRefresher* Registry::entry_of(const Guid& id) const {
  const auto found = std::ranges::lower_bound(refreshers_, id, {}, &RegisteredRefresher::id);
  return found == refreshers_.end() || found->id != id ? nullptr : &*found;
}

std::string_view Registry::name_of(const Guid& id) const {
  const RegisteredRefresher* const found = entry_of(id);
  return found == nullptr ? std::string_view() : found->name;
}

const WhenStale& Registry::when_stale(const Guid& id) const {
  static const WhenStale keep;
  const RegisteredRefresher* const found = entry_of(id);
  return found == nullptr ? keep : found->when_stale;
}

void Registry::set_fallback(std::shared_ptr<FallbackRefresher> fallback) {
  if (fallback == nullptr) {
    refuse_registration("a null fallback refresher can't be registered");
  }
  if (fallback_ != nullptr) {
    refuse_registration("there is a fallback refresher already");
  }
  fallback_ = std::move(fallback);
}

CacheRefresher* Registry::find(const Guid& id) const {
  const RegisteredRefresher* const found = entry_of(id);
  return found == nullptr ? nullptr : found->refresher.get();
}

}  // namespace crier
