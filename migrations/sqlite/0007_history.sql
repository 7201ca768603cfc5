-- What has happened to the nodes of a log, and which refreshers they have. `log` as in the tables
-- for nodes.
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

CREATE TABLE crierRefresher (
  log TEXT NOT NULL COLLATE NOCASE,
  node TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  refresher TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (log, node, incarnation, refresher)
) WITHOUT ROWID;
