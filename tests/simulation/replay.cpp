// SPDX-License-Identifier: MIT
#include "simulation/replay.hpp"

#include "simulation/shrink.hpp"

namespace crier::test {

std::size_t print_shrunk(std::uint64_t seed, std::ostream& out) {
  const History::Size size = size_of(seed);
  const History::Steps all = History::steps_of(seed, size.events);
  const History::Steps left = shrink<std::uint64_t>(all, [&](const History::Steps& steps) {
    return !History(seed, size, steps, nullptr).run().empty();
  });
  const std::string violation = History(seed, size, left, &out).run();
  out << "seed " << seed << ": " << violation << "\nThese are " << left.size() << " of its "
      << all.size() << " steps, which do it.\n";
  return left.size();
}

}  // namespace crier::test
