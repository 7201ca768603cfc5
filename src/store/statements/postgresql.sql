-- What crier asks of a PostgreSQL database. A line "-- name: x" begins the statement x; store/sql/
-- and store/postgres/ run it by that name, and sqlite.sql has those of store/sql/ too. "with clock":
-- the statement gets the text of clock put before it. Names are not quoted, so that PostgreSQL folds
-- them: people can write them as they like. The first schema of search_path holds the tables.
--
-- $1 is the name of the log in all tables but crierCacheInstruction and crierCache.
--
-- A node is live if it has not stopped and its last beat is at most three of its intervals away.
-- abs(): a clock that was set back must not keep a dead node live, or a row for ever.

-- Milliseconds since 1970; the same throughout a statement.
-- name: clock
WITH clock (now) AS (
  SELECT floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint);

-- The log.

-- The functions give the ids: see migrations/postgresql/. All parameters are given, so that no other
-- function of the name fits better. $1, $2, $3: the columns of all entries.
-- name: append
SELECT crierAppend($1::text[], $2::text[], $3::bigint[], NULL::crierLog);

-- The same of one entry, for less.
-- name: append_one
SELECT crierAppend($1::text, $2::text, $3::bigint, NULL::crierLog);

-- The next two run on a connection of the application's, whose search_path is its own. The trigger
-- of the table gives the ids.
-- name: log_of_application
SELECT newest, identity FROM crierLog;

-- name: append_riding
INSERT INTO crierPending (jsonInstruction, originated, instructionCount) VALUES ($1, $2, $3);

-- name: assign_pending_ids
SELECT crierSettle($1::bigint, '0'::xid8, '18446744073709551615'::xid8, NULL::crierLog);

-- By what one log is told from another, whether entries were committed that have no ids yet, and
-- whether this is a standby. By the index: the table may be full of those that have got their ids.
-- name: log_state
SELECT (SELECT identity FROM crierLog),
  (SELECT writer FROM crierPending ORDER BY writer LIMIT 1) IS NOT NULL, pg_is_in_recovery();

-- The counter, the newest id, and how many entries have no ids yet, $1 at the most.
-- name: log_fault
SELECT (SELECT newest FROM crierLog), (SELECT coalesce(max(id), 0) FROM crierCacheInstruction),
  (SELECT count(*) FROM (SELECT FROM crierPending LIMIT $1) AS due);

-- Nobody who means well writes a long originated: of others the beginning is read, so that no row is
-- too large to be passed.

-- Rows beyond the counter are nobody's: whoever put them there has not locked it. So what follows the
-- log reads up to the counter, in one snapshot with it.

-- The row $1 itself and those that follow, $2 in all, and so many bytes of JSON ($3) after the first
-- entry. The JSON of $1 is read if $4 asks for it: it may be megabytes, and each poll meets it again.
-- The next columns say how many rows there were before $3 held some back, which transaction has
-- written the row, which table it is in (another one if tables were made anew), which transaction has
-- moved the counter last, whether this is a standby, whether entries have no ids yet, in the same
-- snapshot, and how many bytes of JSON there are: of an anchor that is larger than any node publishes
-- that alone counts, since it may be too large to be read.
-- name: read_after
SELECT id, utcStamp, left(originated, 1000), instructionCount,
  CASE WHEN id > $1 OR ($4 <> 0 AND octet_length(jsonInstruction) <= 16777216)
    THEN jsonInstruction END, rows, version, lineage,
  (SELECT CAST(CAST(xmin AS text) AS bigint) FROM crierLog), pg_is_in_recovery(),
  (SELECT writer FROM crierPending ORDER BY writer LIMIT 1) IS NOT NULL,
  octet_length(jsonInstruction)
FROM (SELECT *, count(*) OVER () AS rows,
    sum(CASE WHEN id > $1 THEN octet_length(jsonInstruction) ELSE 0 END) OVER (ORDER BY id) AS bytes
  FROM (SELECT *, CAST(CAST(xmin AS text) AS bigint) AS version, CAST(tableoid AS bigint) AS lineage
    FROM crierCacheInstruction
    WHERE id >= $1 AND id <= (SELECT newest FROM crierLog) ORDER BY id LIMIT $2) AS next) AS page
WHERE id = $1 OR bytes <= $3 OR bytes = octet_length(jsonInstruction) ORDER BY id;

-- The row $1 and the one that follows it, whose JSON may be too large to be read. Without $1 these
-- are the two that follow.
-- name: heads
SELECT id, utcStamp, left(originated, 1000), instructionCount,
  CASE WHEN id = $1 AND octet_length(jsonInstruction) <= 16777216 THEN jsonInstruction END,
  octet_length(jsonInstruction), CAST(tableoid AS bigint)
FROM crierCacheInstruction WHERE id >= $1 ORDER BY id LIMIT 2;

-- name: read_before
SELECT id, utcStamp, left(originated, 1000), instructionCount, jsonInstruction
FROM crierCacheInstruction WHERE id < $1 ORDER BY id DESC LIMIT $2;

-- name: find
SELECT id, utcStamp, left(originated, 1000), instructionCount, jsonInstruction
FROM crierCacheInstruction WHERE id = $1;

-- From the end: what was just committed stands there.
-- name: stamps
SELECT utcStamp FROM crierCacheInstruction WHERE id > $1 AND id <= $2 ORDER BY id;

-- name: find_written
SELECT id FROM crierCacheInstruction WHERE id > $1 AND originated = $2 ORDER BY id DESC LIMIT $3;

-- name: newest
SELECT id, utcStamp, left(originated, 1000), instructionCount,
  CASE WHEN octet_length(jsonInstruction) <= 16777216 THEN jsonInstruction END,
  octet_length(jsonInstruction)
FROM crierCacheInstruction WHERE id <= (SELECT newest FROM crierLog) ORDER BY id DESC LIMIT 1;

-- name: bounds
SELECT min(id), max(id) FROM crierCacheInstruction;

-- name: backlog
SELECT id, utcStamp, left(originated, 1000), instructionCount
FROM crierCacheInstruction
WHERE id > $1 AND id <= (SELECT newest FROM crierLog) ORDER BY id LIMIT $2;

-- Pruning.

-- Now, and the point that lies $1 seconds before it (NULL if no stamp goes back so far), as stamps.
-- name: age_limits
SELECT to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'),
  CASE WHEN $1::float8 < extract(epoch FROM statement_timestamp()) + 62135596800
    THEN to_char((statement_timestamp() - make_interval(secs => $1::float8)) AT TIME ZONE 'UTC',
      'YYYY-MM-DD HH24:MI:SS.MS') END;

-- The node that is furthest behind, of those that pruning must not overtake. $2: how long a kept
-- position counts after it was seen. $3: the patience with silent nodes, subtracted since a sum
-- could overflow. $4: for how long the pruner has looked on.
-- Nothing at all if leader $5 has not beaten of late itself: then all were suspended, or this one
-- holds the lock that the others need to beat, and their silence proves nothing. Empty: by hand.
-- name: furthest_behind with clock
SELECT position, name FROM crierNode, clock WHERE log = $1 AND stoppedMs IS NULL
  AND (abs(now - beatMs) - $3 <= 3 * intervalMs OR CAST($4 AS BIGINT) - $3 <= 3 * intervalMs)
