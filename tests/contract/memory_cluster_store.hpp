// SPDX-License-Identifier: MIT
#pragma once

#include "support/test_store.hpp"

#include <memory>

namespace crier::test {

[[nodiscard]] std::unique_ptr<ClusterStore> make_memory_cluster_store();

}  // namespace crier::test
