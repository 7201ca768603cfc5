// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>
#include <crier/observer.hpp>
#include <crier/refresher.hpp>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {

inline constexpr Guid kProducts = Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value();
inline constexpr Guid kOrders = Guid::parse("11111111-2222-4333-8444-555555555555").value();
inline constexpr Guid kUnknown = Guid::parse("99999999-9999-4999-8999-999999999999").value();

using Lines = std::vector<std::string>;

/// What happened, in order, as lines of text. Thread-safe.
class Record {
 public:
  void add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }
  [[nodiscard]] Lines lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  [[nodiscard]] std::size_t size() const { return lines().size(); }
  /// The lines until now, which are forgotten.
  Lines take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
  }

 private:
  mutable std::mutex mutex_;
  Lines lines_;
};

/// Writes down what it is asked to do ("refresh 7"), after `before` has run, which may throw.
class RecordingRefresher final : public JsonCacheRefresher {
 public:
  RecordingRefresher(Guid id, std::string name, Record& record)
      : id_(id), name_(std::move(name)), record_(record) {}

  std::function<void(const std::string&)> before;

  [[nodiscard]] Guid id() const override { return id_; }
  [[nodiscard]] std::string_view name() const override { return name_; }
  void refresh_all() override { note("all"); }
  void refresh(std::int64_t id) override { note("refresh " + std::to_string(id)); }
  void refresh(const Guid& id) override { note("refresh " + id.to_string()); }
  void remove(std::int64_t id) override { note("remove " + std::to_string(id)); }
  void refresh_by_json(std::string_view json) override { note("json " + std::string(json)); }

 private:
  void note(const std::string& what) {
    if (before) {
      before(what);
    }
    record_.add(name_ + " " + what);
  }

  const Guid id_;
  const std::string name_;
  Record& record_;
};

/// A refresher that takes no JSON.
class PlainRefresher final : public CacheRefresher {
 public:
  [[nodiscard]] Guid id() const override { return kOrders; }
  [[nodiscard]] std::string_view name() const override { return "plain"; }
  void refresh_all() override {}
  void refresh(std::int64_t) override {}
  void refresh(const Guid&) override {}
  void remove(std::int64_t) override {}
};

/// Writes down what nobody else claims.
class RecordingFallback final : public FallbackRefresher {
 public:
  explicit RecordingFallback(Record& record) : record_(record) {}
  std::function<void()> before = [] {};

  void refresh_all() override {
    before();
    record_.add("fallback all");
  }
  void apply(const Instruction& instruction, const Source& source) override {
    before();
    record_.add("fallback " + std::string(to_string(instruction.type)) + " of entry " +
                source.entry.to_string() + " by " + std::string(source.originated));
  }

 private:
  Record& record_;
};

/// Writes down events, one line each.
class RecordingObserver final : public Observer {
 public:
  Record record;
  /// Called after a failure or a resync was recorded, by whoever tells it.
  std::function<void()> told = [] {};

  void on_published(EntryId id) override { record.add("published " + std::to_string(id.value)); }
  void on_failure(const Failure& failure) override {
    record.add("failed " + std::to_string(failure.source.entry.value) + " " +
               std::string(to_string(failure.kind)) + ": " + std::string(failure.what));
    told();
  }
  void on_resync(const Resync& resync) override {
    record.add("resync " + std::string(to_string(resync.reason)) + " " +
               std::to_string(resync.entry.value));
    told();
  }
  void on_poll_failed(const std::string& what) override { record.add("poll failed: " + what); }
  void on_poll_recovered() override { record.add("poll recovered"); }
};

}  // namespace crier::test
