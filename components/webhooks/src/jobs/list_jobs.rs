//! `GET /platform/organizations/:slug/jobs`

use meridian_edge::{DATABASE, WitDatabase};
use meridian_gateway::validate::{Fields, count, one_of, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::{DatabaseError, Scope, jobs, organizations};

use super::job_output::{JobOutput, present};

/// The most, and the usual number, of jobs on a page.
const MOST_TAKEN: u32 = 250;
const USUALLY_TAKEN: u32 = 50;

const STATES: &[&str] = &["waiting", "dead"];

pub(crate) async fn list_jobs(request: Request) -> Result<Reply, ApiError> {
    let (state, page) = read_query(&request)?;
    let scope = open(&request).await?;
    let found = jobs::list(&scope, state, page).await?;
    let shown = found.into_iter().map(|job| present(scope.organization(), job));
    Reply::ok(&shown.collect::<Vec<JobOutput>>())
}

fn read_query(request: &Request) -> Result<(Option<&'static str>, (u32, u32)), ApiError> {
    let query = query_object(request);
    let mut fields = Fields::of(&query);
    let state = fields.optional("state", one_of(STATES));
    let skip = fields.optional("skip", count(0, u32::MAX)).unwrap_or(0);
    let take = fields.optional("take", count(1, MOST_TAKEN)).unwrap_or(USUALLY_TAKEN);
    fields.finish()?;
    Ok((state, (skip, take)))
}

/// The organisation that the path names, suspended or not.
pub(super) async fn open(request: &Request) -> Result<Scope<'static, WitDatabase>, ApiError> {
    let slug = request.parameter("slug");
    let unknown = || ApiError::not_found(format!("Organization with slug {slug} not found"));
    let platform = meridian_edge::platform().await?;
    let number = organizations::find_by_slug(&platform, slug).await?.ok_or_else(unknown)?;
    match Scope::open(&DATABASE, number).await {
        Err(DatabaseError::NotFound) => Err(unknown()),
        opened => Ok(opened?),
    }
}
