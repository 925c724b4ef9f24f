//! The webhooks component: webhooks of users, event types, organisations and platform
//! clients, the
//! worker that delivers them, and the one that does jobs such as sending e-mail.

mod access;
mod attempt;
mod calls;
mod change_webhook;
mod create_webhook;
mod delete_webhook;
mod delete_webhooks;
mod deliver;
mod delivery_output;
mod exchange;
mod get_metrics;
mod get_webhook;
mod input;
mod jobs;
mod list_deliveries;
mod list_webhooks;
mod meetings;
mod output;
mod redeliver;
mod routes;
mod secrets;
mod tally;
mod target;
mod test_webhook;
mod turns;
mod worker;

meridian_edge::component!(routes::TABLE);
