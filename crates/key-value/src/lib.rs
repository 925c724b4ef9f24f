//! Key-value stores on disk.
