-- What crier asks of a SQLite database. A line "-- name: x" begins the statement x; store/sql/ runs
-- it by that name, and postgresql.sql has the same names. "with clock": the statement gets the text
-- of clock put before it. A statement need not use every parameter that it is given.
--
-- crierCacheInstruction stands for the instruction table: another table's name takes its place if
-- the URL gives one. ?1 is the name of the log in all tables but that one and crierCache.
--
-- A node is live if it has not stopped and its last beat is at most three of its intervals away.
-- abs(): a clock that was set back must not keep a dead node live, or a row for ever.

-- Milliseconds since 1970; the same throughout a statement.
-- name: clock
WITH clock (now) AS (SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));

-- The log.

-- The id comes from AUTOINCREMENT under the write lock, so the order of ids is the order of commits.
-- Only a plain INSERT leaves no hole: OR IGNORE and upserts burn ids. main: a connection of the
-- application's may have other databases attached.
-- name: append
INSERT INTO main.crierCacheInstruction (utcStamp, jsonInstruction, originated, instructionCount)
VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'), ?1, ?2, ?3);

-- The row ?1 itself and those that follow, ?2 in all. The JSON of ?1 is read if ?4 asks for it: it
-- may be megabytes, and each poll meets it again. The reader stops when it has enough bytes (?3): no
-- row is held back here. What else PostgreSQL's
-- rows tell of themselves, the session knows here, if anybody does.
-- name: read_after
SELECT id, utcStamp, originated, instructionCount,
  CASE WHEN id > ?1 OR ?4 THEN jsonInstruction END, 0, 0, 0, 0, 0, 0, 0
FROM crierCacheInstruction WHERE id >= ?1 ORDER BY id LIMIT ?2;

-- The row ?1 and the one that follows it, whose JSON may be too large to be read. Without ?1 these
-- are the two that follow.
-- name: heads
SELECT id, utcStamp, originated, instructionCount, CASE WHEN id = ?1 THEN jsonInstruction END, 0, 0
FROM crierCacheInstruction WHERE id >= ?1 ORDER BY id LIMIT 2;

-- name: read_before
SELECT id, utcStamp, originated, instructionCount, jsonInstruction
FROM crierCacheInstruction WHERE id < ?1 ORDER BY id DESC LIMIT ?2;

-- name: find
SELECT id, utcStamp, originated, instructionCount, jsonInstruction
FROM crierCacheInstruction WHERE id = ?1;

-- name: stamps
SELECT utcStamp FROM crierCacheInstruction WHERE id > ?1 AND id <= ?2 ORDER BY id;

-- From the end: what was just committed stands there.
-- name: find_written
SELECT id FROM crierCacheInstruction WHERE id > ?1 AND originated = ?2 ORDER BY id DESC LIMIT ?3;

-- name: newest
SELECT id, utcStamp, originated, instructionCount, jsonInstruction, 0
FROM crierCacheInstruction WHERE id = (SELECT max(id) FROM crierCacheInstruction);

-- Two subqueries: min() and max() side by side would scan the table.
-- name: bounds
SELECT (SELECT min(id) FROM crierCacheInstruction), (SELECT max(id) FROM crierCacheInstruction);

-- name: backlog
SELECT id, utcStamp, originated, instructionCount
FROM crierCacheInstruction WHERE id > ?1 ORDER BY id LIMIT ?2;

-- Pruning.

-- Now, and the point that lies ?1 seconds before it (NULL if no stamp goes back so far), as stamps.
-- name: age_limits
SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), strftime('%Y-%m-%d %H:%M:%f', 'now', -?1 || ' seconds');

-- The node that is furthest behind, of those that pruning must not overtake. ?2: how long a kept
-- position counts after it was seen. ?3: the patience with silent nodes, subtracted since a sum
-- could overflow. ?4: for how long the pruner has looked on.
-- Nothing at all if leader ?5 has not beaten of late itself: then all were suspended, or this one
-- holds the lock that the others need to beat, and their silence proves nothing. Empty: by hand.
-- name: furthest_behind with clock
SELECT position, name FROM crierNode, clock WHERE log = ?1 AND stoppedMs IS NULL
  AND (abs(now - beatMs) - ?3 <= 3 * intervalMs OR CAST(?4 AS BIGINT) - ?3 <= 3 * intervalMs)
UNION ALL
SELECT position, name FROM crierPosition, clock
WHERE log = ?1 AND position IS NOT NULL AND abs(now - seenMs) <= ?2
UNION ALL
SELECT 0, '' WHERE ?5 <> '' AND NOT EXISTS (SELECT 1 FROM crierNode, clock
  WHERE log = ?1 AND incarnation = ?5 AND 2 * abs(now - beatMs) <= 3 * intervalMs)
ORDER BY position LIMIT 1;

-- name: newest_id
SELECT max(id) FROM crierCacheInstruction;

-- name: stamps_after
SELECT id, utcStamp FROM crierCacheInstruction WHERE id > ?1 ORDER BY id LIMIT ?2;

-- name: prune
DELETE FROM crierCacheInstruction WHERE id <= ?1;

