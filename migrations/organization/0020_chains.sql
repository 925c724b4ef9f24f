-- What a subscriber hears keeps its order over moves as well. A move makes another booking;
-- all that came from one by moves are a chain, named by the row number of the first of
-- them. The first one itself has NULL.
ALTER TABLE booking ADD COLUMN chain_id INTEGER
--;;
UPDATE booking SET chain_id = chain.first FROM (
    WITH RECURSIVE back (id, first, before) AS (
        SELECT id, id, rescheduled_from_uid FROM booking WHERE rescheduled_from_uid IS NOT NULL
        UNION ALL SELECT back.id, b.id, b.rescheduled_from_uid
            FROM back JOIN booking b ON b.uid = back.before)
    SELECT id, first FROM back WHERE before IS NULL) chain
    WHERE booking.id = chain.id
--;;
-- NULL: of no booking.
ALTER TABLE webhook_delivery ADD COLUMN chain_id INTEGER
--;;
UPDATE webhook_delivery SET chain_id = (SELECT coalesce(b.chain_id, b.id)
    FROM outbox_event e JOIN booking b ON b.id = e.booking_id
    WHERE e.id = webhook_delivery.event_id)
--;;
-- Only what is pending has to keep an order, which is little.
CREATE INDEX webhook_delivery_chain ON webhook_delivery (webhook_id, chain_id, event_id)
    WHERE state = 'pending' AND chain_id IS NOT NULL
--;;
DROP INDEX outbox_event_booking
--;;
-- When a webhook was switched off by itself, and why; NULL: it was not.
ALTER TABLE webhook ADD COLUMN disabled_at INTEGER
--;;
ALTER TABLE webhook ADD COLUMN disabled_reason TEXT
