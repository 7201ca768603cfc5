// refresh_by_payload<P>() needs #include <crier/payload_refresher.hpp>
#include <crier/crier.hpp>

struct Price {};

void publish(crier::DistributedCache& cache) { cache.refresh_by_payload(crier::Guid(), Price()); }
