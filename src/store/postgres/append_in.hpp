// SPDX-License-Identifier: MIT
#pragma once

#include <crier/application_transaction.hpp>
#include <crier/entry.hpp>

#include "store/postgres/place.hpp"

#include <functional>
#include <libpq-fe.h>
#include <span>
#include <string_view>

namespace crier::postgres {

// See Store::append_in(). `is_ours` tells whether a log of that identity is the store's.
RidingIds append_in(PGconn* connection, std::span<const NewEntry> entries, const Place& place,
                    const std::function<bool(std::string_view)>& is_ours);

}  // namespace crier::postgres
