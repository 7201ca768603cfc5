// SPDX-License-Identifier: MIT
#include "cache/hybrid/invalidations.hpp"

#include <crier/admin/resync_request.hpp>
#include <crier/shared_json.hpp>

#include "base/error_of.hpp"
#include "base/hash.hpp"

#include <algorithm>
#include <map>

namespace crier {
namespace {

using Object = std::map<std::string, std::string>;

std::string json_of(const char* what, std::string_view text) {
  return to_shared_json(text, std::vector{Object{{what, std::string(text)}}});
}

// Never 0, and mixed: short texts that differ little must not.
std::uint64_t mark_of(std::string_view kind, std::string_view text) {
  std::uint64_t hash = fnv1a64(text, fnv1a64(kind));
  hash = (hash ^ (hash >> 32U)) * 0x9e3779b97f4a7c15U;
  return std::max<std::uint64_t>(hash ^ (hash >> 29U), 1);
}

}  // namespace

HybridOrders orders_in(std::string_view json) {
  HybridOrders orders;
  std::vector<Object> objects;
  orders.all = !error_of([&] { objects = from_shared_json<decltype(objects)>("", json); }).empty();
  for (Object& object : objects) {
    const auto key = object.find("key");
    const auto tag = object.find("tag");
    if (key != object.end()) {
      orders.keys.push_back(std::move(key->second));
    } else if (tag != object.end()) {
      orders.tags.push_back(std::move(tag->second));
    } else {
      orders.all = true;
    }
  }
  return orders;
}

HybridOrders orders_of(const Instruction& instruction) {
  HybridOrders orders;
  switch (instruction.type) {
    case RefreshType::refresh_all:
      orders.all = true;
      break;
    case RefreshType::refresh_by_guid:
      orders.keys.push_back(instruction.guid.to_string());
      break;
    case RefreshType::refresh_by_id:
    case RefreshType::remove_by_id:
      orders.keys.push_back(std::to_string(instruction.id));
      break;
    case RefreshType::refresh_by_ids:
      for (const std::int64_t id : instruction.ids) {
        orders.keys.push_back(std::to_string(id));
      }
      break;
    case RefreshType::refresh_by_json:
      return instruction.payload.empty() ? HybridOrders() : orders_in(instruction.payload);
  }
  return orders;
}

std::string json_of_key(std::string_view key) { return json_of("key", key); }
std::string json_of_tag(std::string_view tag) { return json_of("tag", tag); }

std::uint64_t mark_of_key(std::string_view key) { return mark_of("key ", key); }
std::uint64_t mark_of_tag(std::string_view tag) { return mark_of("tag ", tag); }

std::vector<std::uint64_t> marks_of(std::string_view key, std::span<const std::string> tags) {
  std::vector<std::uint64_t> marks{mark_of_key(key)};
  for (const std::string& tag : tags) {
    marks.push_back(mark_of_tag(tag));
  }
  return marks;
}

void Invalidations::add(const HybridOrders& orders) {
  all = all || orders.all;
  for (const std::string& key : orders.keys) {
    marks.push_back(mark_of_key(key));
  }
  for (const std::string& tag : orders.tags) {
    marks.push_back(mark_of_tag(tag));
  }
}

Invalidations invalidations_of(std::span<const Instruction> instructions, const Guid& refresher) {
  Invalidations found;
  for (const Instruction& instruction : instructions) {
    if (instruction.refresher == refresher) {
      found.add(orders_of(instruction));
    } else if (instruction.refresher == kResyncRequest) {
      // Of whichever node: all read the shared half.
      const Guid asked = resync_request_of(instruction).refresher;
      found.all = found.all || asked.empty() || asked == refresher;
    }
  }
  return found;
}

Invalidations invalidations_of(const Decoded& entry, const Guid& refresher) {
  Invalidations found = invalidations_of(entry.instructions, refresher);
  found.all = found.all || std::ranges::any_of(entry.problems, [&](const DecodeProblem& problem) {
                return !problem.refresher || *problem.refresher == refresher;
              });
  return found;
}

}  // namespace crier
