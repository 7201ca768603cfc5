// SPDX-License-Identifier: MIT
#include "bench/carrier.hpp"

namespace crier::bench {

std::unique_ptr<Carrier> carried_by_redis(std::string& why_not) {
  why_not = "this program was built without hiredis (Debian: libhiredis-dev)";
  return nullptr;
}

}  // namespace crier::bench
