-- Teams, their event types and hosts; what else takes or closes a host's time;
-- what bookings of every kind need.

-- Members of the organisation are its users.
ALTER TABLE user ADD COLUMN organization_accepted INTEGER NOT NULL DEFAULT 1
    CHECK (organization_accepted IN (0, 1))
--;;
ALTER TABLE user ADD COLUMN disable_impersonation INTEGER NOT NULL DEFAULT 0
    CHECK (disable_impersonation IN (0, 1))
--;;
ALTER TABLE user ADD COLUMN allow_dynamic_booking INTEGER NOT NULL DEFAULT 1
    CHECK (allow_dynamic_booking IN (0, 1))
--;;
-- JSON object: theme, brandColor and what else only presents.
ALTER TABLE user ADD COLUMN settings TEXT NOT NULL DEFAULT '{}'
--;;
-- Set when the user left the organisation: kept for the bookings that name them,
-- but no longer a member, a host, or able to sign in.
ALTER TABLE user ADD COLUMN left_at INTEGER
--;;
CREATE TABLE team (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL DEFAULT 'Europe/London',
    week_start TEXT NOT NULL DEFAULT 'Sunday',
    -- JSON object {day, week, month, year}: how many bookings of all its event types.
    booking_limits TEXT,
    include_managed_events_in_limits INTEGER NOT NULL DEFAULT 0
        CHECK (include_managed_events_in_limits IN (0, 1)),
    oauth_client_id TEXT,                    -- the platform client it was made by
    settings TEXT NOT NULL DEFAULT '{}',     -- JSON object: every other field of the API
    metadata TEXT NOT NULL DEFAULT '{}',     -- JSON object
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT
--;;
CREATE TABLE team_membership (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    team_id INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('MEMBER', 'ADMIN', 'OWNER')),
    accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
    disable_impersonation INTEGER NOT NULL DEFAULT 0 CHECK (disable_impersonation IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (team_id, user_id)
) STRICT
--;;
CREATE INDEX team_membership_user ON team_membership (user_id, team_id)
--;;
-- Event types belong to a user or to a team. A managed one has a copy per user,
-- which belongs to that user and names its parent.
CREATE TABLE event_type_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id INTEGER REFERENCES user (id) ON DELETE CASCADE,
    team_id INTEGER REFERENCES team (id) ON DELETE CASCADE,
    parent_id INTEGER REFERENCES event_type (id) ON DELETE CASCADE,
    slug TEXT NOT NULL COLLATE NOCASE,
    title TEXT NOT NULL,
    length_minutes INTEGER NOT NULL CHECK (length_minutes > 0),
    schedule_id INTEGER REFERENCES schedule (id) ON DELETE SET NULL,
    hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
    -- Teams only: how its hosts serve.
    scheduling_type TEXT CHECK (scheduling_type IN ('collective', 'roundRobin', 'managed')),
    assign_all_team_members INTEGER NOT NULL DEFAULT 0 CHECK (assign_all_team_members IN (0, 1)),
    -- What decides slots stands in columns of its own.
    slot_interval INTEGER,                   -- minutes; NULL: the length
    minimum_booking_notice INTEGER NOT NULL DEFAULT 0,
    before_event_buffer INTEGER NOT NULL DEFAULT 0,
    after_event_buffer INTEGER NOT NULL DEFAULT 0,
    offset_start INTEGER NOT NULL DEFAULT 0,
    seats_per_slot INTEGER CHECK (seats_per_slot > 0),  -- NULL: one booking per slot
    settings TEXT NOT NULL,                  -- JSON: every other field, in the newest API form
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (owner_id, slug),
    UNIQUE (team_id, slug),
    CHECK ((owner_id IS NULL) <> (team_id IS NULL)),
    CHECK ((team_id IS NULL) = (scheduling_type IS NULL))
) STRICT
--;;
INSERT INTO event_type_new
    (id, owner_id, slug, title, length_minutes, schedule_id, hidden, slot_interval,
     minimum_booking_notice, before_event_buffer, after_event_buffer, offset_start,
     seats_per_slot, settings, created_at, updated_at)
    SELECT id, owner_id, slug, title, length_minutes, schedule_id, hidden, slot_interval,
        minimum_booking_notice, before_event_buffer, after_event_buffer, offset_start,
        settings ->> '$.seats.seatsPerTimeSlot', settings, created_at, updated_at
    FROM event_type
