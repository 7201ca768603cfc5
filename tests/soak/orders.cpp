// SPDX-License-Identifier: MIT
#include "soak/orders.hpp"

#include <array>
#include <csignal>
#include <poll.h>
#include <unistd.h>

namespace crier::soak {

namespace {

volatile std::sig_atomic_t terminated = 0;  // NOLINT: a signal handler reaches nothing else

}  // namespace

Orders::Orders() {
  struct sigaction action = {};
  action.sa_handler = [](int) { terminated = 1; };
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGINT, SIG_IGN);  // a terminal sends it to all: the controller ends its own
}

bool Orders::over() const { return closed_ || terminated != 0; }

std::optional<std::string> Orders::next(std::chrono::milliseconds patience) {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (text_.find('\n') == std::string::npos &&
      poll(&input, 1, static_cast<int>(patience.count())) > 0) {
    std::array<char, 256> bytes;
    const ssize_t size = read(STDIN_FILENO, bytes.data(), bytes.size());
    closed_ = size == 0;
    text_.append(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  }
  const std::size_t end = text_.find('\n');
  if (end == std::string::npos) {
    return std::nullopt;
  }
  std::string order = text_.substr(0, end);
  text_.erase(0, end + 1);
  return order;
}

}  // namespace crier::soak
