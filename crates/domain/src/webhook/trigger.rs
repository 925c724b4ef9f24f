/// What a webhook can be called for (contract: webhooks, "triggers").
pub const TRIGGERS: &[&str] = &[
    "BOOKING_CREATED",
    "BOOKING_PAYMENT_INITIATED",
    "BOOKING_PAID",
    "BOOKING_RESCHEDULED",
    "BOOKING_REQUESTED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
    "BOOKING_NO_SHOW_UPDATED",
    "FORM_SUBMITTED",
    "MEETING_ENDED",
    "MEETING_STARTED",
    "RECORDING_READY",
    "INSTANT_MEETING",
    "RECORDING_TRANSCRIPTION_GENERATED",
    "OOO_CREATED",
    "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
    "AFTER_GUESTS_CAL_VIDEO_NO_SHOW",
    "FORM_SUBMITTED_NO_EVENT",
    "ROUTING_FORM_FALLBACK_HIT",
    "DELEGATION_CREDENTIAL_ERROR",
    "WRONG_ASSIGNMENT_REPORT",
];

#[cfg(test)]
mod tests {
    use meridian_kernel::{BookingId, Instant, OrganizationNumber, UserId, WireId};

    use super::*;
    use crate::booking::Event;
    use crate::webhook::{
        Absentee, CallMissed, DelegationCredentialError, FormAction, FormActionKind, FormEvent,
        FormOutcome, OutOfOfficeCreated, Payment, PaymentEvent, RecordingEvent,
        WrongAssignmentReport,
    };

    /// What store tells of by itself: meetings begin and end by a clock.
    const OF_THE_CLOCK: [&str; 2] = ["MEETING_STARTED", "MEETING_ENDED"];

    fn payments() -> [&'static str; 2] {
        let payment = Payment { id: 1, amount: 1, currency: "usd".to_owned(), external_id: None };
        [PaymentEvent::Initiated(payment.clone()), PaymentEvent::Paid(payment)]
            .map(|event| event.trigger())
    }

    fn forms() -> [&'static str; 3] {
        let action =
            FormAction { kind: FormActionKind::Message, value: String::new(), event_type: None };
        [FormOutcome::Submitted, FormOutcome::NoEvent(None), FormOutcome::FallbackHit(action)].map(
            |outcome| {
                let (form_id, form_name) = (String::new(), String::new());
                let (owner, team, answers) = (None, None, Vec::new());
                FormEvent { outcome, form_id, form_name, owner, team, response_id: 1, answers }
                    .trigger()
            },
        )
    }

    fn recordings() -> [&'static str; 2] {
        let (transcription, recording) = (Vec::new(), String::new());
        [
            RecordingEvent::Ready { download_link: String::new() },
            RecordingEvent::Transcribed { transcription, recording },
        ]
        .map(|event| event.trigger())
    }

    fn no_shows() -> [&'static str; 2] {
        let user = UserId::new(OrganizationNumber::NONE, 1);
        [Absentee::Host(user), Absentee::Guests].map(|by| {
            let booking = BookingId::new(OrganizationNumber::NONE, 1);
            CallMissed { booking, by, deadline: Instant::from_millis(0) }.trigger()
        })
    }

    #[test]
    fn every_trigger_has_an_event_and_every_event_a_trigger() {
        let bookings = [
            Event::Requested,
            Event::Created,
            Event::Rescheduled,
            Event::Cancelled,
            Event::Rejected,
            Event::NoShowUpdated,
            Event::InstantMeeting,
        ];
        let mut all: Vec<&str> = bookings.into_iter().map(Event::trigger).collect();
        all.extend(payments());
        all.extend(forms());
        all.extend(recordings());
        all.extend(no_shows());
        all.extend(OF_THE_CLOCK);
        all.extend([
            DelegationCredentialError::TRIGGER,
            WrongAssignmentReport::TRIGGER,
            OutOfOfficeCreated::TRIGGER,
        ]);
        all.sort_unstable();
        let mut known = TRIGGERS.to_vec();
        known.sort_unstable();
        assert_eq!(all, known);
        assert_eq!(known.len(), 21);
    }
}
