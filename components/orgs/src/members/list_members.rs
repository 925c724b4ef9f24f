//! `GET /v2/organizations/:orgId/users` and `GET /v2/organizations/:orgId/memberships`

use meridian_gateway::validate::{Fields, Violation, email, one_of, query_object, text};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{IdError, TeamId, WireId};
use meridian_store::users::{self, MemberFilter};
use serde_json::Value;

use super::view::{OrganizationMembershipView, UserView};
use crate::page::{self, MAX_PAGE};

/// The most users in one answer.
const MAX_USERS: u32 = 1_000;

/// Values one parameter may have.
const MAX_VALUES: usize = 1_000;

const MAX_OPTION_ID: usize = 64;

/// The memberships of the organisation, accepted or not.
pub async fn list_memberships(request: Request) -> Result<Reply, ApiError> {
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let page = page::read(&mut fields, MAX_PAGE);
    fields.finish()?;
    let scope = meridian_edge::scope(&request).await?;
    let members = users::list_members(&scope, &MemberFilter::default(), page).await?;
    Reply::ok(&members.iter().map(OrganizationMembershipView::new).collect::<Vec<_>>())
}

/// The users of the organisation.
pub async fn list_users(request: Request) -> Result<Reply, ApiError> {
    let wish = read_wish(&query_object(&request))?;
    let scope = meridian_edge::scope(&request).await?;
    let members = match wish.filter {
        Some(filter) => users::list_members(&scope, &filter, wish.page).await?,
        None => Vec::new(),
    };
    Reply::ok(&members.iter().map(UserView::new).collect::<Vec<_>>())
}

struct Wish {
    /// `None`: nobody fits.
    filter: Option<MemberFilter>,
    page: (u32, u32),
}

fn read_wish(query: &Value) -> Result<Wish, ApiError> {
    let mut fields = Fields::of(query);
    let page = page::read(&mut fields, MAX_USERS);
    let filter = MemberFilter {
        emails: page::read_many(&mut fields, "emails", MAX_VALUES, email()),
        teams: page::read_many(&mut fields, "teamIds", MAX_VALUES, team_id),
    };
    let options =
        page::read_many(&mut fields, "assignedOptionIds", MAX_VALUES, text(1, MAX_OPTION_ID));
    let operator = fields.optional("attributeQueryOperator", one_of(&["OR", "AND", "NONE"]));
    fields.finish()?;
    // Organisations have no attributes, so nobody has any option of theirs.
    let fits_nobody = options.is_some() && operator != Some("NONE");
    Ok(Wish { filter: Some(filter).filter(|_| !fits_nobody), page })
}

fn team_id(value: &Value) -> Result<TeamId, Violation> {
    let wrong = |error: IdError| Violation::new("isInt", error.to_string());
    TeamId::parse(value.as_str().unwrap_or_default()).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_filter_is_read() {
        let wish =
            read_wish(&json!({"emails": "a@b.co", "teamIds": "1,2", "take": "1000"})).unwrap();
        assert_eq!(wish.page, (0, 1000));
        let filter = wish.filter.unwrap();
        assert_eq!(filter.emails.unwrap(), ["a@b.co"]);
        assert_eq!(filter.teams.unwrap().len(), 2);
        for query in [
            json!({"take": "1001"}),
            json!({"teamIds": "x"}),
            json!({"emails": "x"}),
            json!({"attributeQueryOperator": "XOR"}),
        ] {
            assert!(read_wish(&query).is_err(), "{query}");
        }
    }

    #[test]
    fn nobody_has_an_option_and_everybody_has_none() {
        let fits = |query: Value| read_wish(&query).unwrap().filter.is_some();
        assert!(!fits(json!({"assignedOptionIds": "o"})));
        assert!(!fits(json!({"assignedOptionIds": "o", "attributeQueryOperator": "OR"})));
        assert!(fits(json!({"assignedOptionIds": "o", "attributeQueryOperator": "NONE"})));
        assert!(fits(json!({"attributeQueryOperator": "AND"})));
    }
}
