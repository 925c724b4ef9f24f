//! Rules between settings. They hold of the event type as it will be stored, so a
//! change is checked together with what it leaves alone.

use super::{
    BookingField, DestinationCalendar, EventTypeSettings, FieldType, Location, unknown_variables,
};

/// Which settings a request spoke of: the words of a refusal begin with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// `seats`
    pub seats: bool,
    /// `locations`
    pub locations: bool,
    /// `destinationCalendar`
    pub destination_calendar: bool,
    /// `useDestinationCalendarEmail`
    pub use_destination_calendar_email: bool,
}

/// How bookers may be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// By e-mail: every form asks for the address.
    #[default]
    Email,
    /// By e-mail, or by phone alone where the form asks for the number instead: event
    /// types of an organisation's teams.
    EmailOrPhone,
}

/// What the owner has connected.
#[derive(Clone, Copy, Debug, Default)]
pub struct Connections<'a> {
    /// Conferencing apps, as locations name them.
    pub apps: &'a [&'a str],
    /// Calendars that can be written to.
    pub calendars: &'a [DestinationCalendar],
}

/// A rule a change would break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrokenRule {
    /// Seats were asked for, and there is more than one location.
    SeatsForSeveralLocations,
    /// More than one location was asked for, and there are seats.
    LocationsForSeats,
    /// Seats were asked for, and bookings must be confirmed.
    SeatsForConfirmation,
    /// Confirmation was asked for, and there are seats.
    ConfirmationForSeats,
    /// The length is not among the lengths to choose from.
    LengthNotAnOption,
    /// The field of the booker's address is optional or hidden.
    EmailNotAsked,
    /// Neither that nor the field of the booker's phone is required and visible.
    NeitherEmailNorPhoneAsked,
    /// The template of titles names something unknown.
    UnknownVariable(String),
    /// A location is an app that is not connected.
    AppNotConnected(String),
    /// The destination is no calendar that can be written to.
    UnknownCalendar,
    /// There is no calendar whose address could be used.
    NoCalendarForEmail,
}

/// Checks an event type as it would be stored: `length` in minutes is its own.
pub fn check(
    settings: &EventTypeSettings,
    length: u32,
    stated: Stated,
    connections: Connections<'_>,
    reach: Reach,
) -> Result<(), BrokenRule> {
    check_seats(settings, stated)?;
    check_lengths(settings, length)?;
    check_reach(settings, reach)?;
    check_custom_name(settings)?;
    check_connections(settings, stated, connections)
}

/// What was disconnected since it was set must not stand in the way of other
/// changes, so only what a request speaks of is checked.
fn check_connections(
    settings: &EventTypeSettings,
    stated: Stated,
    connections: Connections<'_>,
) -> Result<(), BrokenRule> {
    if stated.locations {
        check_apps(&settings.locations, connections.apps)?;
    }
    let destination = settings.destination_calendar.as_ref();
    let unknown = destination.is_some_and(|calendar| !connections.calendars.contains(calendar));
    if stated.destination_calendar && unknown {
        return Err(BrokenRule::UnknownCalendar);
    }
    let has_none = settings.use_destination_calendar_email && connections.calendars.is_empty();
    if stated.use_destination_calendar_email && has_none {
        return Err(BrokenRule::NoCalendarForEmail);
    }
    Ok(())
}

fn check_seats(settings: &EventTypeSettings, stated: Stated) -> Result<(), BrokenRule> {
    if settings.seats.is_none() {
        return Ok(());
    }
    if settings.locations.len() > 1 {
        return Err(if stated.seats {
            BrokenRule::SeatsForSeveralLocations
        } else {
            BrokenRule::LocationsForSeats
        });
    }
    if settings.confirmation_policy.is_some() {
        return Err(if stated.seats {
            BrokenRule::SeatsForConfirmation
        } else {
            BrokenRule::ConfirmationForSeats
        });
    }
    Ok(())
}

