//! The orgs component.
