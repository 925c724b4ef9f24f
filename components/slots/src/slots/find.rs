//! Finding what a selector means, and whose database it is in.

use http::StatusCode;
use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Request};
use meridian_kernel::{EventTypeId, WireId};
use meridian_scheduling::Interval;
use meridian_store::Scope;
use meridian_store::availability::{self, Person, Range, Selector};

use super::query::{SlotsQuery, Wanted};
use crate::bookable::{self, Bookable};

/// 404
pub fn no_event_type() -> ApiError {
    ApiError::not_found("Event Type not found")
}

/// Loads what is asked about, for a reach of time.
pub async fn find(
    request: &Request,
    query: &SlotsQuery,
    reach: Interval,
) -> Result<Bookable, ApiError> {
    let scope = open(request, &query.wanted).await?;
    let range = Range {
        from: reach.start,
        to: reach.end,
        now: request.now,
        ignoring_booking: query.rescheduled_uid.as_deref(),
        ignoring_reservation: None,
    };
    let selector = match &query.wanted {
        Wanted::Id(id) => Selector::Id(*id),
        Wanted::OfUser { username, slug, .. } => Selector::OfUser { username, slug },
        Wanted::OfTeam { team, slug, .. } => Selector::OfTeam { team, slug },
        Wanted::Dynamic { usernames, .. } => {
            let people = availability::load_people(&scope, usernames, &range).await?;
            return bookable::of_people(willing(people, usernames)?);
        }
    };
    match bookable::load(&scope, selector, &range).await? {
        Some(bookable) => Ok(bookable),
        None => Err(missing(&scope, selector).await?),
    }
}

/// Opens the database of an event type; 404 where there is none.
pub async fn open_by_id(id: EventTypeId) -> Result<Scope<'static, WitDatabase>, ApiError> {
    let scope = meridian_edge::scope_of(id.organization()).await;
    scope.map_err(|error| instead_of_not_found(error, no_event_type))
}

/// Another organisation's thing is a thing that does not exist, in its own words.
pub fn instead_of_not_found(error: ApiError, replacement: impl FnOnce() -> ApiError) -> ApiError {
    if error.status == StatusCode::NOT_FOUND { replacement() } else { error }
}

/// Opens the database that the selector names.
async fn open(request: &Request, wanted: &Wanted) -> Result<Scope<'static, WitDatabase>, ApiError> {
    let slug = match wanted {
        Wanted::Id(id) => return open_by_id(*id).await,
        Wanted::OfUser { organization, .. }
        | Wanted::OfTeam { organization, .. }
        | Wanted::Dynamic { organization, .. } => organization.as_deref(),
    };
    let unknown = || {
        let slug = slug.unwrap_or_default();
        ApiError::not_found(format!("Organization with slug {slug} not found"))
    };
    let number = meridian_edge::resolve_organization(request, slug).await;
    let number = number.map_err(|error| instead_of_not_found(error, unknown))?;
    let scope = meridian_edge::scope_of(number).await;
    scope.map_err(|error| instead_of_not_found(error, unknown))
}

/// All of them, if there are all and each may be asked for together with others.
fn willing(people: Vec<Person>, usernames: &[String]) -> Result<Vec<Person>, ApiError> {
    let is_there = |name: &String| people.iter().any(|one| one.username.eq_ignore_ascii_case(name));
    if let Some(name) = usernames.iter().find(|name| !is_there(name)) {
        return Err(ApiError::not_found(format!("User with username {name} not found")));
    }
    if people.iter().any(|person| !person.allows_dynamic_booking) {
        return Err(ApiError::unauthorized(
            "Some of the users in this group do not allow dynamic booking",
        ));
    }
    Ok(people)
}

/// Says what of the selector there is not.
async fn missing(
    scope: &Scope<'_, WitDatabase>,
    selector: Selector<'_>,
) -> Result<ApiError, ApiError> {
    match selector {
        Selector::OfUser { username, .. } if !availability::has_user(scope, username).await? => {
            Ok(ApiError::not_found(format!("User with username {username} not found")))
        }
        Selector::OfTeam { team, .. } if !availability::has_team(scope, team).await? => {
            Ok(ApiError::not_found(format!("Team with slug {team} not found")))
        }
        _ => Ok(no_event_type()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_kernel::{OrganizationNumber, UserId};
    use meridian_store::availability::Host;

    fn person(username: &str, allows_dynamic_booking: bool) -> Person {
        let host = Host {
            user_id: UserId::new(OrganizationNumber::NONE, 1),
            is_fixed: true,
            group: None,
            priority: 2,
            weight: 100,
            last_booked_at: None,
            hours: None,
            hours_are_default: true,
            travels: Vec::new(),
            away: Vec::new(),
            taken: Vec::new(),
        };
        Person { username: username.to_owned(), allows_dynamic_booking, host }
    }

    #[test]
    fn people_are_put_together_if_all_are_there_and_willing() {
        let names = ["Ada".to_owned(), "bob".to_owned()];
        let ask = |people| willing(people, &names).map(|people| people.len());
        assert_eq!(ask(vec![person("ada", true), person("bob", true)]).unwrap(), 2);
        let missing = ask(vec![person("ada", true)]).unwrap_err();
        assert_eq!(
            (missing.status.as_u16(), missing.message.as_str()),
            (404, "User with username bob not found")
        );
        let unwilling = ask(vec![person("ada", true), person("bob", false)]).unwrap_err();
        assert_eq!(unwilling.status, 401);
        assert_eq!(
            unwilling.message,
            "Some of the users in this group do not allow dynamic booking"
        );
    }
}
