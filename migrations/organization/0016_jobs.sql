-- Work that is done behind the request that asked for it: e-mail and the like. A row
-- is written in the batch of whatever made it necessary, and goes when it is done.
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    -- Of one kind and key at most one waits; the newest takes its place.
    unique_key TEXT,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'dead')),
    priority INTEGER NOT NULL CHECK (priority IN (0, 1, 2)), -- 0 goes first
    payload TEXT NOT NULL,                   -- JSON, or that sealed
    is_sealed INTEGER NOT NULL CHECK (is_sealed IN (0, 1)),
    run_at INTEGER NOT NULL,                 -- of a job under way: its lease's end
    leased_until INTEGER NOT NULL DEFAULT 0, -- a worker has it until then
    next_run_at INTEGER,                     -- asked for again while under way
    claims INTEGER NOT NULL DEFAULT 0,       -- how often workers took it: only grows
    attempts INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL CHECK (max_attempts > 0),
    attempted_at INTEGER,
    last_error TEXT,
    history TEXT NOT NULL DEFAULT '[]',      -- JSON: what went wrong, the last few times
    created_at INTEGER NOT NULL
) STRICT
--;;
CREATE UNIQUE INDEX job_unique ON job (kind, unique_key)
    WHERE unique_key IS NOT NULL AND state = 'waiting'
--;;
-- What is due, by priority. A job under way stands behind what is due.
CREATE INDEX job_due ON job (priority, run_at) WHERE state = 'waiting'
--;;
CREATE INDEX job_leased ON job (leased_until) WHERE leased_until > 0
--;;
CREATE INDEX job_dead ON job (created_at) WHERE state = 'dead'
