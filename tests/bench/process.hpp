// SPDX-License-Identifier: MIT
#pragma once

#include "support/forked.hpp"

#include <csignal>
#include <functional>
#include <memory>
#include <sys/prctl.h>
#include <utility>

namespace crier::bench {

// A process that ends with this one, however this one ends: a hundred nodes that outlive a program
// that was killed would spoil every later figure.
[[nodiscard]] inline std::unique_ptr<test::Forked> process(std::function<int()> body) {
  return std::make_unique<test::Forked>([body = std::move(body)] {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return body();
  });
}

}  // namespace crier::bench
