//! What webhooks can hear of beside what a booking itself goes through
//! ([`crate::booking::Event`]): payments, forms, recordings, calls nobody came to,
//! credentials that fail, bookings that went to the wrong host.

use meridian_kernel::{BookingId, EventTypeId, Instant, TeamId, UserId};
use serde_json::Value;

/// Somebody pays for a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentEvent {
    /// They were asked to.
    Initiated(Payment),
    /// They did.
    Paid(Payment),
}

/// A payment for a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The id.
    pub id: i64,
    /// How much, in the smallest unit of the currency.
    pub amount: i64,
    /// ISO 4217, in small letters.
    pub currency: String,
    /// What the payment provider calls it.
    pub external_id: Option<String>,
}

impl PaymentEvent {
    /// The trigger it goes by.
    pub const fn trigger(&self) -> &'static str {
        match self {
            Self::Initiated(_) => "BOOKING_PAYMENT_INITIATED",
            Self::Paid(_) => "BOOKING_PAID",
        }
    }

    /// The payment.
    pub const fn payment(&self) -> &Payment {
        match self {
            Self::Initiated(payment) | Self::Paid(payment) => payment,
        }
    }
}

/// Somebody filled in a routing form.
#[derive(Clone, Debug, PartialEq)]
pub struct FormEvent {
    /// What came of it.
    pub outcome: FormOutcome,
    /// The form.
    pub form_id: String,
    /// Its name.
    pub form_name: String,
    /// Whose form it is, where it is one of a user's own: their webhooks hear of it.
    pub owner: Option<UserId>,
    /// The team, where it is a team's.
    pub team: Option<TeamId>,
    /// The filled-in form.
    pub response_id: i64,
    /// What was filled in, in the order of the form.
    pub answers: Vec<FormAnswer>,
}

/// What came of a filled-in form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormOutcome {
    /// It was handed in.
    Submitted,
    /// Nothing was booked within a while. Where it led, if anywhere.
    NoEvent(Option<FormAction>),
    /// No rule of the form fitted, so this was done.
    FallbackHit(FormAction),
}

/// An answer to a field of a form.
#[derive(Clone, Debug, PartialEq)]
pub struct FormAnswer {
    /// The identifier of the field, else its label.
    pub name: String,
    /// What people read beside the field.
    pub label: String,
    /// A text, a number or a list of texts.
    pub value: Value,
    /// The same, with `{id, label}` for whatever was chosen from a list.
    pub response: Value,
}

/// Where a form leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormAction {
    /// How.
    pub kind: FormActionKind,
    /// The message, the address or the path of the event type.
    pub value: String,
    /// The event type, where it leads to one.
    pub event_type: Option<EventTypeId>,
}

/// How a form leads somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormActionKind {
    /// It shows a message.
    Message,
    /// It leads to an address outside.
    ExternalUrl,
    /// It leads to an event type.
    EventType,
}

impl FormActionKind {
    /// As subscribers know it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Message => "customPageMessage",
            Self::ExternalUrl => "externalRedirectUrl",
            Self::EventType => "eventTypeRedirectUrl",
        }
    }
}

impl FormEvent {
    /// The trigger it goes by.
    pub const fn trigger(&self) -> &'static str {
        match self.outcome {
            FormOutcome::Submitted => "FORM_SUBMITTED",
            FormOutcome::NoEvent(_) => "FORM_SUBMITTED_NO_EVENT",
            FormOutcome::FallbackHit(_) => "ROUTING_FORM_FALLBACK_HIT",
        }
    }
}

/// Whether the answers of a filled-in form stand at the root of the body of this
/// trigger, beside the payload: the oldest subscribers look for them there.
pub(super) fn has_answers_at_root(trigger: &str) -> bool {
    matches!(trigger, "FORM_SUBMITTED" | "FORM_SUBMITTED_NO_EVENT" | "ROUTING_FORM_FALLBACK_HIT")
}

/// A call was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingEvent {
    /// The recording can be fetched.
    Ready {
        /// From where.
        download_link: String,
    },
    /// What was said can be read.
    Transcribed {
        /// The transcript, in each of its formats.
        transcription: Vec<TranscriptFile>,
        /// Where the recording is.
        recording: String,
    },
}

/// A transcript in one format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptFile {
    /// Such as `srt`.
    pub format: String,
    /// Where it is.
    pub link: String,
}

impl RecordingEvent {
    /// The trigger it goes by.
    pub const fn trigger(&self) -> &'static str {
        match self {
            Self::Ready { .. } => "RECORDING_READY",
            Self::Transcribed { .. } => "RECORDING_TRANSCRIPTION_GENERATED",
        }
    }
}

/// Calendars and calls of the organisation's users cannot be reached with the
/// credential that stands for all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegationCredentialError {
    /// What kind of failure.
    pub error_type: String,
    /// What went wrong.
    pub message: String,
    /// The credential as the app has it; -1 where it is made anew for each use.
    pub credential_id: i64,
    /// Such as `google_calendar`.
    pub credential_type: String,
    /// Such as `google-calendar`.
    pub app_id: String,
    /// The organisation's credential.
    pub delegation_credential_id: String,
    /// For whom it was used.
    pub user: UserId,
    /// Their address.
    pub user_email: String,
}

impl DelegationCredentialError {
    /// The trigger it goes by.
    pub const TRIGGER: &str = "DELEGATION_CREDENTIAL_ERROR";
}

/// Somebody says that a booking went to the wrong host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongAssignmentReport {
    /// Who says so.
    pub reported_by: ReportedBy,
    /// Why it went to that host, where that is known.
    pub routing_reason: Option<String>,
    /// Who should have it, where that was said.
    pub correct_assignee: Option<String>,
    /// What else was said.
    pub additional_notes: Option<String>,
}

/// Who reports something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedBy {
    /// The id.
    pub id: UserId,
    /// The address.
    pub email: String,
    /// Possibly empty.
    pub name: String,
}

impl WrongAssignmentReport {
    /// The trigger it goes by.
    pub const TRIGGER: &str = "WRONG_ASSIGNMENT_REPORT";
}

/// Somebody will be away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfOfficeCreated<'a> {
    /// An opaque name of the entry.
    pub uuid: &'a str,
    /// The first instant of it.
    pub start: Instant,
    /// The last one.
    pub end: Instant,
    /// For people.
    pub notes: Option<&'a str>,
    /// `unspecified`, `vacation`, `travel`, `sick` or `public_holiday`.
    pub reason: &'a str,
    /// When it was made.
    pub created_at: Instant,
}

impl OutOfOfficeCreated<'_> {
    /// The trigger it goes by.
    pub const TRIGGER: &'static str = "OOO_CREATED";
}

/// A call that somebody did not come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallMissed {
    /// Which booking.
    pub booking: BookingId,
    /// Who did not come.
    pub by: Absentee,
    /// Until when they could have come.
    pub deadline: Instant,
}

/// Who did not come to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absentee {
    /// A host.
    Host(UserId),
    /// The guests, all of them.
    Guests,
}

impl CallMissed {
    /// The trigger it goes by.
    pub const fn trigger(&self) -> &'static str {
        match self.by {
            Absentee::Host(_) => "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
            Absentee::Guests => "AFTER_GUESTS_CAL_VIDEO_NO_SHOW",
        }
    }
}
