-- Lists of bookings whose cost does not grow with the bookings outside them.

-- How lists tell bookings apart: 0 accepted, 1 pending, 2 cancelled or rejected;
-- 3 and 4: accepted and pending ones of a series.
ALTER TABLE booking ADD COLUMN kind INTEGER GENERATED ALWAYS AS (
    CASE status WHEN 'accepted' THEN 0 WHEN 'pending' THEN 1 ELSE 2 END
    + CASE WHEN recurring_uid IS NOT NULL AND status IN ('accepted', 'pending') THEN 3 ELSE 0 END
) VIRTUAL
--;;
-- Who sees which booking: 0 the organisation, -n its team n, n its user n. A user
-- sees what they organise, host or attend under their address.
CREATE VIEW booking_sight AS
    SELECT id AS booking_id, 0 AS viewer FROM booking
    UNION ALL SELECT id, user_id FROM booking
    UNION ALL SELECT id, -team_id FROM booking WHERE team_id IS NOT NULL
    UNION ALL SELECT booking_id, user_id FROM booking_host
    UNION ALL SELECT a.booking_id, u.id FROM attendee a JOIN user u ON u.email = a.email
--;;
-- The same, in the order lists are read: every list is some ranges of this index.
-- Written by the triggers below only, so that no writer can forget it.
CREATE TABLE booking_viewer (
    viewer INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    start_at INTEGER NOT NULL,
    booking_id INTEGER NOT NULL,
    -- What lists filter by.
    end_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    event_type_id INTEGER NOT NULL,
    team_id INTEGER,
    PRIMARY KEY (viewer, kind, start_at, booking_id)
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX booking_viewer_created ON booking_viewer (viewer, kind, created_at, booking_id)
--;;
CREATE INDEX booking_viewer_updated ON booking_viewer (viewer, kind, updated_at, booking_id)
--;;
-- It stands in booking_viewer now.
DROP INDEX booking_user_start
--;;
-- How many of them start in each span of 28 days since 1970: totals without
-- counting.
CREATE TABLE booking_tally (
    viewer INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    span INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (viewer, kind, span)
) STRICT, WITHOUT ROWID
--;;
CREATE TRIGGER booking_viewer_counts AFTER INSERT ON booking_viewer
BEGIN
    INSERT INTO booking_tally (viewer, kind, span, amount)
        VALUES (new.viewer, new.kind, new.start_at / 2419200000, 1)
        ON CONFLICT (viewer, kind, span) DO UPDATE SET amount = amount + 1;
END
--;;
CREATE TRIGGER booking_viewer_discounts AFTER DELETE ON booking_viewer
BEGIN
    UPDATE booking_tally SET amount = amount - 1
        WHERE viewer = old.viewer AND kind = old.kind AND span = old.start_at / 2419200000;
END
--;;
-- Lists find what runs now among what starts within the greatest span before now.
CREATE TRIGGER booking_is_never_longer BEFORE INSERT ON booking
    WHEN new.end_at - new.start_at > 12960 * 60000
BEGIN
    SELECT raise(ABORT, 'a booking of more than nine days');
END
--;;
CREATE TRIGGER booking_gets_never_longer BEFORE UPDATE OF start_at, end_at ON booking
    WHEN new.end_at - new.start_at > 12960 * 60000
BEGIN
    SELECT raise(ABORT, 'a booking of more than nine days');
END
--;;
CREATE TRIGGER booking_comes AFTER INSERT ON booking
BEGIN
    INSERT INTO booking_viewer VALUES (0, new.kind, new.start_at, new.id, new.end_at,
        new.created_at, new.updated_at, new.event_type_id, new.team_id);
    INSERT INTO booking_viewer VALUES (new.user_id, new.kind, new.start_at, new.id, new.end_at,
        new.created_at, new.updated_at, new.event_type_id, new.team_id);
    INSERT INTO booking_viewer SELECT -new.team_id, new.kind, new.start_at, new.id, new.end_at,
        new.created_at, new.updated_at, new.event_type_id, new.team_id
        WHERE new.team_id IS NOT NULL;
END
--;;
CREATE TRIGGER booking_leaves_its_place BEFORE UPDATE OF user_id, team_id, event_type_id, status,
    recurring_uid, start_at, end_at, created_at, updated_at ON booking
BEGIN
    DELETE FROM booking_viewer
        WHERE viewer IN (SELECT viewer FROM booking_sight WHERE booking_id = old.id)
        AND kind = old.kind AND start_at = old.start_at AND booking_id = old.id;
END
--;;
CREATE TRIGGER booking_takes_its_place AFTER UPDATE OF user_id, team_id, event_type_id, status,
    recurring_uid, start_at, end_at, created_at, updated_at ON booking
BEGIN
    INSERT INTO booking_viewer SELECT DISTINCT viewer, new.kind, new.start_at, new.id, new.end_at,
        new.created_at, new.updated_at, new.event_type_id, new.team_id
        FROM booking_sight WHERE booking_id = new.id;
END
--;;
CREATE TRIGGER booking_goes BEFORE DELETE ON booking
BEGIN
    DELETE FROM booking_viewer
        WHERE viewer IN (SELECT viewer FROM booking_sight WHERE booking_id = old.id)
        AND kind = old.kind AND start_at = old.start_at AND booking_id = old.id;
END
--;;
CREATE TRIGGER booking_host_comes AFTER INSERT ON booking_host
BEGIN
    INSERT INTO booking_viewer SELECT new.user_id, b.kind, b.start_at, b.id, b.end_at,
        b.created_at, b.updated_at, b.event_type_id, b.team_id
        FROM booking b WHERE b.id = new.booking_id
        AND NOT EXISTS (SELECT 1 FROM booking_viewer WHERE viewer = new.user_id
            AND kind = b.kind AND start_at = b.start_at AND booking_id = b.id);
END
--;;
CREATE TRIGGER booking_host_goes AFTER DELETE ON booking_host
BEGIN
    DELETE FROM booking_viewer WHERE viewer = old.user_id
        AND kind = (SELECT kind FROM booking WHERE id = old.booking_id)
        AND start_at = (SELECT start_at FROM booking WHERE id = old.booking_id)
        AND booking_id = old.booking_id
        AND NOT EXISTS (SELECT 1 FROM booking_sight
            WHERE booking_id = old.booking_id AND viewer = old.user_id);
END
--;;
CREATE TRIGGER booking_host_changes AFTER UPDATE OF booking_id, user_id ON booking_host
BEGIN
    DELETE FROM booking_viewer WHERE viewer = old.user_id
        AND kind = (SELECT kind FROM booking WHERE id = old.booking_id)
        AND start_at = (SELECT start_at FROM booking WHERE id = old.booking_id)
        AND booking_id = old.booking_id
        AND NOT EXISTS (SELECT 1 FROM booking_sight
            WHERE booking_id = old.booking_id AND viewer = old.user_id);
    INSERT INTO booking_viewer SELECT new.user_id, b.kind, b.start_at, b.id, b.end_at,
        b.created_at, b.updated_at, b.event_type_id, b.team_id
        FROM booking b WHERE b.id = new.booking_id
        AND NOT EXISTS (SELECT 1 FROM booking_viewer WHERE viewer = new.user_id
            AND kind = b.kind AND start_at = b.start_at AND booking_id = b.id);
END
--;;
CREATE TRIGGER attendee_comes AFTER INSERT ON attendee
BEGIN
    INSERT INTO booking_viewer SELECT u.id, b.kind, b.start_at, b.id, b.end_at,
        b.created_at, b.updated_at, b.event_type_id, b.team_id
        FROM user u CROSS JOIN booking b WHERE u.email = new.email AND b.id = new.booking_id
        AND NOT EXISTS (SELECT 1 FROM booking_viewer WHERE viewer = u.id
            AND kind = b.kind AND start_at = b.start_at AND booking_id = b.id);
END
--;;
CREATE TRIGGER attendee_goes AFTER DELETE ON attendee
BEGIN
    DELETE FROM booking_viewer WHERE viewer = (SELECT id FROM user WHERE email = old.email)
        AND kind = (SELECT kind FROM booking WHERE id = old.booking_id)
        AND start_at = (SELECT start_at FROM booking WHERE id = old.booking_id)
        AND booking_id = old.booking_id
        AND viewer NOT IN (SELECT viewer FROM booking_sight WHERE booking_id = old.booking_id);
END
--;;
CREATE TRIGGER attendee_changes AFTER UPDATE OF booking_id, email ON attendee
BEGIN
    DELETE FROM booking_viewer WHERE viewer = (SELECT id FROM user WHERE email = old.email)
        AND kind = (SELECT kind FROM booking WHERE id = old.booking_id)
        AND start_at = (SELECT start_at FROM booking WHERE id = old.booking_id)
        AND booking_id = old.booking_id
        AND viewer NOT IN (SELECT viewer FROM booking_sight WHERE booking_id = old.booking_id);
    INSERT INTO booking_viewer SELECT u.id, b.kind, b.start_at, b.id, b.end_at,
        b.created_at, b.updated_at, b.event_type_id, b.team_id
        FROM user u CROSS JOIN booking b WHERE u.email = new.email AND b.id = new.booking_id
        AND NOT EXISTS (SELECT 1 FROM booking_viewer WHERE viewer = u.id
            AND kind = b.kind AND start_at = b.start_at AND booking_id = b.id);
END
--;;
CREATE TRIGGER user_comes AFTER INSERT ON user
BEGIN
    INSERT INTO booking_viewer SELECT DISTINCT new.id, b.kind, b.start_at, b.id, b.end_at,
        b.created_at, b.updated_at, b.event_type_id, b.team_id
        FROM attendee a CROSS JOIN booking b ON b.id = a.booking_id WHERE a.email = new.email;
END
--;;
CREATE TRIGGER user_moves AFTER UPDATE OF email ON user WHEN new.email <> old.email
BEGIN
    DELETE FROM booking_viewer WHERE viewer = new.id
        AND booking_id IN (SELECT booking_id FROM attendee WHERE email = old.email)
        AND NOT EXISTS (SELECT 1 FROM booking_sight
            WHERE booking_id = booking_viewer.booking_id AND viewer = new.id);
    INSERT INTO booking_viewer SELECT DISTINCT new.id, b.kind, b.start_at, b.id, b.end_at,
        b.created_at, b.updated_at, b.event_type_id, b.team_id
        FROM attendee a CROSS JOIN booking b ON b.id = a.booking_id WHERE a.email = new.email
        AND NOT EXISTS (SELECT 1 FROM booking_viewer WHERE viewer = new.id
            AND kind = b.kind AND start_at = b.start_at AND booking_id = b.id);
END
--;;
CREATE TRIGGER user_goes AFTER DELETE ON user
BEGIN
    DELETE FROM booking_viewer WHERE viewer = old.id;
    DELETE FROM booking_tally WHERE viewer = old.id;
END
--;;
-- Those that are there already.
INSERT INTO booking_viewer SELECT DISTINCT s.viewer, b.kind, b.start_at, b.id, b.end_at,
    b.created_at, b.updated_at, b.event_type_id, b.team_id
    FROM booking b JOIN booking_sight s ON s.booking_id = b.id
