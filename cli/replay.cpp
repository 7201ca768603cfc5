// SPDX-License-Identifier: MIT
#include "replay.hpp"

#include <crier/codec.hpp>
#include <crier/error.hpp>

#include "arguments.hpp"
#include "log_walk.hpp"
#include "names.hpp"

#include <utility>

namespace crier::cli {

namespace {

struct Range {
  EntryId after;
  EntryId through;
};

// What is asked for: a list of ids, or a range.
struct Selection {
  std::vector<EntryId> ids;
  std::optional<Range> range;

  explicit Selection(const ReplayRequest& request) {
    const ReplayWords& words = request.words;
    if (request.ids.empty() != (request.after || request.through)) {
      throw usage_error("give the ids of entries, or a range with " + words.after + " and " +
                        words.through);
    }
    for (const std::string& id : request.ids) {
      ids.push_back(parse_entry_id(words.id, id));
    }
    if (!request.ids.empty()) {
      return;
    }
    if (!request.after || !request.through) {
      throw usage_error("a range needs both " + words.after + " and " + words.through);
    }
    range = {parse_entry_id(words.after, *request.after),
             parse_entry_id(words.through, *request.through)};
    if (range->after >= range->through) {
      throw usage_error("the range is empty: " + words.through + " must be greater than " +
                        words.after);
    }
  }
};

// Ids that are not in the log, as ranges: there may be any number of them.
class Missing {
 public:
  void add(std::int64_t first, std::int64_t last) {
    if (first > last) {
      return;
    }
    if (++ranges_ <= kNamed) {
      text_ += (text_.empty() ? "" : ", ") + std::to_string(first) +
               (last > first ? " to " + std::to_string(last) : "");
    }
    single_ = ranges_ == 1 && first == last;
  }
  // "no entry 4" or "no entries 4, 7 to 9"; empty if none is missing.
  [[nodiscard]] std::string text() const {
    return ranges_ == 0 ? ""
                        : (single_ ? "no entry " : "no entries ") + text_ +
                              (ranges_ > kNamed ? " and more" : "");
  }

 private:
  static constexpr std::size_t kNamed = 10;
  std::size_t ranges_ = 0;
  bool single_ = false;
  std::string text_;
};

class Collector {
 public:
  Collector(std::optional<Guid> refresher, bool for_umbraco, std::string originated,
            std::size_t most)
      : for_umbraco_(for_umbraco), originated_(std::move(originated)), most_(most) {
    replay_.refresher = refresher;
  }

  void add(const Entry& entry) {
    Decoded decoded = decode(entry.json_instruction);
    if (!decoded.problems.empty()) {
      throw NotInLog(
          "replay",
          "entry " + std::to_string(entry.id.value) +
              " can't be read, and nothing was written: " + decoded.problems.front().what,
          NotInLog::Why::unfit);
    }
    if (!replay_.refresher) {
      // The text itself, so that fields which are unknown here survive.
      keep(entry, {originated_, entry.instruction_count, entry.json_instruction});
      return;
    }
    std::erase_if(decoded.instructions,
                  [this](const Instruction& i) { return i.refresher != *replay_.refresher; });
    if (decoded.instructions.empty()) {
      replay_.left_out.push_back(entry.id);
      return;
    }
    std::int64_t count = 0;
    for (const Instruction& instruction : decoded.instructions) {
      count += instruction.count();
    }
    keep(entry, {originated_, count, encode(decoded.instructions)});
  }

  [[nodiscard]] Replay take() { return std::move(replay_); }

 private:
  void keep(const Entry& entry, NewEntry copy) {
    if (for_umbraco_) {
      if (const std::string fault = umbraco_fault(copy.json_instruction); !fault.empty()) {
        throw NotInLog("replay",
                       "entry " + std::to_string(entry.id.value) +
                           " is one that Umbraco's own classes can't read, and nothing was "
                           "written: " +
                           fault,
                       NotInLog::Why::unfit);
      }
    }
    if (replay_.entries.size() == most_) {
      throw usage_error("these are more than " + std::to_string(most_) +
                        " entries; replay fewer at a time");
    }
    replay_.old_ids.push_back(entry.id);
    replay_.entries.push_back(std::move(copy));
  }

  const bool for_umbraco_;
  const std::string originated_;
  const std::size_t most_;
  Replay replay_;
};

// Returns what is missing.
Missing collect(InstructionLog& log, const Selection& selection, Collector& collector) {
  Missing missing;
  for (const EntryId id : selection.ids) {
    require_in_log(log, id);
    if (const std::optional<Entry> entry = log.find(id)) {
      collector.add(*entry);
    } else {
      missing.add(id.value, id.value);
    }
  }
  if (selection.range) {
    require_in_log(log, selection.range->after);
    require_in_log(log, selection.range->through);
    const EntryId through = selection.range->through;
    std::int64_t last = selection.range->after.value;
    walk_forward(log, selection.range->after, [&](const Entry& entry) {
      if (entry.id > through) {
        return false;
      }
      missing.add(last + 1, entry.id.value - 1);
      last = entry.id.value;
      collector.add(entry);
      return entry.id < through;
    });
    missing.add(last + 1, through.value);
  }
  return missing;
}

}  // namespace

Replay read_replay(Connection& connection, const ReplayRequest& request,
                   const std::string& originated, std::size_t most) {
  const Selection selection(request);
  std::optional<Guid> refresher;
  if (request.refresher) {
    refresher = Names::read(connection).resolve(request.words.refresher, *request.refresher);
  }
  InstructionLog& log = connection.log();
  Collector collector(refresher, log.is_umbracos(), originated, most);
  if (const std::string missing = collect(log, selection, collector).text(); !missing.empty()) {
    throw NotInLog("replay", missing + ": " + extent(log) + "; nothing was written");
  }
  return collector.take();
}

}  // namespace crier::cli
