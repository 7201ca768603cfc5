// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/log.hpp>

#include "store/sql/log_driver.hpp"
#include "store/sql/pruner.hpp"
#include "store/sql/statement.hpp"

namespace crier::sql {

// The instruction log. A table that another program made may hold anything: its bytes are handed on
// as they are.
class Log final : public InstructionLog {
 public:
  Log(Session& session, LogDriver& driver) : session_(session), driver_(driver) {}

  EntryId append(std::span<const NewEntry> entries) override;
  void try_append() override;
  bool assign_pending_ids() override;
  bool is_umbracos() override;
  std::vector<LogFault> faults() override;
  std::vector<EntryId> find_written(EntryId after, std::string_view originated,
                                    std::size_t most) override;
  std::vector<std::string> stamps(EntryId last, std::size_t count) override;
  bool hand_over(EntryId last, std::size_t count) noexcept override;
  void read_after(EntryId after, const ReadLimits& limits, Page& page) override;
  Heads heads(EntryId id) override;
  std::vector<Entry> read_before(EntryId before, std::size_t count) override;
  std::int64_t backlog(EntryId after, std::int64_t limit, std::string_view except) override;
  std::optional<Entry> find(EntryId id) override;
  Cursor newest() override;
  std::optional<LogBounds> bounds() override;
  Pruned prune(const PruneOrder& order) override { return pruner_.prune(order); }
  EntryId pruned_through() override { return pruner_.pruned_through(); }

 private:
  // The row after which was read last.
  struct Anchor {
    EntryId id;
    std::uint64_t json_digest = 0;
    bool is_long = false;       // its JSON
    std::uint64_t version = 0;  // of the row, or of the database
  };

  // Returns the version of the anchor's row. Reads its JSON if that is asked for; else it is the
  // one of anchor_.
  std::uint64_t read_page(EntryId after, const ReadLimits& limits, bool with_json, Page& page);

  // Within Session::call(). False if who is rung has to read the log.
  bool lay(EntryId last, std::size_t count) noexcept;

  Session& session_;
  LogDriver& driver_;
  Anchor anchor_;
  Page appended_;  // last, if it was to be handed over
  EntryId long_;   // what was appended last, if that was too long to be
  Statement find_written_{session_, "find_written"};
  Statement stamps_{session_, "stamps"};
  Statement read_after_{session_, "read_after"};
  Statement heads_{session_, "heads"};
  Statement read_before_{session_, "read_before"};
  Statement backlog_{session_, "backlog"};
  Statement find_{session_, "find"};
  Statement newest_{session_, "newest"};
  Statement bounds_{session_, "bounds"};
  LogPruner pruner_{session_};
};

}  // namespace crier::sql
