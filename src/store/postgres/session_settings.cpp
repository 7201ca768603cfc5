// SPDX-License-Identifier: MIT
#include "store/postgres/session_settings.hpp"

#include "base/quoting.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/statements.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace crier::postgres {
namespace {

constexpr int kOldest = 130000;

constexpr const char* kCommit = "COMMIT";

// A client that is merely slow is not to be thrown out.
constexpr std::chrono::milliseconds kLeastIdle{1000};

using Settings = std::map<std::string, std::string>;

Settings settings_of(const StoreConfig& config, Access access) {
  Settings settings = {
      {"crier.session", "1"},
      {"statement_timeout", statement_timeout(config.deadline)},
      // Of a client whose machine is gone the server hears nothing, and others wait for its locks.
      {"idle_in_transaction_session_timeout",
       statement_timeout(std::max(config.deadline, kLeastIdle))},
      {"default_transaction_isolation", "read committed"},
      {"jit", "off"},
      // Names of channels are made of quoted names.
      {"quote_all_identifiers", "off"},
      // Rows that a policy hides are an error, and not rows that are not there.
      {"row_security", "off"},
      // Every statement goes by an index whatever its parameters are; planning it anew for each of
      // them costs more than running it. What such a plan expects to find many of are few: no
      // workers.
      {"plan_cache_mode", "force_generic_plan"},
      {"max_parallel_workers_per_gather", "0"},
  };
  if (access == Access::read_only) {
    settings["default_transaction_read_only"] = "on";
  }
  if (!config.schema.empty()) {
    settings["search_path"] = sql_name(config.schema);
  }
  return settings;
}

// In libpq's `options`, in which a space ends a word.
std::string as_options(const Settings& settings) {
  std::string options;
  for (const auto& [name, value] : settings) {
    options += " -c " + name + "=";
    for (const char c : value) {
      options += c == ' ' || c == '\\' ? std::string{'\\', c} : std::string{c};
    }
  }
  return options;
}

std::string as_sql(const Settings& settings, bool is_local) {
  std::string sql = "SELECT";
  for (const auto& [name, value] : settings) {
    sql += (sql.ends_with(')') ? ", set_config(" : " set_config(") + sql_literal(name) + ", " +
           sql_literal(value) + (is_local ? ", true)" : ", false)");
  }
  return sql;
}

// What the application's function returns, which libpq is told alone.
std::string password_of(const StoreConfig& config) {
  std::string password;
  try {
    password = config.password();
  } catch (const std::exception& error) {
    throw Failure(Failure::Cause::password, error.what());
  } catch (...) {
    throw Failure(Failure::Cause::password, "it threw what is no std::exception");
  }
  if (password.empty() || password.find('\0') != std::string::npos) {
    throw Failure(Failure::Cause::password,
                  password.empty() ? "it returned nothing" : "it returned a NUL character");
  }
  return password;
}

Parameters parameters_of(const StoreConfig& config, const char* server) {
  Parameters parameters = config.parameters;
  if (config.password) {
    parameters["password"] = password_of(config);
  }
  parameters["client_encoding"] = "UTF8";
  parameters.emplace("application_name", "crier");
  if (server != nullptr) {
    parameters.emplace("target_session_attrs", server);
  }
  parameters.emplace("tcp_user_timeout", statement_timeout(config.deadline));
  parameters.emplace("keepalives_idle", "30");
  return parameters;
}

std::unique_ptr<PgConnection> connect(const Parameters& parameters, const Settings& settings,
                                      PgConnection::Time ends) {
  Parameters all = parameters;
  all["options"] += as_options(settings);
  try {
    return std::make_unique<PgConnection>(all, ends);
  } catch (const Failure& failure) {
    // A pooler may refuse `options`; then the settings follow.
    if (std::string_view(failure.what()).find("startup parameter") == std::string_view::npos) {
      throw;
    }
  }
  return std::make_unique<PgConnection>(parameters, ends);
}

// Whether another connection meets the same session of the server's: it had been handed back to a
// pooler, which gives out next what it has got last.
bool shares_sessions(PgConnection& link, const Parameters& parameters, PgConnection::Time ends) {
  constexpr const char* kWho = "SELECT pg_backend_pid()";
  constexpr int kTries = 3;
  PgConnection other(parameters, ends);
  for (int i = 0; i < kTries; ++i) {
    if (link.query(kWho, ends).number(0, 0) == other.query(kWho, ends).number(0, 0)) {
      return true;
    }
  }
  return false;
}

// Not within a transaction, which a refusal would end.
void identify_server(PgConnection& link, PgConnection::Time ends, LogIdentity& identity) {
  try {
    const Result server = link.query(statements().text("server_identity"), ends);
    identity.system = server.text(0, 0);
    identity.timeline = server.text(0, 1);
  } catch (const Failure& failure) {
    if (failure.cause != Failure::Cause::server || !link.is_usable()) {
      throw;
    }
  }
}

std::string log_identity(PgConnection& link, PgConnection::Time ends) {
  const Result log = link.query(statements().text("identity"), ends);
  return log.rows() == 0 ? std::string() : std::string(log.text(0, 0));
}

}  // namespace

std::string statement_timeout(std::chrono::milliseconds deadline) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  return std::to_string(std::clamp<std::int64_t>(deadline.count(), 1, kMost));
}

std::string local_settings(const StoreConfig& config) {
  Settings settings = settings_of(config, Access::read_write);
  // Of a session, of plans that are kept, or told by BEGIN.
  for (const char* name : {"crier.session", "default_transaction_isolation", "plan_cache_mode"}) {
    settings.erase(name);
  }
  settings["lock_timeout"] = "0";  // of the role: the deadline holds in its place
  return as_sql(settings, true);
}

std::string begin_pooled(const StoreConfig& config, Access access) {
  return std::string("BEGIN ISOLATION LEVEL READ COMMITTED") +
         (access == Access::read_only ? " READ ONLY; " : "; ") + local_settings(config);
}

OpenSession open_session(const StoreConfig& config, Access access, PgConnection::Time ends,
                         const char* server) {
  const Parameters parameters = parameters_of(config, server);
  const Settings settings = settings_of(config, access);
  OpenSession session;
  session.pooled = config.pooled;
  session.link = config.pooled ? std::make_unique<PgConnection>(parameters, ends)
                               : connect(parameters, settings, ends);
  PgConnection& link = *session.link;
  const std::string begin = begin_pooled(config, Access::read_only);
  const std::string& look = statements().text("session");
  // In one message: a session may be ended as soon as it stands still.
  const std::string lift_and_look = statements().text("lift_timeouts") + "; " + look;
  if (config.pooled) {
    link.query(begin, ends);
  }
  Result about = link.query(config.pooled ? look : lift_and_look, ends);
  if (about.number(0, 0) < kOldest) {
    throw Failure(Failure::Cause::too_old, std::string(about.text(0, 1)));
  }
  if (!config.pooled && about.number(0, 2) == 0) {  // a pooler has kept the settings to itself
    session.pooled = shares_sessions(link, parameters, ends);
    if (session.pooled && config.listen.empty()) {
      throw Failure(Failure::Cause::pooled, "two connections share one session");
    }
    if (session.pooled) {
      link.query(begin, ends);
    }
    about =
        link.query(session.pooled ? look : as_sql(settings, false) + "; " + lift_and_look, ends);
  }
  session.log.log = about.number(0, 3) != 0 ? log_identity(link, ends) : "";
  if (session.pooled) {
    link.query(kCommit, ends);
  }
  identify_server(link, ends, session.log);
  return session;
}

}  // namespace crier::postgres
