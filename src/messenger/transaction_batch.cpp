// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/transaction_batch.hpp>

#include "store/application_transaction.hpp"

#include <string>

namespace crier {

namespace {

[[noreturn]] void refuse(const std::string& sentence) {
  throw Error("publish", sentence, Error::Kind::invalid_argument);
}

}  // namespace

std::optional<EntryId> TransactionBatch::write() {
  if (empty()) {
    return std::nullopt;
  }
  const Publication& publication = coalesced();
  WrittenInTransaction written = messenger().write_in(connection_, publication);
  const std::optional<EntryId> last = written.ids.last;
  entries_ += written.entries;
  if (entries_ > kManyInTransaction) {
    messenger().many_in_transaction(entries_);
  }
  written_.emplace_back(publication, std::move(written));
  was_told_ = false;
  clear();
  return last;
}

std::optional<EntryId> TransactionBatch::committed() {
  if (written_.empty() && empty() && was_told_) {
    refuse("committed() was called already for what this batch has written");
  }
  std::optional<EntryId> last;
  const bool was_written = !written_.empty();
  for (const auto& [publication, written] : written_) {
    const std::optional<EntryId> entry = messenger().committed(publication, written);
    last = entry ? entry : last;
    for (const AfterCommit& what : publication.after) {
      if (entry) {
        what.run(*entry);
      }
    }
  }
  if (was_written && !last) {
    if (is_in_transaction(connection_)) {
      refuse("committed() was called before COMMIT: call it again after that");
    }
    forget();
    refuse(
        "what this batch has written is not in the log: the transaction, or the savepoint in which "
        "it was written, was rolled back; don't call committed() then");
  }
  forget();
  was_told_ = true;
  if (!empty()) {
    refuse(
        "write() is missing: what was collected since the last one is not in the log, and nobody "
        "was told of it; call write() before COMMIT. If the change is committed, begin another "
        "transaction for write(), commit that, and call committed() again");
  }
  return last;
}

void TransactionBatch::forget() {
  written_.clear();
  entries_ = 0;
}

}  // namespace crier
