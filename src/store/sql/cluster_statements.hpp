// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

// What nodes tell each other, and pruning: the statements, in words that every dialect knows. See
// terms.hpp for the holes.
namespace crier::sql {

// Nodes. ?1 is the log, throughout.

// Since the last beat.
inline constexpr std::string_view kGap =
    "SELECT {greatest}(0, {now} - beatMs) FROM crierNode "
    "WHERE log = ?1 AND name = ?2 AND incarnation = ?3";

inline constexpr std::string_view kBeat =
    "INSERT INTO crierNode (log, name, incarnation, host, application, version, pid, intervalMs, "
    "role, position, durable, pollerAlive, lastError, applied, failed, resyncs, "
    "startedMs, beatMs, lastErrorMs, lag, process, provedMs, canary, troubles) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, "
    "{now}, {now}, {now}, {greatest}(0, coalesce((SELECT max(id) FROM {table}), 0) - ?10), ?17, "
    "{now} - ?18, ?19, ?20) "
    "ON CONFLICT (log, name, incarnation) DO UPDATE SET host = excluded.host, application = "
    "excluded.application, "
    "version = excluded.version, pid = excluded.pid, intervalMs = excluded.intervalMs, "
    "role = excluded.role, position = excluded.position, durable = excluded.durable, "
    "pollerAlive = excluded.pollerAlive, applied = excluded.applied, failed = excluded.failed, "
    "resyncs = excluded.resyncs, beatMs = excluded.beatMs, stoppedMs = NULL, lag = excluded.lag, "
    "provedMs = excluded.provedMs, canary = excluded.canary, troubles = excluded.troubles, "
    "lastErrorMs = CASE WHEN crierNode.lastError = excluded.lastError THEN crierNode.lastErrorMs "
    "ELSE excluded.lastErrorMs END, "
    "lastError = excluded.lastError";

// Of a beat no more than who waits for it asks for. One that counts as stopped has to beat.
inline constexpr std::string_view kPublishPosition =
    "UPDATE crierNode SET position = ?4, "
    "lag = {greatest}(0, coalesce((SELECT max(id) FROM {table}), 0) - ?4) "
    "WHERE log = ?1 AND name = ?2 AND incarnation = ?3 AND stoppedMs IS NULL";

// Stops at the first that is live.
inline constexpr std::string_view kAlone =
    "SELECT NOT EXISTS (SELECT 1 FROM crierNode WHERE log = ?1 AND incarnation <> ?2 AND {live})";

// Incarnations that bear the name of this one and have not stopped, and whether they have beaten
// since it began. In an order that no beat changes.
inline constexpr std::string_view kNamesakes =
    "SELECT host, pid, {live}, {since}, incarnation, process "
    "FROM crierNode WHERE log = ?1 AND name = ?2 AND incarnation <> ?3 AND stoppedMs IS NULL "
    "ORDER BY startedMs, incarnation";

inline constexpr std::string_view kGoodbyeOfPredecessors =
    "UPDATE crierNode SET stoppedMs = beatMs "
    "WHERE log = ?1 AND name = ?2 AND incarnation <> ?3 AND stoppedMs IS NULL AND NOT {live} "
    "AND NOT {since}";

inline constexpr std::string_view kGoodbye =
    "UPDATE crierNode SET stoppedMs = {now} "
    "WHERE log = ?1 AND incarnation = ?2 AND stoppedMs IS NULL";

inline constexpr std::string_view kNodes =
    "SELECT name, incarnation, host, application, version, pid, intervalMs, role, position, "
    "durable, pollerAlive, lastError, applied, failed, resyncs, stoppedMs IS NOT NULL, {live}, "
    "{greatest}(0, {now} - beatMs), {greatest}(0, beatMs - startedMs), "
    "CASE WHEN lastError = '' THEN 0 ELSE {greatest}(0, {now} - lastErrorMs) END, "
    "CASE WHEN {live} THEN lag "
    "ELSE {greatest}(0, coalesce((SELECT max(id) FROM {table}), 0) - position) END, "
    "{greatest}(0, {now} - provedMs), canary, troubles, "
    "(SELECT count(*) FROM crierFailure AS failure "
    "WHERE failure.log = ?1 AND failure.incarnation = crierNode.incarnation) "
    "FROM crierNode WHERE log = ?1 ORDER BY name, startedMs, incarnation";

inline constexpr std::string_view kForgetNodes =
    "DELETE FROM crierNode WHERE log = ?1 AND name = ?2 AND NOT {live}";

inline constexpr std::string_view kForgetPosition =
    "DELETE FROM crierPosition WHERE log = ?1 AND name = ?2 "
    "AND NOT EXISTS (SELECT 1 FROM crierNode WHERE log = ?1 AND name = ?2 AND {live})";

// abs, here and in what follows: what a clock that was wrong has left behind must not stay.
inline constexpr std::string_view kForgetOldNodes =
    "DELETE FROM crierNode WHERE log = ?1 AND NOT {live} "
    "AND {least}(abs({now} - beatMs), abs({now} - coalesce(stoppedMs, beatMs))) > ?2 "
    "AND NOT EXISTS (SELECT 1 FROM crierPosition AS kept WHERE kept.log = ?1 "
    "AND kept.name = crierNode.name AND kept.incarnation = crierNode.incarnation)";

inline constexpr std::string_view kForgetOldPositions =
    "DELETE FROM crierPosition WHERE log = ?1 AND abs({now} - seenMs) > ?2";

// Positions.

// With whether its owner is live.
inline constexpr std::string_view kPosition =
    "SELECT incarnation, process, position, fingerprint, contended, "
    "EXISTS (SELECT 1 FROM crierNode AS node WHERE node.log = ?1 AND node.name = ?2 "
    "AND node.incarnation = crierPosition.incarnation AND {live}) "
    "FROM crierPosition WHERE log = ?1 AND name = ?2";

// What was contended for is dropped here: a crash before the next save must not bring it back.
inline constexpr std::string_view kOwnPosition =
    "INSERT INTO crierPosition (log, name, incarnation, process, seenMs) "
    "VALUES (?1, ?2, ?3, ?4, {now}) "
    "ON CONFLICT (log, name) DO UPDATE SET incarnation = excluded.incarnation, "
    "process = excluded.process, seenMs = excluded.seenMs, "
    "position = CASE WHEN crierPosition.contended = 0 THEN crierPosition.position END, "
    "fingerprint = CASE WHEN crierPosition.contended = 0 THEN crierPosition.fingerprint END";

// Of a position that was forgotten meanwhile, nobody else is the owner. What one that is not live
// has left is not compared: the position is another node's from now on.
inline constexpr std::string_view kSavePosition =
    "INSERT INTO crierPosition (log, name, incarnation, process, position, fingerprint, seenMs) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, {now}) "
    "ON CONFLICT (log, name) DO UPDATE SET incarnation = excluded.incarnation, "
    "process = excluded.process, seenMs = excluded.seenMs, "
    "fingerprint = CASE WHEN {moves} THEN excluded.fingerprint ELSE crierPosition.fingerprint END, "
    "position = CASE WHEN {moves} THEN excluded.position ELSE crierPosition.position END "
    "WHERE crierPosition.incarnation = ?3 OR NOT EXISTS (SELECT 1 FROM crierNode AS node "
    "WHERE node.log = ?1 AND node.name = ?2 "
    "AND node.incarnation = crierPosition.incarnation AND {live})";

// Where the owner has beaten since.
inline constexpr std::string_view kContend =
    "UPDATE crierPosition SET contended = 1 WHERE log = ?1 AND name = ?2 "
    "AND EXISTS (SELECT 1 FROM crierNode AS node WHERE node.log = ?1 AND node.name = ?2 "
    "AND node.incarnation = crierPosition.incarnation AND {since})";

// Asks.

inline constexpr std::string_view kForgetAsks = "DELETE FROM crierWait WHERE NOT {holds}";

inline constexpr std::string_view kAsk =
    "INSERT INTO crierWait (log, entry, untilMs) VALUES (?1, ?2, {now} + ?3) RETURNING serial";

inline constexpr std::string_view kAnswered =
    "DELETE FROM crierWait WHERE log = ?1 AND serial = ?2";

// The table holds what is waited for now, and no more.
inline constexpr std::string_view kAsks =
    "SELECT serial, entry FROM crierWait WHERE log = ?1 AND {holds} ORDER BY serial LIMIT 1000";

// The lease.

inline constexpr std::string_view kLease =
    "SELECT holder, fencing, expiresMs - {now}, {valid} FROM crierLease WHERE log = ?1";

inline constexpr std::string_view kHold =
    "INSERT INTO crierLease (log, holder, fencing, heldMs, expiresMs) "
    "VALUES (?1, ?2, 1, {now}, {now} + ?3) "
    "ON CONFLICT (log) DO UPDATE SET fencing = crierLease.fencing + "
    "CASE WHEN crierLease.holder = excluded.holder AND {valid} THEN 0 ELSE 1 END, "
    "holder = excluded.holder, heldMs = excluded.heldMs, expiresMs = excluded.expiresMs "
    "WHERE crierLease.holder = excluded.holder OR NOT {valid} "
    "RETURNING fencing";

inline constexpr std::string_view kRelease =
    "UPDATE crierLease SET expiresMs = {now} WHERE log = ?1 AND holder = ?2 AND {valid}";

inline constexpr std::string_view kFence =
    "SELECT 1 FROM crierLease WHERE log = ?1 AND holder = ?2 AND fencing = ?3 AND {valid}";

// Pruning.

// The node that is furthest behind, of those that pruning must not overtake. ?3 is the patience,
// subtracted since a sum could overflow, and ?4 for how long somebody has looked on.
inline constexpr std::string_view kFurthestBehind =
    "SELECT position, name FROM crierNode WHERE log = ?1 AND stoppedMs IS NULL "
    "AND (abs({now} - beatMs) - ?3 <= 3 * intervalMs OR CAST(?4 AS BIGINT) - ?3 <= 3 * intervalMs) "
    "UNION ALL SELECT position, name FROM crierPosition "
    "WHERE log = ?1 AND position IS NOT NULL AND abs({now} - seenMs) <= ?2 "
    "ORDER BY position LIMIT 1";

inline constexpr std::string_view kNewestId = "SELECT max(id) FROM {table}";

inline constexpr std::string_view kStampsAfter =
    "SELECT id, utcStamp FROM {table} WHERE id > ?1 ORDER BY id LIMIT ?2";

inline constexpr std::string_view kPrune = "DELETE FROM {table} WHERE id <= ?1";

inline constexpr std::string_view kRecordPruned =
    "INSERT INTO crierPruned (log, prunedThrough, prunedMs, holder, fencing) "
    "VALUES (?1, ?2, {now}, ?3, ?4) "
    "ON CONFLICT (log) DO UPDATE SET prunedThrough = excluded.prunedThrough, "
    "prunedMs = excluded.prunedMs, holder = excluded.holder, fencing = excluded.fencing";

// Where what was pruned stands in the log, it was another one, which was replaced by this.
inline constexpr std::string_view kPrunedThrough =
    "SELECT prunedThrough FROM crierPruned "
    "WHERE log = ?1 AND prunedThrough < (SELECT min(id) FROM {table})";

}  // namespace crier::sql
