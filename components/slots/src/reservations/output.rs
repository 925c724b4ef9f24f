//! A reservation as the API shows it.

use meridian_kernel::EventTypeId;
use meridian_store::reservations::Reservation;
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReservationOutput {
    event_type_id: EventTypeId,
    slot_start: String,
    slot_end: String,
    slot_duration: i64,
    reservation_uid: String,
    reservation_duration: u32,
    reservation_until: String,
}

impl From<Reservation> for ReservationOutput {
    fn from(reservation: Reservation) -> Self {
        Self {
            event_type_id: reservation.event_type_id,
            slot_start: reservation.start.to_iso(),
            slot_end: reservation.end.to_iso(),
            slot_duration: reservation.end.minutes_since(reservation.start),
            reservation_uid: reservation.uid,
            reservation_duration: reservation.duration_minutes,
            reservation_until: reservation.expires_at.to_iso(),
        }
    }
}
