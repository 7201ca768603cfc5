// SPDX-License-Identifier: MIT
#pragma once

#include "cli/tool.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace crier::test {

/// docs/json.schema.json.
[[nodiscard]] const nlohmann::ordered_json& json_schema();

/// `schema`, or what it refers to.
[[nodiscard]] const nlohmann::ordered_json& resolved(const nlohmann::ordered_json& schema);

/// What keeps `lines` from being what the command prints with --json, by the definition of that
/// name: "crier-cache-get". Empty: nothing.
[[nodiscard]] std::string json_faults(const std::string& definition, const std::string& lines);

/// The same of what the tool printed for `args`. Empty, too, if that was not to be JSON.
[[nodiscard]] std::string printed_faults(const Args& args, const std::string& lines);

}  // namespace crier::test
