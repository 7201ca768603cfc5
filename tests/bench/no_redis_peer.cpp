// SPDX-License-Identifier: MIT
#include "bench/redis_peer.hpp"

namespace crier::bench {

std::unique_ptr<RedisPeer> redis_peer(std::string& why_not) {
  why_not = "this program was built without hiredis (Debian: libhiredis-dev)";
  return nullptr;
}

}  // namespace crier::bench
