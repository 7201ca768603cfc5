// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>
#include <crier/guid.hpp>
#include <crier/instruction.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

// An instruction object while it is read, its fields in whichever order they come. A field that is
// null is as good as missing; one that nobody knows takes any value.
class Element final {
 public:
  enum class Field {
    other,
    refresh_type,
    refresher_id,
    guid_id,
    int_id,
    json_ids,
    json_payload,
    chain
  };

  // The field that the next value is for.
  void field(Field field) { field_ = field; }
  void key(std::string_view name);

  [[nodiscard]] bool wants_guid() const {
    return field_ == Field::refresher_id || field_ == Field::guid_id;
  }
  // REQUIRES: wants_guid().
  void take(const Guid& guid) { (field_ == Field::guid_id ? guid_ : refresher_) = guid; }
  void take(std::int64_t value);
  void take(std::string_view value);
  void take_array(std::string_view json);
  void take_object(std::string_view json);
  // A value of a kind that fits no field: "a boolean".
  void refuse(std::string_view kind);

  // Puts what the fields mean together into a new instruction; false where there is a problem.
  [[nodiscard]] bool finish(Instruction& instruction);
  [[nodiscard]] std::vector<Guid>& chain() { return chain_; }
  // The first problem, about the element with this number. REQUIRES: finish() gave false.
  [[nodiscard]] DecodeProblem problem(std::size_t number) const;

 private:
  void fail(Field field, const std::string& what);
  void take_type(std::string_view name);
  void take_guid(Guid& guid, std::string_view text);
  void take_chain(std::string_view text);

  Field field_ = Field::other;
  RefreshType type_ = RefreshType::refresh_all;
  Guid refresher_;
  Guid guid_;
  std::int64_t id_ = 0;
  std::string ids_ = "[]";
  std::string payload_;
  std::vector<Guid> chain_;
  std::string problem_;
};

}  // namespace crier
