// SPDX-License-Identifier: MIT
#include <crier/hybrid_refresher.hpp>

#include "base/duration.hpp"
#include "base/utf8.hpp"
#include "cache/hybrid/hybrid_state.hpp"
#include "cache/hybrid/invalidations.hpp"
#include "cache/hybrid/stored_value.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace crier {
namespace {

std::shared_ptr<SharedHalf> half_of(const std::shared_ptr<SharedCache>& shared) {
  auto half = std::dynamic_pointer_cast<SharedHalf>(shared);
  if (shared != nullptr && half == nullptr) {
    throw Error("open",
                "the shared cache " + shared->name() +
                    " keeps no record for a hybrid cache: use one that open_shared_cache() "
                    "gives, or implement SharedHalf beside SharedCache",
                Error::Kind::invalid_argument);
  }
  return half;
}

// What belongs to two names could not be told apart.
const std::string& valid_name(const std::string& name) {
  if (name.empty() || name.find_first_of("/#") != std::string::npos) {
    throw Error("open",
                "the name of a hybrid cache is not empty and has no '/', which its entries have in "
                "the shared cache, and no '#': '" +
                    name + "'",
                Error::Kind::invalid_argument);
  }
  return name;
}

const HybridSharing& valid_sharing(const std::string& name, const HybridSharing& sharing) {
  constexpr std::size_t kLongestVersion = 64;
  const std::string& version = sharing.version;
  if (version.size() > kLongestVersion || version.find_first_of("/#") != std::string::npos ||
      !is_utf8(version)) {
    throw Error("open",
                "the version of the hybrid cache " + name +
                    " has at most 64 bytes of UTF-8, and no '/' and no '#', which the keys of its "
                    "entries have in the shared cache",
                Error::Kind::invalid_argument);
  }
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24);
  if (sharing.one_load && (sharing.one_load->count() <= 0 || *sharing.one_load > kLongest)) {
    throw Error("open",
                "one_load_across_nodes of the hybrid cache " + name + " is " +
                    duration_text(*sharing.one_load) + ": it must be above 0, and at most a day",
                Error::Kind::invalid_argument);
  }
  return sharing;
}

}  // namespace

HybridRefresher::HybridRefresher(const Guid& id, std::string name,
                                 std::shared_ptr<SharedCache> shared, Local local,
                                 const HybridSharing& sharing)
    : id_(id),
      name_(std::move(name)),
      local_(std::move(local)),
      state_(std::make_unique<State>(id_, valid_name(name_), half_of(shared), local_.trouble,
                                     valid_sharing(name_, sharing), local_.clock)) {}

HybridRefresher::~HybridRefresher() = default;

void HybridRefresher::check_name(const Registry& registry) const {
  for (const RegisteredRefresher& one : registry.all()) {
    const auto* const other = dynamic_cast<const HybridRefresher*>(one.refresher.get());
    if (other != nullptr && other->name_ == name_) {
      throw Error("open",
                  "the registry has a hybrid cache of the name '" + name_ +
                      "' already: each needs one of its own, by which its entries are known",
                  Error::Kind::invalid_argument);
    }
  }
}

// The publisher's own view first: see LogView::published().
void HybridRefresher::published(EntryId last, std::span<const Instruction> says) noexcept {
  try {
    const Invalidations what = invalidations_of(says, id_);
    if (what.empty()) {
      return;
    }
    state_->view.published(last, what);
    for (const Instruction& instruction : says) {
      run(instruction);
    }
    state_->half.move_on();
  } catch (...) {  // NOLINT(bugprone-empty-catch): no memory: the poller comes to it
  }
}

void HybridRefresher::run(const Instruction& instruction) {
  if (instruction.refresher != id_) {
    return;
  }
  const HybridOrders orders = orders_of(instruction);
  if (orders.all) {
    local_.clear();
    return;
  }
  std::ranges::for_each(orders.keys, local_.evict);
  std::ranges::for_each(orders.tags, local_.evict_tagged);
}

