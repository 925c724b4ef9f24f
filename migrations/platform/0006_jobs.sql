-- What of an organisation's jobs was waiting and dead when it was last looked at.
ALTER TABLE due_work ADD COLUMN jobs_waiting INTEGER NOT NULL DEFAULT 0
--;;
ALTER TABLE due_work ADD COLUMN jobs_dead INTEGER NOT NULL DEFAULT 0
--;;
-- When the first of those that wait is, or was, due.
ALTER TABLE due_work ADD COLUMN oldest_job_at INTEGER
