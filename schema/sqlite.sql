-- The tables as they are now, for people. What runs is migrations/sqlite/*.sql, through
-- `crier migrate`; a test holds the two equal.

-- The instruction log: a node that changed data appends a row, and every node reads the rows after
-- the last one it has handled. Columns and order are those of umbracoCacheInstruction.
CREATE TABLE crierCacheInstruction (
  -- Grows by one with each row; never used again, hence AUTOINCREMENT.
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  -- The database's clock, "2026-11-21 10:00:00.123". For people and pruning: order is by id.
  utcStamp TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  -- A JSON array of instructions.
  jsonInstruction TEXT NOT NULL,
  -- Who wrote the row: "<machine>/<application> [P<pid>/D1] <32 hex>".
  originated TEXT NOT NULL,
  -- How many single refreshes the row holds; a node that is too far behind refreshes everything.
  instructionCount INTEGER NOT NULL DEFAULT 1
);

-- Which migrations ran here.
CREATE TABLE crierMigration (
  -- 1, 2, 3, ... without a hole.
  version INTEGER NOT NULL PRIMARY KEY,
  -- The file's name without ".sql".
  name TEXT NOT NULL,
  -- FNV-1a of what ran, so that a migration that was changed afterwards is noticed.
  checksum TEXT NOT NULL,
  appliedUtc TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);
