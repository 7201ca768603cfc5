// SPDX-License-Identifier: MIT
#pragma once

#include "serve/http.hpp"
#include "serve/listener.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace crier::cli {

// What one client may take, so that the others are served.
struct HttpLimits {
  unsigned connections = 64;
  std::size_t header_bytes = 32 * 1024;
  std::size_t body_bytes = 64 * 1024;
  // To send a request, from the end of the one before, and to take an answer that is no stream.
  std::chrono::milliseconds patience = std::chrono::seconds(20);
};

// Answers requests, on a thread for each connection.
class HttpServer {
 public:
  // Called by several threads at once. Must not throw.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  // Takes the socket, which listens, and closes it in the end. Throws crier::Error.
  HttpServer(int socket, Handler handler, const HttpLimits& limits = {});
  // Waits for the answers that are being made; streams must come to their end.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  class Daemon;
  std::unique_ptr<Daemon> daemon_;
};

}  // namespace crier::cli
