-- Names fold to lower case, so that people can write them as they like. The columns are Umbraco's,
-- in Umbraco's order. No sequence gives the ids: see crierLog. No index besides: writers pay for
-- each one, and readers go by id.
CREATE TABLE crierCacheInstruction (
  id bigint NOT NULL PRIMARY KEY,
  utcStamp text NOT NULL,
  jsonInstruction text NOT NULL,
  originated text NOT NULL,
  instructionCount bigint NOT NULL DEFAULT 1
);

-- The counter that gives the ids: one row, whose lock is taken last and held until the commit is
-- visible. Room in the page, since the row is written anew with each entry.
CREATE TABLE crierLog (
  one boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
  newest bigint NOT NULL,
  identity uuid NOT NULL DEFAULT gen_random_uuid()
) WITH (fillfactor = 10);
INSERT INTO crierLog (newest) VALUES (0);

-- What transactions of applications have written, until it gets its ids at their commits: so one
-- that stays open for long holds up nobody. By its writer, the transaction, so that each finds its
-- own without meeting those of others.
CREATE TABLE crierPending (
  writer xid8 NOT NULL DEFAULT pg_current_xact_id(),
  number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  jsonInstruction text NOT NULL,
  originated text NOT NULL,
  instructionCount bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (writer, number)
);

-- The functions work with the rights of whoever made the tables, and where those are: a writer needs
-- the right to insert, and no more.
DO $crier$ BEGIN EXECUTE format($format$

-- Moves what these transactions have written and committed into the log, at the most so many entries
-- at once (NULL: all), since everybody waits for the counter meanwhile; returns how many it were.
-- The counter is locked before they are looked for: what another one settles meanwhile is gone then.
CREATE FUNCTION crierSettle(most bigint, earliest xid8 DEFAULT '0',
  latest xid8 DEFAULT '18446744073709551615')
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = %1$I, pg_temp AS $function$
DECLARE
  last bigint;
  settled bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM crierPending WHERE writer BETWEEN earliest AND latest) THEN
    RETURN 0;
  END IF;
  SELECT newest INTO last FROM crierLog FOR UPDATE;
  WITH gone AS (
    DELETE FROM crierPending WHERE (writer, number) IN (
      SELECT writer, number FROM crierPending WHERE writer BETWEEN earliest AND latest
      ORDER BY number LIMIT most)
    RETURNING *)
  INSERT INTO crierCacheInstruction (id, utcStamp, jsonInstruction, originated, instructionCount)
  SELECT last + row_number() OVER (ORDER BY number),
    to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'),
    jsonInstruction, originated, instructionCount
  FROM gone ORDER BY number;
  GET DIAGNOSTICS settled = ROW_COUNT;
  UPDATE crierLog SET newest = last + settled;
  RETURN settled;
END $function$;

-- At the commit, for each row: the first one settles all of its transaction, and each other finds by
-- its own number, at once, that it is gone. A transaction that is isolated from what others have
-- committed since it began can't count on from that: its rows wait for whoever settles them later.
CREATE FUNCTION crierSettleAtCommit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = %1$I, pg_temp AS $function$
BEGIN
  IF current_setting('transaction_isolation') IN ('read committed', 'read uncommitted')
    AND EXISTS (SELECT FROM crierPending WHERE writer = NEW.writer AND number = NEW.number) THEN
    PERFORM crierSettle(NULL, NEW.writer, NEW.writer);
  END IF;
  RETURN NULL;
END $function$;

$format$, current_schema()); END $crier$;

CREATE CONSTRAINT TRIGGER crierSettleAtCommit AFTER INSERT ON crierPending
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION crierSettleAtCommit();

-- Which migrations ran here. The migrator adds a row in the transaction of each.
CREATE TABLE crierMigration (
  version bigint NOT NULL PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  appliedUtc text NOT NULL DEFAULT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')
);
