-- One index fewer to write for each delivery: what a webhook was sent, and whether it was
-- sent an event, are found by one. Deliveries no longer go with their event by a foreign
-- key, which would need an index of its own, but are removed before it.
DROP INDEX webhook_delivery_due
--;;
DROP INDEX webhook_delivery_leased
--;;
DROP INDEX webhook_delivery_webhook
--;;
ALTER TABLE webhook_delivery RENAME TO webhook_delivery_before
--;;
CREATE TABLE webhook_delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER NOT NULL,               -- in outbox_event
    webhook_id TEXT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER NOT NULL,
    leased_until INTEGER NOT NULL DEFAULT 0, -- a worker has it until then
    claims INTEGER NOT NULL DEFAULT 0,       -- how often it was taken: tells workers apart
    deferrals INTEGER NOT NULL DEFAULT 0,    -- how often the subscriber put it off
    attempted_at INTEGER,
    took_ms INTEGER,                         -- the last attempt
    response_status INTEGER,
    response_body TEXT,                      -- its beginning
    last_error TEXT,
    delivered_at INTEGER,
    UNIQUE (webhook_id, event_id)
) STRICT
--;;
INSERT INTO webhook_delivery (id, event_id, webhook_id, state, attempts, next_attempt_at,
        leased_until, claims, deferrals, attempted_at, took_ms, response_status,
        response_body, last_error, delivered_at)
    SELECT id, event_id, webhook_id, state, attempts, next_attempt_at, leased_until, claims,
        deferrals, attempted_at, took_ms, response_status, response_body, last_error,
        delivered_at
    FROM webhook_delivery_before
--;;
-- Subscribers tell deliveries apart by their ids, so none is given twice.
DELETE FROM sqlite_sequence WHERE name = 'webhook_delivery'
--;;
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'webhook_delivery', seq FROM sqlite_sequence WHERE name = 'webhook_delivery_before'
--;;
DROP TABLE webhook_delivery_before
--;;
-- What is due of one endpoint, soonest first.
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, next_attempt_at)
    WHERE state = 'pending'
--;;
-- What is under way.
CREATE INDEX webhook_delivery_leased ON webhook_delivery (webhook_id, leased_until)
    WHERE leased_until > 0
