-- Who may do what. No function of crier's is for everybody; each finds its tables by the type of a
-- parameter, the row of crierLog, which stays the same under whatever name its schema has: it can't
-- be given another one, and nothing on the caller's search_path is used. Every call in them names
-- all types, or its schema: another function of that name, of whoever may create one beside the
-- tables, fits no better. Nodes that run an earlier
-- crier go on: what they call has its name and its form still.

DROP FUNCTION crierSettle(bigint, xid8, xid8);

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
CREATE OR REPLACE FUNCTION crierSettleAtCommit() RETURNS trigger
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

-- Its row is the turn of who writes what nodes tell each other, and its table's lock keeps fills of
-- the shared cache apart from who deletes there: locks that nobody can take without a right.
CREATE TABLE crierLock (one boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one));
INSERT INTO crierLock DEFAULT VALUES;

-- Who had rights keeps what he could do: who may delete from the log is a node, who may insert
-- publishes. What crier sets in a pending entry can't be given any more.
DO $crier$
DECLARE
  held record;
  who text;
BEGIN
  FOR held IN
    SELECT DISTINCT relname, privilege_type, grantee
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace, aclexplode(relacl)
    WHERE nspname = current_schema() AND grantee <> relowner
      AND relname IN ('criercacheinstruction', 'crierpending') AND privilege_type IN ('INSERT', 'DELETE')
  LOOP
    who := CASE held.grantee WHEN 0 THEN 'PUBLIC' ELSE held.grantee::regrole::text END;
    IF held.relname = 'crierpending' AND held.privilege_type = 'INSERT' THEN
      EXECUTE format('REVOKE INSERT ON crierPending FROM %s', who);
      EXECUTE format('GRANT INSERT (jsonInstruction, originated, instructionCount) ON crierPending TO %s', who);
    ELSIF held.relname = 'criercacheinstruction' THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION crierAppend(text, text, bigint, crierLog), '
        'crierAppend(text[], text[], bigint[], crierLog) TO %s', who);
      IF held.privilege_type = 'DELETE' THEN
        EXECUTE format('GRANT EXECUTE ON FUNCTION crierSettle TO %s', who);
        EXECUTE format('GRANT SELECT, UPDATE ON crierLock TO %s', who);
      END IF;
    END IF;
  END LOOP;
END $crier$;
