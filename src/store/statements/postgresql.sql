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

-- The ids come from the counter's row. This statement takes its lock, which is held until the commit
-- has become visible: so the order of ids is the order of commits, and a rollback gives them back.
-- Whoever waited for the row goes on from what it holds then (READ COMMITTED). The stamp is taken
-- under the lock too. $1, $2, $3: the columns of all entries.
-- name: append
WITH counter AS (
  UPDATE crierLog SET newest = newest + cardinality($1::text[]) RETURNING newest), added AS (
  INSERT INTO crierCacheInstruction (id, utcStamp, jsonInstruction, originated, instructionCount)
  SELECT counter.newest - cardinality($1::text[]) + entry.number,
    to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'),
    entry.json, entry.originated, entry.count
  FROM counter, unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY
    AS entry (json, originated, count, number))
SELECT newest FROM counter;

-- The same of one entry, for less.
-- name: append_one
WITH counter AS (UPDATE crierLog SET newest = newest + 1 RETURNING newest), added AS (
  INSERT INTO crierCacheInstruction (id, utcStamp, jsonInstruction, originated, instructionCount)
  SELECT newest, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'),
    $1::text, $2::text, $3::bigint FROM counter)
SELECT newest FROM counter;

-- The next two run on a connection of the application's, whose search_path is its own. The trigger
-- of the table gives the ids.
-- name: log_of_application
SELECT newest, identity FROM crierLog;

-- name: append_riding
INSERT INTO crierPending (jsonInstruction, originated, instructionCount) VALUES ($1, $2, $3);

-- name: assign_pending_ids
SELECT crierSettle($1);

-- The row $1 itself and those that follow, $2 in all, and so many bytes of JSON ($3) after the first
-- entry. The JSON of $1 is not read: it may be megabytes, and each poll meets it again. The last
-- column says how many rows there were before $3 held some back.
-- name: read_after
SELECT id, utcStamp, originated, instructionCount,
  CASE WHEN id > $1 THEN jsonInstruction END, rows
FROM (SELECT *, count(*) OVER () AS rows,
    sum(CASE WHEN id > $1 THEN octet_length(jsonInstruction) ELSE 0 END) OVER (ORDER BY id) AS bytes
  FROM (SELECT * FROM crierCacheInstruction WHERE id >= $1 ORDER BY id LIMIT $2) AS next) AS page
WHERE id = $1 OR bytes <= $3 OR bytes = octet_length(jsonInstruction) ORDER BY id;

-- name: read_before
SELECT id, utcStamp, originated, instructionCount, jsonInstruction
FROM crierCacheInstruction WHERE id < $1 ORDER BY id DESC LIMIT $2;

-- name: find
SELECT id, utcStamp, originated, instructionCount, jsonInstruction
FROM crierCacheInstruction WHERE id = $1;

-- From the end: what was just committed stands there.
-- name: find_last
SELECT id FROM crierCacheInstruction WHERE id > $1 AND originated = $2 ORDER BY id DESC LIMIT 1;

-- name: newest
SELECT id, utcStamp, originated, instructionCount
FROM crierCacheInstruction ORDER BY id DESC LIMIT 1;

-- name: bounds
SELECT min(id), max(id) FROM crierCacheInstruction;

-- name: backlog
SELECT id, utcStamp, originated, instructionCount
FROM crierCacheInstruction WHERE id > $1 ORDER BY id LIMIT $2;

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
-- name: furthest_behind with clock
SELECT position, name FROM crierNode, clock WHERE log = $1 AND stoppedMs IS NULL
  AND (abs(now - beatMs) - $3 <= 3 * intervalMs OR CAST($4 AS BIGINT) - $3 <= 3 * intervalMs)
UNION ALL
SELECT position, name FROM crierPosition, clock
WHERE log = $1 AND position IS NOT NULL AND abs(now - seenMs) <= $2
ORDER BY position LIMIT 1;

-- name: newest_id
SELECT max(id) FROM crierCacheInstruction;

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

-- Milliseconds since the last beat.
-- name: gap with clock
SELECT greatest(0, now - beatMs) FROM crierNode, clock
WHERE log = $1 AND name = $2 AND incarnation = $3;

-- name: beat with clock
INSERT INTO crierNode (log, name, incarnation, host, application, version, pid, intervalMs, role,
  position, durable, pollerAlive, lastError, applied, failed, resyncs, startedMs, beatMs,
  lastErrorMs, lag, process, provedMs, canary, troubles)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
  (SELECT now FROM clock), (SELECT now FROM clock), (SELECT now FROM clock),
  greatest(0, coalesce((SELECT max(id) FROM crierCacheInstruction), 0) - $10), $17,
  (SELECT now FROM clock) - $18, $19, $20)