-- name: record_pruned with clock
INSERT INTO crierPruned (log, prunedThrough, prunedMs, holder, fencing)
VALUES (?1, ?2, (SELECT now FROM clock), ?3, ?4)
ON CONFLICT (log) DO UPDATE SET prunedThrough = excluded.prunedThrough,
  prunedMs = excluded.prunedMs, holder = excluded.holder, fencing = excluded.fencing;

-- If what was pruned stands in the log, it was another log, which was replaced by this one.
-- name: pruned_through
SELECT prunedThrough FROM crierPruned
WHERE log = ?1 AND prunedThrough < (SELECT min(id) FROM crierCacheInstruction);

-- The nodes.

-- Milliseconds since the last beat, and when that was.
-- name: gap with clock
SELECT max(0, now - beatMs), beatMs FROM crierNode, clock
WHERE log = ?1 AND name = ?2 AND incarnation = ?3;

-- name: beat with clock
INSERT INTO crierNode (log, name, incarnation, host, application, version, pid, intervalMs, role,
  position, durable, pollerAlive, lastError, applied, failed, resyncs, startedMs, beatMs,
  lastErrorMs, lag, process, provedMs, canary, troubles, stands)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
  (SELECT now FROM clock), (SELECT now FROM clock), (SELECT now FROM clock),
  max(0, coalesce((SELECT max(id) FROM crierCacheInstruction), 0) - ?10), ?17,
  (SELECT now FROM clock) - ?18, ?19, ?20, ?21)
ON CONFLICT (log, name, incarnation) DO UPDATE SET host = excluded.host,
  application = excluded.application, version = excluded.version, pid = excluded.pid,
  intervalMs = excluded.intervalMs, role = excluded.role, position = excluded.position,
  durable = excluded.durable, pollerAlive = excluded.pollerAlive, applied = excluded.applied,
  failed = excluded.failed, resyncs = excluded.resyncs, beatMs = excluded.beatMs,
  stoppedMs = NULL, lag = excluded.lag, provedMs = excluded.provedMs, canary = excluded.canary,
  troubles = excluded.troubles, stands = excluded.stands,
  lastErrorMs = CASE WHEN crierNode.lastError = excluded.lastError THEN crierNode.lastErrorMs
    ELSE excluded.lastErrorMs END,
  lastError = excluded.lastError
RETURNING beatMs, pausedUntilMs, max(0, pausedUntilMs - beatMs), pausedBy;

-- Of a beat no more than who waits for it asks for. A node that counts as stopped has to beat.
-- name: publish_position with clock
UPDATE crierNode SET position = ?4, stands = ?5,
  lag = max(0, coalesce((SELECT max(id) FROM crierCacheInstruction), 0) - ?4)
WHERE log = ?1 AND name = ?2 AND incarnation = ?3 AND stoppedMs IS NULL
RETURNING pausedUntilMs, max(0, pausedUntilMs - (SELECT now FROM clock)), pausedBy;

-- Of those that are live, ?2: for ?3 ms. A beat changes none of this, but for whether it stands: what
-- it said of that before is no answer to this.
-- name: pause with clock
UPDATE crierNode SET pausedUntilMs = (SELECT now FROM clock) + CAST(?3 AS BIGINT), pausedBy = ?4,
  stands = 0
WHERE log = ?1 AND name = ?2 AND stoppedMs IS NULL
  AND abs((SELECT now FROM clock) - beatMs) <= 3 * intervalMs;

-- Of one name or, if that is empty, of all. It stands until it has said otherwise.
-- name: resume with clock
UPDATE crierNode SET pausedUntilMs = 0, pausedBy = ?3, stands = 1
WHERE log = ?1 AND (?2 = '' OR name = ?2) AND pausedUntilMs > (SELECT now FROM clock);

-- Whether no other node of the log is live. Stops at the first that is.
-- name: alone with clock
SELECT NOT EXISTS (SELECT 1 FROM crierNode, clock WHERE log = ?1 AND incarnation <> ?2
  AND stoppedMs IS NULL AND abs(now - beatMs) <= 3 * intervalMs);

-- Other incarnations under the name ?2 that have not stopped: whether each is live, and whether it
-- has beaten since the first beat of incarnation ?3 (not in the future: the clock was wrong then).
-- In an order that no beat changes.
-- name: namesakes with clock
SELECT host, pid, stoppedMs IS NULL AND abs(now - beatMs) <= 3 * intervalMs,
  beatMs <= now AND beatMs > (SELECT self.startedMs FROM crierNode AS self
    WHERE self.log = ?1 AND self.name = ?2 AND self.incarnation = ?3),
  incarnation, process
FROM crierNode, clock
WHERE log = ?1 AND name = ?2 AND incarnation <> ?3 AND stoppedMs IS NULL
ORDER BY startedMs, incarnation;

-- Of those that are not live and have not beaten since the first beat of incarnation ?3.
-- name: goodbye_of_predecessors with clock
UPDATE crierNode SET stoppedMs = beatMs
WHERE log = ?1 AND name = ?2 AND incarnation <> ?3 AND stoppedMs IS NULL
  AND abs((SELECT now FROM clock) - beatMs) > 3 * intervalMs
  AND NOT (beatMs <= (SELECT now FROM clock)
    AND beatMs > (SELECT self.startedMs FROM crierNode AS self
      WHERE self.log = ?1 AND self.name = ?2 AND self.incarnation = ?3));

