//! The query of `GET /v2/slots/available`, in the words of the newest version.

use meridian_gateway::validate::{
    Fields, Violation, boolean, count, one_of, query_object, text, zone,
};
use meridian_gateway::{ApiError, Request};
use meridian_kernel::Zone;
use meridian_kernel::limits::MAX_EVENT_LENGTH_MINUTES;
use serde_json::Value;

use crate::slots::query::{
    Format, MAX_TEXT, MAX_USERNAMES, SlotsQuery, Wanted, event_type_id, no_selector, people,
    user_ids, window,
};

const FORMATS: &[&str] = &["time", "range"];

pub fn parse(request: &Request) -> Result<SlotsQuery, ApiError> {
    parse_object(&query_object(request))
}

fn parse_object(object: &Value) -> Result<SlotsQuery, ApiError> {
    let mut fields = Fields::of(object);
    let start = fields.required("startTime", text(1, MAX_TEXT));
    let end = fields.required("endTime", text(1, MAX_TEXT));
    let zone = fields.optional("timeZone", zone());
    let duration = fields.optional("duration", count(1, MAX_EVENT_LENGTH_MINUTES));
    let format = fields.optional("slotFormat", one_of(FORMATS));
    let rescheduled_uid = fields.optional("rescheduleUid", text(1, MAX_TEXT));
    let routed = listed(&fields, ["routedTeamMemberIds[]", "routedTeamMemberIds"]);
    let subset = fields.optional(routed, user_ids());
    let wanted = wanted(&mut fields);
    fields.finish()?;
    Ok(SlotsQuery {
        wanted: wanted.ok_or_else(no_selector_of_old)?,
        window: window(("startTime", &start), ("endTime", &end))?,
        zone: zone.unwrap_or(Zone::UTC),
        duration,
        format: if format == Some("range") { Format::Range } else { Format::Time },
        rescheduled_uid,
        subset,
    })
}

/// The id; else a slug with whose it is: a team, one user, or several people, for
/// whom the slug means nothing.
fn wanted(fields: &mut Fields<'_>) -> Option<Wanted> {
    if let Some(id) = fields.optional("eventTypeId", event_type_id()) {
        return Some(Wanted::Id(id));
    }
    let organization = fields.optional("orgSlug", text(1, MAX_TEXT));
    let slug = fields.optional("eventTypeSlug", text(1, MAX_TEXT));
    let is_team = fields.optional("isTeamEvent", boolean()).unwrap_or(false);
    let name = listed(fields, ["usernameList[]", "usernameList"]);
    let names = fields.optional(name, names())?;
    let (slug, mut names) = (slug?, names);
    if names.len() > 1 {
        let usernames = people(names.into_iter()).map_err(|wrong| fields.refuse(name, &wrong));
        return usernames.ok().map(|usernames| Wanted::Dynamic { usernames, organization });
    }
    let name = names.pop()?;
    Some(if is_team {
        Wanted::OfTeam { team: name, slug, organization }
    } else {
        Wanted::OfUser { username: name, slug, organization }
    })
}

/// What a list is called: clients of old may put brackets behind its name.
fn listed(fields: &Fields<'_>, names: [&'static str; 2]) -> &'static str {
    let [with_brackets, without] = names;
    if fields.has(with_brackets) { with_brackets } else { without }
}

/// Names in one parameter or several.
fn names() -> impl Fn(&Value) -> Result<Vec<String>, Violation> {
    |value| {
        let one = std::slice::from_ref(value);
        let values = value.as_array().map_or(one, Vec::as_slice);
        if values.len() > MAX_USERNAMES {
            let text = format!("must contain no more than {MAX_USERNAMES} elements");
            return Err(Violation::new("arrayMaxSize", text));
        }
        values.iter().map(text(1, MAX_TEXT)).collect()
    }
}

fn no_selector_of_old() -> ApiError {
    let message = "Pass one of: eventTypeId; eventTypeSlug and usernameList.";
    ApiError { message: message.to_owned(), ..no_selector() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_kernel::{EventTypeId, UserId, WireId};
    use serde_json::json;

    fn ask(more: Value) -> Result<SlotsQuery, ApiError> {
        let mut object = json!({"startTime": "2050-09-05", "endTime": "2050-09-06"});
        object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parse_object(&object)
    }

    #[test]
    fn old_selectors_mean_the_new_ones() {
        let wanted = |more| ask(more).unwrap().wanted;
        assert_eq!(
            wanted(json!({"eventTypeId": "7"})),
            Wanted::Id(EventTypeId::from_wire(7).unwrap())
        );
        assert_eq!(
            wanted(json!({"eventTypeSlug": "s", "usernameList": "bob", "orgSlug": "o"})),
            Wanted::OfUser {
                username: "bob".into(),
                slug: "s".into(),
                organization: Some("o".into())
            }
        );
        assert_eq!(
            wanted(json!({"eventTypeSlug": "s", "usernameList[]": "t", "isTeamEvent": "true"})),
            Wanted::OfTeam { team: "t".into(), slug: "s".into(), organization: None }
        );
        assert_eq!(
            wanted(json!({"eventTypeSlug": "dynamic", "usernameList[]": ["a", "b"]})),
            Wanted::Dynamic { usernames: vec!["a".into(), "b".into()], organization: None }
        );
        assert_eq!(ask(json!({"eventTypeSlug": "s"})).err().unwrap().status, 400);
    }

    #[test]
    fn who_was_routed_to_takes_turns_alone() {
        let subset = |more| ask(more).unwrap().subset;
        let ids = [1, 2].map(|id| UserId::from_wire(id).unwrap());
        for routed in [
            json!({"eventTypeId": "7", "routedTeamMemberIds": "1,2"}),
            json!({"eventTypeId": "7", "routedTeamMemberIds[]": ["1", "2"]}),
        ] {
            assert_eq!(subset(routed).unwrap(), ids);
        }
        assert_eq!(subset(json!({"eventTypeId": "7"})), None);
        let wrong = ask(json!({"eventTypeId": "7", "routedTeamMemberIds": "x"})).err().unwrap();
        assert!(wrong.message.starts_with("routedTeamMemberIds"), "{wrong}");
    }

    #[test]
    fn mistakes_are_told_with_the_old_names() {
        let refusal = |object: Value| parse_object(&object).err().unwrap().message;
        let backwards =
            json!({"startTime": "2050-09-06", "endTime": "2050-09-04", "eventTypeId": "7"});
        assert_eq!(
            refusal(backwards),
            "Invalid time range given - check the 'startTime' and 'endTime' query parameters."
        );
        assert!(refusal(json!({"slotFormat": "x"})).starts_with("startTime must be a string"));
        let names: Vec<String> = (0..1_000).map(|index| index.to_string()).collect();
        let message = ask(json!({"eventTypeSlug": "s", "usernameList[]": names})).err().unwrap();
        assert!(message.message.contains("no more than 30"), "{message}");
    }
}
