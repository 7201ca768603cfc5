// SPDX-License-Identifier: MIT
#include "fault/publisher.hpp"

#include <crier/error.hpp>

#include "support/eventually.hpp"
#include "support/recording.hpp"

#include <algorithm>

namespace crier::test {

using namespace std::chrono_literals;

void Publisher::stop() {
  stop_ = true;
  if (thread_.joinable()) {
    thread_.join();
  }
}

bool Publisher::goes_on(std::size_t count) const {
  const std::size_t before = well_;
  return eventually([&] { return well_ >= before + count; }, 60s);
}

bool Publisher::fails() const {
  const std::size_t before = failed_;
  return eventually([&] { return failed_ > before; }, 60s);
}

void Publisher::run() {
  for (std::int64_t number = 1; !stop_; ++number) {
    const auto begin = std::chrono::steady_clock::now();
    publish(number);
    longest_ = std::max(longest_, std::chrono::duration_cast<std::chrono::milliseconds>(
                                      std::chrono::steady_clock::now() - begin));
    std::this_thread::sleep_for(1ms);  // others want the processor, too
  }
}

void Publisher::publish(std::int64_t number) {
  try {
    acknowledged_[number] = node_.cache().refresh(kProducts, number);
    ++well_;
  } catch (const Error& error) {
    const std::string what = error.what();
    if (what.find("may be there or not") != std::string::npos) {
      unsure_.insert(number);
    }
    if (!error.retryable()) {
      last_not_retryable_ = what;
    }
    ++failed_;
  }
}

}  // namespace crier::test
