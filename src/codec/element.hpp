// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>
#include <crier/guid.hpp>
#include <crier/instruction.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crier {

// An instruction object while it is read, its fields in whichever order they come. A field that is
// null is as good as missing; one that nobody knows takes any value.
class Element final {
 public:
  // The field that the next value is for.
  void key(std::string_view name);

  void take(std::int64_t value);
  void take(std::string_view value);
  void take_array(std::string_view json);
  void take_object(std::string_view json);
  // A value of a kind that fits no field: "a boolean".
  void refuse(std::string_view kind);

  // What the fields mean together; nothing where there is a problem.
  [[nodiscard]] std::optional<Instruction> finish();
  // The first problem, about the element with this number. REQUIRES: finish() gave nothing.
  [[nodiscard]] DecodeProblem problem(std::size_t number) const;

 private:
  enum class Field { other, refresh_type, refresher_id, guid_id, int_id, json_ids, json_payload };

  void fail(Field field, const std::string& what);
  void take_type(std::string_view name);
  void take_guid(Guid& guid, std::string_view text);

  Field field_ = Field::other;
  RefreshType type_ = RefreshType::refresh_all;
  Guid refresher_;
  Guid guid_;
  std::int64_t id_ = 0;
  std::string ids_ = "[]";
  std::string payload_;
  std::string problem_;
};

}  // namespace crier
