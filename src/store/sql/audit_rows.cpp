// SPDX-License-Identifier: MIT
#include "store/sql/audit_rows.hpp"

#include <crier/error.hpp>

#include "base/deadline.hpp"
#include "base/one_line.hpp"
#include "store/sql/transaction.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace crier::sql {

namespace {

// A transaction at a time: others who write wait meanwhile.
constexpr std::size_t kRowsAtOnce = 500;
constexpr std::chrono::milliseconds kKept = std::chrono::hours(1);

// One query, as it stands within another statement.
std::string_view without_end(std::string_view sql) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto trim = [&] { sql.remove_suffix(sql.size() - (sql.find_last_not_of(kBlanks) + 1)); };
  trim();
  if (sql.ends_with(';')) {
    sql.remove_suffix(1);
    trim();
  }
  return sql;
}

}  // namespace

void AuditRows::answer(EntryId request, const NodeReport& node,
                       std::span<const AuditAnswer> answers) {
  const auto ends = deadline_after(session_.config().deadline);
  for (const AuditAnswer& answer : answers) {
    const AuditSample::Row head{"", std::to_string(answer.seen)};
    record(request, node, answer.cache, {&head, 1});
    for (Rows left = answer.rows; !left.empty();) {
      if (std::chrono::steady_clock::now() > ends) {
        throw Error("answer an audit", "it took too long", Error::Kind::retryable);
      }
      const std::size_t count = std::min(left.size(), kRowsAtOnce);
      record(request, node, answer.cache, left.first(count));
      left = left.subspan(count);
    }
  }
  const AuditSample::Row end;
  record(request, node, {}, {&end, 1});
}

void AuditRows::record(EntryId request, const NodeReport& node, const std::string& cache,
                       Rows rows) {
  std::vector<std::string> texts;
  for (const AuditSample::Row& row : rows) {
    texts.push_back(row.key);
    texts.push_back(row.version);
  }
  session_.call("answer an audit", [&] {
    const std::string list = session_.key_list(texts);
    Transaction write(session_, Begin::write);
    record_.change({log_, request.value, node.name, node.incarnation.to_string(), Value::key(cache),
                    Value::literal(list)});
    write.commit();
  });
}

bool AuditRows::has_answered(EntryId request, const Guid& incarnation) {
  return session_.call("read", [&] {
    sql::Rows row = is_answered_.run({log_, request.value, incarnation.to_string()});
    return row.step();
  });
}

std::vector<AuditRecord> AuditRows::answers(EntryId request) {
  return session_.call("read", [&] {
    std::vector<AuditRecord> records;
    sql::Rows row = audit_.run({log_, request.value});
    while (row.step()) {
      AuditRecord record;
      record.node = row.text(0);
      record.incarnation = Guid::parse(row.text(1)).value_or(Guid());
      record.cache = row.bytes(2);
      record.key = row.bytes(3);
      record.version = row.bytes(4);
      records.push_back(std::move(record));
    }
    return records;
  });
}

void AuditRows::forget(EntryId request) {
  constexpr auto kMost = static_cast<std::int64_t>(kRowsAtOnce);
  for (std::int64_t some = kMost; some == kMost;) {
    some = session_.call("forget", [&] {
      Transaction write(session_, Begin::write);
      const std::int64_t count = forget_.change({log_, request.value, kMost});
      write.commit();
      return count;
    });
  }
}

void AuditRows::forget_old(const Fence& fence) {
  session_.call("forget", [&] {
    Transaction write(session_, Begin::write);
    if (fence_.holds(fence)) {
      forget_old_.change({log_, kKept.count(), static_cast<std::int64_t>(10 * kRowsAtOnce)});
      write.commit();
    }
  });
}

std::map<std::string, std::string> AuditRows::look_up(std::string_view sql,
                                                      std::span<const std::string> keys) {
  return session_.call("look up versions", [&] {
    std::map<std::string, std::string> versions;
    const std::string list = session_.key_list(keys);
    const Transaction read(session_, Begin::snapshot);
    const std::unique_ptr<PreparedStatement> look = driver_.prepare_look_up(without_end(sql));
    const Value keys_asked = Value::literal(list);
    sql::Rows row(*look, {&keys_asked, 1}, Lifetime::call);
    while (row.step()) {
      if (!versions.emplace(row.text(0), row.text(1)).second) {
        throw Error(
            "look up versions",
            "the query gives the key " + one_line(std::string(row.text(0))) + " in two versions",
            Error::Kind::invalid_argument);
      }
    }
    return versions;
  });
}

}  // namespace crier::sql
