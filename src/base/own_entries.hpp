// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

// What this node has written to the log, by the ids that were given to it, until its poller has
// passed them. An entry is the node's own only if it bears its origin and such an id, and says what
// was written under that: another process may bear the same origin, and after a restore have been
// given the same id. The newest of these ids is proof that the log has reached so
// far. Thread-safe.
class OwnEntries {
 public:
  explicit OwnEntries(std::string originated) : origins_{std::move(originated)} {}

  // The origin of what this node writes from now on.
  [[nodiscard]] std::string originated() const;
  // From now on another origin, since another process writes under the last one.
  void rename(std::string originated);

  // Entries that are being appended, from before the append until it has ended.
  class Append {
   public:
    Append(OwnEntries& own, std::span<const NewEntry> entries);
    // Without ended(): they may stand in the log, and nobody knows under which ids.
    ~Append();
    Append(const Append&) = delete;
    Append& operator=(const Append&) = delete;
    // Their ids are consecutive, up to `last`; nothing: none was written.
    void ended(std::optional<EntryId> last);
    // The fingerprints of the entries, but for their stamps.
    [[nodiscard]] const std::vector<Fingerprint>& texts() const noexcept { return texts_; }

   private:
    OwnEntries& own_;
    const std::vector<Fingerprint> texts_;
    std::int64_t reached_ = 0;  // the log, before
    std::uint64_t restarts_ = 0;
    bool has_ended_ = false;
  };
  // Written in a transaction of the application's that is committed, and run by this node since.
  // `originated` is of that write alone: after a rollback the same ids may be those of another.
  void add(const std::string& originated, std::span<const EntryId> ids);

  // The rest is the poller's.

  // The newest id that was given to this node: a look that begins later must find the log that far.
  [[nodiscard]] EntryId newest() const;
  struct Break {
    enum class Kind : std::uint8_t {
      gone,         // an entry that was written here
      taken,        // its id bears another entry
      given_twice,  // its id was given to this node when the log had already reached it
      cloned,       // an entry of this node's origin that this node has not written
    };
    Kind kind;
    EntryId entry;
  };
  // Compares what was found in the log with what was written. `newest` is as of before the look,
  // `end` the last id in the log, or nothing if the look did not reach it. May wait a moment for an
  // append that is ending.
  [[nodiscard]] std::optional<Break> find_break(EntryId newest, std::optional<EntryId> end,
                                                std::span<const Entry> entries);
  // Whether this node has written it, and run what it says.
  [[nodiscard]] bool contains(const Entry& entry) const;
  // Whether only find_break() can tell: it bears this node's origin and is not known here, or an id
  // that was given to another.
  [[nodiscard]] bool is_in_doubt(const Entry& entry) const;
  // As contains(), what was passed included. Of what rode in transactions long ago it may say no.
  [[nodiscard]] bool has_written(const Entry& entry) const;
  // The poller has passed what stands in the log through `cursor`.
  void pass(EntryId cursor);
  // A number for restart().
  [[nodiscard]] std::uint64_t mark() const;
  // The poller goes on at `cursor`, which is the end of the log as it was found after `mark`.
  void restart(EntryId cursor, std::uint64_t mark);

 private:
  struct Written {
    std::int64_t id;
    Fingerprint text;
    std::uint64_t mark;  // when it was added
  };
  // An entry that was written in a transaction of the application's.
  struct Ride {
    std::string originated;
    std::uint64_t mark;
  };
  using Time = std::chrono::steady_clock::time_point;
  using Rides = std::map<std::int64_t, Ride>;
  // An entry whose id is not known.
  struct Unknown {
    Fingerprint text;
    const Append* append;  // null: it has failed
    EntryId found;         // the entry that it was taken for; 0: none yet
  };

  [[nodiscard]] bool is_mine(std::string_view originated) const;
  // What was written under that id; null: nothing is known of it.
  [[nodiscard]] const Written* find(std::int64_t id) const;
  // Whether it is what was written.
  [[nodiscard]] bool is_written(const Written& written, const Entry& entry) const;
  static bool is_among(const Rides& rides, const Entry& entry);
  // Whether it bears an id that was given to another one.
  [[nodiscard]] bool is_in_place_of_mine(const Entry& entry) const;
  void insert(std::int64_t last, std::span<const Fingerprint> texts);
  void forget_through(std::int64_t id);
  void remember_passed(std::int64_t id, Ride ride);
  Unknown* find_unknown(const Entry& entry);
  bool is_explained(std::unique_lock<std::mutex>& lock, const Entry& entry, Time until);

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::vector<std::string> origins_;  // guarded by mutex_, as are the next; the last one is in use
  std::deque<Written> written_;       // in the order of their ids
  Rides rides_;
  Rides passed_rides_;  // the newest of them
  std::vector<Unknown> unknown_;
  std::int64_t newest_ = 0;
  std::int64_t passed_ = 0;
  std::int64_t dropped_ = 0;  // ids up to here may be missing in written_
  std::uint64_t marks_ = 0;
  std::uint64_t restarts_ = 0;
  std::optional<EntryId> given_twice_;
};

}  // namespace crier
