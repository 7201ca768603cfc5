// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include <cstdint>
#include <functional>
#include <libpq-fe.h>
#include <memory>
#include <string>
#include <vector>

namespace crier::bench {

// libpq with nothing around it, on tables of crier's: what the server allows. Statements are
// prepared, and commit by themselves. `conninfo` has them on its search_path.
class BarePostgres {
 public:
  explicit BarePostgres(const std::string& conninfo);

  // The row alone, under an id that nobody else uses.
  void insert(const NewEntry& entry, std::int64_t id);
  // The row, and the counter that gives its id; `notify` tells those that listen.
  void insert_counted(const NewEntry& entry);
  void insert_and_notify(const NewEntry& entry);
  void listen();
  // Until something has arrived.
  void await_notification();
  // Hands on the count of each row after `id`, and returns the last one's id.
  std::int64_t read_after(std::int64_t id, const std::function<void(std::int64_t)>& take);
  // The first column of the first row.
  std::string value(const std::string& sql);

 private:
  using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;

  void prepare(const char* name, const std::string& sql);
  Result run(const char* name, const std::vector<std::string>& values);
  Result check(PGresult* result) const;

  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

}  // namespace crier::bench
