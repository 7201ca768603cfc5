// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include "store/sqlite/place.hpp"

#include <span>

struct sqlite3;

namespace crier::sqlite {

// See Store::append_in(). Leaves the connection's last_insert_rowid() as it was.
EntryId append_in(sqlite3* connection, std::span<const NewEntry> entries, const Place& place);

}  // namespace crier::sqlite
