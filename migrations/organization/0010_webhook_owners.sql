-- Webhooks of event types, of the organisation and of platform clients, beside those
-- of users; and secrets that are replaced while subscribers still know the old one.

-- The rows of `webhook_delivery` go with their webhook, so both are made anew and
-- copied before anything is dropped.
ALTER TABLE webhook RENAME TO webhook_before
--;;
CREATE TABLE webhook (
    id TEXT PRIMARY KEY,                     -- uuid
    -- Whose it is: one of four.
    user_id INTEGER REFERENCES user (id) ON DELETE CASCADE,
    event_type_id INTEGER REFERENCES event_type (id) ON DELETE CASCADE,
    of_organization INTEGER CHECK (of_organization = 1),
    oauth_client_id TEXT,
    subscriber_url TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    triggers TEXT NOT NULL,                  -- JSON array of trigger names, each once
    payload_template TEXT,
    secret TEXT,                             -- sealed with the encryption key
    previous_secret TEXT,                    -- sealed; signs as well, until then
    previous_secret_until INTEGER,
    version TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((user_id IS NOT NULL) + (event_type_id IS NOT NULL) + (of_organization IS NOT NULL)
        + (oauth_client_id IS NOT NULL) = 1),
    CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL))
) STRICT, WITHOUT ROWID
--;;
INSERT INTO webhook (id, user_id, subscriber_url, active, triggers, payload_template, secret,
        version, created_at, updated_at)
    SELECT id, user_id, subscriber_url, active, triggers, payload_template, secret, version,
        created_at, updated_at
    FROM webhook_before
--;;
-- One per owner and URL. They also find who is to be told of something.
CREATE UNIQUE INDEX webhook_user ON webhook (user_id, subscriber_url)
    WHERE user_id IS NOT NULL
--;;
CREATE UNIQUE INDEX webhook_event_type ON webhook (event_type_id, subscriber_url)
    WHERE event_type_id IS NOT NULL
--;;
CREATE UNIQUE INDEX webhook_organization ON webhook (of_organization, subscriber_url)
    WHERE of_organization IS NOT NULL
--;;
CREATE UNIQUE INDEX webhook_oauth_client ON webhook (oauth_client_id, subscriber_url)
    WHERE oauth_client_id IS NOT NULL
--;;
ALTER TABLE webhook_delivery RENAME TO webhook_delivery_before
--;;
CREATE TABLE webhook_delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER NOT NULL REFERENCES outbox_event (id) ON DELETE CASCADE,
    webhook_id TEXT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER NOT NULL,
    leased_until INTEGER NOT NULL DEFAULT 0, -- a worker has it until then
    response_status INTEGER,
    last_error TEXT,
    delivered_at INTEGER,
    UNIQUE (event_id, webhook_id)
) STRICT
--;;
INSERT INTO webhook_delivery (id, event_id, webhook_id, state, attempts, next_attempt_at,
        leased_until, response_status, last_error, delivered_at)
    SELECT id, event_id, webhook_id, state, attempts, next_attempt_at, leased_until,
        response_status, last_error, delivered_at
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
DROP TABLE webhook_before
--;;
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_attempt_at) WHERE state = 'pending'
--;;
CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook_id)
