// SPDX-License-Identifier: MIT
// An audit's request at its place in the log, and the answer's way past the position.
#include <crier/admin/audit.hpp>

#include "poller_fixture.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace crier::test {
namespace {

struct AuditedFixture : PollerFixture {
  Poller audited{store, dispatcher, reporter, position, own, progress, settings()};

  AuditedFixture() { audited.start(ColdStart::start_at_newest); }

  Poller::Settings settings() {
    Poller::Settings settings;
    settings.max_processing_instructions = 10;
    settings.audit = [this](const Instruction& request, EntryId entry) {
      record.add("audit " + entry.to_string() + " at " + position.entry().to_string() + " of " +
                 audit_request_of(request).value().cache);
    };
    return settings;
  }
  void ask(const std::string& cache) {
    store.write("operator", row({instruction_of(AuditRequest{.cache = cache})}));
  }
  Lines poll_audited() {
    audited.poll_once();
    return record.take();
  }
};

TEST_CASE_FIXTURE(AuditedFixture, "an audit is answered at its place, before the position passes") {
  registry.set_fallback(std::make_shared<RecordingFallback>(record));
  store.write("other", refresh(1));
  ask("a");
  store.write("other", refresh(2));
  CHECK(poll_audited() == Lines{"products refresh 1", "audit 2 at 1 of a", "products refresh 2"});
  CHECK(position.entry() == EntryId{3});
  CHECK(reporter.counters().failed == 0);
}

TEST_CASE_FIXTURE(PollerFixture, "an audit is passed by who has no caches to audit") {
  poller.start(ColdStart::start_at_newest);
  store.write("operator", row({instruction_of(AuditRequest{})}));
  CHECK(poll().empty());
  CHECK(position.entry() == EntryId{1});
}

TEST_CASE_FIXTURE(AuditedFixture, "an audit within a backlog that is skipped is passed") {
  registry.set_fallback(std::make_shared<RecordingFallback>(record));
  for (std::int64_t id = 0; id < 30; ++id) {
    store.write("other", refresh(id));
  }
  ask("a");
  CHECK(poll_audited() == Lines{"products all"});
}

}  // namespace
}  // namespace crier::test
