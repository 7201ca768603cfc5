// SPDX-License-Identifier: MIT
#include "support/faulty_store.hpp"

#include <crier/error.hpp>

#include <new>

namespace crier::test {

std::string_view to_string(StoreFault fault) noexcept {
  switch (fault) {
    case StoreFault::busy:
      return "busy";
    case StoreFault::full:
      return "full";
    case StoreFault::io:
      return "I/O error";
    case StoreFault::corrupt:
      return "corrupt";
    case StoreFault::replaced:
      return "replaced";
    case StoreFault::out_of_memory:
      return "out of memory";
  }
  return "unknown";
}

void FaultyStore::arm(int nth, StoreFault fault, Moment moment) {
  const std::lock_guard lock(mutex_);
  failed_.clear();
  fault_ = fault;
  moment_ = moment;
  left_ = nth;
}

std::string FaultyStore::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

bool FaultyStore::is_due(Moment moment) { return moment == moment_ && left_ > 0 && --left_ == 0; }

void FaultyStore::fail(std::string_view operation) {
  {
    const std::lock_guard lock(mutex_);
    failed_ = operation;
  }
  const StoreFault fault = fault_;
  if (fault == StoreFault::out_of_memory) {
    throw std::bad_alloc();
  }
  const Error::Kind kind = fault == StoreFault::busy       ? Error::Kind::retryable
                           : fault == StoreFault::replaced ? Error::Kind::replaced
                                                           : Error::Kind::failed;
  throw Error(std::string(operation), "made to fail: " + std::string(to_string(fault)), kind);
}

}  // namespace crier::test