-- name: goodbye with clock
UPDATE crierNode SET stoppedMs = (SELECT now FROM clock)
WHERE log = ?1 AND incarnation = ?2 AND stoppedMs IS NULL;

-- name: nodes with clock
SELECT name, incarnation, host, application, version, pid, intervalMs, role, position, durable,
  pollerAlive, lastError, applied, failed, resyncs, stoppedMs IS NOT NULL,
  stoppedMs IS NULL AND abs(now - beatMs) <= 3 * intervalMs,
  max(0, now - beatMs), max(0, beatMs - startedMs),
  CASE WHEN lastError = '' THEN 0 ELSE max(0, now - lastErrorMs) END,
  CASE WHEN stoppedMs IS NOT NULL THEN 0
    ELSE max(0, coalesce((SELECT max(id) FROM crierCacheInstruction), 0) - position) END,
  max(0, now - provedMs), canary, troubles,
  (SELECT count(*) FROM crierFailure AS failure
    WHERE failure.log = ?1 AND failure.incarnation = crierNode.incarnation),
  CASE WHEN stoppedMs IS NULL THEN (SELECT entry.utcStamp FROM crierCacheInstruction AS entry
    WHERE entry.id > crierNode.position ORDER BY entry.id LIMIT 1) END,
  now,
  CASE WHEN stoppedMs IS NULL AND pausedUntilMs - now BETWEEN 1 AND 86400000
    THEN pausedUntilMs - now ELSE 0 END,
  pausedBy, stands
FROM crierNode, clock WHERE log = ?1 ORDER BY name, startedMs, incarnation;

-- name: forget_nodes with clock
DELETE FROM crierNode WHERE log = ?1 AND name = ?2
  AND NOT (stoppedMs IS NULL AND abs((SELECT now FROM clock) - beatMs) <= 3 * intervalMs);

-- name: forget_old_nodes with clock
DELETE FROM crierNode WHERE log = ?1
  AND NOT (stoppedMs IS NULL AND abs((SELECT now FROM clock) - beatMs) <= 3 * intervalMs)
  AND min(abs((SELECT now FROM clock) - beatMs),
    abs((SELECT now FROM clock) - coalesce(stoppedMs, beatMs))) > ?2
  AND NOT EXISTS (SELECT 1 FROM crierPosition AS kept WHERE kept.log = ?1
    AND kept.name = crierNode.name AND kept.incarnation = crierNode.incarnation);

-- Positions that are kept for the next start.

-- With whether its owner is live.
-- name: position with clock
SELECT incarnation, process, position, fingerprint, contended,
  EXISTS (SELECT 1 FROM crierNode AS node, clock WHERE node.log = ?1 AND node.name = ?2
    AND node.incarnation = crierPosition.incarnation
    AND node.stoppedMs IS NULL AND abs(now - node.beatMs) <= 3 * node.intervalMs)
FROM crierPosition WHERE log = ?1 AND name = ?2;

-- What was contended for is dropped here: a crash before the next save must not bring it back.
-- name: own_position with clock
INSERT INTO crierPosition (log, name, incarnation, process, seenMs)
VALUES (?1, ?2, ?3, ?4, (SELECT now FROM clock))
ON CONFLICT (log, name) DO UPDATE SET incarnation = excluded.incarnation,
  process = excluded.process, seenMs = excluded.seenMs,
  position = CASE WHEN crierPosition.contended = 0 THEN crierPosition.position END,
  fingerprint = CASE WHEN crierPosition.contended = 0 THEN crierPosition.fingerprint END;

-- Nobody else owns a position that was forgotten meanwhile. What an owner that is not live has left
-- is not compared: the position is another node's from now on. ?7: to ?5 whatever it was.
-- name: save_position with clock
INSERT INTO crierPosition (log, name, incarnation, process, position, fingerprint, seenMs)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT now FROM clock))
ON CONFLICT (log, name) DO UPDATE SET incarnation = excluded.incarnation,
  process = excluded.process, seenMs = excluded.seenMs,
  fingerprint = CASE WHEN ?7 <> 0 OR crierPosition.incarnation <> ?3
      OR crierPosition.position IS NULL OR crierPosition.position <= ?5
    THEN excluded.fingerprint ELSE crierPosition.fingerprint END,
  position = CASE WHEN ?7 <> 0 OR crierPosition.incarnation <> ?3
      OR crierPosition.position IS NULL OR crierPosition.position <= ?5
    THEN excluded.position ELSE crierPosition.position END
WHERE crierPosition.incarnation = ?3 OR NOT EXISTS (SELECT 1 FROM crierNode AS node
  WHERE node.log = ?1 AND node.name = ?2 AND node.incarnation = crierPosition.incarnation
    AND node.stoppedMs IS NULL AND abs(excluded.seenMs - node.beatMs) <= 3 * node.intervalMs);

