//! A figure beside the tables of requests.

/// What was measured, the bar, and whether it is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What was measured.
    pub name: String,
    /// The figure.
    pub measured: String,
    /// What it is held to; empty: to nothing.
    pub bar: String,
    /// Whether it holds, where there is a bar and enough was measured to say.
    pub met: Option<bool>,
}

impl Claim {
    /// A figure that is held to nothing.
    pub fn plain(name: impl Into<String>, measured: impl Into<String>) -> Self {
        let (name, measured) = (name.into(), measured.into());
        Self { name, measured, bar: String::new(), met: None }
    }

    /// The same, held to something.
    pub fn held_to(self, bar: impl Into<String>, met: bool) -> Self {
        Self { bar: bar.into(), met: Some(met), ..self }
    }

    /// The line of a table.
    pub fn row(&self) -> String {
        let word = self.met.map_or("", verdict);
        format!("| {} | {} | {} | {word} |\n", self.name, self.measured, self.bar)
    }
}

/// In a word.
pub const fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

/// A table of figures.
pub fn table(claims: &[Claim]) -> String {
    let rows: String = claims.iter().map(Claim::row).collect();
    format!("\n| figure | measured | bar | |\n|---|---:|---|---|\n{rows}")
}
