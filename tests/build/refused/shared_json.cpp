// a shared value needs to_json() and from_json() of nlohmann/json
// SPDX-License-Identifier: MIT
#include <crier/shared_json.hpp>

struct Page {};

void serve(crier::SharedCache& cache) {
  crier::set_json(cache, "a", Page());
  static_cast<void>(crier::get_json<Page>(cache, "a"));
}
