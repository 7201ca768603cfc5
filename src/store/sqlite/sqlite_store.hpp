// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "store/url.hpp"

#include <chrono>
#include <memory>

namespace crier::sqlite {

[[nodiscard]] std::unique_ptr<Store> make_store(const StoreUrl& url,
                                                std::chrono::milliseconds deadline);

}  // namespace crier::sqlite
