// SPDX-License-Identifier: MIT
#pragma once

#include "cli/database.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::test {

/// What a server has answered.
struct WebAnswer {
  int status = 0;  ///< 0: nothing that is HTTP
  std::string head;
  std::string body;

  [[nodiscard]] bool holds(std::string_view text) const { return body.find(text) != body.npos; }
  /// Of the first field of that name, spelled so; empty if there is none.
  [[nodiscard]] std::string header(const std::string& name) const;
};
std::ostream& operator<<(std::ostream& out, const WebAnswer& answer);

/// A connection to a port of this machine: what a browser writes there, and what comes back.
class WebConnection {
 public:
  explicit WebConnection(std::uint16_t port);
  ~WebConnection();
  WebConnection(const WebConnection&) = delete;
  WebConnection& operator=(const WebConnection&) = delete;

  /// False: the server has closed it.
  bool send(std::string_view bytes) const;
  /// All up to its end, or until it holds `text` (unless that is empty).
  [[nodiscard]] std::string receive(std::string_view text = {}) const;
  /// What is there, at most so many bytes; waits for it.
  [[nodiscard]] std::string receive_some(std::size_t most) const;

 private:
  int socket_;
};

/// The answer to the bytes of a request. The server is to close the connection.
[[nodiscard]] WebAnswer ask(std::uint16_t port, const std::string& bytes);

/// A run of `crier serve` with these options, and a browser that keeps its cookie.
class WebPages {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  explicit WebPages(const std::string& store, Args options = {});

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  /// `more`: lines of the head, each ended by \r\n.
  WebAnswer get(const std::string& target, const std::string& more = {});
  /// A form as a page of this server has it: with its secret, and from this origin.
  WebAnswer post(const std::string& path, const Fields& form);
  /// The secret that forms hold for this browser; and the one that a log-in holds.
  [[nodiscard]] std::string secret();
  [[nodiscard]] std::string log_in_secret();
  RunningTool& tool() { return tool_; }

 private:
  RunningTool tool_;
  std::uint16_t port_ = 0;
  std::string cookie_;
};

}  // namespace crier::test
