//! The words in which a user is asked for scopes.

use meridian_kernel::OAuthScope;

/// What scopes are about, as they are named and in words.
const SUBJECTS: &[(&str, &str)] = &[
    ("EVENT_TYPE", "event types"),
    ("BOOKING", "bookings"),
    ("SCHEDULE", "schedules and availability"),
    ("APPS", "connected calendars and apps"),
    ("PROFILE", "profile"),
    ("MEMBERSHIP", "members"),
    ("ROUTING_FORM", "routing forms"),
    ("WORKFLOW", "workflows"),
    ("WEBHOOK", "webhooks"),
    ("ATTRIBUTES", "attributes"),
    ("VERIFIED_RESOURCES", "verified e-mail addresses and phone numbers"),
    ("CREDITS", "credits"),
    ("INSIGHTS", "insights"),
];

/// Whether a text is the name of a scope of today.
pub fn is_scope(name: &str) -> bool {
    OAuthScope::parse(name).is_some()
}

/// Whether a text is the name of a scope of an older time.
pub fn is_legacy(name: &str) -> bool {
    OAuthScope::LEGACY.contains(&name)
}

/// What a scope allows, such as `see your bookings`; `None` where it is none that
/// restricts anything.
pub fn words_for(name: &str) -> Option<String> {
    let name = OAuthScope::parse(name)?.as_str();
    let (whose, rest) = match (name.strip_prefix("TEAM_"), name.strip_prefix("ORG_")) {
        (Some(rest), _) => ("your teams’", rest),
        (_, Some(rest)) => ("your organization’s", rest),
        _ => ("your", name),
    };
    let (subject, does) = match (rest.strip_suffix("_READ"), rest.strip_suffix("_WRITE")) {
        (Some(subject), _) => (subject, "see"),
        (_, Some(subject)) => (subject, "create and change"),
        _ => return None,
    };
    let (_, words) = SUBJECTS.iter().find(|(name, _)| *name == subject)?;
    Some(format!("{does} {whose} {words}"))
}

/// The scopes of a parameter, parted by spaces or commas, each once.
pub fn parse_scopes(text: &str) -> Vec<&str> {
    let mut scopes: Vec<&str> = Vec::new();
    for scope in text.split([' ', ',']).filter(|scope| !scope.is_empty()) {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_said_in_words() {
        for scope in OAuthScope::ALL {
            assert!(words_for(scope.as_str()).is_some(), "{scope}");
        }
        for (name, words) in [
            ("BOOKING_READ", "see your bookings"),
            ("TEAM_WORKFLOW_WRITE", "create and change your teams’ workflows"),
            ("ORG_ATTRIBUTES_READ", "see your organization’s attributes"),
            ("INSIGHTS_READ", "see your insights"),
        ] {
            assert_eq!(words_for(name).as_deref(), Some(words));
        }
    }

    #[test]
    fn what_there_is_not_is_no_scope() {
        for name in ["", "BOOKING", "booking_read", "INSIGHTS_WRITE", "READ_BOOKING"] {
            assert!(!is_scope(name) && words_for(name).is_none(), "{name}");
        }
        assert!(is_legacy("READ_BOOKING"));
    }

    #[test]
    fn scopes_are_parted_by_spaces_or_commas_and_count_once() {
        assert_eq!(parse_scopes("A B,C , B  A"), ["A", "B", "C"]);
        assert!(parse_scopes(" , ").is_empty());
    }
}
