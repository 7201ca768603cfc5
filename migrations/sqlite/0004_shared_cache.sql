-- The cache that all nodes share. Times are milliseconds since 1970 by this database's clock.
-- A rowid table: values may be large, and the rows of one WITHOUT ROWID stand in its inner pages.
CREATE TABLE crierCache (
  id INTEGER NOT NULL PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  stamp INTEGER NOT NULL,
  expiresMs INTEGER,
  slidingMs INTEGER,
  absoluteMs INTEGER,
  value BLOB
);
CREATE INDEX crierCacheExpiry ON crierCache (expiresMs) WHERE expiresMs IS NOT NULL;
