// SPDX-License-Identifier: MIT
#pragma once

/// @namespace crier
/// All names of crier.

/// @file
/// All that an application on a node needs, but for what costs more to include, and is asked for
/// where it is used: with nlohmann/json <crier/payload_refresher.hpp>, <crier/shared_json.hpp> and
/// <crier/hybrid_cache.hpp>; with SQLiteCpp <crier/sqlitecpp.hpp>; and <crier/metrics.hpp>. What
/// tools need besides, the log itself among it, is in <crier/admin/...>, which promises no
/// stability.

#include <crier/app_caches.hpp>
#include <crier/application_transaction.hpp>
#include <crier/audit.hpp>
#include <crier/batch.hpp>
#include <crier/cached_region.hpp>
#include <crier/codec.hpp>
#include <crier/distributed_cache.hpp>
#include <crier/entry.hpp>
#include <crier/error.hpp>
#include <crier/freshness.hpp>
#include <crier/guid.hpp>
#include <crier/health.hpp>
#include <crier/instruction.hpp>
#include <crier/messenger.hpp>
#include <crier/node.hpp>
#include <crier/node_record.hpp>
#include <crier/notification.hpp>
#include <crier/object_cache.hpp>
#include <crier/observer.hpp>
#include <crier/options.hpp>
#include <crier/refresher.hpp>
#include <crier/region_refresher.hpp>
#include <crier/registry.hpp>
#include <crier/role.hpp>
#include <crier/shared_cache.hpp>
#include <crier/source.hpp>
#include <crier/transaction_batch.hpp>
#include <crier/version.hpp>
#include <crier/wait.hpp>
