// SPDX-License-Identifier: MIT
#include "service_manager.hpp"

#include <crier/error.hpp>
#include <crier/node.hpp>

#include "arguments.hpp"
#include "base/duration.hpp"
#include "base/file_error.hpp"
#include "interrupt.hpp"
#include "printable.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace crier::cli {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLongestStatus = 1'000;  // in bytes; the manager takes no more than 8 KiB
constexpr milliseconds kLongestSilence{5'000};
// A refresher may hold up the poller for 30 s before that goes on without it.
constexpr milliseconds kLeastWatchdog{60'000};

std::string taken_from_environment(const char* name) {
  const char* const found = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): see the header
  std::string value = found == nullptr ? "" : found;
  ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value;
}

// Nothing if `text` is no whole number.
std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

// Grows with each step of the node's poller.
std::uint64_t poller_steps(const Node& node) {
  const Counters counters = node.counters();
  return counters.polls + counters.polls_failed + counters.entries + counters.replaced;
}

std::string status_of(const Node& node) {
  const Health health = node.health();
  std::string text = std::string(to_string(health.state)) + ", applied through entry " +
                     std::to_string(node.position().value);
  for (const std::string& reason : health.reasons) {
    text += "; " + reason;
  }
  return printable(text, kLongestStatus);
}

}  // namespace

ServiceManager ServiceManager::of_environment() {
  ServiceManager manager(taken_from_environment("NOTIFY_SOCKET"));
  const auto period = number(taken_from_environment("WATCHDOG_USEC"));
  const std::string pid = taken_from_environment("WATCHDOG_PID");
  if (manager.socket_.empty()) {
    throw usage_error(
        "--notify: NOTIFY_SOCKET is not set; systemd sets it for a service of Type=notify");
  }
  if (manager.socket_[0] != '/' && manager.socket_[0] != '@') {
    throw usage_error("--notify: NOTIFY_SOCKET is " + in_quotes(manager.socket_) +
                      ": a path from the root, or a name that begins with '@'");
  }
  if (manager.socket_.size() >= sizeof(sockaddr_un::sun_path)) {
    throw usage_error("--notify: NOTIFY_SOCKET is longer than a socket's name may be");
  }
  if (period && *period > 0 && (pid.empty() || number(pid) == ::getpid())) {
    manager.watchdog = std::max(milliseconds(*period / 1000), milliseconds(1));
  }
  return manager;
}

void ServiceManager::tell(std::string_view lines) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (socket_[0] == '@') {
    address.sun_path[0] = '\0';  // no file, but a name of the kernel's
  }
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const ssize_t sent = ::sendto(fd, lines.data(), lines.size(), MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&address), size);
  const int error = errno;
  ::close(fd);
  if (sent < 0) {
    throw Error("tell the service manager", "nothing reaches NOTIFY_SOCKET, " + in_quotes(socket_) +
                                                ": " + system_error_text(error));
  }
}

void attend(const ServiceManager& manager, const Node& node, const Interrupt& interrupt,
            const std::function<void(std::string_view)>& say) {
  manager.tell("READY=1");
  milliseconds period = kLongestSilence;
  if (manager.watchdog) {
    period = std::clamp(*manager.watchdog / 4, milliseconds(1), period);
    if (*manager.watchdog < kLeastWatchdog) {
      say("the service's WatchdogSec is " + duration_text(*manager.watchdog) +
          ", and an instruction may hold up the node for 30s: make it " +
          duration_text(kLeastWatchdog) + " or longer");
    }
  }
  std::string told;
  std::uint64_t steps = 0;
  bool is_heard = true;
  const auto tell = [&](const std::string& lines) {
    try {
      manager.tell(lines);
      is_heard = true;
    } catch (const Error& error) {
      if (std::exchange(is_heard, false)) {
        say(error.what());
      }
    }
  };
  do {
    const std::uint64_t now = poller_steps(node);
    if (std::exchange(steps, now) != now || !node.freshness().paused.empty()) {
      tell("WATCHDOG=1");
    }
    if (const std::string status = status_of(node); status != told) {
      tell("STATUS=" + status);
      told = status;
    }
  } while (!interrupt.wait_for(period));
  tell("STOPPING=1");
}

}  // namespace crier::cli
