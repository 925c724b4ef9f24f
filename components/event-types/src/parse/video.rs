//! The built-in video call.

use meridian_domain::event_type::CalVideoSettings;
use meridian_gateway::validate::{Fields, boolean, url};

use super::setting;

/// The settings after the request: those that did not come stay.
pub fn cal_video_settings(
    fields: &mut Fields<'_>,
    stored: Option<CalVideoSettings>,
) -> Option<CalVideoSettings> {
    let before = stored.clone().unwrap_or_default();
    setting::object(fields, "calVideoSettings", stored, |fields| Some(read(fields, before)))
}

fn read(fields: &mut Fields<'_>, s: CalVideoSettings) -> CalVideoSettings {
    let redirect_url_on_exit =
        fields.patch("redirectUrlOnExit", url()).apply(s.redirect_url_on_exit);
    let mut flag = |name: &str, stored: bool| fields.patch(name, boolean()).or(stored);
    CalVideoSettings {
        disable_recording_for_organizer: flag(
            "disableRecordingForOrganizer",
            s.disable_recording_for_organizer,
        ),
        disable_recording_for_guests: flag(
            "disableRecordingForGuests",
            s.disable_recording_for_guests,
        ),
        enable_automatic_recording_for_organizer: flag(
            "enableAutomaticRecordingForOrganizer",
            s.enable_automatic_recording_for_organizer,
        ),
        enable_automatic_transcription: flag(
            "enableAutomaticTranscription",
            s.enable_automatic_transcription,
        ),
        disable_transcription_for_guests: flag(
            "disableTranscriptionForGuests",
            s.disable_transcription_for_guests,
        ),
        disable_transcription_for_organizer: flag(
            "disableTranscriptionForOrganizer",
            s.disable_transcription_for_organizer,
        ),
        send_transcription_emails: flag("sendTranscriptionEmails", s.send_transcription_emails),
        redirect_url_on_exit,
    }
}
