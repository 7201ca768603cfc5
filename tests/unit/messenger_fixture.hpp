// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>
#include <crier/distributed_cache.hpp>
#include <crier/payload_refresher.hpp>

#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "messenger/database_messenger.hpp"
#include "refresh/dispatcher.hpp"
#include "refresh/notifier.hpp"
#include "support/memory_store.hpp"
#include "support/recording.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace crier::test {

inline constexpr Guid kPrices = Guid::parse("aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa").value();
inline constexpr Guid kTyped = Guid::parse("bbbbbbbb-1111-4111-8111-bbbbbbbbbbbb").value();

struct Price {
  std::int64_t id = 0;
  std::string amount;
};

inline void to_json(nlohmann::json& json, const Price& price) {
  json = {{"id", price.id}, {"amount", price.amount}};
}

inline void from_json(const nlohmann::json& json, Price& price) {
  json.at("id").get_to(price.id);
  json.at("amount").get_to(price.amount);
}

class PriceRefresher final : public PayloadCacheRefresher<Price> {
 public:
  explicit PriceRefresher(Record& record) : record_(record) {}
  [[nodiscard]] Guid id() const override { return kPrices; }
  [[nodiscard]] std::string_view name() const override { return "prices"; }
  void refresh_all() override { record_.add("prices all"); }
  void refresh(std::int64_t) override {}
  void refresh(const Guid&) override {}
  void remove(std::int64_t) override {}
  void refresh_by_payload(std::span<const Price> items) override {
    for (const Price& price : items) {
      record_.add("prices " + std::to_string(price.id) + "=" + price.amount);
    }
  }

 private:
  Record& record_;
};

struct Thing {
  std::int64_t id;
  Guid key;
};

class ThingRefresher final : public TypedCacheRefresher<Thing> {
 public:
  explicit ThingRefresher(Record& record) : record_(record) {}
  [[nodiscard]] Guid id() const override { return kTyped; }
  [[nodiscard]] std::string_view name() const override { return "things"; }
  void refresh_all() override {}
  void refresh(std::int64_t id) override { record_.add("id " + std::to_string(id)); }
  void refresh(const Guid&) override {}
  void remove(std::int64_t) override {}
  void refresh(const Thing& thing) override { record_.add("thing " + std::to_string(thing.id)); }
  void remove(const Thing& thing) override { record_.add("no thing " + std::to_string(thing.id)); }

 private:
  Record& record_;
};

/// The facade over a messenger and a log in memory, with a refresher of each kind.
struct MessengerFixture {
  Record record;
  std::shared_ptr<RecordingObserver> observer = std::make_shared<RecordingObserver>();
  std::shared_ptr<RecordingRefresher> products =
      std::make_shared<RecordingRefresher>(kProducts, "products", record);
  Registry registry;
  Reporter reporter{observer, [](LogLevel, std::string_view) {}};
  Notifier notifier{reporter};
  // Nobody runs retries here: what fails is given up at once.
  Dispatcher dispatcher{registry, notifier, reporter, {.retry = {.retries = 0}}};
  MemoryStore store;
  OwnEntries own{"me"};
  Position position;
  DatabaseMessenger messenger{store, dispatcher, reporter, own, position, {}};
  DistributedCache cache{registry, messenger};

  MessengerFixture() {
    registry.add(products);
    registry.add(std::make_shared<PlainRefresher>());
    registry.add(std::make_shared<PriceRefresher>(record));
    registry.add(std::make_shared<ThingRefresher>(record));
  }

  // The instructions of each row, as JSON.
  Lines written() const {
    Lines lines;
    for (const Entry& row : store.rows()) {
      for (const Instruction& instruction : decode(row.json_instruction).instructions) {
        lines.push_back(std::to_string(row.id.value) + " " +
                        std::string(to_string(instruction.type)));
      }
    }
    return lines;
  }
};

}  // namespace crier::test
