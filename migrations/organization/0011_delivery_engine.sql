-- Deliveries that are found by endpoint, told of afterwards and done again; which
-- endpoints fail; and when meetings begin and end.

-- Counts what workers took, and never goes back: tells the results of two apart.
ALTER TABLE webhook_delivery ADD COLUMN claims INTEGER NOT NULL DEFAULT 0
--;;
-- Of the attempts, how many a subscriber put off with `Retry-After`.
ALTER TABLE webhook_delivery ADD COLUMN deferrals INTEGER NOT NULL DEFAULT 0
--;;
ALTER TABLE webhook_delivery ADD COLUMN attempted_at INTEGER
--;;
ALTER TABLE webhook_delivery ADD COLUMN took_ms INTEGER
--;;
-- The beginning of the last answer.
ALTER TABLE webhook_delivery ADD COLUMN response_body TEXT
--;;
DROP INDEX webhook_delivery_due
--;;
-- What is due, endpoint by endpoint. A delivery under way has its lease's end as
-- next attempt, so it does not stand among what is due.
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, next_attempt_at)
    WHERE state = 'pending'
--;;
-- What is under way.
CREATE INDEX webhook_delivery_leased ON webhook_delivery (webhook_id, leased_until)
    WHERE leased_until > 0
--;;
CREATE INDEX outbox_event_created ON outbox_event (created_at)
--;;
-- Endpoints that failed when they were last called; a row goes with the first
-- success.
CREATE TABLE webhook_health (
    webhook_id TEXT PRIMARY KEY REFERENCES webhook (id) ON DELETE CASCADE,
    failures INTEGER NOT NULL,               -- in a row
    failing_since INTEGER NOT NULL,
    open_until INTEGER NOT NULL DEFAULT 0    -- nothing is sent there before
) STRICT, WITHOUT ROWID
--;;
-- Up to where the beginnings and ends of meetings were turned into events: one row.
-- Meetings themselves are found by their times, so whatever moves or drops a
-- booking moves or drops these.
CREATE TABLE meeting_clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    told_until INTEGER NOT NULL,
    told_through INTEGER NOT NULL            -- of those at that very instant
) STRICT
--;;
INSERT INTO meeting_clock (id, told_until, told_through) VALUES (1, unixepoch() * 1000, 0)
--;;
CREATE INDEX booking_starts ON booking (start_at) WHERE status = 'accepted'
--;;
CREATE INDEX booking_ends ON booking (end_at) WHERE status = 'accepted'
--;;
-- Whoever is the first to ask does not hear of what went by before.
CREATE TRIGGER meeting_listener_comes AFTER INSERT ON webhook
    WHEN new.active = 1 AND instr(new.triggers, '"MEETING_') > 0
BEGIN
    UPDATE meeting_clock SET told_until = max(told_until, new.updated_at)
        WHERE NOT EXISTS (SELECT 1 FROM webhook WHERE id <> new.id AND active = 1
            AND instr(triggers, '"MEETING_') > 0);
END
--;;
CREATE TRIGGER meeting_listener_wakes AFTER UPDATE OF active, triggers ON webhook
    WHEN new.active = 1 AND instr(new.triggers, '"MEETING_') > 0
    AND NOT (old.active = 1 AND instr(old.triggers, '"MEETING_') > 0)
BEGIN
    UPDATE meeting_clock SET told_until = max(told_until, new.updated_at)
        WHERE NOT EXISTS (SELECT 1 FROM webhook WHERE id <> new.id AND active = 1
            AND instr(triggers, '"MEETING_') > 0);
END
