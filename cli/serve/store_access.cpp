// SPDX-License-Identifier: MIT
#include "serve/store_access.hpp"

namespace crier::cli {

std::unique_ptr<Connection> StoreAccess::connect(Access access, Time deadline) const {
  std::unique_ptr<Connection> connection = store_->connect_within(left(deadline), access);
  const ShortDeadline hurry(*connection, left(deadline));
  const SchemaStatus status = connection->schema().status();
  if (status.state != SchemaState::current) {
    throw Error("open", status.advice);
  }
  return connection;
}

std::unique_ptr<Connection> StoreAccess::take(Time deadline) {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_until(lock, deadline, [this] { return in_use_ < kMost; })) {
    throw Error("look", "too many people look at once; try again", Error::Kind::retryable);
  }
  ++in_use_;
  if (kept_.empty()) {
    return nullptr;
  }
  std::unique_ptr<Connection> connection = std::move(kept_.back());
  kept_.pop_back();
  return connection;
}

void StoreAccess::give_back() {
  {
    const std::lock_guard lock(mutex_);
    --in_use_;
  }
  freed_.notify_one();
}

void StoreAccess::keep(std::unique_ptr<Connection> connection) {
  if (connection != nullptr) {
    const std::lock_guard lock(mutex_);
    kept_.push_back(std::move(connection));
  }
}

void StoreAccess::drop_kept() {
  std::vector<std::unique_ptr<Connection>> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(kept_);
}

}  // namespace crier::cli
