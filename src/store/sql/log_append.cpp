// SPDX-License-Identifier: MIT
// How entries get into the log, and how who waits for them hears of it.
#include <crier/error.hpp>

#include "store/sql/log.hpp"
#include "store/sql/transaction.hpp"

#include <algorithm>

namespace crier::sql {

namespace {

// More are read by pages anyway.
constexpr std::size_t kMostHandedOver = 16;
// Of JSON: a longer one is not worth being read back.
constexpr std::size_t kMostBytes = 1024;

}  // namespace

EntryId Log::append(std::span<const NewEntry> entries) {
  if (entries.empty()) {
    throw Error("append", "there is nothing to append", Error::Kind::invalid_argument);
  }
  bool is_handed_over = false;
  const EntryId last = session_.call("append", [&] {
    const EntryId id = driver_.append(entries);
    const bool is_long = std::ranges::any_of(
        entries, [](const NewEntry& entry) { return entry.json_instruction.size() > kMostBytes; });
    appended_.entries.clear();
    is_handed_over = !is_long && lay(id, entries.size());
    long_ = is_long ? id : EntryId();
    return id;
  });
  if (is_handed_over) {
    driver_.carrier()->ring_with_entries();
  } else {
    driver_.announce();
  }
  return last;
}

bool Log::hand_over(EntryId last, std::size_t count) noexcept {
  try {
    return session_.call("read", [&] { return lay(last, count); });
  } catch (const std::exception&) {  // who is rung reads the log
    return false;
  }
}

// Both rows are of one moment, so the one does stand right after the other: an id alone would not
// say so once the log was restored. What comes after the commit does not make it fail.
bool Log::lay(EntryId last, std::size_t count) noexcept {
  appended_.entries.clear();
  Wakeup* const carrier = driver_.carrier();
  const EntryId before{last.value - static_cast<std::int64_t>(count)};
  if (carrier == nullptr || !carrier->hands_over() || count > kMostHandedOver ||
      before <= EntryId{} || before == long_) {
    return false;
  }
  try {
    read_page(before, {.entries = count, .bytes = count * kMostBytes}, true, appended_);
    if (appended_.entries.size() == count && appended_.entries.back().id == last) {
      return appended_.anchor && carrier->hand_over({before, *appended_.anchor}, appended_.entries);
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): who is rung reads the log
  }
  appended_.entries.clear();
  return false;
}

void Log::try_append() {
  session_.call("append", [&] {
    const NewEntry entry{"crier doctor", 0, "[]"};
    const Transaction trial(session_, Begin::trial);
    driver_.append({&entry, 1});
  });
}

}  // namespace crier::sql
