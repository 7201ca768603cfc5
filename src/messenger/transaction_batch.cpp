// SPDX-License-Identifier: MIT
#include <crier/transaction_batch.hpp>

namespace crier {

std::optional<EntryId> TransactionBatch::write() {
  if (empty()) {
    return std::nullopt;
  }
  const Publication& publication = coalesced();
  WrittenInTransaction written = messenger().write_in(connection_, publication);
  const EntryId last = written.last;
  written_.emplace_back(publication, std::move(written));
  clear();
  return last;
}

void TransactionBatch::committed() {
  for (const auto& [publication, written] : written_) {
    messenger().committed(publication, written);
  }
  written_.clear();
}

}  // namespace crier