-- If the owner is another one, and has beaten or saved since the first beat of incarnation ?3, or
-- may have: one that slept for long is forgotten meanwhile.
-- name: contend with clock
UPDATE crierPosition SET contended = 1 WHERE log = ?1 AND name = ?2
  AND EXISTS (SELECT 1 FROM crierNode AS node, clock WHERE node.log = ?1 AND node.name = ?2
    AND node.incarnation = crierPosition.incarnation AND node.incarnation <> ?3
    AND max(CASE WHEN node.beatMs <= now THEN node.beatMs ELSE -1 END,
        CASE WHEN crierPosition.seenMs <= now THEN crierPosition.seenMs ELSE -1 END)
      > coalesce((SELECT self.startedMs FROM crierNode AS self
        WHERE self.log = ?1 AND self.name = ?2 AND self.incarnation = ?3), -1));

-- name: forget_position with clock
DELETE FROM crierPosition WHERE log = ?1 AND name = ?2
  AND NOT EXISTS (SELECT 1 FROM crierNode AS node WHERE node.log = ?1 AND node.name = ?2
    AND node.stoppedMs IS NULL AND abs((SELECT now FROM clock) - node.beatMs) <= 3 * node.intervalMs);

-- name: forget_old_positions with clock
DELETE FROM crierPosition WHERE log = ?1 AND abs((SELECT now FROM clock) - seenMs) > ?2;

-- Position requests. One holds until its time, which is a leap year away at the most.

-- name: forget_requests with clock
DELETE FROM crierWait WHERE NOT (untilMs > (SELECT now FROM clock)
  AND untilMs - (SELECT now FROM clock) <= 366 * CAST(86400000 AS BIGINT));

-- name: request_position with clock
INSERT INTO crierWait (log, entry, untilMs) VALUES (?1, ?2, (SELECT now FROM clock) + ?3)
RETURNING serial;

-- name: withdraw_request
DELETE FROM crierWait WHERE log = ?1 AND serial = ?2;

-- The table holds what is waited for now, and no more.
-- name: position_requests with clock
SELECT serial, entry FROM crierWait WHERE log = ?1 AND untilMs > (SELECT now FROM clock)
  AND untilMs - (SELECT now FROM clock) <= 366 * CAST(86400000 AS BIGINT)
ORDER BY serial LIMIT 1000;

-- The lease. One holds until it expires, which is two of its lengths away at the most: a clock may
-- have been set back.

-- name: lease with clock
SELECT holder, fencing, expiresMs - now,
  expiresMs > now AND expiresMs - now <= 2 * (expiresMs - heldMs)
FROM crierLease, clock WHERE log = ?1;

-- name: hold_lease with clock
INSERT INTO crierLease (log, holder, fencing, heldMs, expiresMs)
VALUES (?1, ?2, 1, (SELECT now FROM clock), (SELECT now FROM clock) + ?3)
ON CONFLICT (log) DO UPDATE SET fencing = crierLease.fencing + CASE
    WHEN crierLease.holder = excluded.holder AND crierLease.expiresMs > excluded.heldMs
      AND crierLease.expiresMs - excluded.heldMs <= 2 * (crierLease.expiresMs - crierLease.heldMs)
    THEN 0 ELSE 1 END,
  holder = excluded.holder, heldMs = excluded.heldMs, expiresMs = excluded.expiresMs
WHERE crierLease.holder = excluded.holder OR NOT (crierLease.expiresMs > excluded.heldMs
  AND crierLease.expiresMs - excluded.heldMs <= 2 * (crierLease.expiresMs - crierLease.heldMs))
RETURNING fencing;

-- name: release_lease with clock
UPDATE crierLease SET expiresMs = (SELECT now FROM clock)
WHERE log = ?1 AND holder = ?2 AND expiresMs > (SELECT now FROM clock)
  AND expiresMs - (SELECT now FROM clock) <= 2 * (expiresMs - heldMs);

-- Whether the lease ?3 of holder ?2 still holds.
-- name: fence with clock
SELECT 1 FROM crierLease, clock WHERE log = ?1 AND holder = ?2 AND fencing = ?3
  AND expiresMs > now AND expiresMs - now <= 2 * (expiresMs - heldMs);

-- The canary.

-- Its age is below 0 if the clock was set back.
-- name: canary with clock
SELECT entry, now - sentMs FROM crierCanary, clock WHERE log = ?1;

-- name: record_canary with clock
INSERT INTO crierCanary (log, entry, sentMs) VALUES (?1, ?2, (SELECT now FROM clock))
ON CONFLICT (log) DO UPDATE SET entry = excluded.entry, sentMs = excluded.sentMs;

-- The quarantine.

-- Entry 0 stands for every instruction that is not in the log yet.
-- name: forget_same_failure
DELETE FROM crierFailure WHERE log = ?1 AND incarnation = ?2 AND entry = ?3 AND entry <> 0
  AND indexInEntry = ?4 AND refresher = ?5;

-- name: record_failure with clock
INSERT INTO crierFailure (log, failedMs, kind, entry, indexInEntry, originated, refresher,
  refresherName, node, incarnation, attempts, error, instructionCount, jsonInstruction)
