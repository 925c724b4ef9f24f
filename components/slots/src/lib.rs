//! The slots component.
