-- What nodes tell each other. Times are milliseconds since 1970 by this database's clock; `log`
-- names the instruction table that a row belongs to, since one database may hold several.

-- The key is in the order in which rows are looked for, and a beat changes no part of it.
CREATE TABLE crierNode (
  log TEXT NOT NULL COLLATE NOCASE,
  name TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  host TEXT NOT NULL,
  application TEXT NOT NULL,
  version TEXT NOT NULL,
  pid INTEGER NOT NULL,
  process TEXT NOT NULL,
  startedMs INTEGER NOT NULL,
  beatMs INTEGER NOT NULL,
  intervalMs INTEGER NOT NULL,
  stoppedMs INTEGER,
  role INTEGER NOT NULL,
  position INTEGER NOT NULL,
  lag INTEGER NOT NULL,
  durable INTEGER NOT NULL,
  pollerAlive INTEGER NOT NULL,
  lastError TEXT NOT NULL,
  lastErrorMs INTEGER NOT NULL,
  applied INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  resyncs INTEGER NOT NULL,
  PRIMARY KEY (log, name, incarnation)
) WITHOUT ROWID;

CREATE TABLE crierLease (
  log TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  holder TEXT NOT NULL,
  fencing INTEGER NOT NULL,
  heldMs INTEGER NOT NULL,
  expiresMs INTEGER NOT NULL
) WITHOUT ROWID;

-- No position: claimed, and not saved since.
CREATE TABLE crierPosition (
  log TEXT NOT NULL COLLATE NOCASE,
  name TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  process TEXT NOT NULL,
  position INTEGER,
  fingerprint INTEGER,
  seenMs INTEGER NOT NULL,
  contended INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (log, name)
) WITHOUT ROWID;

CREATE TABLE crierPruned (
  log TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  prunedThrough INTEGER NOT NULL,
  prunedMs INTEGER NOT NULL,
  holder TEXT NOT NULL,
  fencing INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE crierWait (
  serial INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  log TEXT NOT NULL COLLATE NOCASE,
  entry INTEGER NOT NULL,
  untilMs INTEGER NOT NULL
);
