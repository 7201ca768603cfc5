-- What has happened to the nodes of a log, and which refreshers they have. `log` as in the tables
-- for nodes.
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

CREATE TABLE crierRefresher (
  log text COLLATE "C" NOT NULL,
  node text NOT NULL,
  incarnation text NOT NULL,
  refresher text NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (log, node, incarnation, refresher)
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
    EXECUTE format('GRANT %s ON crierEvent, crierRefresher TO %s',
      CASE held.privilege_type WHEN 'SELECT' THEN 'SELECT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END, who);
  END LOOP;
END $crier$;
