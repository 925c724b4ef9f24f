//! What the owner of an event type has connected.

use meridian_domain::event_type::Connections;

/// What everybody has without connecting anything. Naming an app in a location
/// does not install it.
pub const BUILT_IN: Connections<'static> = Connections { apps: &["cal-video"], calendars: &[] };