VALUES (?1, (SELECT now FROM clock), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

-- All but the newest ?2.
-- name: forget_excess_failures
DELETE FROM crierFailure WHERE log = ?1 AND id <=
  (SELECT id FROM crierFailure WHERE log = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2);

-- name: failures
SELECT id, strftime('%Y-%m-%d %H:%M:%f', failedMs / 1000.0, 'unixepoch'), kind, entry,
  indexInEntry, originated, refresher, refresherName, node, incarnation, attempts, error,
  instructionCount, jsonInstruction
FROM crierFailure WHERE log = ?1 ORDER BY id;

-- name: failure
SELECT id, strftime('%Y-%m-%d %H:%M:%f', failedMs / 1000.0, 'unixepoch'), kind, entry,
  indexInEntry, originated, refresher, refresherName, node, incarnation, attempts, error,
  instructionCount, jsonInstruction
FROM crierFailure WHERE log = ?1 AND id = ?2;

-- name: forget_failure
DELETE FROM crierFailure WHERE log = ?1 AND id = ?2;

-- name: forget_old_failures with clock
DELETE FROM crierFailure WHERE log = ?1 AND abs((SELECT now FROM clock) - failedMs) > ?2;

-- The history: what has happened to nodes, and which refreshers they have.

-- ?6: how long ago.
-- name: record_event with clock
INSERT INTO crierEvent (log, atMs, kind, node, incarnation, detail)
VALUES (?1, (SELECT now FROM clock) - ?6, ?2, ?3, ?4, ?5);

-- A node that missed three of its beats while somebody has looked on for as long (?2), and of which
-- that has not been recorded since.
-- name: any_silent with clock
SELECT 1 FROM crierNode AS node, clock WHERE node.log = ?1 AND node.stoppedMs IS NULL
  AND abs(now - node.beatMs) > 3 * node.intervalMs AND 3 * node.intervalMs < ?2
  AND NOT EXISTS (SELECT 1 FROM crierEvent AS event WHERE event.log = ?1
    AND event.incarnation = node.incarnation AND event.kind = 'silent'
    AND event.atMs > node.beatMs)
LIMIT 1;

-- name: record_silent with clock
INSERT INTO crierEvent (log, atMs, kind, node, incarnation, detail)
SELECT ?1, now, 'silent', node.name, node.incarnation,
  'no beat for ' || CAST(abs(now - node.beatMs) / 1000 AS TEXT) || ' s; it stood at entry '
    || CAST(node.position AS TEXT)
FROM crierNode AS node, clock WHERE node.log = ?1 AND node.stoppedMs IS NULL
  AND abs(now - node.beatMs) > 3 * node.intervalMs AND 3 * node.intervalMs < ?2
  AND NOT EXISTS (SELECT 1 FROM crierEvent AS event WHERE event.log = ?1
    AND event.incarnation = node.incarnation AND event.kind = 'silent'
    AND event.atMs > node.beatMs);

-- The newest ?5 that are at most ?4 old, newest first.
-- name: events with clock
SELECT id, strftime('%Y-%m-%d %H:%M:%f', atMs / 1000.0, 'unixepoch'), kind, node, incarnation, detail
FROM crierEvent, clock WHERE log = ?1 AND (?2 = '' OR node = ?2) AND (?3 = '' OR kind = ?3)
  AND atMs >= now - ?4
ORDER BY id DESC LIMIT ?5;

-- All but the newest ?2.
-- name: forget_excess_events
DELETE FROM crierEvent WHERE log = ?1 AND id <=
  (SELECT id FROM crierEvent WHERE log = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2);

-- name: undeclare_refreshers
DELETE FROM crierRefresher WHERE log = ?1 AND node = ?2 AND incarnation = ?3;

-- name: declare_refresher
INSERT INTO crierRefresher (log, node, incarnation, refresher, name) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: refreshers with clock
SELECT one.refresher, one.name, one.node, one.incarnation, node.stoppedMs IS NOT NULL,
  abs(now - node.beatMs) <= 3 * node.intervalMs
FROM clock, crierRefresher AS one JOIN crierNode AS node ON node.log = one.log
  AND node.name = one.node AND node.incarnation = one.incarnation
WHERE one.log = ?1 ORDER BY one.name, one.refresher, one.node;

-- Of nodes that are no longer remembered.
-- name: forget_lost_refreshers
DELETE FROM crierRefresher WHERE log = ?1 AND NOT EXISTS (SELECT 1 FROM crierNode AS node
  WHERE node.log = ?1 AND node.name = crierRefresher.node
    AND node.incarnation = crierRefresher.incarnation);

-- How far each start has told that it was. What it has told already keeps its time.
-- name: record_progress
INSERT INTO crierProgress (log, node, incarnation, position, reachedMs) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (log, node, incarnation, position) DO NOTHING;

-- name: restart_progress
DELETE FROM crierProgress WHERE log = ?1 AND node = ?2 AND incarnation = ?3;

-- All but the newest of a node's, of which the oldest is the one after ?3 others. Where a start has
-- begun stays in any case: by that it is known what came before it.
-- name: forget_excess_progress
DELETE FROM crierProgress WHERE log = ?1 AND node = ?2
  AND reachedMs < (SELECT kept.reachedMs FROM crierProgress AS kept
    WHERE kept.log = ?1 AND kept.node = ?2 ORDER BY kept.reachedMs DESC LIMIT 1 OFFSET ?3)
  AND EXISTS (SELECT 1 FROM crierProgress AS earlier WHERE earlier.log = ?1
    AND earlier.node = ?2 AND earlier.incarnation = crierProgress.incarnation
    AND earlier.position < crierProgress.position);

-- Of nodes that are no longer remembered.
-- name: forget_lost_progress
DELETE FROM crierProgress WHERE log = ?1 AND NOT EXISTS (SELECT 1 FROM crierNode AS node
  WHERE node.log = ?1 AND node.name = crierProgress.node
    AND node.incarnation = crierProgress.incarnation);

-- What each start has told last before entry ?2, and first at it or after it. Its lag is as of when
-- it told its position.
-- name: passages
SELECT node.incarnation, node.position, node.position + node.lag, node.beatMs,
  (SELECT told.position FROM crierProgress AS told WHERE told.log = ?1 AND told.node = node.name
    AND told.incarnation = node.incarnation AND told.position < ?2
    ORDER BY told.position DESC LIMIT 1),
  (SELECT told.reachedMs FROM crierProgress AS told WHERE told.log = ?1 AND told.node = node.name
    AND told.incarnation = node.incarnation AND told.position < ?2
    ORDER BY told.position DESC LIMIT 1),
  (SELECT told.position FROM crierProgress AS told WHERE told.log = ?1 AND told.node = node.name
    AND told.incarnation = node.incarnation AND told.position >= ?2
    ORDER BY told.position LIMIT 1),
  (SELECT told.reachedMs FROM crierProgress AS told WHERE told.log = ?1 AND told.node = node.name
    AND told.incarnation = node.incarnation AND told.position >= ?2
    ORDER BY told.position LIMIT 1)
FROM crierNode AS node WHERE node.log = ?1;

-- What nodes answer to audits, until somebody has read it.

-- ?6: the texts of keys and versions, in turns.
-- name: record_audit with clock
INSERT INTO crierAudit (log, request, node, incarnation, cache, key, version, atMs)
SELECT ?1, ?2, ?3, ?4, ?5, max(value) FILTER (WHERE item.key % 2 = 0),
  max(value) FILTER (WHERE item.key % 2 = 1), (SELECT now FROM clock)
FROM json_each(?6) AS item GROUP BY item.key / 2
ON CONFLICT DO NOTHING;

-- name: audit_is_answered
SELECT 1 FROM crierAudit
WHERE log = ?1 AND request = ?2 AND incarnation = ?3 AND cache = '' AND key = '';

-- name: audit
SELECT node, incarnation, cache, key, version FROM crierAudit WHERE log = ?1 AND request = ?2
ORDER BY incarnation, cache, key;

-- name: forget_audit
DELETE FROM crierAudit WHERE log = ?1 AND request = ?2 AND (incarnation, cache, key) IN
  (SELECT incarnation, cache, key FROM crierAudit WHERE log = ?1 AND request = ?2 LIMIT ?3);

-- name: forget_old_audits with clock
DELETE FROM crierAudit WHERE log = ?1 AND (request, incarnation, cache, key) IN
  (SELECT request, incarnation, cache, key FROM crierAudit
   WHERE log = ?1 AND abs((SELECT now FROM clock) - atMs) > ?2 LIMIT ?3);

-- The shared cache. The row '' bears the stamp of the last clearing.

-- name: now with clock
SELECT now FROM clock;

-- All that is known of a key, of one moment. The stamp of the last clearing comes only for a key
-- that is not seen: else it is NULL. The value comes last, and is read only if it is asked for.
-- name: cache_find with clock
SELECT now, stamp, expiresMs, slidingMs, absoluteMs,
  CASE WHEN value IS NULL OR expiresMs <= now
    THEN coalesce((SELECT stamp FROM crierCache WHERE key = ''), 0) END,
  value
FROM clock LEFT JOIN crierCache ON key = ?1;

-- The same of several keys, those alone that are seen.
-- name: cache_find_many with clock
SELECT now, stamp, expiresMs, slidingMs, absoluteMs, NULL, crierCache.value, crierCache.key
FROM clock, json_each(?1) AS wanted JOIN crierCache ON crierCache.key = wanted.value
WHERE crierCache.value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > now);