UNION ALL
SELECT position, name FROM crierPosition, clock
WHERE log = $1 AND position IS NOT NULL AND abs(now - seenMs) <= $2
UNION ALL
SELECT 0, '' WHERE $5 <> '' AND NOT EXISTS (SELECT 1 FROM crierNode, clock
  WHERE log = $1 AND incarnation = $5 AND 2 * abs(now - beatMs) <= 3 * intervalMs)
ORDER BY position LIMIT 1;

-- name: newest_id
SELECT max(id) FROM crierCacheInstruction WHERE id <= (SELECT newest FROM crierLog);

-- name: stamps_after
SELECT id, utcStamp FROM crierCacheInstruction WHERE id > $1 ORDER BY id LIMIT $2;

-- name: prune
DELETE FROM crierCacheInstruction WHERE id <= $1;

-- name: record_pruned with clock
INSERT INTO crierPruned (log, prunedThrough, prunedMs, holder, fencing)
VALUES ($1, $2, (SELECT now FROM clock), $3, $4)
ON CONFLICT (log) DO UPDATE SET prunedThrough = excluded.prunedThrough,
  prunedMs = excluded.prunedMs, holder = excluded.holder, fencing = excluded.fencing;

-- If what was pruned stands in the log, it was another log, which was replaced by this one.
-- name: pruned_through
SELECT prunedThrough FROM crierPruned
WHERE log = $1 AND prunedThrough < (SELECT min(id) FROM crierCacheInstruction);

-- The nodes.

-- Milliseconds since the last beat, and when that was.
-- name: gap with clock
SELECT greatest(0, now - beatMs), beatMs FROM crierNode, clock
WHERE log = $1 AND name = $2 AND incarnation = $3;

-- name: beat with clock
INSERT INTO crierNode (log, name, incarnation, host, application, version, pid, intervalMs, role,
  position, durable, pollerAlive, lastError, applied, failed, resyncs, startedMs, beatMs,
  lastErrorMs, lag, process, provedMs, canary, troubles, stands)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
  (SELECT now FROM clock), (SELECT now FROM clock), (SELECT now FROM clock),
  greatest(0, coalesce((SELECT newest FROM crierLog), 0) - $10), $17,
  (SELECT now FROM clock) - $18, $19, $20, $21)
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
RETURNING beatMs, pausedUntilMs, greatest(0, pausedUntilMs - beatMs), pausedBy;

-- Of a beat no more than who waits for it asks for. A node that counts as stopped has to beat.
-- name: publish_position with clock
UPDATE crierNode SET position = $4, stands = $5,
  lag = greatest(0, coalesce((SELECT newest FROM crierLog), 0) - $4)
WHERE log = $1 AND name = $2 AND incarnation = $3 AND stoppedMs IS NULL
RETURNING pausedUntilMs, greatest(0, pausedUntilMs - (SELECT now FROM clock)), pausedBy;

-- Of those that are live, $2: for $3 ms. A beat changes none of this, but for whether it stands: what
-- it said of that before is no answer to this.
-- name: pause with clock
UPDATE crierNode SET pausedUntilMs = (SELECT now FROM clock) + CAST($3 AS BIGINT), pausedBy = $4,
  stands = 0
WHERE log = $1 AND name = $2 AND stoppedMs IS NULL
  AND abs((SELECT now FROM clock) - beatMs) <= 3 * intervalMs;

-- Of one name or, if that is empty, of all. It stands until it has said otherwise.
-- name: resume with clock
UPDATE crierNode SET pausedUntilMs = 0, pausedBy = $3, stands = 1
WHERE log = $1 AND ($2 = '' OR name = $2) AND pausedUntilMs > (SELECT now FROM clock);

-- Whether no other node of the log is live. Stops at the first that is.
-- name: alone with clock
SELECT NOT EXISTS (SELECT 1 FROM crierNode, clock WHERE log = $1 AND incarnation <> $2
  AND stoppedMs IS NULL AND abs(now - beatMs) <= 3 * intervalMs);

-- Other incarnations under the name $2 that have not stopped: whether each is live, and whether it
-- has beaten since the first beat of incarnation $3 (not in the future: the clock was wrong then).
-- In an order that no beat changes.
-- name: namesakes with clock
SELECT host, pid, stoppedMs IS NULL AND abs(now - beatMs) <= 3 * intervalMs,
  beatMs <= now AND beatMs > (SELECT self.startedMs FROM crierNode AS self
    WHERE self.log = $1 AND self.name = $2 AND self.incarnation = $3),
  incarnation, process
FROM crierNode, clock
WHERE log = $1 AND name = $2 AND incarnation <> $3 AND stoppedMs IS NULL
ORDER BY startedMs, incarnation;

-- Of those that are not live and have not beaten since the first beat of incarnation $3.
-- name: goodbye_of_predecessors with clock
UPDATE crierNode SET stoppedMs = beatMs
WHERE log = $1 AND name = $2 AND incarnation <> $3 AND stoppedMs IS NULL
  AND abs((SELECT now FROM clock) - beatMs) > 3 * intervalMs
  AND NOT (beatMs <= (SELECT now FROM clock)
    AND beatMs > (SELECT self.startedMs FROM crierNode AS self
      WHERE self.log = $1 AND self.name = $2 AND self.incarnation = $3));

-- name: goodbye with clock
UPDATE crierNode SET stoppedMs = (SELECT now FROM clock)
WHERE log = $1 AND incarnation = $2 AND stoppedMs IS NULL;

-- name: nodes with clock
SELECT name, incarnation, host, application, version, pid, intervalMs, role, position, durable,
  pollerAlive, lastError, applied, failed, resyncs, stoppedMs IS NOT NULL,
  stoppedMs IS NULL AND abs(now - beatMs) <= 3 * intervalMs,
  greatest(0, now - beatMs), greatest(0, beatMs - startedMs),
  CASE WHEN lastError = '' THEN 0 ELSE greatest(0, now - lastErrorMs) END,
  CASE WHEN stoppedMs IS NOT NULL THEN 0
    ELSE greatest(0, coalesce((SELECT newest FROM crierLog), 0) - position) END,
  greatest(0, now - provedMs), canary, troubles,
  (SELECT count(*) FROM crierFailure AS failure
    WHERE failure.log = $1 AND failure.incarnation = crierNode.incarnation),
  CASE WHEN stoppedMs IS NULL THEN (SELECT entry.utcStamp FROM crierCacheInstruction AS entry
    WHERE entry.id > crierNode.position AND entry.id <= (SELECT newest FROM crierLog)
    ORDER BY entry.id LIMIT 1) END,
  now,
  CASE WHEN stoppedMs IS NULL AND pausedUntilMs - now BETWEEN 1 AND 86400000
    THEN pausedUntilMs - now ELSE 0 END,
  pausedBy, stands
FROM crierNode, clock WHERE log = $1 ORDER BY name, startedMs, incarnation;

-- name: forget_nodes with clock
DELETE FROM crierNode WHERE log = $1 AND name = $2
  AND NOT (stoppedMs IS NULL AND abs((SELECT now FROM clock) - beatMs) <= 3 * intervalMs);

