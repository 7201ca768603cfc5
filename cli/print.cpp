// SPDX-License-Identifier: MIT
#include "print.hpp"

#include <crier/admin/audit.hpp>
#include <crier/admin/resync_request.hpp>

#include "names.hpp"
#include "printable.hpp"

#include <algorithm>

namespace crier::cli {

namespace {

std::string join_ids(const std::vector<std::int64_t>& ids, std::size_t max) {
  std::string text;
  for (std::size_t i = 0; i < std::min(ids.size(), max); ++i) {
    text += (i == 0 ? "" : ",") + std::to_string(ids[i]);
  }
  return ids.size() > max ? text + " +" + std::to_string(ids.size() - max) + " more" : text;
}

std::string operand(const Instruction& instruction, const Detail& detail) {
  switch (instruction.type) {
    case RefreshType::refresh_all:
      return "";
    case RefreshType::refresh_by_guid:
      return " " + instruction.guid.to_string();
    case RefreshType::refresh_by_id:
    case RefreshType::remove_by_id:
      return " " + std::to_string(instruction.id);
    case RefreshType::refresh_by_ids:
      return " " + join_ids(instruction.ids, detail.ids);
    case RefreshType::refresh_by_json:
      return " " + printable(instruction.payload, detail.payload_bytes);
  }
  return "";
}

std::string origin_text(std::string_view originated, const Paint& paint) {
  return paint(Tone::faint, printable(without_incarnation(originated), 500));
}

}  // namespace

std::string instruction_text(const Instruction& instruction, const Detail& detail,
                             const Paint& paint, const Names* names, bool brief) {
  const auto name_of = [names](const Guid& refresher) {
    return names == nullptr ? refresher.to_string() : names->of(refresher);
  };
  if (instruction == Instruction::refresh_all(kCanary)) {
    return paint(Tone::faint, "canary");
  }
  if (instruction.refresher == kResyncRequest) {
    const ResyncRequest request = resync_request_of(instruction);
    const std::string whom = request.node.empty() ? "all nodes" : printable(request.node, 255);
    return paint(Tone::strong, "resync") + " of " + whom +
           (request.refresher.empty() ? "" : ": " + name_of(request.refresher));
  }
  if (instruction.refresher == kAuditRequest) {
    const std::optional<AuditRequest> request = audit_request_of(instruction);
    const bool is_of_all = !request || request->node.empty();
    return paint(Tone::strong, "audit") + " of " +
           (is_of_all ? "all nodes" : printable(request->node, 255)) +
           (request && !request->cache.empty() ? ": " + printable(request->cache, 255) : "");
  }
  const std::string guid = instruction.refresher.to_string();
  std::string name = name_of(instruction.refresher);
  if (brief && name == guid) {
    name = guid.substr(0, 8) + "…";
  }
  return name + " " + paint(Tone::strong, to_string(instruction.type)) +
         operand(instruction, detail);
}

std::string Paint::operator()(Tone tone, std::string_view text) const {
  if (!on_ || text.empty()) {
    return std::string(text);
  }
  const auto code = [tone] {
    switch (tone) {
      case Tone::faint:
        return "2";
      case Tone::strong:
        return "1";
      case Tone::warning:
        return "33";
      case Tone::problem:
        return "31";
    }
    return "0";
  }();
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string order_text(const Instruction& instruction) {
  return std::string(to_string(instruction.type)) + operand(instruction, kShort);
}

std::string applied_line(const Instruction& instruction, const Source& source, const Paint& paint) {
  return paint(Tone::strong, std::to_string(source.entry.value)) + "  " +
         instruction_text(instruction, kShort, paint) + "  " +
         origin_text(source.originated, paint);
}

std::string resync_line(const Resync& resync, const Paint& paint) {
  return paint(Tone::strong, std::to_string(resync.entry.value)) + "  " +
         paint(Tone::warning, "resync " + std::string(to_string(resync.reason))) + "  " +
         printable(resync.detail);
}

}  // namespace crier::cli
