// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/setup.hpp>

#include "store/sql/schema_driver.hpp"
#include "store/sql/session.hpp"

#include <functional>
#include <optional>
#include <string>

namespace crier::sql {

// Whether the hot statements go by indexes in this database; nothing if none can be looked at: the
// tables are not there. `repair` tells what mends indexes that are gone; empty if none are. Each
// look is a call of its own.
[[nodiscard]] std::optional<SetupCheck> check_plans(Session& session, SchemaDriver& driver,
                                                    const std::function<std::string()>& repair);

}  // namespace crier::sql
