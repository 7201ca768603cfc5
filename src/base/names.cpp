// SPDX-License-Identifier: MIT
// The names of the public enums, as logs and the command line show them.
#include <crier/admin/cluster.hpp>
#include <crier/health.hpp>
#include <crier/instruction.hpp>
#include <crier/notification.hpp>
#include <crier/observer.hpp>
#include <crier/version.hpp>

namespace crier {

std::string_view to_string(RefreshType type) noexcept {
  switch (type) {
    case RefreshType::refresh_all:
      return "refresh_all";
    case RefreshType::refresh_by_guid:
      return "refresh_by_guid";
    case RefreshType::refresh_by_id:
      return "refresh_by_id";
    case RefreshType::refresh_by_ids:
      return "refresh_by_ids";
    case RefreshType::refresh_by_json:
      return "refresh_by_json";
    case RefreshType::remove_by_id:
      return "remove_by_id";
  }
  return "unknown";
}

std::string_view to_string(MessageType type) noexcept {
  switch (type) {
    case MessageType::refresh_all:
      return "refresh_all";
    case MessageType::refresh_by_id:
      return "refresh_by_id";
    case MessageType::refresh_by_json:
      return "refresh_by_json";
    case MessageType::remove_by_id:
      return "remove_by_id";
    case MessageType::refresh_by_instance:
      return "refresh_by_instance";
    case MessageType::remove_by_instance:
      return "remove_by_instance";
    case MessageType::refresh_by_payload:
      return "refresh_by_payload";
  }
  return "unknown";
}

std::string_view to_string(FailureKind kind) noexcept {
  switch (kind) {
    case FailureKind::unreadable:
      return "unreadable";
    case FailureKind::unknown_refresher:
      return "unknown_refresher";
    case FailureKind::wrong_kind:
      return "wrong_kind";
    case FailureKind::refresher_threw:
      return "refresher_threw";
  }
  return "unknown";
}

std::string_view to_string(RefresherState state) noexcept {
  switch (state) {
    case RefresherState::well:
      return "well";
    case RefresherState::retrying:
      return "retrying";
    case RefresherState::stale:
      return "stale";
    case RefresherState::stuck:
      return "stuck";
  }
  return "unknown";
}

std::string_view to_string(HealthState state) noexcept {
  switch (state) {
    case HealthState::ok:
      return "ok";
    case HealthState::degraded:
      return "degraded";
    case HealthState::bad:
      return "bad";
  }
  return "unknown";
}

std::string_view to_string(ResyncReason reason) noexcept {
  switch (reason) {
    case ResyncReason::first_start:
      return "first_start";
    case ResyncReason::backlog:
      return "backlog";
    case ResyncReason::pruned:
      return "pruned";
    case ResyncReason::anchor_gone:
      return "anchor_gone";
    case ResyncReason::anchor_changed:
      return "anchor_changed";
    case ResyncReason::hole:
      return "hole";
    case ResyncReason::unreadable_entry:
      return "unreadable_entry";
    case ResyncReason::asked:
      return "asked";
    case ResyncReason::replaced:
      return "replaced";
    case ResyncReason::cloned:
      return "cloned";
  }
  return "unknown";
}

std::string_view to_string(Role role) noexcept {
  switch (role) {
    case Role::unknown:
      return "unknown";
    case Role::single:
      return "single";
    case Role::subscriber:
      return "subscriber";
    case Role::scheduling_publisher:
      return "scheduling_publisher";
  }
  return "unknown";
}

std::string_view to_string(NodeState state) noexcept {
  switch (state) {
    case NodeState::live:
      return "live";
    case NodeState::stale:
      return "stale";
    case NodeState::stopped:
      return "stopped";
  }
  return "unknown";
}

std::string_view version() noexcept { return CRIER_VERSION; }

}  // namespace crier
