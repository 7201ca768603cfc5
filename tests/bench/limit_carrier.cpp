// SPDX-License-Identifier: MIT
#include "bench/bare.hpp"
#include "bench/carrier.hpp"
#include "bench/shop.hpp"

#include <atomic>
#include <cerrno>
#include <climits>
#include <linux/futex.h>
#include <new>
#include <optional>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace crier::bench {

namespace {

// A number in memory that processes share, on which one sleeps until another adds to it.
class Word {
 public:
  Word() {
    void* const memory =
        mmap(nullptr, sizeof(*value_), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      throw std::system_error(errno, std::generic_category(), "mmap");
    }
    value_ = new (memory) std::atomic<std::uint32_t>(0);
  }
  ~Word() { munmap(value_, sizeof(*value_)); }
  Word(const Word&) = delete;
  Word& operator=(const Word&) = delete;

  [[nodiscard]] std::uint32_t value() const { return *value_; }
  void add() {
    ++*value_;
    syscall(SYS_futex, value_, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
  }
  void sleep(std::uint32_t seen) const {
    syscall(SYS_futex, value_, FUTEX_WAIT, seen, nullptr, nullptr, 0);
  }

 private:
  std::atomic<std::uint32_t>* value_ = nullptr;
};

class LimitCarrier final : public Carrier {
 public:
  void subscribe(const std::function<void()>& subscribed,
                 const std::function<void(int)>& received) override {
    Bare bare(shop_.path(), "NORMAL");
    subscribed();
    for (std::int64_t last = 0;;) {
      const std::uint32_t seen = rings_.value();
      last = bare.read_after(last, [&](std::int64_t count) { received(static_cast<int>(count)); });
      rings_.sleep(seen);
    }
  }

  std::function<void(int)> publisher() override {
    publisher_.emplace(shop_.path(), "NORMAL");
    return [this, entry = entry_of(1234, "publisher")](int message) mutable {
      entry.instruction_count = message;
      publisher_->insert(entry);
      rings_.add();
    };
  }

 private:
  const Shop shop_;
  Word rings_;
  std::optional<Bare> publisher_;
};

}  // namespace

std::unique_ptr<Carrier> carried_by_bare_sqlite() { return std::make_unique<LimitCarrier>(); }

}  // namespace crier::bench
