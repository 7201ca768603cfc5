// SPDX-License-Identifier: MIT
#pragma once

#include <crier/error.hpp>

#include <doctest/doctest.h>

#include <string>

namespace crier::test {

/// The Error that `call` throws; the test fails where it throws none.
template <class Call>
[[nodiscard]] Error error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error was thrown");
  return Error("", "");
}

/// Its message.
template <class Call>
[[nodiscard]] std::string message_of(Call call) {
  return error_of(call).what();
}

}  // namespace crier::test
