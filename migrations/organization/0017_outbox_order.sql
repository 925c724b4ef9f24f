-- What happened to a booking is found by its row number, which grows, and not by its uid,
-- which is random: a new booking's event then goes to the end of the index.
ALTER TABLE outbox_event ADD COLUMN booking_id INTEGER
--;;
UPDATE outbox_event SET booking_id = (SELECT b.id FROM booking b
    WHERE b.uid = outbox_event.booking_uid)
    WHERE booking_uid IS NOT NULL
--;;
DROP INDEX outbox_event_booking
--;;
CREATE INDEX outbox_event_booking ON outbox_event (booking_id) WHERE booking_id IS NOT NULL
--;;
-- Events are as old as their ids are low.
DROP INDEX outbox_event_created
