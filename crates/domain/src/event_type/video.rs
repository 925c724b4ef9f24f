//! The built-in video call.

use serde::{Deserialize, Serialize};

/// What happens in the built-in video call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CalVideoSettings {
    /// The owner cannot record.
    pub disable_recording_for_organizer: bool,
    /// Guests cannot record.
    pub disable_recording_for_guests: bool,
    /// Where everybody goes when they leave.
    pub redirect_url_on_exit: Option<String>,
    /// Recording starts when the owner joins.
    pub enable_automatic_recording_for_organizer: bool,
    /// Transcription starts when somebody joins.
    pub enable_automatic_transcription: bool,
    /// Guests get no transcript.
    pub disable_transcription_for_guests: bool,
    /// The owner gets no transcript.
    pub disable_transcription_for_organizer: bool,
    /// Transcripts are sent by e-mail.
    pub send_transcription_emails: bool,
}

impl Default for CalVideoSettings {
    fn default() -> Self {
        Self {
            disable_recording_for_organizer: false,
            disable_recording_for_guests: false,
            redirect_url_on_exit: None,
            enable_automatic_recording_for_organizer: false,
            enable_automatic_transcription: false,
            disable_transcription_for_guests: false,
            disable_transcription_for_organizer: false,
            send_transcription_emails: true,
        }
    }
}
