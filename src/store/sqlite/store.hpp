// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/config.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/schema_history.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace crier::sqlite {

// See open_store().
[[nodiscard]] std::unique_ptr<Store> make_store(std::string_view url);

// A connection of its own, which rings `wakeup`; `known` are the migrations that it knows. Those of
// one store share their `history` and their `checkpointer`, if they have one.
[[nodiscard]] std::unique_ptr<Connection> connect(
    const StoreConfig& config, Access access, std::shared_ptr<Wakeup> wakeup,
    std::vector<Migration> known = migrations(),
    std::shared_ptr<SchemaHistory> history = std::make_shared<SchemaHistory>(),
    std::shared_ptr<Checkpointer> checkpointer = nullptr);

}  // namespace crier::sqlite
