// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/pg_connection.hpp"

#include <string>

namespace crier::postgres {

// What a wake-up connects with: `listen` is HOST, HOST:PORT, the folder of a socket, or a URL; what
// it leaves out is as in `others`. Throws an invalid_argument Error, which repeats nothing of it,
// if it is none.
[[nodiscard]] Parameters listen_parameters(const std::string& listen, const Parameters& others);

}  // namespace crier::postgres
