// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>
#include <crier/guid.hpp>
#include <crier/source.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <typeinfo>
#include <variant>

namespace crier {

/// What a refresher did. Umbraco's `MessageType`, with its numbers.
enum class MessageType : std::uint8_t {
  refresh_all = 0,
  refresh_by_id = 1,
  refresh_by_json = 2,
  remove_by_id = 3,
  refresh_by_instance = 4,
  remove_by_instance = 5,
  refresh_by_payload = 6,
};

/// Static text: "refresh_by_id".
[[nodiscard]] CRIER_EXPORT std::string_view to_string(MessageType type) noexcept;

/// A reference to an object of any type. Lives as long as the call it is given to.
class Instance {
 public:
  Instance() = default;
  /// Refers to it; takes no part in its life.
  template <class T>
  explicit Instance(const T& object) : object_(&object), type_(&typeid(T)) {}

  /// The object if it is exactly a T, else null.
  template <class T>
  [[nodiscard]] const T* as() const noexcept {
    return type_ != nullptr && *type_ == typeid(T) ? static_cast<const T*>(object_) : nullptr;
  }

 private:
  const void* object_ = nullptr;
  const std::type_info* type_ = nullptr;
};

/// Told after each refresh on this node, whether it was published here or elsewhere; so what it
/// sets off must be idempotent.
struct CacheUpdated {
  Guid refresher;                               ///< which one ran
  std::string_view name;                        ///< its name; lives as long as the call
  MessageType type = MessageType::refresh_all;  ///< what it did
  /// The id, the JSON (of refresh_by_json and refresh_by_payload) or the object; nothing for
  /// refresh_all. Lives as long as the call.
  std::variant<std::monostate, std::int64_t, Guid, std::string_view, Instance> object;
  Source source;  ///< who published it, and in which entry
};

/// Called like an Observer; what it throws is swallowed and logged.
using CacheUpdatedHandler = std::function<void(const CacheUpdated&)>;

/// Ends a subscription when it is destroyed or reset; a call that is under way on another thread
/// may still finish. May outlive the node.
class [[nodiscard]] Subscription {
 public:
  Subscription() = default;
  /// For crier: what ends it when it goes.
  explicit Subscription(std::shared_ptr<void> handle) : handle_(std::move(handle)) {}
  /// Ends it now.
  void reset() { handle_.reset(); }

 private:
  std::shared_ptr<void> handle_;
};

}  // namespace crier
