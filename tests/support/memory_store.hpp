// SPDX-License-Identifier: MIT
#pragma once

#include "testing/memory_store.hpp"

// What stands under the test kit serves crier's own tests, too.
namespace crier::test {

using testing::MemoryCache;
using testing::MemoryHybrid;
using testing::MemoryRing;
using testing::MemoryStore;

}  // namespace crier::test
