#include <crier/hybrid_cache.hpp>
