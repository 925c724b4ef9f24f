//! Batches, and making and deleting databases, over HTTP.

use bytes::Bytes;
use http::{Method, Request};
use meridian_hrana_client::{
    Encoded, NAMESPACE_HEADER, PIPELINE_PATH, create_outcome, create_path, delete_outcome,
    delete_path,
};
use meridian_store::packed::Statements;
use meridian_store::{Access, DatabaseError, is_database_name};

use crate::{settings, transport};

/// Runs a packed batch: one request, whatever it holds. The answer is packed too.
pub(crate) async fn execute(
    database: &str,
    access: Access,
    atomic: bool,
    batch: Vec<u8>,
) -> Result<Vec<u8>, DatabaseError> {
    check(database)?;
    let encoded = Encoded::new(atomic, &Statements::unpack(batch)?.to_owned())?;
    let address = format!("{}{PIPELINE_PATH}", settings::address(access).await?);
    let request = request(Method::POST, &address, encoded.body.clone(), Some(database)).await?;
    let answer = transport::send(request).await?;
    encoded.decode(answer.status().as_u16(), answer.body())
}

/// Makes an empty database, or whatever the server makes.
pub(crate) async fn create(database: &str) -> Result<(), DatabaseError> {
    check(database)?;
    let address = format!("{}{}", settings::admin_address().await?, create_path(database));
    let request = request(Method::POST, &address, b"{}".to_vec(), None).await?;
    let answer = transport::send(request).await?;
    create_outcome(answer.status().as_u16(), answer.body())
}

/// Deletes a database.
pub(crate) async fn delete(database: &str) -> Result<(), DatabaseError> {
    check(database)?;
    let address = format!("{}{}", settings::admin_address().await?, delete_path(database));
    let request = request(Method::DELETE, &address, Vec::new(), None).await?;
    let answer = transport::send(request).await?;
    delete_outcome(answer.status().as_u16(), answer.body())
}

/// The name becomes part of an address.
fn check(database: &str) -> Result<(), DatabaseError> {
    if is_database_name(database) { Ok(()) } else { Err(DatabaseError::InvalidName) }
}

async fn request(
    method: Method,
    address: &str,
    body: Vec<u8>,
    database: Option<&str>,
) -> Result<Request<Bytes>, DatabaseError> {
    let mut request = Request::builder()
        .method(method)
        .uri(address)
        .header(http::header::CONTENT_TYPE, "application/json");
    if let Some(database) = database {
        request = request.header(NAMESPACE_HEADER, database);
    }
    if let Some(token) = settings::token().await? {
        request = request.header(http::header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let unusable = |error| DatabaseError::Unavailable(format!("{address} is no address: {error}"));
    request.body(body.into()).map_err(unusable)
}
