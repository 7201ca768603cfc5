// SPDX-License-Identifier: MIT
#include "cache/reading.hpp"

namespace crier {

std::array<ReadSlots::Slot, ReadSlots::kCount> ReadSlots::slots_;
std::atomic<std::size_t> ReadSlots::next_ = 0;
constinit thread_local std::size_t ReadSlots::own_ = 0;

}  // namespace crier
