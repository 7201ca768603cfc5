// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include <memory>
#include <string_view>

namespace crier::postgres {

// REQUIRES: names_postgres(url). Throws as open_store() does.
[[nodiscard]] std::unique_ptr<Store> make_store(std::string_view url, StoreOptions options);

}  // namespace crier::postgres
