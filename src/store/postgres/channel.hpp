// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/failure.hpp"
#include "store/postgres/link.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace crier::postgres {

// In SQL. A channel belongs to a database; each log has its own: that of the schema where its
// tables are or, before there are any, will be.
inline constexpr std::string_view kNameOfChannel =
    "SELECT 'crier_' || md5(coalesce("
    "(SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = to_regclass('crierLog')), "
    "current_schema()))";

// The channel as one connection knows it. One thread at a time.
class Channel {
 public:
  // Asked for where it is not known, and again after a while: the tables may have come to another
  // schema. Throws Failure. Lives until the next call.
  [[nodiscard]] const std::string& name(Link& link, Link::Time ends) {
    if (Link::Time::clock::now() >= ask_at_) {
      const Result name = link.query(std::string(kNameOfChannel), ends);
      if (name.is_null(0, 0)) {
        throw Failure(Failure::Cause::server, "there is no schema for crier's tables", "3F000");
      }
      name_ = name.text(0, 0);
      ask_at_ = Link::Time::clock::now() + std::chrono::seconds(30);
    }
    return name_;
  }

 private:
  std::string name_;
  Link::Time ask_at_;
};

}  // namespace crier::postgres
