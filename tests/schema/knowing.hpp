// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "base/local_wakeup.hpp"
#include "store/sqlite/store.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {

// A connection that knows these migrations.
inline std::unique_ptr<Connection> connect_knowing(const std::string& path, Access access,
                                                   std::vector<Migration> known) {
  return sqlite::connect(sqlite::parse_sqlite_url(path), access, std::make_shared<LocalWakeup>(),
                         std::move(known));
}

}  // namespace crier::test
