-- What operators ask of nodes, and what nodes keep for them. `log` as in the tables for nodes.
ALTER TABLE crierNode ADD COLUMN pausedUntilMs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE crierNode ADD COLUMN pausedBy TEXT NOT NULL DEFAULT '';
ALTER TABLE crierNode ADD COLUMN stands INTEGER NOT NULL DEFAULT 0;

CREATE TABLE crierProgress (
  log TEXT NOT NULL COLLATE NOCASE,
  node TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  position INTEGER NOT NULL,
  reachedMs INTEGER NOT NULL,
  PRIMARY KEY (log, node, incarnation, position)
) WITHOUT ROWID;

CREATE TABLE crierAudit (
  log TEXT NOT NULL COLLATE NOCASE,
  request INTEGER NOT NULL,
  node TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  cache TEXT NOT NULL,
  key TEXT NOT NULL,
  version TEXT NOT NULL,
  atMs INTEGER NOT NULL,
  PRIMARY KEY (log, request, incarnation, cache, key)
) WITHOUT ROWID;
