//! GET /v2/event-types

use meridian_edge::WitDatabase;
use meridian_gateway::{
    ApiError, Reply, Request,
    validate::{Fields, Violation, integer, one_of, query_object, text},
};
use meridian_kernel::{OrganizationNumber, UserId};
use meridian_store::{
    Scope,
    event_types::{self, OwnedEventType, Whose},
};

use crate::present;

/// How many hosts a dynamic event type may have.
pub const MAX_USERNAMES: usize = 25;

/// How long the names in a query may be.
const MAX_NAME: usize = 255;

/// What the query asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Question {
    /// None: the caller's own.
    usernames: Vec<String>,
    slug: Option<String>,
    organization_slug: Option<String>,
    organization: Option<OrganizationNumber>,
    newest_first: bool,
}

/// The caller's own event types, those of a user by name, or the one dynamic event
/// type of several users.
pub async fn list_event_types(request: Request) -> Result<Reply, ApiError> {
    let question = read_query(&request)?;
    let app_url = present::app_url().await;
    match question.usernames.as_slice() {
        [] => list_own(&request, &question, &app_url).await,
        [username] => list_of_user(&request, &question, username, &app_url).await,
        several => show_dynamic(&request, &question, several, &app_url).await,
    }
}

async fn list_own(
    request: &Request,
    question: &Question,
    app_url: &str,
) -> Result<Reply, ApiError> {
    let Some(principal) = &request.principal else { return Reply::ok(&[(); 0]) };
    let scope = meridian_edge::scope(request).await?;
    let mut own = event_types::list(&scope, Whose::Own(principal.user_id)).await?;
    sort(&mut own, question.newest_first);
    let shown = own.iter().map(|event_type| present::for_owner(event_type, app_url));
    Reply::ok(&shown.collect::<Result<Vec<_>, _>>()?)
}

async fn list_of_user(
    request: &Request,
    question: &Question,
    username: &str,
    app_url: &str,
) -> Result<Reply, ApiError> {
    let scope = home_of(request, question, username).await?;
    let viewer = viewer(request, scope.organization());
    let whose = Whose::Named { username, slug: question.slug.as_deref(), viewer };
    let mut found = event_types::list(&scope, whose).await?;
    sort(&mut found, question.newest_first);
    let shown = found.iter().map(|event_type| {
        if viewer == Some(event_type.owner.id) {
            present::for_owner(event_type, app_url)
        } else {
            present::for_public(event_type, app_url)
        }
    });
    Reply::ok(&shown.collect::<Result<Vec<_>, _>>()?)
}

/// Several users at once meet in an event type that nobody had to make. Where one
/// of them is unknown there is none.
async fn show_dynamic(
    request: &Request,
    question: &Question,
    usernames: &[String],
    app_url: &str,
) -> Result<Reply, ApiError> {
    let first = usernames.first().map(String::as_str).unwrap_or_default();
    let scope = home_of(request, question, first).await?;
    let hosts = event_types::dynamic_owners(&scope, usernames).await?;
    if hosts.len() != usernames.len() {
        return Reply::ok(&[(); 0]);
    }
    Reply::ok(&[present::dynamic(&hosts, app_url)])
}

/// Whose database has the user of that name: of the organisation asked for, of the
/// host name's, of the caller's where that has such a user, else organisation 0.
async fn home_of(
    request: &Request,
    question: &Question,
    username: &str,
) -> Result<Scope<'static, WitDatabase>, ApiError> {
    if let Some(organization) = question.organization {
        return meridian_edge::scope_of(organization).await;
    }
    home_of_user(request, question.organization_slug.as_deref(), username).await
}

/// The same, of the organisation of that slug where one is asked for.
pub async fn home_of_user(
    request: &Request,
    slug: Option<&str>,
    username: &str,
) -> Result<Scope<'static, WitDatabase>, ApiError> {
    let organization = meridian_edge::resolve_organization(request, slug).await?;
    if slug.is_none() && organization == OrganizationNumber::NONE && request.principal.is_some() {
        let own = meridian_edge::scope(request).await?;
        if event_types::owner_named(&own, username).await?.is_some() {
            return Ok(own);
        }
    }
    meridian_edge::scope_of(organization).await
}

/// The caller, where they belong to that organisation.
fn viewer(request: &Request, organization: OrganizationNumber) -> Option<UserId> {
    let principal = request.principal.as_ref()?;
    (principal.organization.number == organization).then_some(principal.user_id)
}

