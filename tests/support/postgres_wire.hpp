// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace crier::test {

/// What stands between clients and a server, as a network does: a port of the loopback that passes
/// bytes on to the server, until it is told otherwise. Thread-safe.
class PostgresWire {
 public:
  /// To the server whose socket is in `folder`.
  explicit PostgresWire(std::string folder);
  ~PostgresWire();
  PostgresWire(const PostgresWire&) = delete;
  PostgresWire& operator=(const PostgresWire&) = delete;

  /// With `more` at its end, as in "&deadline=60ms".
  [[nodiscard]] std::string url(const std::string& more = {}) const;

  /// Connections that are made from now on lead to the server in `folder`.
  void lead_to(std::string folder);
  /// Packets are dropped: nothing passes, in neither direction, and nobody hears of it. New
  /// connections come about, and nothing passes on them.
  void hush();
  /// What was held up goes on.
  void speak();
  /// Ends all connections.
  void cut();
  /// Once, on the connection on which a client sends what holds `text`: it reaches the server, and
  /// when that has answered the connection ends (cut) or is silent for good (hush), without the
  /// answer.
  void cut_answer_to(std::string text);
  void hush_answer_to(std::string text);
  /// Waits until that has happened.
  [[nodiscard]] bool has_answer_been_withheld();

 private:
  struct Pair {
    int client = -1;
    int server = -1;
    bool is_watched = false;  // its answer is withheld
    bool is_silent = false;   // for good
  };
  void run();
  void accept_one();
  // False where the pair has ended.
  bool pass(Pair& pair, short client_events, short server_events);
  void wake() const;
  void watch_for(std::string text, bool then_cut);
  static void close_pair(const Pair& pair);

  int listener_ = -1;
  int event_ = -1;
  int port_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string folder_;  // guarded by mutex_, as are those below
  std::list<Pair> pairs_;
  std::string watched_;  // empty: none
  bool then_cut_ = false;
  bool withheld_ = false;
  bool hushed_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace crier::test