void HybridRefresher::refresh(std::int64_t id) { run(Instruction::refresh_by_id(id_, id)); }
void HybridRefresher::refresh(const Guid& id) { run(Instruction::refresh_by_guid(id_, id)); }
void HybridRefresher::refresh_by_json(std::string_view json) {
  run(Instruction::refresh_by_json(id_, std::string(json)));
}

void HybridRefresher::follow(std::shared_ptr<LogAccess> log) {
  if (log == nullptr) {
    state_->view.stop();
  }
  state_->half.follow(std::move(log));
}

void HybridRefresher::stay_alone() const {
  if (has_shared()) {
    throw Error(
        "start",
        "the cache " + name_ +
            " has a shared half, and this node has no store, whose log "
            "alone tells what of it is outdated: name one in Options::store, or give the cache "
            "no shared half",
        Error::Kind::invalid_argument);
  }
}

void HybridRefresher::restart(const Cursor& place, std::uint64_t resets) {
  state_->view.restart(place.id.value == 0 ? Cursor{{}, state_->half.origin()} : place, resets);
}

void HybridRefresher::begin(const Cursor& entry, const Decoded& says) {
  state_->view.begin(entry, invalidations_of(says, id_));
}

// What was read from the shared half between the first eviction and the append may be older than
// this entry, and was kept here. Nothing else can have been.
void HybridRefresher::pass_own(const Decoded& says) {
  if (has_shared()) {
    std::ranges::for_each(says.instructions, [this](const Instruction& one) { run(one); });
  }
}

HybridRefresher::Start HybridRefresher::begin() const { return state_->half.begin(); }

std::vector<HybridRefresher::Found> HybridRefresher::read(std::span<const Wanted> wanted,
                                                          const Takes& takes, bool again) {
  return state_->half.read(wanted, takes, again);
}

HybridRefresher::Found HybridRefresher::read(const Wanted& wanted, const Takes& takes, bool again) {
  return state_->half.read(wanted, takes, again);
}

std::shared_ptr<void> HybridRefresher::lease(const std::string& key,
                                             const std::function<bool()>& look) {
  return state_->half.lease(key, look);
}

void HybridRefresher::fill(const Fill& fill) { state_->half.fill(fill); }

void HybridRefresher::fill_with(const std::function<std::string()>& encode, Fill fill) {
  if (!has_shared()) {
    return;
  }
  try {
    fill.data = encode();
  } catch (const Error& error) {
    state_->half.fill_failed(error);
    return;
  }
  state_->half.fill(fill);
}

void HybridRefresher::prepare_set() const { state_->half.prepare(); }

// With the longest that can stand before the data.
void HybridRefresher::check_size(const Fill& fill) const {
  if (has_shared()) {
    const LogView::Made made{std::numeric_limits<std::uint64_t>::max(),
                             {std::numeric_limits<std::int64_t>::max()}};
    state_->half.shared()->check_size(StoredValue::write(made, fill.tags, fill.data).size());
  }
}

bool HybridRefresher::has_shared() const noexcept { return state_->half.shared() != nullptr; }

SharedExpiry HybridRefresher::used(const SharedExpiry& expiry) const {
  return state_->half.shared()->used(expiry);
}

bool HybridRefresher::is_invalidated(const std::string& key, const std::vector<std::string>& tags,
                                     EntryId after) const {
  return state_->view.newest(marks_of(key, tags)) > after;
}

bool HybridRefresher::is_outdated(const Start& start, const std::string& key,
                                  const std::vector<std::string>& tags) const {
  return start.epoch != 0 && (state_->view.is_restarting(start.epoch, start.place.resets) ||
                              state_->view.newest_begun(marks_of(key, tags)) > start.place.applied);
}

bool HybridRefresher::sweep() noexcept { return state_->half.sweep(); }

HybridRefresher::Counts HybridRefresher::counts() const { return state_->half.counts(); }

}  // namespace crier
