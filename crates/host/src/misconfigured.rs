use std::fmt;

/// Everything that is wrong with a manifest or its components, one per line.
#[derive(Debug)]
pub struct Misconfigured(pub Vec<String>);

impl fmt::Display for Misconfigured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("1 mistake was found")?,
            count => write!(f, "{count} mistakes were found")?,
        }
        self.0.iter().try_for_each(|mistake| write!(f, "\n  - {mistake}"))
    }
}

impl std::error::Error for Misconfigured {}