-- Those after ?1 that begin with ?2, which are below ?3. Only in UTF-8 is the order of the keys that
-- of their characters; otherwise each is looked at. Bytes are beyond every text.
-- name: cache_keys with clock
SELECT key FROM crierCache
WHERE key > ?1 AND key >= ?2 AND instr(key, ?2) = 1
  AND key < CASE WHEN (SELECT encoding FROM pragma_encoding) = 'UTF-8' THEN ?3 ELSE x'' END
  AND value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > (SELECT now FROM clock))
ORDER BY key LIMIT ?4;

-- Unless it has been set anew or has gone meanwhile.
-- name: cache_renew with clock
UPDATE crierCache SET expiresMs = ?3
WHERE key = ?1 AND stamp = ?2 AND expiresMs < ?3 AND expiresMs > (SELECT now FROM clock);

-- In place, so that an entry that is set again and again leaves no holes.
-- name: cache_set
INSERT INTO crierCache (key, stamp, expiresMs, slidingMs, absoluteMs, value)
VALUES (?1, random() | 1, ?2, ?3, ?4, ?5)
ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, expiresMs = excluded.expiresMs,
  slidingMs = excluded.slidingMs, absoluteMs = excluded.absoluteMs, value = excluded.value;

-- The same, unless the stamp of the key is no longer ?6. A key without a row has 0, which no row
-- has: then this inserts, or does nothing.
-- name: cache_fill
INSERT INTO crierCache (key, stamp, expiresMs, slidingMs, absoluteMs, value)
VALUES (?1, random() | 1, ?2, ?3, ?4, ?5)
ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, expiresMs = excluded.expiresMs,
  slidingMs = excluded.slidingMs, absoluteMs = excluded.absoluteMs, value = excluded.value
