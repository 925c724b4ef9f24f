-- No table names its organisation: the file does.
CREATE TABLE user (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL UNIQUE COLLATE NOCASE,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name TEXT NOT NULL DEFAULT '',
    time_zone TEXT NOT NULL,
    time_format INTEGER NOT NULL DEFAULT 12 CHECK (time_format IN (12, 24)),
    week_start TEXT NOT NULL DEFAULT 'Sunday',
    locale TEXT NOT NULL DEFAULT 'en',
    avatar_url TEXT,
    bio TEXT,
    metadata TEXT NOT NULL DEFAULT '{}',     -- JSON object
    default_schedule_id INTEGER REFERENCES schedule (id) ON DELETE SET NULL,
    system_role TEXT NOT NULL DEFAULT 'USER' CHECK (system_role IN ('USER', 'ADMIN')),
    organization_role TEXT NOT NULL DEFAULT 'MEMBER'
        CHECK (organization_role IN ('MEMBER', 'ADMIN', 'OWNER')),
    password_hash TEXT,                      -- argon2, PHC form
    created_at INTEGER NOT NULL,             -- ms since 1970, like every *_at
    updated_at INTEGER NOT NULL
) STRICT
--;;
CREATE TABLE api_key (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    hash TEXT NOT NULL UNIQUE,               -- SHA-256 hex of the key without `cal_`
    hint TEXT NOT NULL,                      -- the first characters, for people
    note TEXT,
    expires_at INTEGER,                      -- valid through the whole of this UTC day; NULL never
    created_at INTEGER NOT NULL
) STRICT
--;;
CREATE INDEX api_key_user ON api_key (user_id)
--;;
CREATE TABLE schedule (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    availability TEXT NOT NULL,              -- JSON: [{days, startTime, endTime}]
    overrides TEXT NOT NULL,                 -- JSON: [{date, startTime, endTime}]
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT
--;;
CREATE INDEX schedule_owner ON schedule (owner_id)
--;;
CREATE TABLE event_type (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    slug TEXT NOT NULL COLLATE NOCASE,
    title TEXT NOT NULL,
    length_minutes INTEGER NOT NULL CHECK (length_minutes > 0),
    schedule_id INTEGER REFERENCES schedule (id) ON DELETE SET NULL,
    hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
    -- What decides slots stands in columns of its own.
    slot_interval INTEGER,                   -- minutes; NULL: the length
    minimum_booking_notice INTEGER NOT NULL DEFAULT 0,
    before_event_buffer INTEGER NOT NULL DEFAULT 0,
    after_event_buffer INTEGER NOT NULL DEFAULT 0,
    offset_start INTEGER NOT NULL DEFAULT 0,
    settings TEXT NOT NULL,                  -- JSON: every other field, in the newest API form
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (owner_id, slug)
) STRICT
--;;
CREATE TABLE booking (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL UNIQUE,
    event_type_id INTEGER NOT NULL,          -- stays when the event type goes
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,  -- the organiser
    title TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'cancelled', 'rejected')),
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL CHECK (end_at > start_at),
    location TEXT,                           -- as the API shows it
    metadata TEXT NOT NULL DEFAULT '{}',     -- JSON object of texts
    responses TEXT NOT NULL DEFAULT '{}',    -- JSON: bookingFieldsResponses
    ical_uid TEXT NOT NULL,
    ical_sequence INTEGER NOT NULL DEFAULT 0,
    absent_host INTEGER NOT NULL DEFAULT 0 CHECK (absent_host IN (0, 1)),
    rating INTEGER,
    cancellation_reason TEXT,
    cancelled_by_email TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT
--;;
CREATE INDEX booking_user_start ON booking (user_id, start_at)
--;;
CREATE INDEX booking_event_type ON booking (event_type_id, start_at)
--;;
CREATE TABLE attendee (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    booking_id INTEGER NOT NULL REFERENCES booking (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    email TEXT NOT NULL COLLATE NOCASE,
    time_zone TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT 'en',
    phone_number TEXT,
    is_guest INTEGER NOT NULL DEFAULT 0 CHECK (is_guest IN (0, 1)),
    absent INTEGER NOT NULL DEFAULT 0 CHECK (absent IN (0, 1))
) STRICT
--;;
CREATE INDEX attendee_booking ON attendee (booking_id)
--;;
CREATE INDEX attendee_email ON attendee (email, booking_id)
--;;
-- When a host is taken: [start - buffer before, end + buffer after) of each
-- booking that blocks. Two bookings collide where these overlap. Kept apart from
-- `booking` so that the overlap test of an insert, and a range of slots, read one
-- small clustered index and never a cancelled or foreign row.
CREATE TABLE busy_time (
    user_id INTEGER NOT NULL,
    busy_end INTEGER NOT NULL,
    busy_start INTEGER NOT NULL CHECK (busy_start < busy_end),
    booking_id INTEGER NOT NULL REFERENCES booking (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, busy_end, booking_id)
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX busy_time_booking ON busy_time (booking_id)
--;;
CREATE TABLE webhook (
    id TEXT PRIMARY KEY,                     -- uuid
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    subscriber_url TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    triggers TEXT NOT NULL,                  -- JSON array of trigger names, each once
    payload_template TEXT,
    secret TEXT,                             -- sealed with the encryption key
    version TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (user_id, subscriber_url)
) STRICT, WITHOUT ROWID
--;;
-- The outbox: what happened, written in the batch that made it happen.
CREATE TABLE outbox_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trigger_event TEXT NOT NULL,
    booking_uid TEXT,
    payload TEXT NOT NULL,                   -- JSON: the `payload` of the webhook body
    created_at INTEGER NOT NULL
) STRICT
--;;
-- Finds what else happened to a booking: deliveries keep its order.
CREATE INDEX outbox_event_booking ON outbox_event (booking_uid)
--;;
-- One row per event and subscriber, written in the same batch.
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
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_attempt_at) WHERE state = 'pending'
--;;
CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook_id)