/// Ids grow as event types are made.
fn sort(event_types: &mut [OwnedEventType], newest_first: bool) {
    if newest_first {
        event_types.reverse();
    }
}

fn read_query(request: &Request) -> Result<Question, ApiError> {
    let object = query_object(request);
    let mut fields = Fields::of(&object);
    let username = fields.optional("username", text(1, MAX_NAME));
    let usernames = fields.optional("usernames", text(1, MAX_NAME * MAX_USERNAMES));
    let slug = fields.optional("eventSlug", text(1, MAX_NAME));
    let organization_slug = fields.optional("orgSlug", text(1, MAX_NAME));
    let organization = fields.optional("orgId", integer(0, i64::MAX));
    let order = fields.optional("sortCreatedAt", one_of(&["asc", "desc"]));
    let usernames = names(username, usernames.as_deref());
    if usernames.len() > MAX_USERNAMES {
        let rule = format!("must name no more than {MAX_USERNAMES} users");
        fields.refuse("usernames", &Violation::new("arrayMaxSize", rule));
    }
    if slug.is_some() && usernames.is_empty() {
        let rule = "needs username too, because several users can have an event type of that slug";
        fields.refuse("eventSlug", &Violation::new("isAlone", rule));
    }
    fields.finish()?;
    let no_such = || ApiError::not_found("Organization not found");
    let numbered = |id| OrganizationNumber::from_wire_id(id).ok_or_else(no_such);
    let organization = organization.map(numbered).transpose()?;
    let newest_first = order == Some("desc");
    Ok(Question { usernames, slug, organization_slug, organization, newest_first })
}

/// `username`, else the parts of `usernames`, each once.
fn names(username: Option<String>, usernames: Option<&str>) -> Vec<String> {
    if let Some(username) = username {
        return vec![username];
    }
    let mut names: Vec<String> = Vec::new();
    for name in usernames.unwrap_or_default().split(',').map(str::trim) {
        let known = names.iter().any(|known| known.eq_ignore_ascii_case(name));
        if !name.is_empty() && !known {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use meridian_gateway::ApiVersion;
    use meridian_kernel::Instant;

    use super::*;

    fn asked(query: &[(&str, &str)]) -> Result<Question, ApiError> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        read_query(&Request {
            method: http::Method::GET,
            uri: http::Uri::from_static("/v2/event-types"),
            query: query.iter().map(pair).collect(),
            headers: http::HeaderMap::new().into(),
            body: Vec::new().into(),
            request_id: String::new(),
            version: ApiVersion::V20240614,
            now: Instant::EARLIEST,
            parameters: Vec::new(),
            principal: None,
        })
    }

    #[test]
    fn names_are_taken_each_once() {
        let question = asked(&[("usernames", "ada, bob,,ADA"), ("sortCreatedAt", "desc")]).unwrap();
        assert_eq!(question.usernames, ["ada", "bob"]);
        assert!(question.newest_first);
        let one = asked(&[("username", "ada"), ("eventSlug", "intro")]).unwrap();
        assert_eq!((one.usernames, one.slug), (vec!["ada".to_owned()], Some("intro".to_owned())));
        assert_eq!(asked(&[]).unwrap(), Question::default());
    }

    #[test]
    fn an_organisation_is_asked_for_by_its_id() {
        let organization = OrganizationNumber::new(4).unwrap();
        let id = organization.wire_id().to_string();
        let question = asked(&[("username", "ada"), ("orgId", &id)]).unwrap();
        assert_eq!(question.organization, Some(organization));
        assert_eq!(asked(&[("orgId", "17")]).unwrap_err().status, 404);
    }

    #[test]
    fn wrong_queries_name_the_parameter() {
        let many = (0..=MAX_USERNAMES).map(|n| format!("u{n}")).collect::<Vec<_>>().join(",");
        for (query, start) in [
            ([("eventSlug", "intro")], "eventSlug needs username too"),
            ([("sortCreatedAt", "up")], "sortCreatedAt must be one of the following values: asc"),
            ([("orgId", "x")], "orgId must be an integer number"),
            ([("usernames", many.as_str())], "usernames must name no more than 25 users"),
        ] {
            let message = asked(&query).unwrap_err().message;
            assert!(message.starts_with(start), "{message}");
        }
    }
}
