-- The quarantine: instructions that a node has given up. `log` as in the tables for nodes.
CREATE TABLE crierFailure (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  log TEXT NOT NULL COLLATE NOCASE,
  failedMs INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  indexInEntry INTEGER NOT NULL,
  originated TEXT NOT NULL,
  refresher TEXT NOT NULL,
  refresherName TEXT NOT NULL,
  node TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  error TEXT NOT NULL,
  instructionCount INTEGER NOT NULL,
  jsonInstruction TEXT NOT NULL
);
CREATE INDEX crierFailureOfLog ON crierFailure (log);
CREATE INDEX crierFailureOfNode ON crierFailure (log, incarnation, entry);

-- The newest canary of each log.
CREATE TABLE crierCanary (
  log TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  entry INTEGER NOT NULL,
  sentMs INTEGER NOT NULL
) WITHOUT ROWID;

-- When a node last proved that it had applied all that stood in the log; the last canary that it
-- has seen; what its refreshers suffer from, a line each.
ALTER TABLE crierNode ADD COLUMN provedMs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE crierNode ADD COLUMN canary INTEGER NOT NULL DEFAULT 0;
ALTER TABLE crierNode ADD COLUMN troubles TEXT NOT NULL DEFAULT '';
