// SPDX-License-Identifier: MIT
#pragma once

#include "support/test_store.hpp"

namespace crier::test {

[[nodiscard]] std::unique_ptr<TestStore> make_sqlite_test_store();

}  // namespace crier::test