-- name: forget_old_nodes with clock
DELETE FROM crierNode WHERE log = $1
  AND NOT (stoppedMs IS NULL AND abs((SELECT now FROM clock) - beatMs) <= 3 * intervalMs)
  AND least(abs((SELECT now FROM clock) - beatMs),
    abs((SELECT now FROM clock) - coalesce(stoppedMs, beatMs))) > $2
  AND NOT EXISTS (SELECT 1 FROM crierPosition AS kept WHERE kept.log = $1
    AND kept.name = crierNode.name AND kept.incarnation = crierNode.incarnation);

-- Positions that are kept for the next start.

-- With whether its owner is live.
-- name: position with clock
SELECT incarnation, process, position, fingerprint, contended,
  EXISTS (SELECT 1 FROM crierNode AS node, clock WHERE node.log = $1 AND node.name = $2
    AND node.incarnation = crierPosition.incarnation
    AND node.stoppedMs IS NULL AND abs(now - node.beatMs) <= 3 * node.intervalMs)
FROM crierPosition WHERE log = $1 AND name = $2;

-- What was contended for is dropped here: a crash before the next save must not bring it back.
-- name: own_position with clock
INSERT INTO crierPosition (log, name, incarnation, process, seenMs)
VALUES ($1, $2, $3, $4, (SELECT now FROM clock))
ON CONFLICT (log, name) DO UPDATE SET incarnation = excluded.incarnation,
  process = excluded.process, seenMs = excluded.seenMs,
  position = CASE WHEN crierPosition.contended = 0 THEN crierPosition.position END,
  fingerprint = CASE WHEN crierPosition.contended = 0 THEN crierPosition.fingerprint END;

-- Nobody else owns a position that was forgotten meanwhile. What an owner that is not live has left
-- is not compared: the position is another node's from now on. $7: to $5 whatever it was.
-- name: save_position with clock
INSERT INTO crierPosition (log, name, incarnation, process, position, fingerprint, seenMs)
VALUES ($1, $2, $3, $4, $5, $6, (SELECT now FROM clock))
ON CONFLICT (log, name) DO UPDATE SET incarnation = excluded.incarnation,
  process = excluded.process, seenMs = excluded.seenMs,
  fingerprint = CASE WHEN $7 <> 0 OR crierPosition.incarnation <> $3
      OR crierPosition.position IS NULL OR crierPosition.position <= $5
    THEN excluded.fingerprint ELSE crierPosition.fingerprint END,
  position = CASE WHEN $7 <> 0 OR crierPosition.incarnation <> $3
      OR crierPosition.position IS NULL OR crierPosition.position <= $5
    THEN excluded.position ELSE crierPosition.position END
WHERE crierPosition.incarnation = $3 OR NOT EXISTS (SELECT 1 FROM crierNode AS node
  WHERE node.log = $1 AND node.name = $2 AND node.incarnation = crierPosition.incarnation
    AND node.stoppedMs IS NULL AND abs(excluded.seenMs - node.beatMs) <= 3 * node.intervalMs);

-- If the owner is another one, and has beaten or saved since the first beat of incarnation $3, or
-- may have: one that slept for long is forgotten meanwhile.
-- name: contend with clock
UPDATE crierPosition SET contended = 1 WHERE log = $1 AND name = $2
  AND EXISTS (SELECT 1 FROM crierNode AS node, clock WHERE node.log = $1 AND node.name = $2
    AND node.incarnation = crierPosition.incarnation AND node.incarnation <> $3
    AND greatest(CASE WHEN node.beatMs <= now THEN node.beatMs ELSE -1 END,
        CASE WHEN crierPosition.seenMs <= now THEN crierPosition.seenMs ELSE -1 END)
      > coalesce((SELECT self.startedMs FROM crierNode AS self
        WHERE self.log = $1 AND self.name = $2 AND self.incarnation = $3), -1));

-- name: forget_position with clock
DELETE FROM crierPosition WHERE log = $1 AND name = $2
  AND NOT EXISTS (SELECT 1 FROM crierNode AS node WHERE node.log = $1 AND node.name = $2
    AND node.stoppedMs IS NULL AND abs((SELECT now FROM clock) - node.beatMs) <= 3 * node.intervalMs);

-- name: forget_old_positions with clock
DELETE FROM crierPosition WHERE log = $1 AND abs((SELECT now FROM clock) - seenMs) > $2;

-- Position requests. One holds until its time, which is a leap year away at the most.

-- name: forget_requests with clock
DELETE FROM crierWait WHERE NOT (untilMs > (SELECT now FROM clock)
  AND untilMs - (SELECT now FROM clock) <= 366 * CAST(86400000 AS BIGINT));

-- name: request_position with clock
INSERT INTO crierWait (log, entry, untilMs) VALUES ($1, $2, (SELECT now FROM clock) + $3)
RETURNING serial;

-- name: withdraw_request
DELETE FROM crierWait WHERE log = $1 AND serial = $2;

-- The table holds what is waited for now, and no more.
-- name: position_requests with clock
SELECT serial, entry FROM crierWait WHERE log = $1 AND untilMs > (SELECT now FROM clock)
  AND untilMs - (SELECT now FROM clock) <= 366 * CAST(86400000 AS BIGINT)
ORDER BY serial LIMIT 1000;

-- The lease. One holds until it expires, which is two of its lengths away at the most: a clock may
-- have been set back.

-- name: lease with clock
SELECT holder, fencing, expiresMs - now,
  expiresMs > now AND expiresMs - now <= 2 * (expiresMs - heldMs)
FROM crierLease, clock WHERE log = $1;

-- name: hold_lease with clock
INSERT INTO crierLease (log, holder, fencing, heldMs, expiresMs)
VALUES ($1, $2, 1, (SELECT now FROM clock), (SELECT now FROM clock) + $3)
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
WHERE log = $1 AND holder = $2 AND expiresMs > (SELECT now FROM clock)
  AND expiresMs - (SELECT now FROM clock) <= 2 * (expiresMs - heldMs);

-- Whether the lease $3 of holder $2 still holds.
-- name: fence with clock
SELECT 1 FROM crierLease, clock WHERE log = $1 AND holder = $2 AND fencing = $3
  AND expiresMs > now AND expiresMs - now <= 2 * (expiresMs - heldMs);

-- The canary.

-- Its age is below 0 if the clock was set back.
-- name: canary with clock
SELECT entry, now - sentMs FROM crierCanary, clock WHERE log = $1;

-- name: record_canary with clock
INSERT INTO crierCanary (log, entry, sentMs) VALUES ($1, $2, (SELECT now FROM clock))
ON CONFLICT (log) DO UPDATE SET entry = excluded.entry, sentMs = excluded.sentMs;

-- The quarantine.

-- Entry 0 stands for every instruction that is not in the log yet.
-- name: forget_same_failure
DELETE FROM crierFailure WHERE log = $1 AND incarnation = $2 AND entry = $3 AND entry <> 0
  AND indexInEntry = $4 AND refresher = $5;

-- name: record_failure with clock
INSERT INTO crierFailure (log, failedMs, kind, entry, indexInEntry, originated, refresher,
  refresherName, node, incarnation, attempts, error, instructionCount, jsonInstruction)
