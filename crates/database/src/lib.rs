//! libSQL files natively: one writer per file with group commit, and Hrana over HTTP.