WHERE crierCache.stamp = ?6;

-- The row stays for those who are about to fill in what they read before.
-- name: cache_remove with clock
INSERT INTO crierCache (key, stamp, expiresMs) VALUES (?1, random() | 1, (SELECT now FROM clock))
ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, expiresMs = excluded.expiresMs,
  slidingMs = NULL, absoluteMs = NULL, value = NULL;

-- The same if the value is still ?2.
-- name: cache_remove_value with clock
UPDATE crierCache SET stamp = random() | 1, expiresMs = (SELECT now FROM clock),
  slidingMs = NULL, absoluteMs = NULL, value = NULL
WHERE key = ?1 AND value = ?2;

-- The same if nobody has written it since its stamp was ?2.
-- name: cache_remove_seen with clock
UPDATE crierCache SET stamp = random() | 1, expiresMs = (SELECT now FROM clock),
  slidingMs = NULL, absoluteMs = NULL, value = NULL
WHERE key = ?1 AND stamp = ?2;

-- name: cache_cleared
INSERT INTO crierCache (key, stamp) VALUES ('', random() | 1)
ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp;

-- name: cache_has_gone with clock
SELECT EXISTS (SELECT 1 FROM crierCache WHERE expiresMs <= (SELECT now FROM clock) - ?1);

-- Each of these two deletes ?1 rows at the most, and tells of each whether it could be seen. typeof():
-- after RETURNING, SQLite 3.40 takes IS NULL for false whatever the column holds.
-- name: cache_drop_gone with clock
DELETE FROM crierCache WHERE id IN (SELECT id FROM crierCache
  WHERE expiresMs <= (SELECT now FROM clock) - ?2 ORDER BY expiresMs LIMIT ?1)
RETURNING 0;

-- name: cache_drop_any
DELETE FROM crierCache WHERE id IN (SELECT id FROM crierCache
  WHERE key > '' AND key >= ?2 AND instr(key, ?2) = 1
    AND key < CASE WHEN (SELECT encoding FROM pragma_encoding) = 'UTF-8' THEN ?3 ELSE x'' END
  ORDER BY key LIMIT ?1)
RETURNING typeof(value) <> 'null' AND (typeof(expiresMs) = 'null'
  OR expiresMs > CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));

-- name: cache_stats with clock
SELECT count(*) FILTER (WHERE seen), coalesce(sum(bytes) FILTER (WHERE seen), 0),
  coalesce(max(bytes) FILTER (WHERE seen), 0), count(slidingMs) FILTER (WHERE seen),
  count(*) FILTER (WHERE seen AND expiresMs IS NULL), count(*) FILTER (WHERE NOT seen)
FROM (SELECT length(value) AS bytes, slidingMs, expiresMs,
  value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > now) AS seen
  FROM crierCache, clock WHERE key <> '') AS entries;

-- The records of hybrid caches.

-- The entry ?1 of the shared cache, the record of ?2 and the mark ?3, all as of one moment.
-- name: hybrid_read with clock
SELECT now, expiresMs, slidingMs, absoluteMs,
  CASE WHEN expiresMs IS NULL OR expiresMs > now THEN crierCache.value END,
  record.generation, record.entry, record.fingerprint, record.floor,
  (SELECT entry FROM crierHybrid WHERE cache = ?2 AND mark = ?3)
FROM clock LEFT JOIN crierCache ON key = ?1
  LEFT JOIN crierHybrid AS record ON record.cache = ?2 AND record.mark = 0;

-- The same, and the newest of several marks, a list of numbers: a list costs as much as the rest.
-- name: hybrid_read_many with clock
SELECT now, expiresMs, slidingMs, absoluteMs,
  CASE WHEN expiresMs IS NULL OR expiresMs > now THEN crierCache.value END,
  record.generation, record.entry, record.fingerprint, record.floor,
  (SELECT max(entry) FROM crierHybrid
   WHERE cache = ?2 AND mark IN (SELECT value FROM json_each('[' || ?3 || ']')))
FROM clock LEFT JOIN crierCache ON key = ?1
  LEFT JOIN crierHybrid AS record ON record.cache = ?2 AND record.mark = 0;

