// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include <memory>

namespace crier {

// A connection that is opened by the first call, and again after an error that is not merely
// retryable. One thread at a time.
class ReconnectingConnection {
 public:
  explicit ReconnectingConnection(Store& store) : store_(store) {}

  template <class Body>
  auto run(Body body) {
    try {
      if (connection_ == nullptr) {
        connection_ = store_.connect(Access::read_write);
      }
      return body(*connection_);
    } catch (const Error& error) {
      if (!error.retryable()) {
        connection_.reset();
      }
      throw;
    } catch (...) {
      connection_.reset();
      throw;
    }
  }

  void close() { connection_.reset(); }

 private:
  Store& store_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace crier
