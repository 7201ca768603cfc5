// SPDX-License-Identifier: MIT
#include "store/sql/positions.hpp"

#include "base/process.hpp"
#include "store/sql/transaction.hpp"

namespace crier::sql {

PositionClaim Positions::claim(const NodeReport& report) {
  return session_.call("claim", [&] {
    const std::string self = report.incarnation.to_string();
    PositionClaim claim;
    claim.owned = true;
    Transaction write(session_, Begin::write);
    // That its owner is gone does not help: it may have moved what this one has read already.
    contend_.change({log_, report.name, self});
    if (Rows row = position_.run({log_, report.name}); row.step()) {
      const bool live = row.flag(5);
      claim.contended = row.flag(4);
      claim.owned = !live || row.text(0) == self || process_is_gone(std::string(row.text(1)));
      if (claim.owned && !claim.contended && !row.is_null(2)) {
        claim.cursor = Cursor{{row.integer(2)}, {static_cast<std::uint64_t>(row.integer(3))}};
      }
    }
    if (claim.owned) {
      own_position_.change({log_, report.name, self, report.process});
    }
    write.commit();
    return claim;
  });
}

bool Positions::save(const NodeReport& report, const Cursor& cursor, bool reset) {
  return session_.call("save", [&] {
    const std::string self = report.incarnation.to_string();
    Transaction write(session_, Begin::write);
    const bool owned =
        save_position_.change({log_, report.name, self, report.process, cursor.id.value,
                               cursor.fingerprint.value, reset}) == 1;
    if (!owned) {
      contend_.change({log_, report.name, self});
    }
    write.commit();
    return owned;
  });
}

std::int64_t Positions::forget(std::string_view name) { return forget_.change({log_, name}); }

void Positions::forget_older(std::chrono::milliseconds age) {
  forget_old_.change({log_, age.count()});
}

}  // namespace crier::sql
