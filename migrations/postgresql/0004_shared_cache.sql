-- The cache that all nodes share. Times are milliseconds since 1970 by this server's clock. Keys are
-- bytes: text can't hold every character.
CREATE TABLE crierCache (
  key bytea NOT NULL PRIMARY KEY,
  stamp bigint NOT NULL,
  expiresMs bigint,
  slidingMs bigint,
  absoluteMs bigint,
  value bytea
);
CREATE INDEX crierCacheExpiry ON crierCache (expiresMs) WHERE expiresMs IS NOT NULL;
