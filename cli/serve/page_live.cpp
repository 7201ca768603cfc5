// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "entry_filter.hpp"
#include "log_follower.hpp"
#include "log_walk.hpp"
#include "serve/layout.hpp"
#include "serve/log_view.hpp"
#include "serve/pages.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

using LiveClock = std::chrono::steady_clock;

constexpr std::size_t kLiveRows = 50;
constexpr int kMostStreams = 16;
constexpr std::chrono::seconds kLongestRead{5};

// What follows the log for one browser. Each call of next() gives a piece of its stream.
class LiveStream {
 public:
  LiveStream(Site& site, HttpRequest request, EntryId after)
      : site_(site), request_(std::move(request)), follower_(after) {}
  ~LiveStream() { --site_.streams; }
  LiveStream(const LiveStream&) = delete;
  LiveStream& operator=(const LiveStream&) = delete;

  std::optional<std::string> next() {
    constexpr std::chrono::milliseconds kLookAgain{500};  // a ring comes sooner, if it is heard
    constexpr std::chrono::seconds kSilence{5};           // then a browser that is gone shows
    const auto silent_until = LiveClock::now() + kSilence;
    Wakeup& wakeup = site_.access.store().wakeup();
    // Until its visitor has logged out, too; while he looks on, he is not idle.
    while (!site_.is_stopping && site_.gate.visitor(request_)) {
      const std::uint64_t mark = wakeup.mark();
      std::string piece = look();
      if (!piece.empty()) {
        return piece;
      }
      if (LiveClock::now() >= silent_until) {
        return ": still here\n\n";
      }
      wakeup.wait(mark, kLookAgain);
    }
    return std::nullopt;
  }

 private:
  static std::string event(std::string_view name, const Html& data, EntryId id = {}) {
    return (id.value == 0 ? "" : "id: " + id.to_string() + '\n') + "event: " + std::string(name) +
           "\ndata: " + data.markup() + "\n\n";
  }

  // What has come; empty: nothing.
  std::string look() {
    try {
      return site_.access.read(LiveClock::now() + kLongestRead,
                               [&](Connection& connection) { return read(connection); });
    } catch (const Error& error) {
      if (was_told_ == error.what()) {
        return "";
      }
      was_told_ = error.what();
      return event("trouble", "Could not look: " + was_told_);
    }
  }

  std::string read(Connection& connection) {
    if (!names_) {
      names_ = Names::read(connection);
    }
    EntryFilter filter(choice_of(request_, *names_), *names_);
    std::string piece;
    if (!was_told_.empty()) {
      piece = event("well", "");
    }
    follower_.step(
        connection.log(),
        [&](const Entry& entry) {
          if (filter.matches(entry)) {
            piece += event("entry", html_row(entry_titles(), entry_row(entry, *names_)), entry.id);
          }
          return true;
        },
        [&](const std::string& sentence) { piece += event("remark", sentence); });
    was_told_.clear();
    return piece;
  }

  Site& site_;
  const HttpRequest request_;
  LogFollower follower_;
  std::optional<Names> names_;  // as they were when the stream began
  std::string was_told_;        // what is wrong; empty: nothing
};

}  // namespace

WebPage live_page(const PageRequest& request) {
  return request.site.access.read(request.deadline, [&](Connection& connection) {
    const Names names = Names::read(connection);
    EntryFilter filter(choice_of(request.http, names), names);
    const EntryId newest = connection.log().newest().id;
    std::vector<HtmlRow> rows;
    std::size_t looked_at = 0;
    walk_backward(
        connection.log(),
        [&](const Entry& entry) {
          if (filter.matches(entry)) {
            rows.push_back(entry_row(entry, names));
          }
          return rows.size() < kLiveRows && ++looked_at < 20 * kLiveRows;
        },
        EntryId{newest.value + 1});
    HttpFields arguments = request.http.query;
    arguments.emplace_back("after", newest.to_string());
    const Html body{
        element("h1", "Live"),
        element("form", {{"method", "get"}, {"action", "/live"}, {"class", "filter"}},
                filter_fields(request.http, false)),
        element("p", {{"class", "live"}, {"id", "live-state"}, {"role", "status"}},
                "The newest entries. Load the page again to see more."),
        html_table(entry_titles(), rows,
                   {{"id", "live"}, {"data-stream", http_target("/live/stream", arguments)}})};
    return WebPage{.title = "Live", .body = body};
  });
}

HttpResponse live_stream(const HttpRequest& request, Site& site) {
  // A browser that comes back says how far it was.
  const std::string text = request.header("Last-Event-ID");
  const std::optional<EntryId> after =
      EntryId::parse(text.empty() ? request.argument("after").value_or("") : text);
  if (!after) {
    return {.status = 400, .body = "after: an id of an entry is missing\n", .type = "text/plain"};
  }
  if (++site.streams > kMostStreams) {
    --site.streams;
    return {.status = 503,
            .body = "as many pages follow the log as there may be\n",
            .type = "text/plain",
            .headers = {{"Retry-After", "10"}}};
  }
  const auto stream = std::make_shared<LiveStream>(site, request, *after);
  return {.type = "text/event-stream", .stream = [stream] { return stream->next(); }};
}

}  // namespace crier::cli
