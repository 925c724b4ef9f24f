//! Webhooks: what they can be called for, where they may point, how a delivery
//! looks and when it is tried again.

mod backoff;
mod body;
mod events;
mod judge;
mod no_show;
mod signature;
mod target;
mod template;
mod trigger;

pub use backoff::{MOST_ATTEMPTS, next_attempt};
pub use body::{Body, Event, MediaType, TooLong, render};
pub use events::{
    Absentee, CallMissed, DelegationCredentialError, FormAction, FormActionKind, FormAnswer,
    FormEvent, FormOutcome, OutOfOfficeCreated, Payment, PaymentEvent, RecordingEvent, ReportedBy,
    TranscriptFile, WrongAssignmentReport,
};
pub use judge::{Attempt, Judgement, judge};
pub use no_show::{Call, Participant, check_at, who_missed};
pub use signature::{UNSIGNED, sign, sign_standard, timestamp};
pub use target::{TargetRefusal, check_host};
pub use template::{TemplateRefusal, check_template};
pub use trigger::TRIGGERS;

/// The only version of the payload there is.
pub const PAYLOAD_VERSION: &str = "2021-10-20";

/// For how long a secret that was replaced still signs beside the new one, in
/// milliseconds: time enough to tell every subscriber.
pub const SECRET_OVERLAP: i64 = 24 * 60 * 60 * 1000;
