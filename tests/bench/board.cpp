// SPDX-License-Identifier: MIT
#include "bench/board.hpp"

#include "bench/turns.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <sys/mman.h>
#include <system_error>

namespace crier::bench {

namespace {

std::int64_t now() { return std::chrono::nanoseconds(Clock::now().time_since_epoch()).count(); }

}  // namespace

Board::Board(int subscribers, int messages) : subscribers_(subscribers), messages_(messages) {
  const std::size_t count = received_at(subscribers, 0);
  void* const memory = mmap(nullptr, count * sizeof(times_[0]), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    throw std::system_error(errno, std::generic_category(), "mmap");
  }
  times_ = {static_cast<std::atomic<std::int64_t>*>(memory), count};
  std::uninitialized_value_construct(times_.begin(), times_.end());
}

Board::~Board() { munmap(times_.data(), times_.size_bytes()); }

void Board::sent(int message) { times_[sent_at(message)] = now(); }

void Board::received(int subscriber, int message) {
  times_[received_at(subscriber, message)] = now();
}

bool Board::all_received() const {
  return std::none_of(times_.begin(), times_.end(), [](const auto& time) { return time == 0; });
}

std::vector<double> Board::latencies_us(int warm_up) const {
  std::vector<double> latencies;
  for (int message = warm_up; message < messages_; ++message) {
    std::int64_t last = 0;
    for (int subscriber = 0; subscriber < subscribers_; ++subscriber) {
      last = std::max(last, times_[received_at(subscriber, message)].load());
    }
    latencies.push_back(static_cast<double>(last - times_[sent_at(message)]) / 1e3);
  }
  return latencies;
}

std::size_t Board::sent_at(int message) const { return static_cast<std::size_t>(1 + message); }

std::size_t Board::received_at(int subscriber, int message) const {
  return sent_at(messages_) +
         static_cast<std::size_t>(subscriber) * static_cast<std::size_t>(messages_) +
         static_cast<std::size_t>(message);
}

}  // namespace crier::bench
