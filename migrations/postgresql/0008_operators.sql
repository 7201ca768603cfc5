-- What operators ask of nodes, and what nodes keep for them. `log` as in the tables for nodes.
ALTER TABLE crierNode ADD COLUMN pausedUntilMs bigint NOT NULL DEFAULT 0,
  ADD COLUMN pausedBy text NOT NULL DEFAULT '', ADD COLUMN stands bigint NOT NULL DEFAULT 0;

CREATE TABLE crierProgress (
  log text COLLATE "C" NOT NULL,
  node text COLLATE "C" NOT NULL,
  incarnation text NOT NULL,
  position bigint NOT NULL,
  reachedMs bigint NOT NULL,
  PRIMARY KEY (log, node, incarnation, position)
);

CREATE TABLE crierAudit (
  log text COLLATE "C" NOT NULL,
  request bigint NOT NULL,
  node text COLLATE "C" NOT NULL,
  incarnation text NOT NULL,
  cache bytea NOT NULL,
  key bytea NOT NULL,
  version bytea NOT NULL,
  atMs bigint NOT NULL,
  PRIMARY KEY (log, request, incarnation, cache, key)
);

-- Who may look at nodes may look at these, and who may be a node writes them.
DO $crier$
DECLARE
  held record;
  who text;
BEGIN
  FOR held IN
    SELECT DISTINCT privilege_type, grantee
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace, aclexplode(relacl)
    WHERE nspname = current_schema() AND grantee <> relowner AND relname = 'criernode'
      AND privilege_type IN ('SELECT', 'INSERT')
  LOOP
    who := CASE held.grantee WHEN 0 THEN 'PUBLIC' ELSE held.grantee::regrole::text END;
    EXECUTE format('GRANT %s ON crierProgress, crierAudit TO %s',
      CASE held.privilege_type WHEN 'SELECT' THEN 'SELECT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END, who);
  END LOOP;
END $crier$;
