// SPDX-License-Identifier: MIT
#include "codec/element.hpp"

#include <crier/source.hpp>

#include "base/ascii.hpp"
#include "base/quoting.hpp"
#include "codec/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace crier {
namespace {

// In the order of Element::Field, and of RefreshType.
constexpr std::array<std::string_view, 8> kFields = {
    "", "RefreshType", "RefresherId", "GuidId", "IntId", "JsonIds", "JsonPayload", "CrierChain"};
constexpr std::array<std::string_view, 6> kTypes = {"RefreshAll",   "RefreshByGuid", "RefreshById",
                                                    "RefreshByIds", "RefreshByJson", "RemoveById"};

// The index of `name` in any case; names.size() where it is not there.
template <std::size_t N>
std::size_t index_of(const std::array<std::string_view, N>& names, std::string_view name) {
  // As it is written by all but the oldest.
  const auto exact = std::find(names.begin(), names.end(), name);
  if (exact != names.end()) {
    return static_cast<std::size_t>(exact - names.begin());
  }
  const auto found = std::ranges::find_if(
      names, [name](std::string_view each) { return same_ignoring_case(each, name); });
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace

void Element::key(std::string_view name) {
  const std::size_t index = index_of(kFields, name);
  field_ = index < kFields.size() ? static_cast<Field>(index) : Field::other;
}

void Element::take(std::int64_t value) {
  if (field_ == Field::int_id) {
    id_ = value;
  } else if (field_ != Field::refresh_type) {
    refuse("a number");
  } else if (value < 0 || value >= std::ssize(kTypes)) {
    fail(field_, "is " + std::to_string(value) + ", which is no refresh type");
  } else {
    type_ = static_cast<RefreshType>(value);
  }
}

void Element::take(std::string_view value) {
  switch (field_) {
    case Field::refresh_type:
      take_type(value);
      break;
    case Field::refresher_id:
      take_guid(refresher_, value);
      break;
    case Field::guid_id:
      take_guid(guid_, value);
      break;
    case Field::json_ids:
      ids_ = value;
      break;
    case Field::json_payload:
      payload_ = value;
      break;
    case Field::chain:
      take_chain(value);
      break;
    case Field::int_id:
    case Field::other:
      refuse("a string");
  }
}

void Element::take_array(std::string_view json) {
  if (field_ == Field::json_ids) {
    ids_ = json;
  } else if (field_ == Field::json_payload) {
    payload_ = json;
  } else {
    refuse("an array");
  }
}

void Element::take_object(std::string_view json) {
  if (field_ == Field::json_payload) {
    payload_ = json;
  } else {
    refuse("an object");
  }
}

void Element::refuse(std::string_view kind) {
  if (field_ != Field::other && field_ != Field::chain) {
    fail(field_, "can't be " + std::string(kind));
  }
}

bool Element::finish(Instruction& instruction) {
  if (refresher_.empty()) {
    fail(Field::refresher_id, "is missing or empty");
  }
  instruction.refresher = refresher_;
  instruction.type = type_;
  switch (type_) {
    case RefreshType::refresh_all:
      break;
    case RefreshType::refresh_by_guid:
      instruction.guid = guid_;
      break;
    case RefreshType::refresh_by_id:
    case RefreshType::remove_by_id:
      instruction.id = id_;
      break;
    case RefreshType::refresh_by_ids:
      if (!parse_ids(ids_, instruction.ids)) {
        fail(Field::json_ids, "is " + quoted_start(ids_) + ", which is no array of 64-bit ids");
      }
      break;
    case RefreshType::refresh_by_json:
      instruction.payload = std::move(payload_);
      break;
  }
  return problem_.empty();
}

DecodeProblem Element::problem(std::size_t number) const {
  return {"Element " + std::to_string(number) + ": " + problem_ + '.',
          refresher_.empty() ? std::nullopt : std::optional(refresher_)};
}

void Element::fail(Field field, const std::string& what) {
  if (problem_.empty()) {
    problem_.append(kFields[static_cast<std::size_t>(field)]).append(" ").append(what);
  }
}

void Element::take_type(std::string_view name) {
  const std::size_t index = index_of(kTypes, name);
  if (index == kTypes.size()) {
    fail(field_, "is " + quoted_start(name) + ", which is no refresh type");
  } else {
    type_ = static_cast<RefreshType>(index);
  }
}

void Element::take_guid(Guid& guid, std::string_view text) {
  const std::optional<Guid> parsed = Guid::parse(text);
  if (parsed) {
    guid = *parsed;
  } else {
    fail(field_, "is " + quoted_start(text) + ", which is no GUID");
  }
}

// It says nothing of what is to be done: what is wrong in it is passed over.
void Element::take_chain(std::string_view text) {
  constexpr std::size_t kSize = 36;
  chain_.clear();
  while (chain_.size() < kMaxPublishDepth) {
    const std::optional<Guid> guid = Guid::parse(text.substr(0, kSize));
    if (!guid) {
      break;
    }
    chain_.push_back(*guid);
    text.remove_prefix(std::min(kSize + 1, text.size()));
  }
}

}  // namespace crier
