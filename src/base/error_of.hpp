// SPDX-License-Identifier: MIT
#pragma once

#include "base/utf8.hpp"

#include <exception>
#include <string>

namespace crier {

// What `call` threw, in words; empty if it went well. Applications throw anything: this is where
// their texts become valid ones of bounded length, which logs and databases take.
template <class Call>
std::string error_of(Call call) {
  try {
    call();
    return {};
  } catch (const std::exception& error) {
    const char* const what = error.what();
    return what == nullptr || *what == '\0' ? "threw without a message"
                                            : valid_text(what, kMaxTextBytes);
  } catch (...) {
    return "threw what is not a std::exception";
  }
}

}  // namespace crier
