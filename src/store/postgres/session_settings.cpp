// SPDX-License-Identifier: MIT
#include "store/postgres/session_settings.hpp"

#include "base/quoting.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/statements.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace crier::postgres {
namespace {

constexpr int kOldest = 130000;

// A client that is merely slow is not to be thrown out.
constexpr std::chrono::milliseconds kLeastIdle{1000};

// A setting in libpq's `options`, in which a space ends a word.
std::string setting(const std::string& name, const std::string& value) {
  std::string option = " -c " + name + "=";
  for (const char c : value) {
    option += c == ' ' || c == '\\' ? std::string{'\\', c} : std::string{c};
  }
  return option;
}

}  // namespace

std::string statement_timeout(std::chrono::milliseconds deadline) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  return std::to_string(std::clamp<std::int64_t>(deadline.count(), 1, kMost));
}

Parameters session_parameters(const StoreConfig& config, Access access) {
  Parameters parameters = config.parameters;
  std::string& options = parameters["options"];
  options += setting("crier.session", "1");
  options += setting("statement_timeout", statement_timeout(config.deadline));
  // Of a client whose machine is gone the server hears nothing, and others wait for its locks.
  options += setting("idle_in_transaction_session_timeout",
                     statement_timeout(std::max(config.deadline, kLeastIdle)));
  options += setting("default_transaction_isolation", "read committed");
  options += setting("jit", "off");
  // Every statement goes by an index whatever its parameters are; planning it anew for each of them
  // costs more than running it. What such a plan expects to find many of are few: no workers.
  options += setting("plan_cache_mode", "force_generic_plan");
  options += setting("max_parallel_workers_per_gather", "0");
  if (access == Access::read_only) {
    options += setting("default_transaction_read_only", "on");
  }
  if (!config.schema.empty()) {
    options += setting("search_path", sql_name(config.schema));
  }
  parameters["client_encoding"] = "UTF8";
  parameters.emplace("application_name", "crier");
  if (access != Access::read_only) {
    parameters.emplace("target_session_attrs", "read-write");
  }
  parameters.emplace("tcp_user_timeout", statement_timeout(config.deadline));
  parameters.emplace("keepalives_idle", "30");
  return parameters;
}

LogIdentity check_session(PgConnection& link, PgConnection::Time ends) {
  const Result about = link.query(statements().text("session"), ends);
  if (about.number(0, 0) < kOldest) {
    throw Failure(Failure::Cause::too_old, std::string(about.text(0, 1)));
  }
  if (about.number(0, 2) == 0) {
    throw Failure(Failure::Cause::pooled, "the session has not the settings that were asked for");
  }
  LogIdentity identity{std::string(about.text(0, 3)), std::string(about.text(0, 4)), {}};
  if (about.number(0, 5) != 0) {
    const Result log = link.query(statements().text("identity"), ends);
    identity.log = log.rows() == 0 ? std::string() : std::string(log.text(0, 0));
  }
  return identity;
}

}  // namespace crier::postgres
