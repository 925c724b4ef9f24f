//! The titles of bookings made of a template: `{Event type title} with {Scheduler}`.

use serde_json::{Map, Value};

/// What a template may name in braces, beside the slugs of its own fields.
pub const VARIABLES: [&str; 13] = [
    "Event type title",
    "Organiser",
    "Scheduler",
    "Location",
    "Organiser first name",
    "Scheduler first name",
    "Scheduler last name",
    "Event duration",
    "LOCATION",
    "HOST/ATTENDEE",
    "HOST",
    "ATTENDEE",
    "USER",
];

/// What the variables stand for in one booking.
#[derive(Clone, Copy, Debug)]
pub struct EventNameParts<'a> {
    /// The title of the event type.
    pub event_type_title: &'a str,
    /// The host's name.
    pub organizer: &'a str,
    /// The booker's name.
    pub scheduler: &'a str,
    /// As the booking shows it; empty: none.
    pub location: &'a str,
    /// The length in minutes.
    pub minutes: u32,
    /// The answers to the booking form, by slug.
    pub responses: &'a Map<String, Value>,
}

/// A piece of a template.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
}

/// Takes a template apart. Braces without a partner, or with nothing in them, are
/// text like any other.
fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((name, after)) = behind.split_once('}') else { break };
        pieces.push(Piece::Text(before));
        pieces.push(if name.is_empty() { Piece::Text("{}") } else { Piece::Variable(name) });
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The variables of a template that are neither known nor a slug of `fields`, in
/// order.
pub fn unknown_variables<'a>(template: &'a str, fields: &[&str]) -> Vec<&'a str> {
    let known = |name: &&str| VARIABLES.contains(name) || fields.contains(name);
    let names = pieces(template).into_iter().filter_map(|piece| match piece {
        Piece::Variable(name) => Some(name),
        Piece::Text(_) => None,
    });
    names.filter(|name| !known(name)).collect()
}

/// The title of a booking. A variable without a value leaves nothing.
pub fn render(template: &str, parts: &EventNameParts<'_>) -> String {
    pieces(template)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Variable(name) => value_of(name, parts),
        })
        .collect()
}

fn value_of(name: &str, parts: &EventNameParts<'_>) -> String {
    let (first, last) = parts.scheduler.split_once(' ').unwrap_or((parts.scheduler, ""));
    let text = match name {
        "Event type title" => parts.event_type_title,
        "Organiser" | "HOST" => parts.organizer,
        // Titles are stored once, and hosts are who sees them most.
        "Scheduler" | "ATTENDEE" | "HOST/ATTENDEE" | "USER" => parts.scheduler,
        "Location" | "LOCATION" => parts.location,
        "Organiser first name" => {
            parts.organizer.split_once(' ').map_or(parts.organizer, |(first, _)| first)
        }
        "Scheduler first name" => first,
        "Scheduler last name" => last,
        "Event duration" => return format!("{} mins", parts.minutes),
        slug => return parts.responses.get(slug).map(answer).unwrap_or_default(),
    };
    text.to_owned()
}

/// An answer as text: lists are joined.
fn answer(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(answer).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Object(_) => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_title_is_made_of_what_the_booking_is() {
        let responses = json!({"topic": "bees", "days": ["Mo", "Tu"]});
        let parts = EventNameParts {
            event_type_title: "Intro",
            organizer: "Ada Lovelace",
            scheduler: "Grace Brewster Hopper",
            location: "Via Roma 1",
            minutes: 30,
            responses: responses.as_object().unwrap(),
        };
        let template = "{Event type title}: {Organiser first name} & {Scheduler last name}, \
                        {Event duration}, {Location}, {topic}, {days}{nothing}";
        assert_eq!(
            render(template, &parts),
            "Intro: Ada & Brewster Hopper, 30 mins, Via Roma 1, bees, Mo, Tu"
        );
    }

    #[test]
    fn values_are_not_templates() {
        let responses = Map::new();
        let parts = EventNameParts {
            event_type_title: "{Organiser}",
            organizer: "Ada",
            scheduler: "Bob",
            location: "",
            minutes: 1,
            responses: &responses,
        };
        assert_eq!(render("{Event type title}", &parts), "{Organiser}");
    }

    #[test]
    fn unknown_variables_are_named_and_fields_count_as_known() {
        assert_eq!(unknown_variables("{HOST} {topic} {Foo} {Bar}", &["topic"]), ["Foo", "Bar"]);
        assert!(unknown_variables("no } braces { here", &[]).is_empty());
        assert!(unknown_variables("{}", &[]).is_empty());
    }
}