fn check_lengths(settings: &EventTypeSettings, length: u32) -> Result<(), BrokenRule> {
    let options = &settings.length_in_minutes_options;
    if options.is_empty() || options.contains(&length) {
        Ok(())
    } else {
        Err(BrokenRule::LengthNotAnOption)
    }
}

fn check_reach(settings: &EventTypeSettings, reach: Reach) -> Result<(), BrokenRule> {
    let is_asked = |field: &BookingField| field.required && !field.hidden;
    let mut emails = settings.booking_fields.iter().filter(|field| field.kind == FieldType::Email);
    if emails.all(is_asked) {
        return Ok(());
    }
    let mut phones = settings.booking_fields.iter().filter(|field| field.is_attendee_phone());
    match reach {
        Reach::Email => Err(BrokenRule::EmailNotAsked),
        Reach::EmailOrPhone if phones.any(is_asked) => Ok(()),
        Reach::EmailOrPhone => Err(BrokenRule::NeitherEmailNorPhoneAsked),
    }
}

fn check_custom_name(settings: &EventTypeSettings) -> Result<(), BrokenRule> {
    let template = settings.custom_name.as_deref().unwrap_or_default();
    let form = settings.form();
    let slugs: Vec<&str> = form.iter().map(|field| field.slug.as_str()).collect();
    match unknown_variables(template, &slugs).first() {
        Some(name) => Err(BrokenRule::UnknownVariable((*name).to_owned())),
        None => Ok(()),
    }
}

