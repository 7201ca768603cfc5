// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/guid.hpp>
#include <crier/hybrid_refresher.hpp>
#include <crier/shared_json.hpp>

#include "base/error_of.hpp"

#include <algorithm>
#include <chrono>

namespace crier {

namespace {

// A mark that is not used for so long goes, and with it all that bears its tag.
constexpr SharedExpiry kMarkExpiry{.sliding = std::chrono::hours(24 * 7)};

// The marks as JSON, on a line of their own, and the data.
std::string joined(const TaggedEntries::Marks& marks, std::string_view data) {
  return to_shared_json("", marks) + '\n' + std::string(data);
}

}  // namespace

TaggedEntries::TaggedEntries(std::shared_ptr<SharedCache> shared, std::string name)
    : shared_(std::move(shared)), name_(std::move(name)) {
  if (name_.find_first_of("/#") != std::string::npos) {
    throw Error("open",
                "the name of a hybrid cache has no '/' and no '#', which its entries have in the "
                "shared cache: '" +
                    name_ + "'",
                Error::Kind::invalid_argument);
  }
}

std::string TaggedEntries::entry(std::string_view key) const {
  return name_ + "/" + std::string(key);
}

std::string TaggedEntries::mark(std::string_view tag) const {
  return name_ + "#" + std::string(tag);
}

bool TaggedEntries::stand(const Marks& marks) {
  return std::ranges::all_of(marks, [this](const auto& one) {
    return !one.second.empty() && shared_->get(mark(one.first)) == one.second;
  });
}

TaggedEntries::Found TaggedEntries::read(
    std::string_view key, const std::function<bool(const std::string& data)>& takes) {
  // Once for what is there, once for what came instead, once for that there is nothing. Else others
  // are busy with it: a fill() will be refused.
  for (int looks = 0; shared_ != nullptr && looks < 3; ++looks) {
    const std::string name = entry(key);
    const SharedLookup found = shared_->lookup(name);
    if (!found.value) {
      return {{}, {}, found.stamp};
    }
    const std::size_t end = found.value->find('\n');
    Marks marks;
    const bool readable = end != std::string::npos &&
                          error_of([&] {
                            marks = from_shared_json<Marks>(name, found.value->substr(0, end));
                          }).empty();
    if (readable && stand(marks)) {
      Found whole{found.value->substr(end + 1), {}, {}};
      for (auto& [tag, of] : marks) {
        whole.tags.push_back(std::move(tag));
      }
      if (takes(*whole.data)) {
        return whole;
      }
    }
    shared_->remove_value(name, *found.value);
  }
  return {};
}

TaggedEntries::Marks TaggedEntries::marks_of(const std::vector<std::string>& tags) {
  Marks marks;
  for (const std::string& tag : tags) {
    if (shared_ == nullptr) {
      continue;
    }
    const std::string name = mark(tag);
    const SharedLookup found = shared_->lookup(name);
    std::string value = found.value.value_or(Guid::random().to_string());
    if (!found.value && !shared_->add(name, value, found.stamp, kMarkExpiry)) {
      value = shared_->get(name).value_or(std::string());  // another one was faster
    }
    marks.emplace_back(tag, std::move(value));
  }
  return marks;
}

bool TaggedEntries::fill(std::string_view key, std::string_view data, const Marks& marks,
                         const SharedStamp& miss, const SharedExpiry& expiry) {
  return shared_ != nullptr && shared_->add(entry(key), joined(marks, data), miss, expiry);
}

void TaggedEntries::set(std::string_view key, std::string_view data, const Marks& marks,
                        const SharedExpiry& expiry) {
  if (shared_ != nullptr) {
    shared_->set(entry(key), joined(marks, data), expiry);
  }
}

void TaggedEntries::remove(std::string_view key) {
  if (shared_ != nullptr) {
    shared_->remove(entry(key));
  }
}

void TaggedEntries::remove_by_tag(std::string_view tag) {
  if (shared_ != nullptr) {
    shared_->set(mark(tag), Guid::random().to_string(), kMarkExpiry);
  }
}

}  // namespace crier
