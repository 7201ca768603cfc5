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

-- Which migrations ran here. The migrator adds a row in the transaction of each.
CREATE TABLE crierMigration (
  version bigint NOT NULL PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  appliedUtc text NOT NULL DEFAULT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')
);
