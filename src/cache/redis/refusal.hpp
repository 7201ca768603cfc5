// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace crier::redis {

// What an answer that is an error means for whoever asked.
enum class Refusal : std::uint8_t {
  lasting,    // it will be the same again
  later,      // this server may take it soon
  elsewhere,  // another server may take it, which has this one's part now; nothing was done
  unfit,      // this server can't take it in the state it is in; nothing was done
};

[[nodiscard]] Refusal refusal_of(std::string_view error);

}  // namespace crier::redis
