// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cache_table.hpp>
#include <crier/admin/resync_request.hpp>
#include <crier/codec.hpp>
#include <crier/error.hpp>

#include "cache/hybrid/ruled_half.hpp"
#include "support/memory_store.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {

inline constexpr Guid kRuled = Guid::parse("0f3f6a52-41c9-4f6e-9d55-2b0a4f0e8c11").value();

/// A node's log, as a test says.
class SteppedLog final : public LogAccess {
 public:
  explicit SteppedLog(MemoryStore& store) : connection_(store.connect(Access::read_only)) {}

  Place at;
  bool holds_own = true;
  std::function<void()> on_hurry = [] {};
  std::function<void()> on_look = [] {};  // when it has been read

  Place place() override { return at; }
  Fingerprint origin() override { return {1}; }
  bool look(EntryId after, const ReadLimits& limits, Page& page) override {
    connection_->log().read_after(after, limits, page);
    on_look();
    return holds_own;
  }
  void hurry() noexcept override { on_hurry(); }

 private:
  const std::unique_ptr<Connection> connection_;
};

/// What a hybrid cache is on one node, stepped by hand.
struct RuledNode {
  std::shared_ptr<MemoryStore> store;
  LogView view;
  std::shared_ptr<SteppedLog> log = std::make_shared<SteppedLog>(*store);
  std::vector<std::string> troubles;
  RuledHalf half;

  explicit RuledNode(std::shared_ptr<MemoryStore> given, const HybridSharing& sharing = {},
                     const CacheClock& clock = {})
      : store(std::move(given)),
        half(
            std::dynamic_pointer_cast<SharedHalf>(
                std::shared_ptr<SharedCache>(make_shared_cache(store))),
            "c", kRuled, view, [this](const Error& error) { troubles.emplace_back(error.what()); },
            sharing, clock) {
    half.follow(log);
    restart();
  }

  /// At the newest place.
  void restart() {
    Cursor newest = store->connect(Access::read_only)->log().newest();
    if (newest.id.value == 0) {
      newest.fingerprint = log->origin();
    }
    view.restart(newest, log->at.resets++);
    log->at.applied = newest.id;
  }
  /// Evictions have begun, and are done.
  void read_all(bool apply = true) {
    for (const Entry& entry : store->rows()) {
      view.begin({entry.id, entry.fingerprint()},
                 invalidations_of(decode(entry.json_instruction), kRuled));
    }
    if (apply) {
      log->at.applied = view.begun().cursor.id;
    }
  }
  /// "" if there is none that may be served.
  std::string get(const std::string& key, const std::vector<std::string>& tags = {}) {
    const RuledHalf::Wanted one{key, tags};
    last =
        half.read(std::span(&one, 1), [](std::size_t, const std::string&) { return true; }).front();
    return last.data.value_or("");
  }
  [[nodiscard]] HybridRecord half_record() const { return half.shared()->read("c", {}, {}).record; }
  /// As a factory does: `meanwhile` while it runs.
  void make(const std::string& key, const std::string& data,
            const std::vector<std::string>& tags = {},
            const std::function<void()>& meanwhile = {}) {
    get(key, tags);
    RuledHalf::Fill fill{half.begin(), key, tags, data, {}, last.seen};
    if (meanwhile) {
      meanwhile();
    }
    half.fill(fill);
  }

  RuledHalf::Found last;
};

/// Two nodes, and somebody who writes.
struct RuleFixture {
  std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
  RuledNode a{store};
  RuledNode b{store};

  EntryId remove(const std::string& key) { return write(R"([{"key":")" + key + R"("}])"); }
  EntryId remove_tag(const std::string& tag) { return write(R"([{"tag":")" + tag + R"("}])"); }
  EntryId write(const std::string& json) {
    return store->write("someone", encode({{Instruction::refresh_by_json(kRuled, json)}}));
  }
  EntryId ask(const ResyncRequest& request) {
    return store->write("operator", encode({{to_instruction(request)}}));
  }
  EntryId write_other() {
    return store->write("someone", encode({{Instruction::refresh_all(kCanary)}}));
  }
  void read_all() {
    a.read_all();
    b.read_all();
  }
};

}  // namespace crier::test
