-- Up to which start built-in calls were looked at, a while after it, for who did not come:
-- one row. As with beginnings and ends of meetings, bookings are found by their times, so
-- whatever moves or drops a booking moves or drops this.
CREATE TABLE call_clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    checked_until INTEGER NOT NULL,
    checked_through INTEGER NOT NULL         -- of those at that very instant, the last booking
) STRICT
--;;
INSERT INTO call_clock (id, checked_until, checked_through) VALUES (1, unixepoch() * 1000, 0)
--;;
CREATE INDEX booking_calls ON booking (start_at)
    WHERE status = 'accepted' AND location = 'integrations:daily'
--;;
-- Calls that began before anybody asked are not looked at.
CREATE TRIGGER call_listener_comes AFTER INSERT ON webhook
    WHEN new.active = 1 AND instr(new.triggers, '_CAL_VIDEO_NO_SHOW"') > 0
BEGIN
    UPDATE call_clock SET checked_until = max(checked_until, new.updated_at)
        WHERE NOT EXISTS (SELECT 1 FROM webhook WHERE id <> new.id AND active = 1
            AND instr(triggers, '_CAL_VIDEO_NO_SHOW"') > 0);
END
--;;
CREATE TRIGGER call_listener_wakes AFTER UPDATE OF active, triggers ON webhook
    WHEN new.active = 1 AND instr(new.triggers, '_CAL_VIDEO_NO_SHOW"') > 0
    AND NOT (old.active = 1 AND instr(old.triggers, '_CAL_VIDEO_NO_SHOW"') > 0)
BEGIN
    UPDATE call_clock SET checked_until = max(checked_until, new.updated_at)
        WHERE NOT EXISTS (SELECT 1 FROM webhook WHERE id <> new.id AND active = 1
            AND instr(triggers, '_CAL_VIDEO_NO_SHOW"') > 0);
END
