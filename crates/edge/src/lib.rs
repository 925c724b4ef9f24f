//! Where a component meets its host: HTTP in, database, identity, key-value and variables out.
