//! The remote database adapter.
