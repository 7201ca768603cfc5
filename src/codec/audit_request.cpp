// SPDX-License-Identifier: MIT
#include <crier/admin/audit.hpp>
#include <crier/error.hpp>

#include <nlohmann/json.hpp>

#include <utility>

namespace crier {

namespace {

constexpr const char* kNode = "node";
constexpr const char* kCache = "cache";
constexpr const char* kKeys = "keys";
constexpr const char* kSalt = "salt";
constexpr const char* kHashes = "hashes";
// More than two names and kMostKeys numbers take.
constexpr std::size_t kMostPayloadBytes = 256 * 1024;

bool is_one(const AuditRequest& request) {
  return request.keys >= 1 && request.keys <= AuditRequest::kMostKeys &&
         request.hashes.size() <= AuditRequest::kMostKeys;
}

}  // namespace

Instruction instruction_of(const AuditRequest& request) {
  auto said = nlohmann::json::object();
  const auto say = [&](const char* key, const auto& value) {
    if (!value.empty()) {
      said[key] = value;
    }
  };
  say(kNode, request.node);
  say(kCache, request.cache);
  say(kHashes, request.hashes);
  said[kKeys] = request.keys;
  said[kSalt] = request.salt;
  try {
    return Instruction::refresh_by_json(kAuditRequest, said.dump());
  } catch (const nlohmann::json::exception&) {
    throw Error("audit", "the name of the node or the cache is not UTF-8",
                Error::Kind::invalid_argument);
  }
}

std::optional<AuditRequest> audit_request_of(const Instruction& instruction) {
  if (instruction.type != RefreshType::refresh_by_json ||
      instruction.payload.size() > kMostPayloadBytes) {
    return std::nullopt;
  }
  const auto said = nlohmann::json::parse(instruction.payload, nullptr, false);
  if (!said.is_object()) {
    return std::nullopt;
  }
  AuditRequest request;
  try {
    request.node = said.value(kNode, request.node);
    request.cache = said.value(kCache, request.cache);
    request.keys = said.value(kKeys, request.keys);
    request.salt = said.value(kSalt, request.salt);
    request.hashes = said.value(kHashes, std::move(request.hashes));
  } catch (const nlohmann::json::exception&) {  // a member of another type
    return std::nullopt;
  }
  return is_one(request) ? std::optional(std::move(request)) : std::nullopt;
}

}  // namespace crier
