-- The tables of crier 0.1 with what README.md says, as pg_dump writes them; the schema is shop01.
CREATE FUNCTION shop01.criersettle(most bigint, earliest xid8 DEFAULT '0'::xid8, latest xid8 DEFAULT '18446744073709551615'::xid8) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'shop01', 'pg_temp'
    AS $$
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
END $$;

CREATE FUNCTION shop01.criersettleatcommit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'shop01', 'pg_temp'
    AS $$
BEGIN
  IF current_setting('transaction_isolation') IN ('read committed', 'read uncommitted')
    AND EXISTS (SELECT FROM crierPending WHERE writer = NEW.writer AND number = NEW.number) THEN
    PERFORM crierSettle(NULL, NEW.writer, NEW.writer);
  END IF;
  RETURN NULL;
END $$;

CREATE TABLE shop01.criercache (
    key bytea NOT NULL,
    stamp bigint NOT NULL,
    expiresms bigint,
    slidingms bigint,
    absolutems bigint,
    value bytea
);

CREATE TABLE shop01.criercacheinstruction (
    id bigint NOT NULL,
    utcstamp text NOT NULL,
    jsoninstruction text NOT NULL,
    originated text NOT NULL,
    instructioncount bigint DEFAULT 1 NOT NULL
);

CREATE TABLE shop01.criercanary (
    log text NOT NULL COLLATE pg_catalog."C",
    entry bigint NOT NULL,
    sentms bigint NOT NULL
);

CREATE TABLE shop01.crierfailure (
    id bigint NOT NULL,
    log text NOT NULL COLLATE pg_catalog."C",
    failedms bigint NOT NULL,
    kind bigint NOT NULL,
    entry bigint NOT NULL,
    indexinentry bigint NOT NULL,
    originated text NOT NULL,
    refresher text NOT NULL,
    refreshername text NOT NULL,
    node text NOT NULL,
    incarnation text NOT NULL,
    attempts bigint NOT NULL,
    error text NOT NULL,
    instructioncount bigint NOT NULL,
    jsoninstruction text NOT NULL
);

ALTER TABLE shop01.crierfailure ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME shop01.crierfailure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE shop01.crierlease (
    log text NOT NULL COLLATE pg_catalog."C",
    holder text NOT NULL,
    fencing bigint NOT NULL,
    heldms bigint NOT NULL,
    expiresms bigint NOT NULL
);

CREATE TABLE shop01.crierlog (
    one boolean DEFAULT true NOT NULL,
    newest bigint NOT NULL,
    identity uuid DEFAULT gen_random_uuid() NOT NULL,
    CONSTRAINT crierlog_one_check CHECK (one)
)
WITH (fillfactor='10');

