// SPDX-License-Identifier: MIT
#include "node/check_schema.hpp"

#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "base/reporter.hpp"

#include <string>

namespace crier {

bool check_schema(Store& store, bool migrate, Reporter& reporter) {
  const auto connection = store.connect(migrate ? Access::create : Access::read_only);
  if (migrate) {
    connection->schema().migrate();
  }
  const SchemaStatus status = connection->schema().status();
  if (status.state != SchemaState::current) {
    throw Error("start", status.advice);
  }
  for (const auto& sentences : {status.problems, status.warnings}) {
    for (const std::string& sentence : sentences) {
      reporter.log(LogLevel::warning, sentence);
    }
  }
  return connection->log().is_umbracos();
}

}  // namespace crier
