// SPDX-License-Identifier: MIT
#pragma once

/// All of crier: what an application on a node needs, and the log itself for tools; but for
/// sqlitecpp.hpp, which needs SQLiteCpp.

#include <crier/app_caches.hpp>
#include <crier/application_transaction.hpp>
#include <crier/batch.hpp>
#include <crier/cache_table.hpp>
#include <crier/cached_region.hpp>
#include <crier/cluster.hpp>
#include <crier/codec.hpp>
#include <crier/distributed_cache.hpp>
#include <crier/entry.hpp>
#include <crier/error.hpp>
#include <crier/failures.hpp>
#include <crier/freshness.hpp>
#include <crier/guid.hpp>
#include <crier/hybrid_cache.hpp>
#include <crier/hybrid_refresher.hpp>
#include <crier/identity.hpp>
#include <crier/instruction.hpp>
#include <crier/messenger.hpp>
#include <crier/node.hpp>
#include <crier/notification.hpp>
#include <crier/object_cache.hpp>
#include <crier/observer.hpp>
#include <crier/options.hpp>
#include <crier/payload_refresher.hpp>
#include <crier/refresher.hpp>
#include <crier/region_refresher.hpp>
#include <crier/registry.hpp>
#include <crier/shared_cache.hpp>
#include <crier/shared_json.hpp>
#include <crier/store.hpp>
#include <crier/transaction_batch.hpp>
#include <crier/version.hpp>
#include <crier/wait.hpp>