ON CONFLICT (log, name, incarnation) DO UPDATE SET host = excluded.host,
  application = excluded.application, version = excluded.version, pid = excluded.pid,
  intervalMs = excluded.intervalMs, role = excluded.role, position = excluded.position,
  durable = excluded.durable, pollerAlive = excluded.pollerAlive, applied = excluded.applied,
  failed = excluded.failed, resyncs = excluded.resyncs, beatMs = excluded.beatMs,
  stoppedMs = NULL, lag = excluded.lag, provedMs = excluded.provedMs, canary = excluded.canary,
  troubles = excluded.troubles,
  lastErrorMs = CASE WHEN crierNode.lastError = excluded.lastError THEN crierNode.lastErrorMs
    ELSE excluded.lastErrorMs END,
  lastError = excluded.lastError;

-- Of a beat no more than who waits for it asks for. A node that counts as stopped has to beat.
-- name: publish_position
UPDATE crierNode SET position = $4,
  lag = greatest(0, coalesce((SELECT max(id) FROM crierCacheInstruction), 0) - $4)
WHERE log = $1 AND name = $2 AND incarnation = $3 AND stoppedMs IS NULL;

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
  CASE WHEN stoppedMs IS NULL AND abs(now - beatMs) <= 3 * intervalMs THEN lag
    ELSE greatest(0, coalesce((SELECT max(id) FROM crierCacheInstruction), 0) - position) END,
  greatest(0, now - provedMs), canary, troubles,
  (SELECT count(*) FROM crierFailure AS failure
    WHERE failure.log = $1 AND failure.incarnation = crierNode.incarnation)
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

-- If the owner has beaten since the first beat of incarnation $3.
-- name: contend with clock
UPDATE crierPosition SET contended = 1 WHERE log = $1 AND name = $2
  AND EXISTS (SELECT 1 FROM crierNode AS node WHERE node.log = $1 AND node.name = $2
    AND node.incarnation = crierPosition.incarnation
    AND node.beatMs <= (SELECT now FROM clock)
    AND node.beatMs > (SELECT self.startedMs FROM crierNode AS self
      WHERE self.log = $1 AND self.name = $2 AND self.incarnation = $3));

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
WHERE key = ANY (ARRAY(SELECT key FROM crierCache WHERE key > '' ORDER BY key LIMIT $1))
RETURNING value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > (SELECT now FROM clock));

-- name: cache_stats with clock
SELECT count(*) FILTER (WHERE seen), coalesce(sum(bytes) FILTER (WHERE seen), 0),
  coalesce(max(bytes) FILTER (WHERE seen), 0), count(slidingMs) FILTER (WHERE seen),
  count(*) FILTER (WHERE seen AND expiresMs IS NULL), count(*) FILTER (WHERE NOT seen)
FROM (SELECT length(value) AS bytes, slidingMs, expiresMs,
  value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > now) AS seen
  FROM crierCache, clock WHERE key <> '') AS entries;

-- The tables.

-- Not to_regclass(): if the migrator has waited for another one, that may still answer from a cache,
-- which the lock that a table takes brings up to date.
-- name: has_migrations
SELECT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'criermigration'
  AND pg_table_is_visible(oid));

-- name: migrations
SELECT version, name, checksum FROM crierMigration ORDER BY version;

-- name: record_migration
INSERT INTO crierMigration (version, name, checksum) VALUES ($1, $2, $3);

-- Whether all columns of the log are there, and its counter.
-- name: log_is_there
SELECT (SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('crierCacheInstruction')
  AND attname IN ('id', 'utcstamp', 'jsoninstruction', 'originated', 'instructioncount')
  AND NOT attisdropped) = 5 AND to_regclass('crierLog') IS NOT NULL;

-- name: has_schema
SELECT current_schema() IS NOT NULL;

-- By what one log is told from another, and whether the session is as it was asked for.
-- name: session
SELECT current_setting('server_version_num')::int, current_setting('server_version'),
  current_setting('crier.session', true) IS NOT DISTINCT FROM '1',
  (SELECT system_identifier FROM pg_control_system()),
  CASE WHEN NOT pg_is_in_recovery()
    THEN substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END,
  coalesce(has_table_privilege(to_regclass('crierLog'), 'SELECT'), false);

-- name: identity
SELECT identity FROM crierLog;

-- A channel belongs to a database. Each log has its own: that of the schema where its tables are or,
-- before there are any, will be.
-- name: channel
SELECT 'crier_' || md5(coalesce(
  (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = to_regclass('crierLog')),
  current_schema()));
