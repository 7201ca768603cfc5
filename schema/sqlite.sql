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

-- What nodes tell each other. Times are milliseconds since 1970 by the database's clock. `log` names
-- the instruction table that a row belongs to: one database may hold several, and names of tables
-- are compared without case.

-- One row for each start of a node, written anew with each beat.
CREATE TABLE crierNode (
  log TEXT NOT NULL COLLATE NOCASE,
  -- Stable from start to start; two incarnations may bear it at once.
  name TEXT NOT NULL,
  -- A GUID, new with each start.
  incarnation TEXT NOT NULL,
  host TEXT NOT NULL,
  application TEXT NOT NULL,
  version TEXT NOT NULL,
  pid INTEGER NOT NULL,
  -- By which a successor on the same machine can tell that this process is gone; empty: it can't.
  process TEXT NOT NULL,
  -- The first beat and the last, and how far apart they are meant to be. A node that missed three is
  -- stale.
  startedMs INTEGER NOT NULL,
  beatMs INTEGER NOT NULL,
  intervalMs INTEGER NOT NULL,
  -- When it said goodbye; NULL: it has not.
  stoppedMs INTEGER,
  -- 0 unknown, 1 single, 2 subscriber, 3 scheduling_publisher.
  role INTEGER NOT NULL,
  -- The last entry that it has handled, and how many followed at its last beat.
  position INTEGER NOT NULL,
  lag INTEGER NOT NULL,
  -- 1: its position is kept in crierPosition.
  durable INTEGER NOT NULL,
  -- 0: its poller has not come forward lately.
  pollerAlive INTEGER NOT NULL,
  -- Empty: none yet. Since when it is this one.
  lastError TEXT NOT NULL,
  lastErrorMs INTEGER NOT NULL,
  -- Counts since the start.
  applied INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  resyncs INTEGER NOT NULL,
  -- When it last proved that it had applied all that stood in the log; 0: never.
  provedMs INTEGER NOT NULL DEFAULT 0,
  -- The last canary that it has seen; 0: none.
  canary INTEGER NOT NULL DEFAULT 0,
  -- What its refreshers suffer from, a line each.
  troubles TEXT NOT NULL DEFAULT '',
  -- Until then it is to read no further, and who asked for that, or ended it, last; 0: it is not
  -- paused. A beat leaves both alone, and tells whether it stands: 1.
  pausedUntilMs INTEGER NOT NULL DEFAULT 0,
  pausedBy TEXT NOT NULL DEFAULT '',
  stands INTEGER NOT NULL DEFAULT 0,
  -- In the order in which rows are looked for; a beat changes no part of it.
  PRIMARY KEY (log, name, incarnation)
) WITHOUT ROWID;

-- Who leads. The row stays when the lease ends, for its number.
CREATE TABLE crierLease (
  log TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  -- An incarnation.
  holder TEXT NOT NULL,
  -- Grows with each new holder and after each expiry: who leads proves it by this number.
  fencing INTEGER NOT NULL,
  heldMs INTEGER NOT NULL,
  expiresMs INTEGER NOT NULL
) WITHOUT ROWID;

-- How far nodes are whose caches outlive the process: where their next start goes on.
CREATE TABLE crierPosition (
  log TEXT NOT NULL COLLATE NOCASE,
  name TEXT NOT NULL,
  -- Who may save it, and the text by which others on its machine can tell whether it is gone.
  incarnation TEXT NOT NULL,
  process TEXT NOT NULL,
  -- The last entry that was handled, and the fingerprint of its row; NULL: nothing is saved yet.
  position INTEGER,
  fingerprint INTEGER,
  -- Pruning waits for a position that was seen within the hard cap.
  seenMs INTEGER NOT NULL,
  -- 1: two nodes have borne the name at once, so each start refreshes everything.
  contended INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (log, name)
) WITHOUT ROWID;

-- How far the log was pruned.
CREATE TABLE crierPruned (
  log TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  -- The last id that was deleted, and when.
  prunedThrough INTEGER NOT NULL,
  prunedMs INTEGER NOT NULL,
  -- By which leader; empty and 0: by hand.
  holder TEXT NOT NULL,
  fencing INTEGER NOT NULL
) WITHOUT ROWID;

-- Those who wait until an entry is everywhere: every node publishes its position for them.
CREATE TABLE crierWait (
  -- Never used again, so that a node can tell which it has seen.
  serial INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  log TEXT NOT NULL COLLATE NOCASE,
  entry INTEGER NOT NULL,
  -- Then nobody waits any more.
  untilMs INTEGER NOT NULL
);

