// SPDX-License-Identifier: MIT
#pragma once

// How nodes are asked which versions their caches hold, and how they answer. The table is part of a
// Connection (store.hpp): one thread at a time, each call ends by the store's deadline and throws
// crier::Error.

#include <crier/admin/cluster.hpp>
#include <crier/audit.hpp>
#include <crier/entry.hpp>
#include <crier/export.hpp>
#include <crier/guid.hpp>
#include <crier/instruction.hpp>
#include <crier/node_record.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// A request to nodes that they tell what their caches hold, as `crier audit` makes it. It is an
/// instruction in the log, so that all nodes answer for the same place in it. Nodes of earlier
/// versions, and Umbraco's, pass it. A plain value.
struct CRIER_EXPORT AuditRequest {
  /// So many keys can be asked for at the most.
  static constexpr std::size_t kMostKeys = 10'000;

  std::string node = {};    ///< those of this name; empty: all
  std::string cache = {};   ///< this one alone; empty: all
  std::size_t keys = 1000;  ///< at most so many of each cache: 1 to kMostKeys
  std::uint64_t salt = 0;   ///< with another one, other keys are chosen
  /// hash_of() of the keys that are asked for, at most kMostKeys; empty: a sample by their hashes.
  std::vector<std::uint64_t> hashes = {};

  /// Equal in every part.
  friend bool operator==(const AuditRequest&, const AuditRequest&) = default;

  /// The hash by which a key of the cache `of_cache` is asked for: the same on every node, and
  /// another one with another `salt`.
  [[nodiscard]] std::uint64_t hash_of(std::string_view of_cache,
                                      std::string_view key) const noexcept;
};

/// A refresh_by_json of kAuditRequest. Throws an invalid_argument Error if a text is not UTF-8.
[[nodiscard]] CRIER_EXPORT Instruction instruction_of(const AuditRequest& request);
/// What an instruction of kAuditRequest asks for; nothing if it is not understood.
[[nodiscard]] CRIER_EXPORT std::optional<AuditRequest> audit_request_of(
    const Instruction& instruction);

/// What one cache of a node answers.
struct AuditAnswer {
  std::string cache;                   ///< its name
  std::size_t seen = 0;                ///< keys that it holds; 0 also if it was not asked
  std::vector<AuditSample::Row> rows;  ///< the keys that it was asked for and holds
};

/// What a node holds: a row of what nodes have answered. A plain value.
struct AuditRecord {
  std::string node;     ///< its name
  Guid incarnation;     ///< which of its starts
  std::string cache;    ///< the cache's name
  std::string key;      ///< empty: none; the row says that the node audits the cache
  std::string version;  ///< empty: it holds "nothing"; without a key, how many keys there are
};

/// The answers to audits of one log. `request` is the entry that asked.
class AuditTable {
 public:
  virtual ~AuditTable() = default;

  /// Writes what a node answers, a part at a time; that it has_answered() last. A node with no
  /// cache to audit answers so.
  virtual void answer(EntryId request, const NodeReport& node,
                      std::span<const AuditAnswer> answers) = 0;
  /// Whether the answer of a node is there, and whole.
  virtual bool has_answered(EntryId request, const Guid& incarnation) = 0;
  /// By incarnation, cache and key.
  virtual std::vector<AuditRecord> answers(EntryId request) = 0;
  /// Deletes the answers to this request.
  virtual void forget(EntryId request) = 0;
  /// Answers that nobody has forgotten for an hour. Nothing if the fence does not hold.
  virtual void forget_old(const Fence& fence) = 0;

  /// What a query of the operator's says of these keys: `sql` gives rows of a key and its version,
  /// each as a text; a version that is NULL is empty. Runs in a transaction that only reads, and
  /// takes no more than one query of two columns. Throws also if it gives a key in two versions.
  virtual std::map<std::string, std::string> look_up(std::string_view sql,
                                                     std::span<const std::string> keys) = 0;
};

}  // namespace crier
