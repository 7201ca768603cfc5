// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>
#include <crier/codec.hpp>
#include <crier/entry.hpp>
#include <crier/error.hpp>
#include <crier/registry.hpp>

#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "bench/bare.hpp"
#include "bench/pieces.hpp"
#include "bench/shop.hpp"
#include "bench/turns.hpp"
#include "poller/poller.hpp"
#include "refresh/dispatcher.hpp"
#include "refresh/notifier.hpp"
#include "support/files.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace crier::bench {

namespace {

// A poller that stands at `cursor`, and all that a node has around it; its steps are made by hand.
class Reader {
 public:
  Reader(const std::string& url, const Cursor& cursor) : store_(open_store(url)) {
    registry_.add(std::make_shared<Products>());
    poller_.resume(cursor);
  }

  std::size_t poll() { return poller_.poll_once(); }
  [[nodiscard]] Counters counters() const { return reporter_.counters(); }

 private:
  std::unique_ptr<Store> store_;
  Registry registry_;
  Reporter reporter_{nullptr, [](LogLevel, std::string_view) {}};
  Notifier notifier_{reporter_};
  Dispatcher dispatcher_{registry_, notifier_, reporter_};
  Position position_;
  OwnEntries own_{"reader"};
  FencedProgress progress_;
  Poller poller_{*store_,
                 dispatcher_,
                 reporter_,
                 position_,
                 own_,
                 progress_,
                 // Never so far behind that it would refresh everything instead.
                 {std::numeric_limits<std::size_t>::max(), [] {}}};
};

// A log of `count` small rows.
std::unique_ptr<Shop> filled(int count) {
  auto shop = std::make_unique<Shop>();
  Bare bare(shop->path(), "OFF");
  bare.execute("PRAGMA journal_mode = OFF");
  bare.execute(
      "INSERT INTO crierCacheInstruction (utcStamp, jsonInstruction, originated, instructionCount) "
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < " +
      std::to_string(count) +
      ") SELECT '2026-11-21 10:00:00.123', '[{\"RefreshType\":0}]', 'bench', 1 FROM n");
  bare.execute("PRAGMA journal_mode = WAL");
  return shop;
}

Reader at_the_end(const Shop& shop) {
  return {shop.url(), open_store(shop.url())->connect(Access::read_only)->log().newest()};
}

}  // namespace

void catch_up_100k(const Report& report) {
  const int count = report.pick(100'000, 100'000, 100);
  const Shop shop;
  Bare bare(shop.path(), "NORMAL");
  bare.execute("BEGIN");
  for (int i = 0; i <= count; ++i) {  // the reader stands at the first
    bare.insert(entry_of(i, "writer"));
  }
  bare.execute("COMMIT");
  const Entry first = open_store(shop.url())->connect(Access::read_only)->log().find({1}).value();
  const Pair pair = in_turns(
      report.pick(11, 5, 1),
      [&] {
        Reader reader(shop.url(), {first.id, first.fingerprint()});
        const double per_second = rate(1, count, [&](int) { reader.poll(); });
        if (reader.counters().applied != static_cast<std::uint64_t>(count)) {
          throw Error("bench", "the reader did not apply every row");
        }
        return per_second;
      },
      [&] { return rate(1, count, [&](int) { bare.scan(); }); });
  report.compare("catch_up_100k", pair, "rows/s", "a bare scan", Aim::at_least(0.4));
}

void poll_at_10M_rows(const Report& report) {
  const auto many = filled(report.pick(10'000'000, 1'000'000, 10'000));
  const auto few = filled(1'000);
  Reader long_log = at_the_end(*many);
  Reader short_log = at_the_end(*few);
  const int count = report.pick(20'000, 5'000, 5);
  const Pair pair = in_turns(
      report.pick(15, 7, 1), [&] { return rate(count, 1, [&](int) { long_log.poll(); }); },
      [&] { return rate(count, 1, [&](int) { short_log.poll(); }); });
  report.compare("poll_at_10M_rows", {1e6 / pair.crier, 1e6 / pair.peer}, "us",
                 "the same poll at 1,000 rows", Aim::at_most(1.1));
}

void decode_rows(const Report& report) {
  // Real rows of all eras; those that are broken on purpose left out.
  std::vector<std::string> rows;
  std::ifstream file(test::source_file("tests/data/umbraco-rows.jsonl"));
  for (std::string line; std::getline(file, line);) {
    const auto row = nlohmann::json::parse(line);
    if (!row.at("malformed").get<bool>()) {
      rows.push_back(row.at("jsonInstruction").get<std::string>());
    }
  }
  std::size_t read = 0;  // used below: the work must not be optimised away
  const int count = report.pick(50, 20, 1);
  const auto decoded = [&](auto decode_one) {
    return rate(count, static_cast<int>(rows.size()), [&](int) {
      for (const std::string& row : rows) {
        read += decode_one(row);
      }
    });
  };
  const Pair pair = in_turns(
      report.pick(15, 7, 1),
      [&] {
        return decoded([](const std::string& row) { return decode(row).instructions.size(); });
      },
      [&] {
        return decoded([](const std::string& row) { return nlohmann::json::parse(row).size(); });
      });
  if (read == 0) {
    throw Error("bench", "there was nothing to decode");
  }
  report.compare("decode_rows", pair, "rows/s", "nlohmann/json, parsing alone");
}

}  // namespace crier::bench
