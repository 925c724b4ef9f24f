//! Organisations described in files, made through the platform API of any
//! deployment. Doing it twice changes nothing.

mod client;
mod file;

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;

use client::Created;
pub use client::Deployment;
use file::Tenant;

use crate::cli::ApplyOptions;
use crate::data_dir::read_secret;

/// What became of one file.
#[derive(Debug)]
pub struct Applied {
    /// The organisation.
    pub slug: String,
    /// Its owner's address.
    pub owner_email: String,
    /// What was done.
    pub outcome: Outcome,
    /// The owner's first key, where the organisation was made now.
    pub api_key: Option<String>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was made.
    Created,
    /// It was there, and something was changed.
    Changed,
    /// It was there, as described.
    Unchanged,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
        }
    }
}

/// `meridian tenants apply`.
pub async fn command(options: ApplyOptions) -> anyhow::Result<()> {
    let secret = match options.secret {
        Some(secret) => secret,
        None => read_secret(&options.data_dir.join("platform-secret"))?.with_context(|| {
            format!(
                "no platform secret: give --secret or MERIDIAN_PLATFORM_SECRET, or the data \
                 folder by --data-dir ({} has none)",
                options.data_dir.display()
            )
        })?,
    };
    let deployment = Deployment::new(&options.url, &secret)?;
    for tenant in apply(&deployment, &options.folder).await? {
        let mut out = std::io::stdout();
        writeln!(out, "{}: {}", tenant.slug, tenant.outcome.as_str())?;
        if let Some(key) = tenant.api_key {
            writeln!(out, "  API key of {}: {key}", tenant.owner_email)?;
        }
    }
    Ok(())
}

/// Makes or changes every organisation of a folder. All files are read first, so
/// a mistake in one changes nothing.
pub async fn apply(deployment: &Deployment, folder: &Path) -> anyhow::Result<Vec<Applied>> {
    let mut applied = Vec::new();
    for tenant in file::read_folder(folder)? {
        let slug = tenant.slug.clone();
        let outcome = apply_one(deployment, tenant).await;
        applied.push(outcome.with_context(|| format!("organisation {slug}"))?);
    }
    Ok(applied)
}

async fn apply_one(deployment: &Deployment, tenant: Tenant) -> anyhow::Result<Applied> {
    let (outcome, api_key) = match deployment.create(&tenant).await? {
        Created::New { api_key } => (Outcome::Created, api_key),
        Created::Taken(refusal) => match deployment.read(&tenant.slug).await? {
            Some(current) => (change(deployment, &tenant, &current).await?, None),
            // The slug is free: something else is taken, such as a domain.
            None => bail!("{refusal}"),
        },
    };
    Ok(Applied { slug: tenant.slug, owner_email: tenant.owner.email, outcome, api_key })
}

async fn change(
    deployment: &Deployment,
    tenant: &Tenant,
    current: &Value,
) -> anyhow::Result<Outcome> {
    let patch = tenant.differences(current);
    if patch.is_empty() {
        return Ok(Outcome::Unchanged);
    }
    deployment.change(&tenant.slug, &patch).await?;
    Ok(Outcome::Changed)
}
