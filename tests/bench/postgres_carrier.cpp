// SPDX-License-Identifier: MIT
#include "bench/bare_postgres.hpp"
#include "bench/carrier.hpp"
#include "bench/shop.hpp"

#include <optional>
#include <utility>

namespace crier::bench {

namespace {

class PostgresCarrier final : public Carrier {
 public:
  explicit PostgresCarrier(std::string conninfo) : conninfo_(std::move(conninfo)) {}

  void subscribe(const std::function<void()>& subscribed,
                 const std::function<void(int)>& received) override {
    BarePostgres listener(conninfo_);
    BarePostgres reader(conninfo_);
    listener.listen();
    std::int64_t last = std::stoll(reader.value("SELECT newest FROM crierLog"));
    subscribed();
    for (;;) {
      listener.await_notification();
      last =
          reader.read_after(last, [&](std::int64_t count) { received(static_cast<int>(count)); });
    }
  }

  std::function<void(int)> publisher() override {
    publisher_.emplace(conninfo_);
    return [this, entry = entry_of(1234, "publisher")](int message) mutable {
      entry.instruction_count = message;
      publisher_->insert_and_notify(entry);
    };
  }

 private:
  const std::string conninfo_;
  std::optional<BarePostgres> publisher_;
};

}  // namespace

std::unique_ptr<Carrier> carried_by_bare_postgres(std::string conninfo) {
  return std::make_unique<PostgresCarrier>(std::move(conninfo));
}

}  // namespace crier::bench
