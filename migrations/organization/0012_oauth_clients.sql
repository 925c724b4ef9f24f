-- Platform clients and the users they manage.
CREATE TABLE oauth_client (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    secret_hash TEXT NOT NULL,               -- SHA-256 hex: what proves the client
    secret TEXT NOT NULL,                    -- sealed: what its organisation is shown
    previous_secret_hash TEXT,               -- proves it as well, until then
    previous_secret_until INTEGER,
    permissions INTEGER NOT NULL,            -- a bit each
    redirect_uris TEXT NOT NULL,             -- JSON array of texts
    logo TEXT,
    booking_redirect_uri TEXT,
    booking_cancel_redirect_uri TEXT,
    booking_reschedule_redirect_uri TEXT,
    are_emails_enabled INTEGER NOT NULL CHECK (are_emails_enabled IN (0, 1)),
    are_default_event_types_enabled INTEGER NOT NULL
        CHECK (are_default_event_types_enabled IN (0, 1)),
    are_calendar_events_enabled INTEGER NOT NULL CHECK (are_calendar_events_enabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((previous_secret_hash IS NULL) = (previous_secret_until IS NULL))
) STRICT, WITHOUT ROWID
--;;
-- A user of the organisation whom a client manages. Their tokens are of one family
-- at a time, and of it only the newest pair counts: a refresh counts the generation
-- on, and who comes with an older one ends the family.
CREATE TABLE managed_user (
    user_id INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL REFERENCES oauth_client (id) ON DELETE CASCADE,
    token_family TEXT,                       -- NULL: no token counts
    token_generation INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT
--;;
CREATE INDEX managed_user_client ON managed_user (client_id, user_id)
