// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "base/fork_guard.hpp"
#include "support/forked.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {

TEST_CASE("a fork guard knows a child and a grandchild, and the parent is unharmed") {
  const ForkGuard guard;
  CHECK_FALSE(guard.is_child());
  Forked child([&] {
    const ForkGuard childs_own;
    Forked grandchild([&] { return guard.is_child() && childs_own.is_child() ? 0 : 1; });
    const bool right = guard.is_child() && !childs_own.is_child();
    return right ? grandchild.wait() : 2;
  });
  CHECK(child.wait() == 0);
  CHECK_FALSE(guard.is_child());
  CHECK_NOTHROW(guard.refuse_child("publish"));
}

TEST_CASE("a fork guard refuses a child, and says what to do") {
  const ForkGuard guard;
  Forked child([&] {
    try {
      guard.refuse_child("publish");
    } catch (const Error& error) {
      return error.operation() == "publish" &&
                     std::string(error.what()).find("call exec() first") != std::string::npos
                 ? 0
                 : 2;
    }
    return 1;
  });
  CHECK(child.wait() == 0);
}

}  // namespace crier::test
