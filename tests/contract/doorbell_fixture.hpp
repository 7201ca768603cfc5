// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "support/temp_dir.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace crier::test {

/// A database, and the place of its doorbell.
struct DoorbellFixture {
  TempDir dir;
  const std::filesystem::path file = dir / "x.db";
  const std::filesystem::path bell = dir / "x.db-doorbell";

  DoorbellFixture() { open_store(file.string())->connect(Access::create)->schema().migrate(); }

  [[nodiscard]] std::unique_ptr<Store> open() const { return open_store(file.string()); }

  /// Whether a ring by another store, as in another process, is heard.
  [[nodiscard]] bool heard(Wakeup& wakeup) const {
    const std::uint64_t mark = wakeup.mark();
    open()->wakeup().ring();
    return wakeup.wait(mark, std::chrono::milliseconds(1));
  }
};

}  // namespace crier::test