VALUES ($1, (SELECT now FROM clock), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- All but the newest $2.
-- name: forget_excess_failures
DELETE FROM crierFailure WHERE log = $1 AND id <=
  (SELECT id FROM crierFailure WHERE log = $1 ORDER BY id DESC LIMIT 1 OFFSET $2);

-- name: failures
SELECT id, to_char(to_timestamp(failedMs / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'), kind, entry,
  indexInEntry, originated, refresher, refresherName, node, incarnation, attempts, error,
  instructionCount, jsonInstruction
FROM crierFailure WHERE log = $1 ORDER BY id;

-- name: failure
SELECT id, to_char(to_timestamp(failedMs / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'), kind, entry,
  indexInEntry, originated, refresher, refresherName, node, incarnation, attempts, error,
  instructionCount, jsonInstruction
FROM crierFailure WHERE log = $1 AND id = $2;

-- name: forget_failure
DELETE FROM crierFailure WHERE log = $1 AND id = $2;

-- name: forget_old_failures with clock
DELETE FROM crierFailure WHERE log = $1 AND abs((SELECT now FROM clock) - failedMs) > $2;

-- The history: what has happened to nodes, and which refreshers they have.

-- $6: how long ago.
-- name: record_event with clock
INSERT INTO crierEvent (log, atMs, kind, node, incarnation, detail)
VALUES ($1, (SELECT now FROM clock) - CAST($6 AS bigint), $2, $3, $4, $5);

-- A node that missed three of its beats while somebody has looked on for as long ($2), and of which
-- that has not been recorded since.
-- name: any_silent with clock
SELECT 1 FROM crierNode AS node, clock WHERE node.log = $1 AND node.stoppedMs IS NULL
  AND abs(now - node.beatMs) > 3 * node.intervalMs AND 3 * node.intervalMs < $2
  AND NOT EXISTS (SELECT 1 FROM crierEvent AS event WHERE event.log = $1
    AND event.incarnation = node.incarnation AND event.kind = 'silent'
    AND event.atMs > node.beatMs)
LIMIT 1;

-- name: record_silent with clock
INSERT INTO crierEvent (log, atMs, kind, node, incarnation, detail)
SELECT CAST($1 AS text), now, 'silent', node.name, node.incarnation,
  'no beat for ' || CAST(abs(now - node.beatMs) / 1000 AS text) || ' s; it stood at entry '
    || CAST(node.position AS text)
FROM crierNode AS node, clock WHERE node.log = $1 AND node.stoppedMs IS NULL
  AND abs(now - node.beatMs) > 3 * node.intervalMs AND 3 * node.intervalMs < $2
  AND NOT EXISTS (SELECT 1 FROM crierEvent AS event WHERE event.log = $1
    AND event.incarnation = node.incarnation AND event.kind = 'silent'
    AND event.atMs > node.beatMs);

-- The newest $5 that are at most $4 old, newest first.
-- name: events with clock
SELECT id, to_char(to_timestamp(atMs / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'), kind, node, incarnation, detail
FROM crierEvent, clock WHERE log = $1 AND ($2 = '' OR node = $2) AND ($3 = '' OR kind = $3)
  AND atMs >= now - CAST($4 AS bigint)
ORDER BY id DESC LIMIT $5;

-- All but the newest $2.
-- name: forget_excess_events
DELETE FROM crierEvent WHERE log = $1 AND id <=
  (SELECT id FROM crierEvent WHERE log = $1 ORDER BY id DESC LIMIT 1 OFFSET $2);

-- name: undeclare_refreshers
DELETE FROM crierRefresher WHERE log = $1 AND node = $2 AND incarnation = $3;

-- name: declare_refresher
INSERT INTO crierRefresher (log, node, incarnation, refresher, name) VALUES ($1, $2, $3, $4, $5);

-- name: refreshers with clock
SELECT one.refresher, one.name, one.node, one.incarnation, node.stoppedMs IS NOT NULL,
  abs(now - node.beatMs) <= 3 * node.intervalMs
FROM clock, crierRefresher AS one JOIN crierNode AS node ON node.log = one.log
  AND node.name = one.node AND node.incarnation = one.incarnation
WHERE one.log = $1 ORDER BY one.name, one.refresher, one.node;

-- Of nodes that are no longer remembered.
-- name: forget_lost_refreshers
DELETE FROM crierRefresher WHERE log = $1 AND NOT EXISTS (SELECT 1 FROM crierNode AS node
  WHERE node.log = $1 AND node.name = crierRefresher.node
    AND node.incarnation = crierRefresher.incarnation);

-- How far each start has told that it was. What it has told already keeps its time.
-- name: record_progress
INSERT INTO crierProgress (log, node, incarnation, position, reachedMs) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (log, node, incarnation, position) DO NOTHING;

-- name: restart_progress
DELETE FROM crierProgress WHERE log = $1 AND node = $2 AND incarnation = $3;

-- All but the newest of a node's, of which the oldest is the one after $3 others. Where a start has
-- begun stays in any case: by that it is known what came before it.
-- name: forget_excess_progress
DELETE FROM crierProgress WHERE log = $1 AND node = $2
  AND reachedMs < (SELECT kept.reachedMs FROM crierProgress AS kept
    WHERE kept.log = $1 AND kept.node = $2 ORDER BY kept.reachedMs DESC LIMIT 1 OFFSET $3)
  AND EXISTS (SELECT 1 FROM crierProgress AS earlier WHERE earlier.log = $1
    AND earlier.node = $2 AND earlier.incarnation = crierProgress.incarnation
    AND earlier.position < crierProgress.position);

-- Of nodes that are no longer remembered.
-- name: forget_lost_progress
DELETE FROM crierProgress WHERE log = $1 AND NOT EXISTS (SELECT 1 FROM crierNode AS node
  WHERE node.log = $1 AND node.name = crierProgress.node
    AND node.incarnation = crierProgress.incarnation);

-- What each start has told last before entry $2, and first at it or after it. Its lag is as of when
-- it told its position.
-- name: passages
SELECT node.incarnation, node.position, node.position + node.lag, node.beatMs,
  (SELECT told.position FROM crierProgress AS told WHERE told.log = $1 AND told.node = node.name
    AND told.incarnation = node.incarnation AND told.position < $2
    ORDER BY told.position DESC LIMIT 1),
  (SELECT told.reachedMs FROM crierProgress AS told WHERE told.log = $1 AND told.node = node.name
    AND told.incarnation = node.incarnation AND told.position < $2
    ORDER BY told.position DESC LIMIT 1),
  (SELECT told.position FROM crierProgress AS told WHERE told.log = $1 AND told.node = node.name
    AND told.incarnation = node.incarnation AND told.position >= $2
    ORDER BY told.position LIMIT 1),
  (SELECT told.reachedMs FROM crierProgress AS told WHERE told.log = $1 AND told.node = node.name
    AND told.incarnation = node.incarnation AND told.position >= $2
    ORDER BY told.position LIMIT 1)
FROM crierNode AS node WHERE node.log = $1;

-- What nodes answer to audits, until somebody has read it.

-- $6: the texts of keys and versions, in turns.
-- name: record_audit with clock
INSERT INTO crierAudit (log, request, node, incarnation, cache, key, version, atMs)
SELECT CAST($1 AS text), CAST($2 AS bigint), CAST($3 AS text), CAST($4 AS text), CAST($5 AS bytea),
  (array_agg(item) FILTER (WHERE place % 2 = 1))[1],
  (array_agg(item) FILTER (WHERE place % 2 = 0))[1], (SELECT now FROM clock)
FROM unnest($6::bytea[]) WITH ORDINALITY AS list (item, place) GROUP BY (place + 1) / 2
ON CONFLICT DO NOTHING;

-- name: audit_is_answered
SELECT 1 FROM crierAudit
WHERE log = $1 AND request = $2 AND incarnation = $3 AND cache = '' AND key = '';

-- name: audit
SELECT node, incarnation, cache, key, version FROM crierAudit WHERE log = $1 AND request = $2
ORDER BY incarnation, cache, key;

-- name: forget_audit
DELETE FROM crierAudit WHERE log = $1 AND request = $2 AND (incarnation, cache, key) IN
  (SELECT incarnation, cache, key FROM crierAudit WHERE log = $1 AND request = $2 LIMIT $3);

-- name: forget_old_audits with clock
DELETE FROM crierAudit WHERE log = $1 AND (request, incarnation, cache, key) IN
  (SELECT request, incarnation, cache, key FROM crierAudit
   WHERE log = $1 AND abs((SELECT now FROM clock) - atMs) > $2 LIMIT $3);

-- The shared cache. The row '' bears the stamp of the last clearing.
--
-- A key's row is what its writers wait for: each of them is one statement that goes on from what the
-- row holds then (READ COMMITTED). Only a fill looks before it writes. That it may do so, the row of
-- a stamp that it saw must stay, and nothing may be cleared meanwhile: hence the lock, which fills
-- share, and who deletes rows has alone (see store/postgres/session.cpp).

-- name: now with clock
SELECT now FROM clock;

-- All that is known of a key, of one moment. The stamp of the last clearing comes only for a key
-- that is not seen: else it is NULL. $2: with the value.
-- name: cache_find with clock
SELECT now, stamp, expiresMs, slidingMs, absoluteMs,
  CASE WHEN value IS NULL OR expiresMs <= now
    THEN coalesce((SELECT stamp FROM crierCache WHERE key = ''), 0) END,
  CASE WHEN $2 <> 0 AND (expiresMs IS NULL OR expiresMs > now) THEN value END
FROM clock LEFT JOIN crierCache ON key = $1;

-- The same of several keys, those alone that are seen.
-- name: cache_find_many with clock
SELECT now, stamp, expiresMs, slidingMs, absoluteMs, NULL, value, key
FROM clock, crierCache
WHERE key = ANY ($1::bytea[]) AND value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > now);

-- Those after $1, from $2 up to $3, which is not among them.
-- name: cache_keys with clock
SELECT key FROM crierCache
WHERE key > $1 AND key >= $2 AND key < $3
  AND value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > (SELECT now FROM clock))
ORDER BY key LIMIT $4;

-- Unless it has been set anew or has gone meanwhile.
-- name: cache_renew with clock
UPDATE crierCache SET expiresMs = $3
WHERE key = $1 AND stamp = $2 AND expiresMs < $3 AND expiresMs > (SELECT now FROM clock);

-- name: cache_set
INSERT INTO crierCache (key, stamp, expiresMs, slidingMs, absoluteMs, value)
VALUES ($1, hashtextextended(gen_random_uuid()::text, 0) | 1, $2, $3, $4, $5)
ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, expiresMs = excluded.expiresMs,
  slidingMs = excluded.slidingMs, absoluteMs = excluded.absoluteMs, value = excluded.value;

-- The same, unless the stamp of the key is no longer $6. A key without a row has 0, which no row
-- has: then this inserts, or does nothing.
-- name: cache_fill
INSERT INTO crierCache (key, stamp, expiresMs, slidingMs, absoluteMs, value)
VALUES ($1, hashtextextended(gen_random_uuid()::text, 0) | 1, $2, $3, $4, $5)
ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, expiresMs = excluded.expiresMs,
  slidingMs = excluded.slidingMs, absoluteMs = excluded.absoluteMs, value = excluded.value
WHERE crierCache.stamp = $6;

-- The row stays for those who are about to fill in what they read before.
-- name: cache_remove with clock
INSERT INTO crierCache (key, stamp, expiresMs) VALUES ($1, hashtextextended(gen_random_uuid()::text, 0) | 1, (SELECT now FROM clock))
ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, expiresMs = excluded.expiresMs,
  slidingMs = NULL, absoluteMs = NULL, value = NULL;

-- The same if the value is still $2.
-- name: cache_remove_value with clock
UPDATE crierCache SET stamp = hashtextextended(gen_random_uuid()::text, 0) | 1, expiresMs = (SELECT now FROM clock),
  slidingMs = NULL, absoluteMs = NULL, value = NULL
WHERE key = $1 AND value = $2;

-- The same if nobody has written it since its stamp was $2.
-- name: cache_remove_seen with clock
UPDATE crierCache SET stamp = hashtextextended(gen_random_uuid()::text, 0) | 1, expiresMs = (SELECT now FROM clock),
  slidingMs = NULL, absoluteMs = NULL, value = NULL
WHERE key = $1 AND stamp = $2;

-- name: cache_cleared
INSERT INTO crierCache (key, stamp) VALUES ('', hashtextextended(gen_random_uuid()::text, 0) | 1)
ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp;

-- min() goes by the index whatever is expected of the parameter.
-- name: cache_has_gone with clock
SELECT coalesce((SELECT min(expiresMs) FROM crierCache) <= (SELECT now FROM clock) - $1, false);

-- Each of these two deletes $1 rows at the most, and tells of each whether it could be seen. The
-- condition twice: of a row that is being set the statement waits for what becomes of it.
-- name: cache_drop_gone with clock
DELETE FROM crierCache WHERE expiresMs <= (SELECT now FROM clock) - $2
  AND key = ANY (ARRAY(SELECT key FROM crierCache WHERE expiresMs <= (SELECT now FROM clock) - $2
    ORDER BY expiresMs LIMIT $1))
RETURNING 0;

-- name: cache_drop_any with clock
DELETE FROM crierCache
WHERE key = ANY (ARRAY(SELECT key FROM crierCache WHERE key > '' AND key >= $2 AND key < $3
  ORDER BY key LIMIT $1))
RETURNING value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > (SELECT now FROM clock));

-- name: cache_stats with clock
SELECT count(*) FILTER (WHERE seen), coalesce(sum(bytes) FILTER (WHERE seen), 0),
  coalesce(max(bytes) FILTER (WHERE seen), 0), count(slidingMs) FILTER (WHERE seen),
  count(*) FILTER (WHERE seen AND expiresMs IS NULL), count(*) FILTER (WHERE NOT seen)
FROM (SELECT length(value) AS bytes, slidingMs, expiresMs,
  value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > now) AS seen
  FROM crierCache, clock WHERE key <> '') AS entries;

-- The records of hybrid caches.

-- The entry $1 of the shared cache, the record of $2 and the mark $3, all as of one moment.
-- name: hybrid_read with clock
SELECT now, expiresMs, slidingMs, absoluteMs,
  CASE WHEN expiresMs IS NULL OR expiresMs > now THEN crierCache.value END,
  record.generation, record.entry, record.fingerprint, record.floor,
  (SELECT entry FROM crierHybrid WHERE cache = $2 AND mark = $3)
FROM clock LEFT JOIN crierCache ON key = $1
  LEFT JOIN crierHybrid AS record ON record.cache = $2 AND record.mark = 0;

-- The same, and the newest of several marks, a list of numbers: a list costs as much as the rest.
-- name: hybrid_read_many with clock
SELECT now, expiresMs, slidingMs, absoluteMs,
  CASE WHEN expiresMs IS NULL OR expiresMs > now THEN crierCache.value END,
  record.generation, record.entry, record.fingerprint, record.floor,
  (SELECT max(entry) FROM crierHybrid
   WHERE cache = $2 AND mark = ANY (string_to_array($3, ',')::bigint[]))
FROM clock LEFT JOIN crierCache ON key = $1
  LEFT JOIN crierHybrid AS record ON record.cache = $2 AND record.mark = 0;

-- Of the keys $1 those that are seen, and of the numbers $3 the marks; that of the record is 0.
-- name: hybrid_read_all with clock
SELECT NULL::bigint, now, expiresMs, slidingMs, absoluteMs, key, value
FROM clock, crierCache
WHERE key = ANY ($1::bytea[]) AND value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > now)
UNION ALL
SELECT mark, generation, entry, fingerprint, floor, NULL, NULL FROM crierHybrid
WHERE cache = $2 AND mark = ANY (string_to_array($3, ',')::bigint[]);

-- The record alone, for the rest of a transaction that is to write it.
-- name: hybrid_lock
SELECT generation, entry, fingerprint, floor, added FROM crierHybrid WHERE cache = $1 AND mark = 0 FOR UPDATE;

-- Made first: of two who make one the second waits for its row, and finds it.
-- name: hybrid_make
INSERT INTO crierHybrid (cache, mark, entry) VALUES ($1, 0, 0) ON CONFLICT (cache, mark) DO NOTHING;

-- name: hybrid_put
INSERT INTO crierHybrid (cache, mark, entry, fingerprint, generation, floor, added)
VALUES ($1, 0, $2, $3, $4, $5, $6)
ON CONFLICT (cache, mark) DO UPDATE SET entry = excluded.entry, fingerprint = excluded.fingerprint,
  generation = excluded.generation, floor = excluded.floor, added = excluded.added;

-- name: hybrid_mark
INSERT INTO crierHybrid (cache, mark, entry) VALUES ($1, $2, $3)
ON CONFLICT (cache, mark) DO UPDATE SET entry = greatest(crierHybrid.entry, excluded.entry);

-- The entry of the mark that is older than $2 others.
-- name: hybrid_oldest
SELECT entry FROM crierHybrid WHERE cache = $1 AND mark <> 0 ORDER BY entry DESC LIMIT 1 OFFSET $2;

-- name: hybrid_forget
DELETE FROM crierHybrid WHERE cache = $1 AND mark <> 0 AND entry <= $2;

-- The next $4 rows after $2 and before $3, with the first $5 bytes of what can be seen, and what the
-- record of $1 says of them.
-- name: hybrid_page with clock
SELECT crierCache.key, stamp,
  CASE WHEN expiresMs IS NULL OR expiresMs > (SELECT now FROM clock) THEN substr(value, 1, $5) END,
  record.generation, record.floor
FROM crierHybrid AS record, crierCache
WHERE record.cache = $1 AND record.mark = 0 AND crierCache.key > $2 AND crierCache.key < $3
ORDER BY crierCache.key LIMIT $4;

-- name: hybrid_origin
SELECT fingerprint FROM crierHybrid WHERE cache = '' AND mark = 0;

-- The tables.

-- Not to_regclass(): if the migrator has waited for another one, that may still answer from a cache,
-- which the lock that a table takes brings up to date.
-- name: has_migrations
SELECT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'criermigration'
  AND pg_table_is_visible(oid) AND (SELECT count(*) FROM pg_attribute WHERE attrelid = pg_class.oid
    AND attname IN ('version', 'name', 'checksum') AND NOT attisdropped) = 3);

-- name: migrations
SELECT version, name, checksum FROM crierMigration ORDER BY version;

-- name: record_migration
INSERT INTO crierMigration (version, name, checksum) VALUES ($1, $2, $3);

-- What there is of crier's tables ($1), in the words of sql/schema_facts.cpp: where crierMigration
-- is or, if that has gone, where the others are to be. Nothing that servers write in their own ways.
-- name: schema_facts
WITH home AS (SELECT coalesce((SELECT relnamespace FROM pg_class WHERE oid = to_regclass('crierMigration')),
    (SELECT oid FROM pg_namespace WHERE nspname = current_schema())) AS schema),
  tables AS (SELECT pg_class.oid, relname, relkind, relpersistence FROM home, pg_class
    WHERE relnamespace = schema AND relname = ANY (string_to_array($1, ',')))
SELECT 'the table ' || relname, CASE WHEN relkind <> 'r' THEN 'no table'
  WHEN relpersistence = 'u' THEN 'unlogged' ELSE '' END FROM tables
UNION ALL
SELECT 'the column ' || relname || '.' || attname, format_type(atttypid, atttypmod)
  || CASE WHEN attcollation = 'pg_catalog."C"'::regcollation THEN ' collate c' ELSE '' END
  || coalesce(' default ' || substring(pg_get_expr(adbin, adrelid) FROM '^\(*([^(: ]*)'), '')
  || CASE WHEN attidentity <> '' THEN ' identity' ELSE '' END
FROM tables JOIN pg_attribute ON attrelid = tables.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
UNION ALL
SELECT CASE contype WHEN 'p' THEN 'the primary key of ' || relname
    ELSE 'the check of ' || relname || ' (' || lower(pg_get_expr(conbin, conrelid)) || ')' END,
  CASE contype WHEN 'c' THEN '' ELSE
    (SELECT string_agg(attname, ', ' ORDER BY place)
     FROM unnest(conkey) WITH ORDINALITY AS part (number, place)
       JOIN pg_attribute ON attrelid = conrelid AND attnum = number) END
FROM tables JOIN pg_constraint ON conrelid = tables.oid AND contype IN ('p', 'c')
UNION ALL
SELECT 'the index ' || pg_class.relname, tables.relname || ' ('
  || (SELECT string_agg(pg_get_indexdef(indexrelid, place, true), ', ' ORDER BY place)
      FROM generate_series(1, indnkeyatts) AS place)
  || ')' || CASE WHEN indisvalid THEN '' ELSE ' invalid' END
FROM tables JOIN pg_index ON indrelid = tables.oid JOIN pg_class ON pg_class.oid = indexrelid
UNION ALL
SELECT 'the function ' || proname || '(' || coalesce((SELECT string_agg(regexp_replace(
    replace(format_type(type, NULL), '"', ''), '^.*\.', ''), ', ' ORDER BY place)
    FROM unnest(proargtypes) WITH ORDINALITY AS part (type, place)), '') || ')',
  'returns ' || format_type(prorettype, NULL) || ' language ' || lanname
  || CASE WHEN prosecdef THEN ' security definer' ELSE '' END
  || coalesce((SELECT string_agg(' set ' || regexp_replace(setting, '=', ' = '), '' ORDER BY place)
      FROM unnest(proconfig) WITH ORDINALITY AS part (setting, place)), '')
  || ' as $function$' || prosrc || '$function$'
FROM home, pg_proc JOIN pg_language ON pg_language.oid = prolang
WHERE pronamespace = schema AND proname IN ('criersettle', 'criersettleatcommit', 'crierappend')
UNION ALL
SELECT 'the trigger ' || tgname, pg_get_triggerdef(pg_trigger.oid, true)
  || CASE WHEN tgenabled IN ('O', 'A') THEN '' ELSE ' disabled' END
FROM tables JOIN pg_trigger ON tgrelid = tables.oid AND NOT tgisinternal;

-- Besides: the schema on the search_path that holds crier's tables, and that this role may not use,
-- so that it sees none of them.
-- name: has_schema
SELECT current_schema() IS NOT NULL, current_setting('server_encoding'),
  (SELECT quote_ident(nspname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace,
     (VALUES (',' || replace(current_setting('search_path'), ', ', ',') || ',')) AS given (path)
   WHERE relname = 'criermigration' AND NOT has_schema_privilege(pg_namespace.oid, 'USAGE')
     AND (strpos(path, ',' || quote_ident(nspname) || ',') > 0
       OR strpos(path, ',"' || replace(nspname, '"', '""') || '",') > 0
       OR (nspname = current_user AND strpos(path, ',"$user",') > 0))
   LIMIT 1);

-- Tables of the application's, for triggers on them. Those on the search_path come first; more than
-- one row: the name says too little. Whether one is on it is not known where it has been dropped
-- meanwhile.
-- name: table
WITH given AS (SELECT parse_ident($1) AS part)
SELECT pg_class.oid::bigint, nspname, relname, relkind::text,
  nspname = 'information_schema' OR nspname LIKE 'pg\_%' OR (
    relnamespace IN (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('crierPending'))
    AND relname = ANY (ARRAY['criercacheinstruction', 'crierlog', 'crierpending', 'criernode',
      'crierlease', 'crierposition', 'crierpruned', 'crierwait', 'crierfailure', 'criercanary',
      'criercache', 'crierhybrid', 'crierlock', 'criermigration', 'crierevent', 'crierrefresher'])),
  coalesce(pg_table_is_visible(pg_class.oid), false) OR cardinality(part) > 1
FROM given, pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relname = part[cardinality(part)]
  AND (nspname = part[cardinality(part) - 1]
    OR (cardinality(part) = 1 AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%'))
  AND pg_table_is_visible(pg_class.oid) IS NOT NULL
ORDER BY coalesce(pg_table_is_visible(pg_class.oid), false) DESC, nspname LIMIT 2;

-- name: columns
SELECT attname, coalesce((SELECT number FROM pg_index,
    unnest(indkey) WITH ORDINALITY AS part (attribute, number)
    WHERE indrelid = attrelid AND indisprimary AND attribute = attnum), 0),
  attnotnull, atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype),
  atttypid = 'bytea'::regtype
FROM pg_attribute WHERE attrelid = $1::bigint::oid AND attnum > 0 AND NOT attisdropped
ORDER BY attnum;

-- The columns of each unique index: with whether it has a condition, and '' for an expression.
-- name: unique
SELECT indexrelid::bigint, indpred IS NOT NULL, coalesce(attname, '')
FROM pg_index CROSS JOIN unnest(indkey) WITH ORDINALITY AS part (attribute, number)
  LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = attribute
WHERE indrelid = $1::bigint::oid AND indisunique AND number <= indnkeyatts
ORDER BY indexrelid, number;

-- The greatest id that anything tells of, the one that was given last, and whether that is behind.
-- name: ids_seen
SELECT seen, newest, newest < seen FROM crierLog, (SELECT greatest(0,
  (SELECT max(id) FROM crierCacheInstruction), (SELECT max(position) FROM crierNode),
  (SELECT max(position) FROM crierPosition), (SELECT max(prunedThrough) FROM crierPruned),
  (SELECT max(entry) FROM crierCanary), (SELECT max(entry) FROM crierFailure)) AS seen) AS ids;

-- The functions that crier sql-trigger has made, by the comment on them, and that have lost one of
-- their four triggers, or had it disabled. Of those who may publish: anybody can write a comment.
-- And of this log, since there may be others in the database: what crier sql-trigger prints inserts
-- in the words that `own` has, here and below.
-- name: lost_triggers
WITH own AS (SELECT 'INSERT INTO "' || replace(nspname, '"', '""') || '"."crierpending"' AS words
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE pg_class.oid = to_regclass('crierPending'))
SELECT pg_proc.oid::regprocedure::text, description
FROM pg_proc JOIN pg_description ON objoid = pg_proc.oid AND classoid = 'pg_proc'::regclass
WHERE description LIKE 'crier sql-trigger %' AND prorettype = 'trigger'::regtype
  AND has_any_column_privilege(proowner, to_regclass('crierPending'), 'INSERT')
  AND position((SELECT words FROM own) IN prosrc) > 0
  AND (SELECT count(*) FROM pg_trigger WHERE tgfoid = pg_proc.oid AND tgenabled IN ('O', 'A')) < 4
ORDER BY 1 LIMIT 100;

-- The schema, whether everybody may create objects there, and what a script of grants names: the
-- sequences of crier's tables, and the functions of crier sql-trigger that their owner has made; at
-- last the schema as it stands in SQL. The script has that alone on its search_path, and functions
-- may be elsewhere. Before there are any tables: the schema where they will be.
-- name: schema_rights
WITH home AS (SELECT coalesce((SELECT nspname FROM pg_class JOIN pg_namespace
    ON pg_namespace.oid = relnamespace WHERE pg_class.oid = to_regclass('crierPending')),
    current_schema()) AS schema),
  own AS (SELECT 'INSERT INTO "' || replace(nspname, '"', '""') || '"."crierpending"' AS words
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE pg_class.oid = to_regclass('crierPending'))
SELECT schema, has_schema_privilege('public', schema, 'CREATE'),
  (SELECT string_agg(pg_class.oid::regclass::text, ', ' ORDER BY relname)
   FROM pg_depend JOIN pg_class ON pg_class.oid = objid AND relkind = 'S'
   WHERE classid = 'pg_class'::regclass AND deptype = 'i' AND refobjid IN (to_regclass('crierPending'),
     to_regclass('crierWait'), to_regclass('crierFailure'), to_regclass('crierEvent'))),
  (SELECT string_agg(format('%I.%I()', nspname, proname), ', ' ORDER BY pg_proc.oid)
   FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace JOIN pg_description
     ON objoid = pg_proc.oid AND classoid = 'pg_proc'::regclass
   WHERE description LIKE 'crier sql-trigger %' AND prorettype = 'trigger'::regtype
     AND proowner = (SELECT relowner FROM pg_class WHERE oid = to_regclass('crierPending'))
     AND position((SELECT words FROM own) IN prosrc) > 0),
  quote_ident(schema)
FROM home;

-- What whoever asks gives to others, by default, on all that it makes here: what takes that away,
-- and what gives it again.
-- name: default_rights
SELECT format('ALTER DEFAULT PRIVILEGES%s REVOKE %s ON %s FROM %s;', place, privilege_type, kind, who),
  format('ALTER DEFAULT PRIVILEGES%s GRANT %s ON %s TO %s%s;', place, privilege_type, kind, who, more)
FROM (SELECT privilege_type,
    CASE WHEN defaclnamespace <> 0 THEN ' IN SCHEMA ' || defaclnamespace::regnamespace ELSE '' END AS place,
    CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' ELSE 'FUNCTIONS' END AS kind,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS who,
    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS more
  FROM pg_default_acl, aclexplode(defaclacl)
  WHERE defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
    AND defaclnamespace IN (0, (SELECT oid FROM pg_namespace WHERE nspname = current_schema()))
    AND defaclobjtype IN ('r', 'S', 'f') AND grantee <> defaclrole) AS given;

-- Rights on what is crier's ($1: the tables), on its schema, and on functions of crier sql-trigger: who has them, on
-- what, on which column, which, and in SQL on what and who. Not those of superusers, the owner and
-- whoever may act as the owner, nor of who owns the schema or the database. A function without a list
-- is everybody's. Sequences: only who sets one can do harm.
-- name: rights_held
WITH home AS (SELECT relnamespace AS schema, relowner AS owner FROM pg_class
    WHERE oid = to_regclass('crierCacheInstruction')),
  own AS (SELECT 'INSERT INTO "' || replace(nspname, '"', '""') || '"."crierpending"' AS words
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE pg_class.oid = to_regclass('crierPending')),
  crier AS (SELECT oid, relname, relacl FROM home, pg_class WHERE relnamespace = schema
    AND relowner = owner AND relname = ANY (string_to_array($1, ','))),
  held AS (
    SELECT grantee, relname::text AS object, '' AS part, privilege_type, crier.oid::regclass::text AS target
    FROM crier, aclexplode(relacl)
    UNION ALL
    SELECT grantee, relname::text, attname::text, privilege_type, attrelid::regclass::text
    FROM crier JOIN pg_attribute ON attrelid = crier.oid, aclexplode(attacl)
    UNION ALL
    SELECT grantee, pg_class.relname::text, '', privilege_type, 'SEQUENCE ' || pg_class.oid::regclass::text
    FROM crier JOIN pg_depend ON refobjid = crier.oid AND classid = 'pg_class'::regclass
      JOIN pg_class ON pg_class.oid = objid AND pg_class.relkind = 'S', aclexplode(pg_class.relacl)
    WHERE privilege_type = 'UPDATE'
    UNION ALL
    SELECT grantee, proname::text, '', privilege_type, 'FUNCTION ' || oid::regprocedure::text
    FROM home, pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
    WHERE pronamespace = schema AND proname IN ('criersettle', 'criersettleatcommit', 'crierappend')
      -- Before there was crierAppend(), each was everybody's in every database.
      AND EXISTS (SELECT FROM pg_proc WHERE pronamespace = schema AND proname = 'crierappend')
    UNION ALL
    SELECT grantee, '', '', 'TRIGGER', format('FUNCTION %I.%I()', nspname, proname)
    FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace JOIN pg_description
      ON objoid = pg_proc.oid AND classoid = 'pg_proc'::regclass,
      aclexplode(coalesce(proacl, acldefault('f', proowner)))
    WHERE description LIKE 'crier sql-trigger %' AND prorettype = 'trigger'::regtype
      AND prosecdef AND has_any_column_privilege(proowner, to_regclass('crierPending'), 'INSERT')
      AND grantee <> proowner
      AND position((SELECT words FROM own) IN prosrc) > 0
    UNION ALL
    SELECT grantee, '', '', privilege_type, 'SCHEMA ' || quote_ident(nspname)
    FROM home JOIN pg_namespace ON pg_namespace.oid = schema, aclexplode(nspacl)
    WHERE privilege_type = 'CREATE' AND grantee <> nspowner AND grantee <> 0)
SELECT coalesce(rolname, 'public'), object, part, privilege_type, target,
  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
FROM home, held LEFT JOIN pg_roles ON pg_roles.oid = grantee
WHERE grantee = 0 OR (NOT rolsuper AND rolname <> 'pg_database_owner'
  AND NOT pg_has_role(grantee, owner, 'MEMBER'))
ORDER BY grantee, target, part, privilege_type;

-- The server, its clock, and what the role may do with the tables, if they are there.
-- name: setup
SELECT current_setting('server_version'), pg_is_in_recovery(),
  floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint, current_user,
  (SELECT coalesce(bool_and(has_table_privilege(to_regclass(name), 'SELECT')), false)
   FROM unnest(ARRAY['crierCacheInstruction', 'crierLog', 'crierMigration', 'crierNode',
     'crierLease', 'crierFailure', 'crierEvent', 'crierRefresher', 'crierProgress', 'crierAudit']) AS name),
  (SELECT coalesce(bool_and(has_function_privilege(oid, 'EXECUTE')), false)
     AND coalesce(has_table_privilege(to_regclass('crierLog'), 'SELECT'), false)
   FROM pg_proc WHERE proname = 'crierappend' AND pronamespace =
     (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('crierLog'))),
  (SELECT coalesce(bool_and(has_table_privilege(to_regclass(name), kind)), false)
   FROM (VALUES ('crierCacheInstruction', 'DELETE'), ('crierLock', 'UPDATE'),
     ('crierNode', 'UPDATE'), ('crierLease', 'UPDATE'), ('crierPruned', 'UPDATE')) AS due (name, kind)),
  coalesce((SELECT pg_has_role(relowner, 'USAGE') FROM pg_class
            WHERE oid = to_regclass('crierMigration')), false),
  to_regclass('crierLog') IS NOT NULL;

-- Whether the session is as it was asked for, and may read the log's identity.
-- name: session
SELECT current_setting('server_version_num')::int, current_setting('server_version'),
  current_setting('crier.session', true) IS NOT DISTINCT FROM '1',
  coalesce(has_table_privilege(to_regclass('crierLog'), 'SELECT'), false);

-- Time-outs of the role or the server go: the deadline holds in their place. Not if the settings of
-- the session were not taken: it may be a pooler's, and somebody else's next.
-- name: lift_timeouts
SELECT count(set_config(name, '0', false)) FROM pg_settings
WHERE current_setting('crier.session', true) = '1' AND setting <> '0'
  AND name IN ('lock_timeout', 'idle_session_timeout', 'transaction_timeout');

-- Some servers have no such functions, or keep the right to them.
-- name: server_identity
SELECT (SELECT system_identifier FROM pg_control_system()),
  CASE WHEN NOT pg_is_in_recovery()
    THEN substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END;

-- name: identity
SELECT identity FROM crierLog;

-- A channel belongs to a database. Each log has its own: that of the schema where its tables are or,
-- before there are any, will be.
-- name: channel
SELECT 'crier_' || md5(coalesce(
  (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = to_regclass('crierLog')),
  current_schema()));
