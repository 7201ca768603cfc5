// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <string>

namespace crier {

// What `call` threw, in words; empty if it went well.
template <class Call>
std::string error_of(Call call) {
  try {
    call();
    return {};
  } catch (const std::exception& error) {
    return *error.what() == '\0' ? "threw without a message" : error.what();
  } catch (...) {
    return "threw what is not a std::exception";
  }
}

}  // namespace crier
