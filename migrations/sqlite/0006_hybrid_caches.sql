-- What is known in this database of the invalidations of each hybrid cache. The row of mark 0 is its
-- record; without it the others stand for nothing. One row of no cache stands for the database.
CREATE TABLE crierHybrid (
  cache TEXT NOT NULL,
  mark INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  fingerprint INTEGER NOT NULL DEFAULT 0,
  generation INTEGER NOT NULL DEFAULT 0,
  floor INTEGER NOT NULL DEFAULT 0,
  added INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (cache, mark)
) WITHOUT ROWID;
CREATE INDEX crierHybridAge ON crierHybrid (cache, entry);
INSERT INTO crierHybrid (cache, mark, entry, fingerprint) VALUES ('', 0, 0, random() | 1);
