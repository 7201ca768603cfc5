// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cluster.hpp>
#include <crier/store.hpp>

#include "store/sqlite/database.hpp"
#include "store/sqlite/sql_cluster.hpp"
#include "store/sqlite/sqlite_canary.hpp"
#include "store/sqlite/sqlite_leases.hpp"
#include "store/sqlite/statement.hpp"

namespace crier::sqlite {

class SqliteNodes final : public NodeDirectory {
 public:
  // Each ask and each canary ring `wakeup`.
  SqliteNodes(Database& database, Wakeup& wakeup) : database_(database), wakeup_(wakeup) {}

  Surroundings beat(const NodeReport& report) override;
  void goodbye(const Guid& incarnation) override;
  std::vector<NodeRecord> list() override;
  std::size_t forget(std::string_view name) override;
  std::size_t forget_older(std::chrono::milliseconds age, std::chrono::milliseconds position_age,
                           const Fence& fence) override;

  PositionClaim claim_position(const NodeReport& report) override;
  bool save_position(const NodeReport& report, const Cursor& cursor, bool reset) override;

  std::int64_t ask(EntryId entry, std::chrono::milliseconds timeout) override;
  void answered(std::int64_t serial) override;
  std::vector<Ask> asks() override;

  std::optional<EntryId> send_canary(const NewEntry& entry, std::chrono::milliseconds interval,
                                     const Fence& fence) override {
    return canary_.send(entry, interval, fence);
  }
  std::optional<Canary> canary() override { return canary_.newest(); }

 private:
  // Returns the time since the beat before.
  std::chrono::milliseconds write_beat(const NodeReport& report);
  // Also for those whose process is gone, and who can't be leading any more.
  void say_goodbye_for_predecessors(const NodeReport& report, const std::vector<std::string>& gone);

  Database& database_;
  Wakeup& wakeup_;
  const std::string& log_ = database_.place().table;
  SqliteFence fence_{database_};

  Statement gap_{database_, sql::kGap};
  Statement beat_{database_, sql::kBeat};
  Statement alone_{database_, sql::kAlone};
  Statement namesakes_{database_, sql::kNamesakes};
  Statement goodbye_of_predecessors_{database_, sql::kGoodbyeOfPredecessors};
  Statement goodbye_{database_, sql::kGoodbye};
  Statement release_{database_, sql::kRelease};
  Statement nodes_{database_, sql::kNodes};
  Statement forget_nodes_{database_, sql::kForgetNodes};
  Statement forget_position_{database_, sql::kForgetPosition};
  Statement forget_old_nodes_{database_, sql::kForgetOldNodes};
  Statement forget_old_positions_{database_, sql::kForgetOldPositions};

  Statement position_{database_, sql::kPosition};
  Statement own_position_{database_, sql::kOwnPosition};
  Statement save_position_{database_, sql::kSavePosition};
  Statement contend_{database_, sql::kContend};

  Statement forget_asks_{database_, sql::kForgetAsks};
  Statement ask_{database_, sql::kAsk};
  Statement answered_{database_, sql::kAnswered};
  Statement asks_{database_, sql::kAsks};

  SqliteCanary canary_{database_, wakeup_};
};

}  // namespace crier::sqlite
