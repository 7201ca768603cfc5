// SPDX-License-Identifier: MIT
#include "refresh/publish_guard.hpp"

#include <crier/error.hpp>
#include <crier/registry.hpp>
#include <crier/source.hpp>

#include "base/reporter.hpp"
#include "refresh/applying.hpp"

#include <utility>

namespace crier {

std::vector<Guid> PublishGuard::admit(Time now) {
  std::vector<Guid> chain = Applying::chain();
  if (chain.empty() || !is_too_deep(chain.size(), now)) {
    return chain;
  }
  Applying::refuse();
  const std::string what = "refreshers have published inside one another " +
                           std::to_string(chain.size()) + " deep (" + names_of(chain) +
                           "): does one publish what sets it off again?";
  bool is_news = false;
  {
    const std::lock_guard lock(mutex_);
    is_news = refusal_.empty() || now - refusal_told_at_ >= PublishRate::kWindow;
    refusal_ = what;
    refused_at_ = now;
    if (is_news) {
      refusal_told_at_ = now;
    }
  }
  if (is_news) {
    reporter_.storm("publishing was refused: " + what);
  }
  throw Error("publish", what, Error::Kind::invalid_argument);
}

bool PublishGuard::is_too_deep(std::size_t length, Time now) {
  if (length < kDeep) {
    return false;
  }
  const std::lock_guard lock(mutex_);
  if (now - deep_window_ >= PublishRate::kWindow) {
    deep_window_ = now;
    deep_ = 0;
  }
  return length >= kMaxPublishDepth || ++deep_ > kMostDeep;
}

void PublishGuard::published(std::size_t entries, Time now) {
  std::string news;
  {
    const std::lock_guard lock(mutex_);
    rate_.add(entries, now);
    const bool is_high = rate_.is_high(now);
    if (!std::exchange(is_high_, is_high) && is_high) {
      news = rate_text();
    }
  }
  if (!news.empty()) {
    reporter_.storm(news);
  }
}

std::vector<std::string> PublishGuard::troubles(Time now) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> troubles;
  is_high_ = rate_.is_high(now);
  if (is_high_) {
    troubles.push_back(rate_text());
  }
  if (!refusal_.empty() && now - refused_at_ < kTold) {
    troubles.push_back("publishing was refused: " + refusal_);
  }
  return troubles;
}

std::string PublishGuard::names_of(const std::vector<Guid>& chain) const {
  std::string names;
  for (const Guid& guid : chain) {
    const std::string_view name = registry_.name_of(guid);
    names += (names.empty() ? "" : " > ") + (name.empty() ? guid.to_string() : std::string(name));
  }
  return names;
}

std::string PublishGuard::rate_text() const {
  return "far more is published here than usual: " + std::to_string(rate_.count()) +
         " entries in 10 s, and about " + std::to_string(rate_.usual()) + " are usual";
}

}  // namespace crier
