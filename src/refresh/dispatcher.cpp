// SPDX-License-Identifier: MIT
#include "refresh/dispatcher.hpp"

#include <crier/notification.hpp>
#include <crier/registry.hpp>

#include "base/reporter.hpp"
#include "refresh/notifier.hpp"

#include <exception>
#include <string>
#include <utility>

namespace crier {

namespace {

using Object = decltype(CacheUpdated::object);

// What a failure is named after where nobody has registered for it.
constexpr std::string_view kFallback = "fallback";

// What `call` threw, in words; empty where it went well.
template <class Call>
std::string error_of(Call call) {
  try {
    call();
    return {};
  } catch (const std::exception& error) {
    return *error.what() == '\0' ? "threw without a message" : error.what();
  } catch (...) {
    return "threw what is not a std::exception";
  }
}

}  // namespace

// The calls that one instruction makes on one refresher. One that throws does not stop the next.
class Dispatcher::Run {
 public:
  Run(CacheRefresher& refresher, Notifier& notifier, const Source& source)
      : refresher_(refresher), notifier_(notifier), source_(source) {}

  template <class Call>
  void call(MessageType type, const Object& object, Call call) {
    ++calls_;
    std::string error = error_of([&] { call(refresher_); });
    if (!error.empty()) {
      if (failed_++ == 0) {
        first_error_ = std::move(error);
      }
      return;
    }
    notifier_.notify({refresher_.id(), refresher_.name(), type, object, source_});
  }

  [[nodiscard]] CacheRefresher& refresher() const { return refresher_; }
  [[nodiscard]] bool failed() const { return failed_ > 0; }
  [[nodiscard]] std::string what() const {
    return calls_ == 1 ? first_error_
                       : std::to_string(failed_) + " of " + std::to_string(calls_) +
                             " calls failed, the first: " + first_error_;
  }

 private:
  CacheRefresher& refresher_;
  Notifier& notifier_;
  const Source& source_;
  std::size_t calls_ = 0;
  std::size_t failed_ = 0;
  std::string first_error_;
};

Dispatcher::Dispatcher(const Registry& registry, Notifier& notifier, Reporter& reporter)
    : registry_(registry), notifier_(notifier), reporter_(reporter) {}

void Dispatcher::apply(const Instruction& instruction, std::size_t index, const Source& source,
                       std::span<const LocalCall> local) {
  // A refresher may throw from any of its functions, name() among them.
  const std::string error = error_of([&] { apply_unguarded(instruction, index, source, local); });
  if (!error.empty()) {
    reporter_.failed(
        {FailureKind::refresher_threw, source, index, instruction.refresher, {}, error});
  }
}

void Dispatcher::apply_unguarded(const Instruction& instruction, std::size_t index,
                                 const Source& source, std::span<const LocalCall> local) {
  const auto fail = [&](FailureKind kind, std::string_view name, std::string_view what) {
    reporter_.failed({kind, source, index, instruction.refresher, name, what});
  };
  CacheRefresher* refresher = registry_.find(instruction.refresher);
  if (refresher == nullptr) {
    FallbackRefresher* fallback = registry_.fallback();
    if (fallback == nullptr) {
      fail(FailureKind::unknown_refresher, {}, "no refresher here bears this GUID");
      return;
    }
    const std::string error = error_of([&] { fallback->apply(instruction, source); });
    if (!error.empty()) {
      fail(FailureKind::refresher_threw, kFallback, error);
      return;
    }
  } else if (instruction.type == RefreshType::refresh_by_json &&
             dynamic_cast<JsonCacheRefresher*>(refresher) == nullptr) {
    fail(FailureKind::wrong_kind, refresher->name(),
         "is not a JsonCacheRefresher: it takes no JSON");
    return;
  } else {
    Run run(*refresher, notifier_, source);
    if (local.empty()) {
      apply_by_type(run, instruction);
    }
    for (const LocalCall& call : local) {
      const Object object = call.type == MessageType::refresh_by_payload
                                ? Object(std::string_view(instruction.payload))
                                : Object(call.instance);
      run.call(call.type, object, call.call);
    }
    if (run.failed()) {
      fail(FailureKind::refresher_threw, refresher->name(), run.what());
      return;
    }
  }
  reporter_.applied(instruction, source);
}

void Dispatcher::apply_by_type(Run& run, const Instruction& instruction) {
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
      auto& json = dynamic_cast<JsonCacheRefresher&>(run.refresher());
      if (!instruction.payload.empty()) {  // as in Umbraco: a null payload is nothing to do
        run.call(
            json.takes_payload() ? MessageType::refresh_by_payload : MessageType::refresh_by_json,
            std::string_view(instruction.payload),
            [&](CacheRefresher&) { json.refresh_by_json(instruction.payload); });
      }
      break;
    }
    case RefreshType::remove_by_id:
      run.call(MessageType::remove_by_id, instruction.id,
               [&](CacheRefresher& r) { r.remove(instruction.id); });
      break;
  }
}

void Dispatcher::refresh_everything(const Source& source) {
  for (const auto& [guid, refresher] : registry_.all()) {
    apply(Instruction::refresh_all(guid), 0, source);
  }
  if (FallbackRefresher* fallback = registry_.fallback()) {
    const std::string error = error_of([&] { fallback->refresh_all(); });
    if (!error.empty()) {
      reporter_.failed({FailureKind::refresher_threw, source, 0, {}, kFallback, error});
    }
  }
}

}  // namespace crier
