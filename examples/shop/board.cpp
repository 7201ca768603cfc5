// SPDX-License-Identifier: MIT
#include "board.hpp"

#include "lines.hpp"

#include <cerrno>
#include <new>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace shop {

Board::Board(int descriptor) : descriptor_(descriptor) {
  const bool is_new = descriptor < 0;
  if (is_new) {
    // Inherited, and gone with the last process that has it.
    descriptor_ = memfd_create("crier-shop", 0);
    if (descriptor_ < 0 || ftruncate(descriptor_, sizeof(Shared)) != 0) {
      throw std::system_error(errno, std::generic_category(), "memory for the demo");
    }
  }
  void* const memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
  if (memory == MAP_FAILED) {
    throw std::system_error(errno, std::generic_category(), "memory of the demo");
  }
  shared_ = is_new ? new (memory) Shared : static_cast<Shared*>(memory);
}

Board::~Board() {
  munmap(shared_, sizeof(Shared));
  close(descriptor_);
}

void Board::replaced(std::int64_t id, std::int64_t new_price) {
  Product& changed = product(id);
  changed.since_ns.at(place(new_price)) = now_ns();
  changed.newest = new_price;
}

Board::Sight Board::look(std::int64_t id) const {
  const std::int64_t price = product(id).newest;
  return {price, now_ns()};
}

void Board::judge(Reads& reads, std::int64_t id, const Sight& before, std::int64_t price) const {
  if (!is_open()) {
    return;
  }
  ++reads.all;
  if (price >= before.price) {
    return;
  }
  ++reads.stale;
  const std::int64_t replaced_at = product(id).since_ns.at(place(price + 1));
  const std::int64_t age = before.began_ns - replaced_at;
  std::int64_t worst = reads.worst_ns;
  while (worst < age && !reads.worst_ns.compare_exchange_weak(worst, age)) {
  }
}

}  // namespace shop
