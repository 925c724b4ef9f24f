-- When an organisation is next looked at, and what was pending when it last was.
ALTER TABLE due_work ADD COLUMN next_due_at INTEGER NOT NULL DEFAULT 0
--;;
ALTER TABLE due_work ADD COLUMN pending INTEGER NOT NULL DEFAULT 0
--;;
-- When the first of them is, or was, due.
ALTER TABLE due_work ADD COLUMN oldest_due_at INTEGER
--;;
-- A sweep reads this from its beginning to now.
CREATE INDEX due_work_next ON due_work (next_due_at)
--;;
-- Counters since ever: tries, failures, latency.
CREATE TABLE delivery_metric (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID
