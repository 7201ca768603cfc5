// SPDX-License-Identifier: MIT
#include <crier/transaction_batch.hpp>

namespace crier {

std::optional<EntryId> TransactionBatch::write() {
  if (empty()) {
    return std::nullopt;
  }
  const Publication& publication = coalesced();
  WrittenInTransaction written = messenger().write_in(connection_, publication);
  const std::optional<EntryId> last = written.ids.last;
  written_.emplace_back(publication, std::move(written));
  clear();
  return last;
}

std::optional<EntryId> TransactionBatch::committed() {
  std::optional<EntryId> last;
  for (const auto& [publication, written] : written_) {
    last = messenger().committed(publication, written);
  }
  written_.clear();
  return last;
}

}  // namespace crier