-- Of the keys ?1 those that are seen, and of the numbers ?3 the marks; that of the record is 0.
-- name: hybrid_read_all with clock
SELECT NULL, now, expiresMs, slidingMs, absoluteMs, crierCache.key, crierCache.value
FROM clock, json_each(?1) AS wanted JOIN crierCache ON crierCache.key = wanted.value
WHERE crierCache.value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > now)
UNION ALL
SELECT mark, generation, entry, fingerprint, floor, NULL, NULL FROM crierHybrid
WHERE cache = ?2 AND mark IN (SELECT value FROM json_each('[' || ?3 || ']'));

-- The record alone, for the rest of a transaction that is to write it.
-- name: hybrid_lock
SELECT generation, entry, fingerprint, floor, added FROM crierHybrid WHERE cache = ?1 AND mark = 0;

-- Made first: of two who make one the second waits for its row, and finds it.
-- name: hybrid_make
INSERT INTO crierHybrid (cache, mark, entry) VALUES (?1, 0, 0) ON CONFLICT (cache, mark) DO NOTHING;

-- name: hybrid_put
INSERT INTO crierHybrid (cache, mark, entry, fingerprint, generation, floor, added)
VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (cache, mark) DO UPDATE SET entry = excluded.entry, fingerprint = excluded.fingerprint,
  generation = excluded.generation, floor = excluded.floor, added = excluded.added;

-- name: hybrid_mark
INSERT INTO crierHybrid (cache, mark, entry) VALUES (?1, ?2, ?3)
ON CONFLICT (cache, mark) DO UPDATE SET entry = max(entry, excluded.entry);

-- The entry of the mark that is older than ?2 others.
-- name: hybrid_oldest
SELECT entry FROM crierHybrid WHERE cache = ?1 AND mark <> 0 ORDER BY entry DESC LIMIT 1 OFFSET ?2;

-- name: hybrid_forget
DELETE FROM crierHybrid WHERE cache = ?1 AND mark <> 0 AND entry <= ?2;

-- The next ?4 rows after ?2 and before ?3, with the first ?5 bytes of what can be seen, and what the
-- record of ?1 says of them.
-- name: hybrid_page with clock
SELECT crierCache.key, stamp,
  CASE WHEN expiresMs IS NULL OR expiresMs > (SELECT now FROM clock) THEN substr(value, 1, ?5) END,
  record.generation, record.floor
FROM crierHybrid AS record, crierCache
WHERE record.cache = ?1 AND record.mark = 0 AND crierCache.key > ?2 AND crierCache.key < ?3
ORDER BY crierCache.key LIMIT ?4;

-- name: hybrid_origin
SELECT fingerprint FROM crierHybrid WHERE cache = '' AND mark = 0;

-- The tables.

-- name: has_migrations
SELECT (SELECT count(*) FROM pragma_table_info('crierMigration')
  WHERE name COLLATE NOCASE IN ('version', 'name', 'checksum')) = 3;

-- name: migrations
SELECT version, name, checksum FROM crierMigration ORDER BY version;

-- name: record_migration
INSERT INTO crierMigration (version, name, checksum) VALUES (?1, ?2, ?3);

-- Names of tables are compared as SQLite itself does, without case.
-- name: table
SELECT name, type, strict FROM pragma_table_list
WHERE schema = 'main' AND name = ?1 COLLATE NOCASE;

-- name: columns
SELECT name, upper(type), "notnull", pk FROM pragma_table_xinfo(?1);

-- A row for each column of each unique index; without a name if that is an expression.
-- name: unique
SELECT list.seq, list.origin, list.partial, part.name
FROM pragma_index_list(?1) AS list, pragma_index_info(list.name) AS part
WHERE list."unique" ORDER BY list.seq, part.seqno;

-- Of each table whose triggers crier sql-trigger has made, and that has lost one: its name, and the
-- command that prints them again. One that is gone itself has no changes to tell.
-- name: lost_triggers
SELECT onTable, command FROM crierTrigger AS made
WHERE EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = onTable COLLATE NOCASE)
  AND (SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = onTable COLLATE NOCASE
    AND name IN (made.name || '_insert', made.name || '_update', made.name || '_delete')) < 3
ORDER BY onTable, made.name;

-- name: object
SELECT type, coalesce(sql, '') FROM sqlite_master WHERE name = ?1 COLLATE NOCASE;

-- The greatest id that anything tells of the log ?1, and the one that was given last.
-- name: ids_seen
SELECT max(coalesce((SELECT max(id) FROM crierCacheInstruction), 0),
    coalesce((SELECT max(position) FROM crierNode WHERE log = ?1), 0),
    coalesce((SELECT max(position) FROM crierPosition WHERE log = ?1), 0),
    coalesce((SELECT max(prunedThrough) FROM crierPruned WHERE log = ?1), 0),
    coalesce((SELECT max(entry) FROM crierCanary WHERE log = ?1), 0),
    coalesce((SELECT max(entry) FROM crierFailure WHERE log = ?1), 0)),
  coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'crierCacheInstruction'), 0);
