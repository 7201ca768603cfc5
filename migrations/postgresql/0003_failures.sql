-- The quarantine: instructions that a node has given up. `log` as in the tables for nodes.
CREATE TABLE crierFailure (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  log text COLLATE "C" NOT NULL,
  failedMs bigint NOT NULL,
  kind bigint NOT NULL,
  entry bigint NOT NULL,
  indexInEntry bigint NOT NULL,
  originated text NOT NULL,
  refresher text NOT NULL,
  refresherName text NOT NULL,
  node text NOT NULL,
  incarnation text NOT NULL,
  attempts bigint NOT NULL,
  error text NOT NULL,
  instructionCount bigint NOT NULL,
  jsonInstruction text NOT NULL
);
CREATE INDEX crierFailureOfLog ON crierFailure (log);
CREATE INDEX crierFailureOfNode ON crierFailure (log, incarnation, entry);

-- The newest canary of each log.
CREATE TABLE crierCanary (
  log text COLLATE "C" NOT NULL PRIMARY KEY,
  entry bigint NOT NULL,
  sentMs bigint NOT NULL
);

-- When a node last proved that it had applied all that stood in the log; the last canary that it
-- has seen; what its refreshers suffer from, a line each.
ALTER TABLE crierNode ADD COLUMN provedMs bigint NOT NULL DEFAULT 0;
ALTER TABLE crierNode ADD COLUMN canary bigint NOT NULL DEFAULT 0;
ALTER TABLE crierNode ADD COLUMN troubles text NOT NULL DEFAULT '';
