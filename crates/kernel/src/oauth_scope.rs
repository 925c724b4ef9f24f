//! What a third-party token may reach.

use std::fmt;

use crate::ClientPermission;

/// Defines [`OAuthScope`]: variant and text of the API.
macro_rules! scopes {
    ($($variant:ident $text:literal,)+) => {
        /// A scope of the OAuth2 provider (contract: 00-overview, "OAuth2 scopes").
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum OAuthScope {
            $(#[doc = concat!("`", $text, "`")] $variant,)+
        }

        impl OAuthScope {
            /// All of them, in the order of the API.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// As in the API.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

scopes! {
    EventTypeRead              "EVENT_TYPE_READ",
    EventTypeWrite             "EVENT_TYPE_WRITE",
    BookingRead                "BOOKING_READ",
    BookingWrite               "BOOKING_WRITE",
    ScheduleRead               "SCHEDULE_READ",
    ScheduleWrite              "SCHEDULE_WRITE",
    AppsRead                   "APPS_READ",
    AppsWrite                  "APPS_WRITE",
    ProfileRead                "PROFILE_READ",
    ProfileWrite               "PROFILE_WRITE",
    WebhookRead                "WEBHOOK_READ",
    WebhookWrite               "WEBHOOK_WRITE",
    VerifiedResourcesRead      "VERIFIED_RESOURCES_READ",
    VerifiedResourcesWrite     "VERIFIED_RESOURCES_WRITE",
    CreditsRead                "CREDITS_READ",
    CreditsWrite               "CREDITS_WRITE",
    InsightsRead               "INSIGHTS_READ",
    TeamEventTypeRead          "TEAM_EVENT_TYPE_READ",
    TeamEventTypeWrite         "TEAM_EVENT_TYPE_WRITE",
    TeamBookingRead            "TEAM_BOOKING_READ",
    TeamBookingWrite           "TEAM_BOOKING_WRITE",
    TeamScheduleRead           "TEAM_SCHEDULE_READ",
    TeamScheduleWrite          "TEAM_SCHEDULE_WRITE",
    TeamProfileRead            "TEAM_PROFILE_READ",
    TeamProfileWrite           "TEAM_PROFILE_WRITE",
    TeamMembershipRead         "TEAM_MEMBERSHIP_READ",
    TeamMembershipWrite        "TEAM_MEMBERSHIP_WRITE",
    TeamAppsRead               "TEAM_APPS_READ",
    TeamAppsWrite              "TEAM_APPS_WRITE",
    TeamRoutingFormRead        "TEAM_ROUTING_FORM_READ",
    TeamRoutingFormWrite       "TEAM_ROUTING_FORM_WRITE",
    TeamWorkflowRead           "TEAM_WORKFLOW_READ",
    TeamWorkflowWrite          "TEAM_WORKFLOW_WRITE",
    TeamVerifiedResourcesRead  "TEAM_VERIFIED_RESOURCES_READ",
    TeamVerifiedResourcesWrite "TEAM_VERIFIED_RESOURCES_WRITE",
    TeamInsightsRead           "TEAM_INSIGHTS_READ",
    OrgEventTypeRead           "ORG_EVENT_TYPE_READ",
    OrgEventTypeWrite          "ORG_EVENT_TYPE_WRITE",
    OrgBookingRead             "ORG_BOOKING_READ",
    OrgBookingWrite            "ORG_BOOKING_WRITE",
    OrgScheduleRead            "ORG_SCHEDULE_READ",
    OrgScheduleWrite           "ORG_SCHEDULE_WRITE",
    OrgProfileRead             "ORG_PROFILE_READ",
    OrgProfileWrite            "ORG_PROFILE_WRITE",
    OrgMembershipRead          "ORG_MEMBERSHIP_READ",
    OrgMembershipWrite         "ORG_MEMBERSHIP_WRITE",
    OrgRoutingFormRead         "ORG_ROUTING_FORM_READ",
    OrgRoutingFormWrite        "ORG_ROUTING_FORM_WRITE",
    OrgWebhookRead             "ORG_WEBHOOK_READ",
    OrgWebhookWrite            "ORG_WEBHOOK_WRITE",
    OrgAttributesRead          "ORG_ATTRIBUTES_READ",
    OrgAttributesWrite         "ORG_ATTRIBUTES_WRITE",
    OrgInsightsRead            "ORG_INSIGHTS_READ",
}

impl OAuthScope {
    /// Scopes of an older time, which restrict nothing.
    pub const LEGACY: [&str; 2] = ["READ_BOOKING", "READ_PROFILE"];

    /// `None` where the text is none of them.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == text)
    }

    /// Whether whoever has this one has the other: an organisation's scope covers
    /// the team's of the same name, not the reverse.
    pub fn covers(self, required: Self) -> bool {
        let of_team = required.as_str().strip_prefix("TEAM_");
        self == required || (of_team.is_some() && self.as_str().strip_prefix("ORG_") == of_team)
    }

    /// The bit a platform client needs for the same: scopes of a user's own things
    /// have one, those of teams and organisations are a matter of roles.
    pub const fn client_permission(self) -> Option<ClientPermission> {
        match self {
            Self::EventTypeRead => Some(ClientPermission::EventTypeRead),
            Self::EventTypeWrite => Some(ClientPermission::EventTypeWrite),
            Self::BookingRead => Some(ClientPermission::BookingRead),
            Self::BookingWrite => Some(ClientPermission::BookingWrite),
            Self::ScheduleRead => Some(ClientPermission::ScheduleRead),
            Self::ScheduleWrite => Some(ClientPermission::ScheduleWrite),
            Self::AppsRead => Some(ClientPermission::AppsRead),
            Self::AppsWrite => Some(ClientPermission::AppsWrite),
            Self::ProfileRead => Some(ClientPermission::ProfileRead),
            Self::ProfileWrite => Some(ClientPermission::ProfileWrite),
            _ => None,
        }
    }
}

impl fmt::Display for OAuthScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_read_as_it_is_written() {
        assert_eq!(OAuthScope::ALL.len(), 53);
        for scope in OAuthScope::ALL {
            assert_eq!(OAuthScope::parse(scope.as_str()), Some(*scope));
        }
        assert_eq!(OAuthScope::parse("READ_BOOKING"), None);
    }

    #[test]
    fn an_organisation_scope_covers_the_team_scope_and_not_the_reverse() {
        assert!(OAuthScope::OrgBookingRead.covers(OAuthScope::TeamBookingRead));
        assert!(!OAuthScope::TeamBookingRead.covers(OAuthScope::OrgBookingRead));
        assert!(!OAuthScope::OrgBookingRead.covers(OAuthScope::BookingRead));
        assert!(!OAuthScope::OrgBookingWrite.covers(OAuthScope::TeamBookingRead));
    }

    #[test]
    fn a_client_needs_the_bit_of_the_same_name() {
        for permission in ClientPermission::ALL {
            let scope = OAuthScope::parse(permission.as_str()).unwrap();
            assert_eq!(scope.client_permission(), Some(permission));
        }
        assert_eq!(OAuthScope::WebhookRead.client_permission(), None);
        assert_eq!(OAuthScope::OrgBookingRead.client_permission(), None);
    }
}
