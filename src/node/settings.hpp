// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/identity.hpp>
#include <crier/admin/store.hpp>
#include <crier/options.hpp>
#include <crier/registry.hpp>

#include "keeper/keeper.hpp"

#include <memory>
#include <string>

namespace crier {

// What a node's options mean for its parts.

// The store that they name, or that of the surroundings. Opens nothing yet. Throws crier::Error.
[[nodiscard]] std::shared_ptr<Store> store_of(const Options& options);

// What stays as it is in what the node reports of itself.
[[nodiscard]] NodeReport report_of(const Options& options, const std::string& name,
                                   const Identity& identity);
[[nodiscard]] Keeper::Settings keeper_settings(const Options& options, const NodeReport& self,
                                               const Registry& refreshers);

}  // namespace crier