CREATE TABLE shop01.criermigration (
    version bigint NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    appliedutc text DEFAULT to_char((clock_timestamp() AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD HH24:MI:SS.MS'::text) NOT NULL
);

CREATE TABLE shop01.criernode (
    log text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    incarnation text NOT NULL,
    host text NOT NULL,
    application text NOT NULL,
    version text NOT NULL,
    pid bigint NOT NULL,
    process text NOT NULL,
    startedms bigint NOT NULL,
    beatms bigint NOT NULL,
    intervalms bigint NOT NULL,
    stoppedms bigint,
    role bigint NOT NULL,
    "position" bigint NOT NULL,
    lag bigint NOT NULL,
    durable bigint NOT NULL,
    polleralive bigint NOT NULL,
    lasterror text NOT NULL,
    lasterrorms bigint NOT NULL,
    applied bigint NOT NULL,
    failed bigint NOT NULL,
    resyncs bigint NOT NULL,
    provedms bigint DEFAULT 0 NOT NULL,
    canary bigint DEFAULT 0 NOT NULL,
    troubles text DEFAULT ''::text NOT NULL
);

CREATE TABLE shop01.crierpending (
    writer xid8 DEFAULT pg_current_xact_id() NOT NULL,
    number bigint NOT NULL,
    jsoninstruction text NOT NULL,
    originated text NOT NULL,
    instructioncount bigint DEFAULT 1 NOT NULL
);

ALTER TABLE shop01.crierpending ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME shop01.crierpending_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE shop01.crierposition (
    log text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    incarnation text NOT NULL,
    process text NOT NULL,
    "position" bigint,
    fingerprint bigint,
    seenms bigint NOT NULL,
    contended bigint DEFAULT 0 NOT NULL
);

CREATE TABLE shop01.crierpruned (
    log text NOT NULL COLLATE pg_catalog."C",
    prunedthrough bigint NOT NULL,
    prunedms bigint NOT NULL,
    holder text NOT NULL,
    fencing bigint NOT NULL
);

CREATE TABLE shop01.crierwait (
    serial bigint NOT NULL,
    log text NOT NULL COLLATE pg_catalog."C",
    entry bigint NOT NULL,
    untilms bigint NOT NULL
);

ALTER TABLE shop01.crierwait ALTER COLUMN serial ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME shop01.crierwait_serial_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

INSERT INTO shop01.criercache VALUES ('\x6772656574696e67', 8806332954276207665, NULL, NULL, NULL, '\x68656c6c6f');
INSERT INTO shop01.criercache VALUES ('\x6f6464206b6579', 5684419348565441157, NULL, NULL, NULL, '\x74776f0a6c696e6573');

INSERT INTO shop01.criercacheinstruction VALUES (1, '2026-12-01 03:29:52.911', '[{"RefreshType":3,"RefresherId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","JsonIds":"[42]","JsonIdCount":1}]', 'vm/crier [P15540/D1] 3F7CA7E7CAF34DB58802940E82AA43C2', 1);
INSERT INTO shop01.criercacheinstruction VALUES (2, '2026-12-01 03:29:52.925', '[{"RefreshType":5,"RefresherId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","IntId":43}]', 'vm/crier [P15543/D1] 041785BE57B6435381448727B44AF69D', 1);
INSERT INTO shop01.criercacheinstruction VALUES (3, '2026-12-01 03:29:52.937', '[{"RefreshType":4,"RefresherId":"b27d1a40-9f1e-4a57-8c53-0d5f4d2e6a11","JsonPayload":"{\"poison\":true}"}]', 'vm/crier [P15548/D1] 1AA33B93899446F48F224DCA0E13C140', 1);
INSERT INTO shop01.criercacheinstruction VALUES (4, '2026-12-01 03:29:52.949', '[{"RefreshType":1,"RefresherId":"b27d1a40-9f1e-4a57-8c53-0d5f4d2e6a11","GuidId":"0b8a2f5e-3c1d-4b6f-9a77-52c6c8d0e1f4"}]', 'vm/crier [P15552/D1] 827CEF8D3C6743FAAE50DB1B56843DC7', 1);
INSERT INTO shop01.criercacheinstruction VALUES (5, '2026-12-01 03:29:53.974', '[{"RefreshType":0,"RefresherId":"7c9e6679-7425-40de-944b-e07fc1f90ae7"}]', 'vm/crier [P15653/D1] 547EE3EC25CA43C8A8465367F59B3890', 1);
INSERT INTO shop01.criercacheinstruction VALUES (6, '2026-12-01 03:29:53.986', '[{"RefreshType":4,"RefresherId":"b27d1a40-9f1e-4a57-8c53-0d5f4d2e6a11","JsonPayload":"{\"sku\":\"A-1\",\"cents\":1290}"}]', 'vm/crier [P15655/D1] 649C82812AEC4034857C3D8615FCEB7C', 1);

INSERT INTO shop01.crierfailure OVERRIDING SYSTEM VALUE VALUES (1, 'crierCacheInstruction', 1796095793861, 3, 3, 0, 'vm/crier [P15548/D1] 1AA33B93899446F48F224DCA0E13C140', 'b27d1a40-9f1e-4a57-8c53-0d5f4d2e6a11', 'fallback', 'web-1', 'cd289c6f-52c3-4241-936e-8a1a0b2f8de0', 4, 'the command exited with status 1: ! grep -q poison', 1, '[{"RefreshType":4,"RefresherId":"b27d1a40-9f1e-4a57-8c53-0d5f4d2e6a11","JsonPayload":"{\"poison\":true}"}]');

INSERT INTO shop01.crierlease VALUES ('crierCacheInstruction', '40ad53ab-b491-4fa1-8ab5-7dfc3618118d', 1, 1796095794002, 1796095794036);

INSERT INTO shop01.crierlog VALUES (true, 6, '0ed280ba-3799-4ed8-9091-86abbf9eaa37');

INSERT INTO shop01.criermigration VALUES (1, '0001_instruction_log', 'd7bafe66ae5ed41e', '2026-12-01 03:29:52.710');
INSERT INTO shop01.criermigration VALUES (2, '0002_cluster', '9a11a2b94a40d890', '2026-12-01 03:29:52.717');
INSERT INTO shop01.criermigration VALUES (3, '0003_failures', '4107a013ceb1ba3d', '2026-12-01 03:29:52.721');
INSERT INTO shop01.criermigration VALUES (4, '0004_shared_cache', '9d0df50ed6a69214', '2026-12-01 03:29:52.724');

INSERT INTO shop01.criernode VALUES ('crierCacheInstruction', 'web-1', 'cd289c6f-52c3-4241-936e-8a1a0b2f8de0', 'vm', 'crier', '0.1.0', 15506, 'd696cd7a-eb6d-469b-af34-76d6f56a1ec4 pid:[4026531836] 15506 2398480', 1796095792772, 1796095793949, 5000, 1796095793962, 2, 4, 0, 1, 1, 'entry 3: refresher b27d1a40-9f1e-4a57-8c53-0d5f4d2e6a11 (fallback): the command exited with status 1: ! grep -q poison', 1796095793860, 3, 1, 1, 1796095793949, 0, '');
INSERT INTO shop01.criernode VALUES ('crierCacheInstruction', 'web-2', '40ad53ab-b491-4fa1-8ab5-7dfc3618118d', 'vm', 'crier', '0.1.0', 15507, 'd696cd7a-eb6d-469b-af34-76d6f56a1ec4 pid:[4026531836] 15507 2398480', 1796095792770, 1796095794003, 5000, 1796095794036, 1, 6, 0, 0, 1, '', 1796095792770, 6, 0, 0, 1796095794003, 0, '');

INSERT INTO shop01.crierposition VALUES ('crierCacheInstruction', 'web-1', 'cd289c6f-52c3-4241-936e-8a1a0b2f8de0', 'd696cd7a-eb6d-469b-af34-76d6f56a1ec4 pid:[4026531836] 15506 2398480', 4, -4494114146302124622, 1796095793961, 0);

SELECT pg_catalog.setval('shop01.crierfailure_id_seq', 1, true);

SELECT pg_catalog.setval('shop01.crierpending_number_seq', 1, false);

SELECT pg_catalog.setval('shop01.crierwait_serial_seq', 2, true);

ALTER TABLE ONLY shop01.criercache
    ADD CONSTRAINT criercache_pkey PRIMARY KEY (key);

ALTER TABLE ONLY shop01.criercacheinstruction
    ADD CONSTRAINT criercacheinstruction_pkey PRIMARY KEY (id);

ALTER TABLE ONLY shop01.criercanary
    ADD CONSTRAINT criercanary_pkey PRIMARY KEY (log);

ALTER TABLE ONLY shop01.crierfailure
    ADD CONSTRAINT crierfailure_pkey PRIMARY KEY (id);

ALTER TABLE ONLY shop01.crierlease
    ADD CONSTRAINT crierlease_pkey PRIMARY KEY (log);

ALTER TABLE ONLY shop01.crierlog
    ADD CONSTRAINT crierlog_pkey PRIMARY KEY (one);

ALTER TABLE ONLY shop01.criermigration
    ADD CONSTRAINT criermigration_pkey PRIMARY KEY (version);

ALTER TABLE ONLY shop01.criernode
    ADD CONSTRAINT criernode_pkey PRIMARY KEY (log, name, incarnation);

ALTER TABLE ONLY shop01.crierpending
    ADD CONSTRAINT crierpending_pkey PRIMARY KEY (writer, number);

ALTER TABLE ONLY shop01.crierposition
    ADD CONSTRAINT crierposition_pkey PRIMARY KEY (log, name);

ALTER TABLE ONLY shop01.crierpruned
    ADD CONSTRAINT crierpruned_pkey PRIMARY KEY (log);

ALTER TABLE ONLY shop01.crierwait
    ADD CONSTRAINT crierwait_pkey PRIMARY KEY (serial);

CREATE INDEX criercacheexpiry ON shop01.criercache USING btree (expiresms) WHERE (expiresms IS NOT NULL);

CREATE INDEX crierfailureoflog ON shop01.crierfailure USING btree (log);

CREATE INDEX crierfailureofnode ON shop01.crierfailure USING btree (log, incarnation, entry);

CREATE CONSTRAINT TRIGGER criersettleatcommit AFTER INSERT ON shop01.crierpending DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shop01.criersettleatcommit();

GRANT USAGE ON SCHEMA shop01 TO shop01_reader;
GRANT USAGE ON SCHEMA shop01 TO shop01_application;
GRANT USAGE ON SCHEMA shop01 TO shop01_node;

GRANT SELECT ON TABLE shop01.criercache TO shop01_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE shop01.criercache TO shop01_node;

GRANT SELECT ON TABLE shop01.criercacheinstruction TO shop01_reader;
GRANT SELECT,INSERT,DELETE ON TABLE shop01.criercacheinstruction TO shop01_node;

GRANT SELECT ON TABLE shop01.criercanary TO shop01_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE shop01.criercanary TO shop01_node;

GRANT SELECT ON TABLE shop01.crierfailure TO shop01_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE shop01.crierfailure TO shop01_node;

GRANT SELECT ON TABLE shop01.crierlease TO shop01_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE shop01.crierlease TO shop01_node;

GRANT SELECT ON TABLE shop01.crierlog TO shop01_reader;
GRANT SELECT ON TABLE shop01.crierlog TO shop01_node;
GRANT SELECT ON TABLE shop01.crierlog TO shop01_application;

GRANT UPDATE(newest) ON TABLE shop01.crierlog TO shop01_node;

GRANT SELECT ON TABLE shop01.criermigration TO shop01_reader;
GRANT SELECT ON TABLE shop01.criermigration TO shop01_node;

GRANT SELECT ON TABLE shop01.criernode TO shop01_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE shop01.criernode TO shop01_node;

GRANT SELECT ON TABLE shop01.crierpending TO shop01_reader;
GRANT SELECT ON TABLE shop01.crierpending TO shop01_node;
GRANT INSERT ON TABLE shop01.crierpending TO shop01_application;

GRANT SELECT ON TABLE shop01.crierposition TO shop01_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE shop01.crierposition TO shop01_node;

GRANT SELECT ON TABLE shop01.crierpruned TO shop01_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE shop01.crierpruned TO shop01_node;

GRANT SELECT ON TABLE shop01.crierwait TO shop01_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE shop01.crierwait TO shop01_node;
