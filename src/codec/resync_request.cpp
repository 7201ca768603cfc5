// SPDX-License-Identifier: MIT
#include <crier/admin/resync_request.hpp>
#include <crier/error.hpp>

#include <nlohmann/json.hpp>

namespace crier {

namespace {

constexpr const char* kNode = "node";
constexpr const char* kRefresher = "refresher";
// More than a name and a GUID take.
constexpr std::size_t kMostPayloadBytes = 4096;

}  // namespace

Instruction to_instruction(const ResyncRequest& request) {
  auto said = nlohmann::json::object();
  if (!request.node.empty()) {
    said[kNode] = request.node;
  }
  if (!request.refresher.empty()) {
    said[kRefresher] = request.refresher.to_string();
  }
  try {
    return Instruction::refresh_by_json(kResyncRequest, said.dump());
  } catch (const nlohmann::json::exception&) {
    throw Error("resync", "the node's name is not UTF-8", Error::Kind::invalid_argument);
  }
}

ResyncRequest resync_request_of(const Instruction& instruction) {
  ResyncRequest request;
  if (instruction.type != RefreshType::refresh_by_json ||
      instruction.payload.size() > kMostPayloadBytes) {
    return request;
  }
  const auto said = nlohmann::json::parse(instruction.payload, nullptr, false);
  if (!said.is_object()) {
    return request;
  }
  const auto text = [&](const char* key) {
    const auto found = said.find(key);
    return found == said.end() || !found->is_string() ? std::string() : found->get<std::string>();
  };
  return {text(kNode), Guid::parse(text(kRefresher)).value_or(Guid())};
}

}  // namespace crier
