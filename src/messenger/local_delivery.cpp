// SPDX-License-Identifier: MIT
#include "messenger/local_delivery.hpp"

#include "refresh/dispatcher.hpp"

#include <cstddef>

namespace crier {

void deliver_locally(Dispatcher& dispatcher, const Publication& publication,
                     std::string_view originated, std::span<const Guid> chain,
                     const CallContext& caller) {
  const Source source{{}, originated, chain};
  for (std::size_t i = 0; i < publication.instructions.size(); ++i) {
    dispatcher.apply(publication.instructions[i], i, source, caller, publication.local[i]);
  }
}

}  // namespace crier
