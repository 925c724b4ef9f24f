//! Making and deleting databases, over the server's own interface for it.

use meridian_store::DatabaseError;

use crate::normalize;

/// Where to `POST` `{}` as JSON, below the admin address.
pub fn create_path(database: &str) -> String {
    format!("/v1/namespaces/{database}/create")
}

/// Where to `DELETE`, below the admin address.
pub fn delete_path(database: &str) -> String {
    format!("/v1/namespaces/{database}")
}

/// What the answer to a creation means. A server says "exists" with 400.
pub fn create_outcome(status: u16, body: &[u8]) -> Result<(), DatabaseError> {
    match status {
        200..300 => Ok(()),
        400 | 409 if says(body, "already exists") => Err(DatabaseError::AlreadyExists),
        _ => Err(normalize::of_status(status, body)),
    }
}

/// What the answer to a deletion means.
pub fn delete_outcome(status: u16, body: &[u8]) -> Result<(), DatabaseError> {
    match status {
        200..300 => Ok(()),
        400 if says(body, "doesn't exist") => Err(DatabaseError::NotFound),
        _ => Err(normalize::of_status(status, body)),
    }
}

fn says(body: &[u8], words: &str) -> bool {
    String::from_utf8_lossy(body).contains(words)
}
