//! Reads spin.toml as Spin does, and composes components.
