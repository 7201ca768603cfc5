// SPDX-License-Identifier: MIT
#include "refresh/run.hpp"

#include <crier/notification.hpp>

#include "base/error_of.hpp"
#include "refresh/notifier.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace crier {

namespace {

using Object = decltype(CacheUpdated::object);

// The calls that one instruction makes on one refresher.
class Run {
 public:
  Run(CacheRefresher& refresher, Notifier& notifier, const Source& source,
      const std::atomic<bool>& closed, const std::function<void()>& between)
      : refresher_(refresher),
        notifier_(notifier),
        source_(source),
        closed_(closed),
        between_(between) {}

  template <class Call>
  void call(MessageType type, const Object& object, Call call) {
    if (closed_) {
      return;
    }
    if (calls_++ > 0) {
      between_();
    }
    std::string error = error_of([&] { call(refresher_); });
    if (error.empty() && !closed_ && notifier_.has_handlers()) {
      error = error_of([&] {
        notifier_.notify({refresher_.id(), refresher_.name(), type, object, source_});
      });
    }
    if (!error.empty() && failed_++ == 0) {
      first_error_ = std::move(error);
    }
  }

  [[nodiscard]] std::string error() const {
    return calls_ == 1 || failed_ == 0 ? first_error_
                                       : std::to_string(failed_) + " of " + std::to_string(calls_) +
                                             " calls failed, the first: " + first_error_;
  }

 private:
  CacheRefresher& refresher_;
  Notifier& notifier_;
  const Source& source_;
  const std::atomic<bool>& closed_;
  const std::function<void()>& between_;
  std::size_t calls_ = 0;
  std::size_t failed_ = 0;
  std::string first_error_;
};

void run_by_type(Run& run, JsonCacheRefresher* json, const Instruction& instruction) {
  const auto by_id = [&run](std::int64_t id) {
    run.call(MessageType::refresh_by_id, id, [id](CacheRefresher& r) { r.refresh(id); });
  };
  switch (instruction.type) {
    case RefreshType::refresh_all:
      run.call(MessageType::refresh_all, {}, [](CacheRefresher& r) { r.refresh_all(); });
      break;
    case RefreshType::refresh_by_guid:
      run.call(MessageType::refresh_by_id, instruction.guid,
               [&](CacheRefresher& r) { r.refresh(instruction.guid); });
      break;
    case RefreshType::refresh_by_id:
      by_id(instruction.id);
      break;
    case RefreshType::refresh_by_ids:
      for (const std::int64_t id : instruction.ids) {
        by_id(id);
      }
      break;
    case RefreshType::refresh_by_json: {
      if (!instruction.payload.empty()) {  // as in Umbraco: a null payload is nothing to do
        run.call(
            json->takes_payload() ? MessageType::refresh_by_payload : MessageType::refresh_by_json,
            std::string_view(instruction.payload),
            [&](CacheRefresher&) { json->refresh_by_json(instruction.payload); });
      }
      break;
    }
    case RefreshType::remove_by_id:
      run.call(MessageType::remove_by_id, instruction.id,
               [&](CacheRefresher& r) { r.remove(instruction.id); });
      break;
  }
}

}  // namespace

std::string run_instruction(const Claim& claim, const Instruction& instruction,
                            const Source& source, std::span<const LocalCall> local,
                            Notifier& notifier, const std::atomic<bool>& closed,
                            const std::function<void()>& between) {
  Run run(*claim.refresher, notifier, source, closed, between);
  if (local.empty()) {
    run_by_type(run, claim.json, instruction);
  }
  for (const LocalCall& call : local) {
    const Object object = call.type == MessageType::refresh_by_payload
                              ? Object(std::string_view(instruction.payload))
                              : Object(call.instance);
    run.call(call.type, object, call.call);
  }
  return run.error();
}

}  // namespace crier
