-- What is known in this database of the invalidations of each hybrid cache. The row of mark 0 is its
-- record; without it the others stand for nothing. One row of no cache stands for the database.
CREATE TABLE crierHybrid (
  cache bytea NOT NULL,
  mark bigint NOT NULL,
  entry bigint NOT NULL,
  fingerprint bigint NOT NULL DEFAULT 0,
  generation bigint NOT NULL DEFAULT 0,
  floor bigint NOT NULL DEFAULT 0,
  added bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (cache, mark)
);
CREATE INDEX crierHybridAge ON crierHybrid (cache, entry);
INSERT INTO crierHybrid (cache, mark, entry, fingerprint)
VALUES ('', 0, 0, hashtextextended(gen_random_uuid()::text, 0) | 1);

-- Who may use the shared cache may use what belongs to it.
DO $crier$
DECLARE
  held record;
BEGIN
  FOR held IN
    SELECT DISTINCT privilege_type, grantee
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace, aclexplode(relacl)
    WHERE nspname = current_schema() AND grantee <> relowner AND relname = 'criercache'
      AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
  LOOP
    EXECUTE format('GRANT %s ON crierHybrid TO %s', held.privilege_type,
      CASE held.grantee WHEN 0 THEN 'PUBLIC' ELSE held.grantee::regrole::text END);
  END LOOP;
END $crier$;