fn check_apps(locations: &[Location], apps: &[&str]) -> Result<(), BrokenRule> {
    let named = locations.iter().filter_map(|location| match location {
        Location::Integration { integration, .. } => Some(integration.as_str()),
        _ => None,
    });
    match named.into_iter().find(|app| !apps.contains(app)) {
        Some(app) => Err(BrokenRule::AppNotConnected(app.to_owned())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_type::{ConfirmationPolicy, Seats};

    const BUILT_IN: Connections<'static> = Connections { apps: &["cal-video"], calendars: &[] };
    const SEATS: Option<Seats> = Some(Seats {
        seats_per_time_slot: 4,
        show_attendee_info: true,
        show_availability_count: true,
    });
    const CONFIRM: Option<ConfirmationPolicy> =
        Some(ConfirmationPolicy::Always { block_unconfirmed_bookings_in_booker: false });

    fn verdict(settings: &EventTypeSettings, stated: Stated) -> Result<(), BrokenRule> {
        check(settings, 30, stated, BUILT_IN, Reach::Email)
    }

    #[test]
    fn seats_need_one_location_and_no_confirmation() {
        let asked = Stated { seats: true, ..Stated::default() };
        let several = EventTypeSettings {
            seats: SEATS,
            locations: vec![Location::AttendeePhone, Location::AttendeeAddress],
            ..EventTypeSettings::default()
        };
        assert_eq!(verdict(&several, asked), Err(BrokenRule::SeatsForSeveralLocations));
        assert_eq!(
            verdict(&several, Stated { locations: true, ..Stated::default() }),
            Err(BrokenRule::LocationsForSeats)
        );
        let confirmed = EventTypeSettings {
            seats: SEATS,
            confirmation_policy: CONFIRM,
            ..EventTypeSettings::default()
        };
        assert_eq!(verdict(&confirmed, asked), Err(BrokenRule::SeatsForConfirmation));
        assert_eq!(verdict(&confirmed, Stated::default()), Err(BrokenRule::ConfirmationForSeats));
        let alone = EventTypeSettings { seats: SEATS, ..EventTypeSettings::default() };
        assert_eq!(verdict(&alone, asked), Ok(()));
    }

    #[test]
    fn the_length_is_one_of_its_options() {
        let mut settings = EventTypeSettings {
            length_in_minutes_options: vec![15, 60],
            ..EventTypeSettings::default()
        };
        assert_eq!(verdict(&settings, Stated::default()), Err(BrokenRule::LengthNotAnOption));
        settings.length_in_minutes_options.push(30);
        assert_eq!(verdict(&settings, Stated::default()), Ok(()));
    }

    #[test]
    fn the_address_of_the_booker_is_always_asked() {
        let email = BookingField::default_of("email").unwrap();
        for (required, hidden) in [(false, false), (true, true)] {
            let settings = EventTypeSettings {
                booking_fields: vec![BookingField { required, hidden, ..email.clone() }],
                ..EventTypeSettings::default()
            };
            assert_eq!(verdict(&settings, Stated::default()), Err(BrokenRule::EmailNotAsked));
        }
    }

    #[test]
    fn a_team_may_ask_for_the_phone_instead_of_the_address() {
        let email = BookingField::default_of("email").unwrap();
        let hidden = BookingField { required: false, hidden: true, ..email.clone() };
        let phone = BookingField {
            kind: FieldType::Phone,
            slug: "attendeePhoneNumber".to_owned(),
            is_default: false,
            ..email
        };
        let verdict = |phone: BookingField, reach| {
            let settings = EventTypeSettings {
                booking_fields: vec![hidden.clone(), phone],
                ..EventTypeSettings::default()
            };
            check(&settings, 30, Stated::default(), BUILT_IN, reach)
        };
        assert_eq!(verdict(phone.clone(), Reach::EmailOrPhone), Ok(()));
        assert_eq!(verdict(phone.clone(), Reach::Email), Err(BrokenRule::EmailNotAsked));
        let optional = BookingField { required: false, ..phone.clone() };
        let other = BookingField { slug: "office".to_owned(), ..phone };
        for wrong in [optional, other] {
            assert_eq!(
                verdict(wrong, Reach::EmailOrPhone),
                Err(BrokenRule::NeitherEmailNorPhoneAsked)
            );
        }
    }

    #[test]
    fn titles_name_only_what_there_is() {
        let mut settings = EventTypeSettings {
            custom_name: Some("{Scheduler} on {topic}".to_owned()),
            ..EventTypeSettings::default()
        };
        assert_eq!(
            verdict(&settings, Stated::default()),
            Err(BrokenRule::UnknownVariable("topic".to_owned()))
        );
        let notes = BookingField::default_of("notes").unwrap();
        settings.booking_fields =
            vec![BookingField { slug: "topic".to_owned(), is_default: false, ..notes }];
        assert_eq!(verdict(&settings, Stated::default()), Ok(()));
    }

    #[test]
    fn an_app_must_be_connected_when_it_is_named() {
        let settings = EventTypeSettings {
            locations: vec![Location::integration("zoom")],
            ..EventTypeSettings::default()
        };
        let named = Stated { locations: true, ..Stated::default() };
        assert_eq!(verdict(&settings, named), Err(BrokenRule::AppNotConnected("zoom".to_owned())));
        assert_eq!(verdict(&settings, Stated::default()), Ok(()));
        assert_eq!(
            check(
                &settings,
                30,
                named,
                Connections { apps: &["zoom"], calendars: &[] },
                Reach::Email
            ),
            Ok(())
        );
    }

    #[test]
    fn a_destination_is_a_connected_calendar() {
        let calendar = DestinationCalendar {
            integration: "google_calendar".to_owned(),
            external_id: "ada@example.org".to_owned(),
        };
        let settings = EventTypeSettings {
            destination_calendar: Some(calendar.clone()),
            use_destination_calendar_email: true,
            ..EventTypeSettings::default()
        };
        let named = Stated { destination_calendar: true, ..Stated::default() };
        let email = Stated { use_destination_calendar_email: true, ..Stated::default() };
        assert_eq!(verdict(&settings, named), Err(BrokenRule::UnknownCalendar));
        assert_eq!(verdict(&settings, email), Err(BrokenRule::NoCalendarForEmail));
        assert_eq!(verdict(&settings, Stated::default()), Ok(()));
        let connections = Connections { apps: &[], calendars: &[calendar] };
        assert_eq!(check(&settings, 30, named, connections, Reach::Email), Ok(()));
        assert_eq!(check(&settings, 30, email, connections, Reach::Email), Ok(()));
    }
}
