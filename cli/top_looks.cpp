// SPDX-License-Identifier: MIT
#include "top_looks.hpp"

#include <crier/error.hpp>

#include "base/file_error.hpp"
#include "base/secrets.hpp"
#include "base/utc_stamp.hpp"
#include "entry_filter.hpp"
#include "entry_print.hpp"
#include "findings.hpp"
#include "log_walk.hpp"
#include "times.hpp"

#include <cerrno>
#include <exception>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace crier::cli {

namespace {

constexpr std::chrono::seconds kNamesAge{10};
constexpr std::size_t kEntries = 40;       // more than most screens show
constexpr std::size_t kMostVisited = 200;  // of a log that has little but canaries

std::string time_of_day() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return shown_time(utc_stamp(now.time_since_epoch()), false).substr(11);
}

}  // namespace

TopLooks::TopLooks(const Session& session, const Limits& limits)
    : session_(session), limits_(limits), ended_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (ended_ < 0) {
    throw Error("start", "can't make an eventfd: " + system_error_text(errno),
                Error::Kind::retryable);
  }
}

TopLooks::~TopLooks() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  ::close(ended_);
}

void TopLooks::ask() {
  if (std::exchange(looking_, true)) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    asked_ = true;
  }
  if (!thread_.joinable()) {
    thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  }
  changed_.notify_one();
}

std::optional<TopLook> TopLooks::take() {
  eventfd_t ignored = 0;
  ::eventfd_read(ended_, &ignored);
  const std::lock_guard lock(mutex_);
  if (result_) {
    looking_ = false;
  }
  return std::exchange(result_, std::nullopt);
}

void TopLooks::work(const std::stop_token& stop) {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return asked_; })) {
        return;
      }
      asked_ = false;
    }
    look();
    {
      const std::lock_guard lock(mutex_);
      result_ = found_;
    }
    ::eventfd_write(ended_, 1);
  }
}

void TopLooks::look() {
  try {
    if (!log_) {
      log_ = session_.open(Access::read_only);
      named_ = {};
    }
    read(*log_);
    found_.error.clear();
  } catch (const std::exception& error) {
    log_.reset();  // it may be a database that was replaced
    found_.error = without_secrets(error.what());
  }
}

void TopLooks::read(OpenLog& log) {
  Facts facts;
  facts.store = log.store->name();
  facts.schema = log.connection->schema().status();
  if (facts.schema.state != SchemaState::current) {
    throw Error("look", facts.schema.advice);
  }
  examine_log(*log.store, *log.connection, limits_, facts);
  const auto now = std::chrono::steady_clock::now();
  if (named_ + kNamesAge < now) {
    names_ = Names::read(*log.connection);
    named_ = now;
  }
  rate_.add(facts.bounds ? facts.bounds->newest : EntryId(), now);
  // All that may throw comes before what is shown is changed.
  std::vector<std::string> entries = newest_entries(*log);
  found_.findings = judge(facts, limits_);
  found_.facts = std::move(facts);
  found_.entries = std::move(entries);
  found_.rate = rate_.text();
  found_.time = time_of_day();
}

std::vector<std::string> TopLooks::newest_entries(InstructionLog& log) {
  const Look look{session_.paint, &names_};
  std::vector<std::string> lines;
  std::size_t visited = 0;
  walk_backward(log, [&](const Entry& entry) {
    if (!is_canary(entry)) {
      if (lines.empty()) {
        lines.push_back(entry_head(look));
      }
      lines.push_back(entry_line(entry, look));
    }
    return lines.size() <= kEntries && ++visited < kMostVisited;
  });
  return lines;
}

}  // namespace crier::cli
