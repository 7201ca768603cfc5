-- The tables as they are now, for people. What runs is migrations/postgresql/*.sql, through
-- `crier migrate`; a test holds the two equal. Names fold to lower case.

-- The instruction log: a node that changed data appends a row, and every node reads the rows after
-- the last one it has handled. Columns and order are those of umbracoCacheInstruction.
CREATE TABLE crierCacheInstruction (
  -- Grows by one with each row, in the order of the commits; never used again. From crierLog.
  id bigint NOT NULL PRIMARY KEY,
  -- The server's clock, "2026-11-21 10:00:00.123". For people and pruning: order is by id.
  utcStamp text NOT NULL,
  -- A JSON array of instructions.
  jsonInstruction text NOT NULL,
  -- Who wrote the row: "<machine>/<application> [P<pid>/D1] <32 hex>".
  originated text NOT NULL,
  -- How many single refreshes the row holds; a node that is too far behind refreshes everything.
  instructionCount bigint NOT NULL DEFAULT 1
);

-- What the log has counted, in its only row.
CREATE TABLE crierLog (
  one boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
  -- The last id that was given. Whoever appends locks the row until its commit is visible, so that
  -- rows become visible in the order of their ids, and a rollback leaves no hole.
  newest bigint NOT NULL,
  -- Of this log: another one stands in tables that were made anew.
  identity uuid NOT NULL DEFAULT gen_random_uuid()
) WITH (fillfactor = 10);
INSERT INTO crierLog (newest) VALUES (0);

-- What transactions of applications have written, until it gets its ids at their commits: so one
-- that stays open for long holds up nobody. By its writer, the transaction, so that each finds its
-- own without meeting those of others.
CREATE TABLE crierPending (
  -- The transaction.
  writer xid8 NOT NULL DEFAULT pg_current_xact_id(),
  -- In the order of writing.
  number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  -- As in the log.
  jsonInstruction text NOT NULL,
  originated text NOT NULL,
  instructionCount bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (writer, number)
);

-- The functions work with the rights of whoever made the tables, so that a writer needs the right to
-- call them, or to insert into crierPending, and no more. Each finds its tables by the type of a
-- parameter, the row of crierLog, which stays the same under whatever name its schema has.

-- Moves what these transactions have written and committed into the log, at the most so many entries
-- at once (NULL: all), since everybody waits for the counter meanwhile; returns how many it were.
-- The counter is locked before they are looked for: what another one settles meanwhile is gone then.
CREATE FUNCTION crierSettle(most bigint, earliest xid8 DEFAULT '0',
  latest xid8 DEFAULT '18446744073709551615', home crierLog DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET row_security = off SET quote_all_identifiers = off AS $function$
DECLARE
  last bigint;
  settled bigint;
BEGIN
  PERFORM set_config('search_path', left(pg_typeof(home)::text, -length('.crierlog')) || ', pg_temp', true);
  IF NOT EXISTS (SELECT FROM crierPending WHERE writer BETWEEN earliest AND latest) THEN
    RETURN 0;
  END IF;
  SELECT newest INTO STRICT last FROM crierLog FOR UPDATE;
  WITH gone AS (
    DELETE FROM crierPending WHERE (writer, number) IN (
      SELECT writer, number FROM crierPending WHERE writer BETWEEN earliest AND latest
      ORDER BY number LIMIT most)
    RETURNING *)
  INSERT INTO crierCacheInstruction (id, utcStamp, jsonInstruction, originated, instructionCount)
  SELECT last + row_number() OVER (ORDER BY number),
    to_char(clock_timestamp() AT TIME ZONE 'UTC'::text, 'YYYY-MM-DD HH24:MI:SS.MS'::text),
    jsonInstruction, originated, instructionCount
  FROM gone ORDER BY number;
  GET DIAGNOSTICS settled = ROW_COUNT;
  -- Only then: by which transaction has moved it last, readers tell whether it was set back.
  UPDATE crierLog SET newest = last + settled WHERE settled > 0;
  RETURN settled;
END $function$;

-- At the commit, for each row: the last one settles all of its transaction, so that the counter is
-- locked for no longer than that takes; and no more than 5000 of them. What is left is told to the
-- nodes, who settle it in portions. So is what a transaction has written that is isolated from what
-- others have committed since it began: it can't count on from that.
CREATE FUNCTION crierSettleAtCommit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off AS $function$
DECLARE
  home text := quote_ident(TG_TABLE_SCHEMA);
BEGIN
  -- Before anything is done with the row: the casts of somebody's own types would run with the
  -- owner's rights.
  IF NOT EXISTS (SELECT FROM pg_class WHERE oid = TG_RELID AND relname = 'crierpending'
    AND pg_get_userbyid(relowner) = current_user) THEN
    RAISE insufficient_privilege USING MESSAGE = 'crierSettleAtCommit() is the trigger of crierPending only';
  END IF;
  PERFORM set_config('search_path', home || ', pg_temp', true);
  IF current_setting('transaction_isolation'::text) IN ('read committed', 'read uncommitted') THEN
    IF EXISTS (SELECT FROM crierPending WHERE writer = NEW.writer AND number > NEW.number)
      OR crierSettle(5000::bigint, NEW.writer, NEW.writer, NULL::crierLog) < 5000 THEN
      RETURN NULL;
    END IF;
  END IF;
  PERFORM pg_notify('crier_' || md5(home), 'pending'::text);
  RETURN NULL;
END $function$;

-- Append one entry, or several of which each array holds a column; return the id of the last (NULL:
-- there is none). The counter's row is locked until the commit has become visible: so the order of ids is the order of
-- commits, and a rollback gives them back. Whoever waited for the row goes on from what it holds
-- then (READ COMMITTED). The stamp is taken under the lock.
CREATE FUNCTION crierAppend(json text, origin text, amount bigint, home crierLog DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET row_security = off SET quote_all_identifiers = off AS $function$
DECLARE
  last bigint;
BEGIN
  PERFORM set_config('search_path', left(pg_typeof(home)::text, -length('.crierlog')) || ', pg_temp', true);
  UPDATE crierLog SET newest = newest + 1 RETURNING newest INTO STRICT last;
  INSERT INTO crierCacheInstruction (id, utcStamp, jsonInstruction, originated, instructionCount)
  VALUES (last, to_char(clock_timestamp() AT TIME ZONE 'UTC'::text, 'YYYY-MM-DD HH24:MI:SS.MS'::text),
    json, origin, amount);
  RETURN last;
END $function$;

CREATE FUNCTION crierAppend(json text[], origin text[], amount bigint[], home crierLog DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET row_security = off SET quote_all_identifiers = off AS $function$
DECLARE
  last bigint;
BEGIN
  PERFORM set_config('search_path', left(pg_typeof(home)::text, -length('.crierlog')) || ', pg_temp', true);
  -- By which transaction has moved the counter last, readers tell whether it was set back.
  IF pg_catalog.cardinality(json) = 0 THEN
    RETURN NULL;
  END IF;
  UPDATE crierLog SET newest = newest + pg_catalog.cardinality(json) RETURNING newest INTO STRICT last;
  INSERT INTO crierCacheInstruction (id, utcStamp, jsonInstruction, originated, instructionCount)
  SELECT last - pg_catalog.cardinality(json) + number,
    to_char(clock_timestamp() AT TIME ZONE 'UTC'::text, 'YYYY-MM-DD HH24:MI:SS.MS'::text),
    one_json, one_origin, one_amount
  FROM unnest(json, origin, amount) WITH ORDINALITY
    AS entry (one_json, one_origin, one_amount, number);
  RETURN last;
END $function$;

REVOKE ALL ON FUNCTION crierSettle, crierSettleAtCommit,
  crierAppend(text, text, bigint, crierLog), crierAppend(text[], text[], bigint[], crierLog) FROM PUBLIC;

CREATE CONSTRAINT TRIGGER crierSettleAtCommit AFTER INSERT ON crierPending
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION crierSettleAtCommit();

-- Which migrations ran here.
CREATE TABLE crierMigration (
  -- 1, 2, 3, ... without a hole.
  version bigint NOT NULL PRIMARY KEY,
  -- The file's name without ".sql".
  name text NOT NULL,
  -- FNV-1a of what ran, so that a migration that was changed afterwards is noticed.
  checksum text NOT NULL,
  appliedUtc text NOT NULL DEFAULT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')
);

-- What nodes tell each other. Times are milliseconds since 1970 by the database's clock. `log` names
-- the instruction table that a row belongs to: in a schema there is one.

-- One row for each start of a node, written anew with each beat.
CREATE TABLE crierNode (
  log text COLLATE "C" NOT NULL,
  -- Stable from start to start; two incarnations may bear it at once.
  name text COLLATE "C" NOT NULL,
  -- A GUID, new with each start.
  incarnation text NOT NULL,
  host text NOT NULL,
  application text NOT NULL,
  version text NOT NULL,
  pid bigint NOT NULL,
  -- By which a successor on the same machine can tell that this process is gone; empty: it can't.
  process text NOT NULL,
  -- The first beat and the last, and how far apart they are meant to be. A node that missed three is
  -- stale.
  startedMs bigint NOT NULL,
  beatMs bigint NOT NULL,
  intervalMs bigint NOT NULL,
  -- When it said goodbye; NULL: it has not.
  stoppedMs bigint,
  -- 0 unknown, 1 single, 2 subscriber, 3 scheduling_publisher.
  role bigint NOT NULL,
  -- The last entry that it has handled, and how many followed at its last beat.
  position bigint NOT NULL,
  lag bigint NOT NULL,
  -- 1: its position is kept in crierPosition.
  durable bigint NOT NULL,
  -- 0: its poller has not come forward lately.
  pollerAlive bigint NOT NULL,
  -- Empty: none yet. Since when it is this one.
  lastError text NOT NULL,
  lastErrorMs bigint NOT NULL,
  -- Counts since the start.
  applied bigint NOT NULL,
  failed bigint NOT NULL,
  resyncs bigint NOT NULL,
  -- When it last proved that it had applied all that stood in the log; 0: never.
  provedMs bigint NOT NULL DEFAULT 0,
  -- The last canary that it has seen; 0: none.
  canary bigint NOT NULL DEFAULT 0,
  -- What its refreshers suffer from, a line each.
  troubles text NOT NULL DEFAULT '',
  -- Until then it is to read no further, and who asked for that, or ended it, last; 0: it is not
  -- paused. A beat leaves both alone, and tells whether it stands: 1.
  pausedUntilMs bigint NOT NULL DEFAULT 0,
  pausedBy text NOT NULL DEFAULT '',
  stands bigint NOT NULL DEFAULT 0,
  -- In the order in which rows are looked for; a beat changes no part of it.
  PRIMARY KEY (log, name, incarnation)
);

-- Who leads. The row stays when the lease ends, for its number.
CREATE TABLE crierLease (
  log text COLLATE "C" NOT NULL PRIMARY KEY,
  -- An incarnation.
  holder text NOT NULL,
  -- Grows with each new holder and after each expiry: who leads proves it by this number.
  fencing bigint NOT NULL,
  heldMs bigint NOT NULL,
  expiresMs bigint NOT NULL
);

-- How far nodes are whose caches outlive the process: where their next start goes on.
CREATE TABLE crierPosition (
  log text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  -- Who may save it, and the text by which others on its machine can tell whether it is gone.
  incarnation text NOT NULL,
  process text NOT NULL,
  -- The last entry that was handled, and the fingerprint of its row; NULL: nothing is saved yet.
  position bigint,
  fingerprint bigint,
  -- Pruning waits for a position that was seen within the hard cap.
  seenMs bigint NOT NULL,
  -- 1: two nodes have borne the name at once, so each start refreshes everything.
  contended bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (log, name)
);

-- How far the log was pruned.
CREATE TABLE crierPruned (
  log text COLLATE "C" NOT NULL PRIMARY KEY,
  -- The last id that was deleted, and when.
  prunedThrough bigint NOT NULL,
  prunedMs bigint NOT NULL,
  -- By which leader; empty and 0: by hand.
  holder text NOT NULL,
  fencing bigint NOT NULL
);

-- Those who wait until an entry is everywhere: every node publishes its position for them.
CREATE TABLE crierWait (
  -- Never used again, so that a node can tell which it has seen.
  serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  log text COLLATE "C" NOT NULL,
  entry bigint NOT NULL,
  -- Then nobody waits any more.
  untilMs bigint NOT NULL
);

-- The quarantine: instructions that a node has given up. The newest of each log are kept.
CREATE TABLE crierFailure (
  -- Never used again: it names the failure in commands.
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  log text COLLATE "C" NOT NULL,
  failedMs bigint NOT NULL,
  -- 0 unreadable, 1 unknown_refresher, 2 wrong_kind, 3 refresher_threw.
  kind bigint NOT NULL,
  -- 0: published on that node, and given up before it was in the log.
  entry bigint NOT NULL,
  -- Which of the entry's instructions, from 0.
  indexInEntry bigint NOT NULL,
  -- Who published it.
  originated text NOT NULL,
  -- A GUID, all zeros where it is not known; and the name where it is registered on that node.
  refresher text NOT NULL,
  refresherName text NOT NULL,
  -- Who gave it up, and after how many attempts.
  node text NOT NULL,
  incarnation text NOT NULL,
  attempts bigint NOT NULL,
  error text NOT NULL,
  -- As in the log.
  instructionCount bigint NOT NULL,
  -- A JSON array of the one instruction; empty where the row could not be read.
  jsonInstruction text NOT NULL
);
-- The newest of a log, and those of a node.
CREATE INDEX crierFailureOfLog ON crierFailure (log);
CREATE INDEX crierFailureOfNode ON crierFailure (log, incarnation, entry);

-- The newest canary: an entry without effect by which a node shows that it gets what is published.
CREATE TABLE crierCanary (
  log text COLLATE "C" NOT NULL PRIMARY KEY,
  entry bigint NOT NULL,
  sentMs bigint NOT NULL
);

-- What has happened to the nodes of a log: the newest 10,000.
CREATE TABLE crierEvent (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  log text COLLATE "C" NOT NULL,
  atMs bigint NOT NULL,
  kind text NOT NULL,
  node text NOT NULL,
  incarnation text NOT NULL,
  detail text NOT NULL
);
CREATE INDEX crierEventOfNode ON crierEvent (log, incarnation);

-- Which refreshers each start of a node has; an empty GUID is its fallback.
CREATE TABLE crierRefresher (
  log text COLLATE "C" NOT NULL,
  node text NOT NULL,
  incarnation text NOT NULL,
  refresher text NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (log, node, incarnation, refresher)
);

-- When each start of a node had reached which entry, by its beats: the newest of each name.
CREATE TABLE crierProgress (
  log text COLLATE "C" NOT NULL,
  node text COLLATE "C" NOT NULL,
  incarnation text NOT NULL,
  position bigint NOT NULL,
  reachedMs bigint NOT NULL,
  PRIMARY KEY (log, node, incarnation, position)
);

-- What nodes have in their caches, for who audits them, until that is read.
CREATE TABLE crierAudit (
  log text COLLATE "C" NOT NULL,
  -- The entry that asked for it: every node answers at its place in the log.
  request bigint NOT NULL,
  node text COLLATE "C" NOT NULL,
  incarnation text NOT NULL,
  -- UTF-8, as bytes: text can't hold every character.
  cache bytea NOT NULL,
  key bytea NOT NULL,
  version bytea NOT NULL,
  atMs bigint NOT NULL,
  PRIMARY KEY (log, request, incarnation, cache, key)
);

-- The cache that all nodes share: one of a schema.
CREATE TABLE crierCache (
  -- UTF-8, as bytes: text can't hold every character. The empty one is no entry: its stamp changes
  -- when the cache is cleared.
  key bytea NOT NULL PRIMARY KEY,
  -- Changes with each set and each removal, so that nobody fills in what was read before.
  stamp bigint NOT NULL,
  -- From when on the entry is gone; NULL: it stays. The row follows five minutes later.
  expiresMs bigint,
  -- How long it lives from each use on, and when it is gone whatever its use; NULL: not given.
  slidingMs bigint,
  absoluteMs bigint,
  -- NULL: it was removed.
  value bytea
);
CREATE INDEX crierCacheExpiry ON crierCache (expiresMs) WHERE expiresMs IS NOT NULL;

-- What is known here of the invalidations of each hybrid cache: by this who reads its entries in
-- crierCache tells which may be served. One row of no cache stands for the database itself.
CREATE TABLE crierHybrid (
  cache bytea NOT NULL,
  -- A key or a tag, as a number; 0: the record, without which the other rows stand for nothing.
  mark bigint NOT NULL,
  -- The newest entry that invalidates it; of the record: up to which all of them are known.
  entry bigint NOT NULL,
  -- Of the record alone: of that entry's row, a random number for this record, the entry before
  -- which all is void, and how many marks were added since they were last counted.
  fingerprint bigint NOT NULL DEFAULT 0,
  generation bigint NOT NULL DEFAULT 0,
  floor bigint NOT NULL DEFAULT 0,
  added bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (cache, mark)
);
CREATE INDEX crierHybridAge ON crierHybrid (cache, entry);

-- Its row is the turn of who writes what nodes tell each other, and its table's lock keeps fills of
-- the shared cache apart from who deletes there: locks that nobody can take without a right.
CREATE TABLE crierLock (one boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one));
INSERT INTO crierLock DEFAULT VALUES;
