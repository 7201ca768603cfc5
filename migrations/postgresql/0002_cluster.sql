-- What nodes tell each other. Times are milliseconds since 1970 by this database's clock; `log`
-- names the instruction table that a row belongs to, since one database may hold several.

-- The key is in the order in which rows are looked for, and a beat changes no part of it.
CREATE TABLE crierNode (
  log text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  incarnation text NOT NULL,
  host text NOT NULL,
  application text NOT NULL,
  version text NOT NULL,
  pid bigint NOT NULL,
  process text NOT NULL,
  startedMs bigint NOT NULL,
  beatMs bigint NOT NULL,
  intervalMs bigint NOT NULL,
  stoppedMs bigint,
  role bigint NOT NULL,
  position bigint NOT NULL,
  lag bigint NOT NULL,
  durable bigint NOT NULL,
  pollerAlive bigint NOT NULL,
  lastError text NOT NULL,
  lastErrorMs bigint NOT NULL,
  applied bigint NOT NULL,
  failed bigint NOT NULL,
  resyncs bigint NOT NULL,
  PRIMARY KEY (log, name, incarnation)
);

CREATE TABLE crierLease (
  log text COLLATE "C" NOT NULL PRIMARY KEY,
  holder text NOT NULL,
  fencing bigint NOT NULL,
  heldMs bigint NOT NULL,
  expiresMs bigint NOT NULL
);

-- No position: claimed, and not saved since.
CREATE TABLE crierPosition (
  log text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  incarnation text NOT NULL,
  process text NOT NULL,
  position bigint,
  fingerprint bigint,
  seenMs bigint NOT NULL,
  contended bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (log, name)
);

CREATE TABLE crierPruned (
  log text COLLATE "C" NOT NULL PRIMARY KEY,
  prunedThrough bigint NOT NULL,
  prunedMs bigint NOT NULL,
  holder text NOT NULL,
  fencing bigint NOT NULL
);

CREATE TABLE crierWait (
  serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  log text COLLATE "C" NOT NULL,
  entry bigint NOT NULL,
  untilMs bigint NOT NULL
);