--;;
DROP TABLE event_type
--;;
ALTER TABLE event_type_new RENAME TO event_type
--;;
CREATE INDEX event_type_parent ON event_type (parent_id) WHERE parent_id IS NOT NULL
--;;
-- Who holds the meetings of a team's event type.
CREATE TABLE event_host (
    event_type_id INTEGER NOT NULL REFERENCES event_type (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,               -- the order they were given in
    is_fixed INTEGER NOT NULL CHECK (is_fixed IN (0, 1)),   -- in every booking
    priority INTEGER NOT NULL DEFAULT 2 CHECK (priority BETWEEN 0 AND 4),  -- 4: highest
    weight INTEGER NOT NULL DEFAULT 100 CHECK (weight >= 0),
    group_id TEXT,                           -- one host of every group is needed
    schedule_id INTEGER REFERENCES schedule (id) ON DELETE SET NULL,
    -- When a booking last chose them: the least recent goes first, and a booking
    -- that decides by it changes it in its own batch.
    last_booked_at INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (event_type_id, user_id)
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX event_host_user ON event_host (user_id, event_type_id)
--;;
-- Links that let whoever has them book, a number of times or until some time.
CREATE TABLE private_link (
    id TEXT PRIMARY KEY,                     -- opaque
    event_type_id INTEGER NOT NULL REFERENCES event_type (id) ON DELETE CASCADE,
    expires_at INTEGER,
    max_usage_count INTEGER CHECK (max_usage_count > 0),
    usage_count INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX private_link_event_type ON private_link (event_type_id)
--;;
-- Whole days, by the host's own calendar, on which they take no bookings.
CREATE TABLE out_of_office (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    to_user_id INTEGER REFERENCES user (id) ON DELETE SET NULL,
    start_at INTEGER NOT NULL,               -- 00:00:00.000Z of the first day
    end_at INTEGER NOT NULL CHECK (end_at > start_at),  -- 23:59:59.999Z of the last
    notes TEXT,
    reason TEXT NOT NULL DEFAULT 'unspecified'
        CHECK (reason IN ('unspecified', 'vacation', 'travel', 'sick', 'public_holiday')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (user_id, start_at, end_at)
) STRICT
--;;
CREATE INDEX out_of_office_user ON out_of_office (user_id, end_at)
--;;
-- Spans of days a user spends in another zone: the wall clock of their default
-- schedule hangs there meanwhile.
CREATE TABLE travel_schedule (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    time_zone TEXT NOT NULL,
    start_date TEXT NOT NULL,                -- YYYY-MM-DD, the first day there
    end_date TEXT CHECK (end_date >= start_date),  -- the last; NULL: until further notice
    created_at INTEGER NOT NULL
) STRICT
--;;
CREATE INDEX travel_schedule_user ON travel_schedule (user_id, start_date)
--;;
-- Slots held for whoever is just booking them.
CREATE TABLE reservation (
    uid TEXT PRIMARY KEY,
    event_type_id INTEGER NOT NULL REFERENCES event_type (id) ON DELETE CASCADE,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL CHECK (end_at > start_at),
    duration_minutes INTEGER NOT NULL,       -- how long it holds
    expires_at INTEGER NOT NULL,
    is_seat INTEGER NOT NULL DEFAULT 0 CHECK (is_seat IN (0, 1)),  -- one seat of a slot
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX reservation_event_type ON reservation (event_type_id, start_at)
--;;
CREATE INDEX reservation_expiry ON reservation (expires_at)
--;;
-- Whose time a reservation holds, as `busy_time` has it for bookings.
CREATE TABLE hold (
    user_id INTEGER NOT NULL,
    busy_end INTEGER NOT NULL,
    busy_start INTEGER NOT NULL CHECK (busy_start < busy_end),
    reservation_uid TEXT NOT NULL REFERENCES reservation (uid) ON DELETE CASCADE,
    PRIMARY KEY (user_id, busy_end, reservation_uid)
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX hold_reservation ON hold (reservation_uid)
--;;
-- Of the event type's team, if any.
ALTER TABLE booking ADD COLUMN team_id INTEGER
--;;
-- Shared by a series.
ALTER TABLE booking ADD COLUMN recurring_uid TEXT
--;;
-- NULL: not seated.
ALTER TABLE booking ADD COLUMN seats_per_slot INTEGER
--;;
ALTER TABLE booking ADD COLUMN rescheduled_from_uid TEXT
--;;
ALTER TABLE booking ADD COLUMN rescheduled_to_uid TEXT
--;;
ALTER TABLE booking ADD COLUMN rescheduling_reason TEXT
--;;
ALTER TABLE booking ADD COLUMN rescheduled_by_email TEXT
--;;
ALTER TABLE booking ADD COLUMN rejection_reason TEXT
--;;
ALTER TABLE booking ADD COLUMN reassign_reason TEXT
--;;
-- JSON object: what else a booking carries (routing, references …)
ALTER TABLE booking ADD COLUMN extras TEXT NOT NULL DEFAULT '{}'
--;;
CREATE INDEX booking_recurring ON booking (recurring_uid, start_at) WHERE recurring_uid IS NOT NULL
--;;
CREATE INDEX booking_team ON booking (team_id, start_at) WHERE team_id IS NOT NULL
--;;
-- The hosts of a booking beside its organiser, who is `booking.user_id`.
CREATE TABLE booking_host (
    booking_id INTEGER NOT NULL REFERENCES booking (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    is_fixed INTEGER NOT NULL CHECK (is_fixed IN (0, 1)),
    PRIMARY KEY (booking_id, user_id)
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX booking_host_user ON booking_host (user_id, booking_id)
--;;
-- A seat is an attendee of a seated booking.
ALTER TABLE attendee ADD COLUMN seat_uid TEXT
--;;
-- JSON object; seats have their own.
ALTER TABLE attendee ADD COLUMN responses TEXT
--;;
-- JSON object; seats have their own.
ALTER TABLE attendee ADD COLUMN metadata TEXT
--;;
CREATE UNIQUE INDEX attendee_seat ON attendee (seat_uid) WHERE seat_uid IS NOT NULL
--;;
-- 1: keeps every other exclusive time of the user out. 0: the user is taken but
-- did not promise that time alone: as an attendee of somebody else's booking, or
-- where a host booked over a conflict on purpose.
ALTER TABLE busy_time ADD COLUMN exclusive INTEGER NOT NULL DEFAULT 1
    CHECK (exclusive IN (0, 1))
--;;
-- The second net. Every write decides by a condition of its own; whatever slips
-- through ends here. The bound in minutes is the greatest span of a busy time.
CREATE TRIGGER busy_time_never_overlaps BEFORE INSERT ON busy_time WHEN new.exclusive = 1
BEGIN
    SELECT raise(ABORT, 'double booking') FROM busy_time
    WHERE user_id = new.user_id AND busy_end > new.busy_start
        AND busy_end < new.busy_end + 12960 * 60000 AND busy_start < new.busy_end
        AND exclusive = 1 AND booking_id <> new.booking_id
    LIMIT 1;
END
