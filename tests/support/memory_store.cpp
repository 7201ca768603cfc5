// SPDX-License-Identifier: MIT
#include "support/memory_store.hpp"

#include <algorithm>
#include <utility>

namespace crier::test {

class MemoryLog final : public InstructionLog, public Schema, public Connection {
 public:
  explicit MemoryLog(MemoryStore& store) : store_(store) {}

  InstructionLog& log() override { return *this; }
  Schema& schema() override { return *this; }

  EntryId append(std::span<const NewEntry> entries) override {
    store_.begin("append");
    EntryId last;
    for (const NewEntry& entry : entries) {
      last = store_.write(entry.originated, entry.json_instruction, entry.instruction_count);
    }
    return last;
  }

  Page read_after(EntryId after, const ReadLimits& limits) override {
    store_.begin("read_after");
    Page page;
    for (const Entry& row : store_.rows()) {
      if (row.id == after) {
        page.anchor = row.fingerprint();
      } else if (row.id > after && page.entries.size() < limits.entries) {
        page.entries.push_back(row);
      }
    }
    return page;
  }

  std::vector<Entry> read_before(EntryId before, std::size_t count) override {
    std::vector<Entry> found;
    const std::vector<Entry> rows = store_.rows();
    for (auto row = rows.rbegin(); row != rows.rend() && found.size() < count; ++row) {
      if (row->id < before) {
        found.push_back(*row);
      }
    }
    return found;
  }

  std::int64_t backlog(EntryId after, std::int64_t limit, std::string_view except) override {
    store_.begin("backlog");
    std::int64_t sum = 0;
    for (const Entry& row : store_.rows()) {
      const bool counted = except.empty() || row.originated != except;
      if (row.id > after && counted && sum <= limit) {
        sum += std::max<std::int64_t>(1, row.instruction_count);
      }
    }
    return sum;
  }

  std::optional<Entry> find(EntryId id) override {
    for (const Entry& row : store_.rows()) {
      if (row.id == id) {
        return row;
      }
    }
    return std::nullopt;
  }

  Cursor newest() override {
    store_.begin("newest");
    const std::vector<Entry> rows = store_.rows();
    return rows.empty() ? Cursor() : Cursor{rows.back().id, rows.back().fingerprint()};
  }

  std::optional<LogBounds> bounds() override {
    const std::vector<Entry> rows = store_.rows();
    return rows.empty() ? std::nullopt : std::optional(LogBounds{rows.front().id, rows.back().id});
  }

  SchemaStatus status() override { return {SchemaState::current, 1, 1, {}}; }
  std::vector<Migration> pending() override { return {}; }
  std::vector<Migration> migrate() override { return {}; }

 private:
  MemoryStore& store_;
};

EntryId MemoryStore::write(std::string originated, std::string json, std::int64_t count) {
  const std::lock_guard lock(mutex_);
  const EntryId id{next_id_++};
  rows_.push_back({id, "2026-11-21 10:00:00.000", std::move(originated), count, std::move(json)});
  wakeup_.ring();
  return id;
}

void MemoryStore::put(Entry entry) {
  const std::lock_guard lock(mutex_);
  std::erase_if(rows_, [&](const Entry& row) { return row.id == entry.id; });
  next_id_ = std::max(next_id_, entry.id.value + 1);
  rows_.push_back(std::move(entry));
  std::sort(rows_.begin(), rows_.end(), [](const Entry& a, const Entry& b) { return a.id < b.id; });
}

void MemoryStore::drop(EntryId id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(rows_, [&](const Entry& row) { return row.id == id; });
}

void MemoryStore::clear() {
  const std::lock_guard lock(mutex_);
  rows_.clear();
  next_id_ = 1;
}

std::vector<Entry> MemoryStore::rows() const {
  const std::lock_guard lock(mutex_);
  return rows_;
}

std::unique_ptr<Connection> MemoryStore::connect(Access) {
  begin("connect");
  ++connects;
  return std::make_unique<MemoryLog>(*this);
}

void MemoryStore::begin(std::string_view operation) const {
  if (before) {
    before(operation);
  }
}

}  // namespace crier::test
