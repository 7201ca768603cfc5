// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace crier::cli {

// Where to listen: an address of this machine, and a port.
struct ListenAddress {
  std::string host = "127.0.0.1";  // an IP address, without brackets
  std::uint16_t port = 8642;       // 0: any that is free

  // Reads PORT, ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT; "localhost" is 127.0.0.1. Throws a usage
  // error that names the option.
  [[nodiscard]] static ListenAddress parse(const std::string& option, const std::string& text);
  // Only this machine can reach it.
  [[nodiscard]] bool is_loopback() const;
  // All addresses of this machine.
  [[nodiscard]] bool is_any() const;
  // "127.0.0.1:8642", "[::1]:8642"
  [[nodiscard]] std::string text() const;
};

// A socket that listens. It is the caller's to close.
struct Listener {
  int socket = -1;
  std::uint16_t port = 0;
};
// Throws crier::Error.
[[nodiscard]] Listener listen_at(const ListenAddress& address);

}  // namespace crier::cli
