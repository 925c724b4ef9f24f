//! What a route asks of whoever calls it: declared in its row of the route table,
//! enforced in one place (`door`) before its handler runs.

use meridian_kernel::{OAuthScope, Permission, Plan, Role};

use crate::Method;

/// Who may call a route.
///
/// ```text
/// const READ: Access = Access::user(OAuthScope::BookingRead);
/// const HIRE: Access = Access::organization(OAuthScope::OrgMembershipWrite, Role::Admin)
///     .or_permission(Permission::OrganizationInvite);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    pub(crate) caller: Caller,
    /// What a third-party token must have; `None`: such tokens do not get in. The
    /// bit a platform client needs follows from it
    /// ([`OAuthScope::client_permission`]).
    pub(crate) scope: Option<OAuthScope>,
    /// What a custom role may allow in the place of the role.
    pub(crate) permission: Option<Permission>,
    /// What a platform customer must have subscribed to, where the path names the
    /// organisation.
    pub(crate) plan: PlanRule,
    /// How the caller must have been proven; `None`: any way.
    pub(crate) methods: Option<&'static [Method]>,
}

/// Who must be calling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Anyone; credentials are not looked at.
    Anyone,
    /// Anyone; credentials are checked where they come, and wrong ones refused.
    AnyoneProven,
    /// A user.
    User,
    /// A member of the organisation of the path (`:orgId`) with at least this role.
    Member(Role),
    /// A member of the team of the path (`:teamId`) with at least this role, or
    /// whoever administers its organisation.
    TeamMember(Role),
    /// A member of a platform customer, with at least this role.
    PlatformMember(Role),
    /// Whoever holds the platform secret.
    Operator,
}

/// What the plan of a platform customer must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlanRule {
    /// This one or a higher one.
    AtLeast(Plan),
    /// None will do: platform customers have no such thing.
    NotForPlatforms,
}

impl Access {
    /// Anyone; credentials are not looked at.
    pub const PUBLIC: Self = Self::of(Caller::Anyone, None);

    /// Anyone; credentials are checked where they come, and wrong ones refused. No
    /// scope is needed where no credential is.
    pub const OPTIONAL: Self = Self::of(Caller::AnyoneProven, None);

    /// Whoever holds the platform secret: operators and the platform's own timers.
    pub const PLATFORM: Self = Self::of(Caller::Operator, None);

    /// A user, but no third-party token with scopes: none is declared.
    pub const ANY_USER: Self = Self::of(Caller::User, None);

    const fn of(caller: Caller, scope: Option<OAuthScope>) -> Self {
        let plan = PlanRule::AtLeast(Plan::Essentials);
        Self { caller, scope, permission: None, plan, methods: None }
    }

    /// A user, whose third-party token needs this scope.
    pub const fn user(scope: OAuthScope) -> Self {
        Self::of(Caller::User, Some(scope))
    }

    /// A member of the organisation that the path names as `:orgId`, with this role
    /// or a higher one. Another organisation than the caller's own is 404.
    pub const fn organization(scope: OAuthScope, least: Role) -> Self {
        Self::of(Caller::Member(least), Some(scope))
    }

    /// A member of the team that the path names as `:teamId`, with this role or a
    /// higher one, or whoever administers its organisation. Where the path has
    /// `:orgId` too, that must be the caller's own. Another organisation's team is
    /// 404; whether one of the caller's own exists, its handler finds out.
    pub const fn team(scope: OAuthScope, least: Role) -> Self {
        Self::of(Caller::TeamMember(least), Some(scope))
    }

    /// A member of a platform customer, their own organisation, with this role or a
    /// higher one. No scope is declared.
    pub const fn platform_member(least: Role) -> Self {
        Self::of(Caller::PlatformMember(least), None)
    }

    /// Also whoever has a custom role that allows this, whatever their role is.
    pub const fn or_permission(self, permission: Permission) -> Self {
        Self { permission: Some(permission), ..self }
    }

    /// Platform customers need this plan, where it is not the usual ESSENTIALS.
    pub const fn plan(self, least: Plan) -> Self {
        Self { plan: PlanRule::AtLeast(least), ..self }
    }

    /// Platform customers do not get in.
    pub const fn not_for_platforms(self) -> Self {
        Self { plan: PlanRule::NotForPlatforms, ..self }
    }

    /// The caller must have been proven in one of these ways.
    pub const fn only_by(self, methods: &'static [Method]) -> Self {
        Self { methods: Some(methods), ..self }
    }
}
