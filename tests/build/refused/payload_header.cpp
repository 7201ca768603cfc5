// refresh_by_payload<P>() needs #include <crier/payload_refresher.hpp>
// SPDX-License-Identifier: MIT
#include <crier/crier.hpp>

struct Price {};

void publish(crier::DistributedCache& cache) { cache.refresh_by_payload(crier::Guid(), Price()); }
