-- The columns are Umbraco's, in Umbraco's order. AUTOINCREMENT: an id is never used again, even
-- after the newest rows are deleted. No index: writers pay for each one, and readers go by id.
CREATE TABLE crierCacheInstruction (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  utcStamp TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  jsonInstruction TEXT NOT NULL,
  originated TEXT NOT NULL,
  instructionCount INTEGER NOT NULL DEFAULT 1
);

-- Which migrations ran here. The migrator adds a row in the transaction of each.
CREATE TABLE crierMigration (
  version INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  appliedUtc TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);
