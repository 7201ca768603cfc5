-- What a node of crier 0.1 runs when it publishes, beats, and saves its position: its own
-- statements, with values.
INSERT INTO main.crierCacheInstruction (utcStamp, jsonInstruction, originated, instructionCount)
VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'),
  '[{"RefreshType":3,"RefresherId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","JsonIds":"[44]","JsonIdCount":1}]',
  'web-3/shop [P99/D1] 0123456789ABCDEF0123456789ABCDEF', 1);

INSERT INTO crierNode (log, name, incarnation, host, application, version, pid, intervalMs,
  role, position, durable, pollerAlive, lastError, applied, failed, resyncs,
  startedMs, beatMs, lastErrorMs, lag, process, provedMs, canary, troubles)
VALUES ('crierCacheInstruction', 'web-3', '01234567-89ab-cdef-0123-456789abcdef', 'host-3', 'shop',
  '0.1.0', 99, 3600000, 2, 7, 1, 1, '', 7, 0, 0,
  CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
  CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
  CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
  max(0, coalesce((SELECT max(id) FROM main.crierCacheInstruction), 0) - 7), '',
  CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), 0, '')
ON CONFLICT (log, name, incarnation) DO UPDATE SET host = excluded.host,
  application = excluded.application, version = excluded.version, pid = excluded.pid,
  intervalMs = excluded.intervalMs, role = excluded.role, position = excluded.position,
  durable = excluded.durable, pollerAlive = excluded.pollerAlive, applied = excluded.applied,
  failed = excluded.failed, resyncs = excluded.resyncs, beatMs = excluded.beatMs, stoppedMs = NULL,
  lag = excluded.lag, provedMs = excluded.provedMs, canary = excluded.canary,
  troubles = excluded.troubles, lastErrorMs = CASE WHEN crierNode.lastError = excluded.lastError
    THEN crierNode.lastErrorMs ELSE excluded.lastErrorMs END,
  lastError = excluded.lastError;

INSERT INTO crierPosition (log, name, incarnation, process, seenMs)
VALUES ('crierCacheInstruction', 'web-3', '01234567-89ab-cdef-0123-456789abcdef', '',
  CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
ON CONFLICT (log, name) DO UPDATE SET incarnation = excluded.incarnation,
  process = excluded.process, seenMs = excluded.seenMs,
  position = CASE WHEN crierPosition.contended = 0 THEN crierPosition.position END,
  fingerprint = CASE WHEN crierPosition.contended = 0 THEN crierPosition.fingerprint END;