-- The quarantine: instructions that a node has given up. The newest of each log are kept.
CREATE TABLE crierFailure (
  -- Never used again: it names the failure in commands.
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  log TEXT NOT NULL COLLATE NOCASE,
  failedMs INTEGER NOT NULL,
  -- 0 unreadable, 1 unknown_refresher, 2 wrong_kind, 3 refresher_threw.
  kind INTEGER NOT NULL,
  -- 0: published on that node, and given up before it was in the log.
  entry INTEGER NOT NULL,
  -- Which of the entry's instructions, from 0.
  indexInEntry INTEGER NOT NULL,
  -- Who published it.
  originated TEXT NOT NULL,
  -- A GUID, all zeros where it is not known; and the name where it is registered on that node.
  refresher TEXT NOT NULL,
  refresherName TEXT NOT NULL,
  -- Who gave it up, and after how many attempts.
  node TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  error TEXT NOT NULL,
  -- As in the log.
  instructionCount INTEGER NOT NULL,
  -- A JSON array of the one instruction; empty where the row could not be read.
  jsonInstruction TEXT NOT NULL
);
-- The newest of a log, and those of a node.
CREATE INDEX crierFailureOfLog ON crierFailure (log);
CREATE INDEX crierFailureOfNode ON crierFailure (log, incarnation, entry);

-- The newest canary: an entry without effect by which a node shows that it gets what is published.
CREATE TABLE crierCanary (
  log TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  entry INTEGER NOT NULL,
  sentMs INTEGER NOT NULL
) WITHOUT ROWID;

-- What has happened to the nodes of a log: the newest 10,000.
CREATE TABLE crierEvent (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  log TEXT NOT NULL COLLATE NOCASE,
  atMs INTEGER NOT NULL,
  kind TEXT NOT NULL,
  node TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX crierEventOfNode ON crierEvent (log, incarnation);

-- Which refreshers each start of a node has; an empty GUID is its fallback.
CREATE TABLE crierRefresher (
  log TEXT NOT NULL COLLATE NOCASE,
  node TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  refresher TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (log, node, incarnation, refresher)
) WITHOUT ROWID;

-- When each start of a node had reached which entry, by its beats: the newest of each name.
CREATE TABLE crierProgress (
  log TEXT NOT NULL COLLATE NOCASE,
  node TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  position INTEGER NOT NULL,
  reachedMs INTEGER NOT NULL,
  PRIMARY KEY (log, node, incarnation, position)
) WITHOUT ROWID;

-- What nodes have in their caches, for who audits them, until that is read.
CREATE TABLE crierAudit (
  log TEXT NOT NULL COLLATE NOCASE,
  -- The entry that asked for it: every node answers at its place in the log.
  request INTEGER NOT NULL,
  node TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  cache TEXT NOT NULL,
  key TEXT NOT NULL,
  version TEXT NOT NULL,
  atMs INTEGER NOT NULL,
  PRIMARY KEY (log, request, incarnation, cache, key)
) WITHOUT ROWID;

-- The cache that all nodes share: one of a database, whatever instruction tables it holds.
CREATE TABLE crierCache (
  id INTEGER NOT NULL PRIMARY KEY,
  -- Compared byte by byte. The empty one is no entry: its stamp changes when the cache is cleared.
  key TEXT NOT NULL UNIQUE,
  -- Changes with each set and each removal, so that nobody fills in what was read before.
  stamp INTEGER NOT NULL,
  -- From when on the entry is gone; NULL: it stays. The row follows five minutes later.
  expiresMs INTEGER,
  -- How long it lives from each use on, and when it is gone whatever its use; NULL: not given.
  slidingMs INTEGER,
  absoluteMs INTEGER,
  -- NULL: it was removed. Last, so that the rest is read without it.
  value BLOB
);
CREATE INDEX crierCacheExpiry ON crierCache (expiresMs) WHERE expiresMs IS NOT NULL;

-- What is known here of the invalidations of each hybrid cache: by this who reads its entries in
-- crierCache tells which may be served. One row of no cache stands for the database itself.
CREATE TABLE crierHybrid (
  cache TEXT NOT NULL,
  -- A key or a tag, as a number; 0: the record, without which the other rows stand for nothing.
  mark INTEGER NOT NULL,
  -- The newest entry that invalidates it; of the record: up to which all of them are known.
  entry INTEGER NOT NULL,
  -- Of the record alone: of that entry's row, a random number for this record, the entry before
  -- which all is void, and how many marks were added since they were last counted.
  fingerprint INTEGER NOT NULL DEFAULT 0,
  generation INTEGER NOT NULL DEFAULT 0,
  floor INTEGER NOT NULL DEFAULT 0,
  added INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (cache, mark)
) WITHOUT ROWID;
CREATE INDEX crierHybridAge ON crierHybrid (cache, entry);
