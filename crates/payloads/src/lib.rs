//! What webhooks are told: each event as the payload that the contract names (webhooks,
//! "Payload core fields"), in the one version of payloads there is.
//!
//! Events are written as payloads, in the batch that makes them happen: whatever
//! component does that needs them, so they are built here and not where they are sent.
//! What subscribers get is frozen in `fixtures`, a file per trigger.

pub mod booking;
mod delegation;
mod example;
mod fields;
mod form;
mod meeting;
mod no_show;
mod out_of_office;
mod payment;
mod people;
mod recording;
mod wrong_assignment;

pub use delegation::delegation_credential_error;
pub use example::example;
pub use form::form;
pub use meeting::meeting;
pub use no_show::call_missed;
pub use out_of_office::out_of_office;
pub use payment::payment;
pub use recording::recording;
pub use wrong_assignment::wrong_assignment;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod sample;
