//! An organisation's database, opened for one request.

use std::sync::Arc;

use meridian_kernel::OrganizationNumber;

use crate::idempotency::Mark;
use crate::{Access, Database, DatabaseError, Rows, Statement, migrate};

/// The right to one organisation's database: the first parameter of every store
/// function. Made from verified credentials, or from an id that names its
/// organisation once that organisation was admitted.
#[derive(Clone, Debug)]
pub struct Scope<'a, D> {
    database: &'a D,
    organization: OrganizationNumber,
    name: String,
    mark: Option<Arc<Mark>>,
}

/// Where a write's mark stands in its batch: see [`Mark::statement`].
const MARK: usize = 1;

impl<'a, D: Database> Scope<'a, D> {
    /// Opens the organisation's database, bringing its schema up to date first
    /// where this instance has not seen it yet.
    pub async fn open(
        database: &'a D,
        organization: OrganizationNumber,
    ) -> Result<Self, DatabaseError> {
        let name = organization.database_name();
        let scope = Self { database, organization, name, mark: None };
        migrate::bring_up_to_date(database, &scope.name, migrate::ORGANIZATION).await?;
        Ok(scope)
    }

    /// Whose database this is.
    pub fn organization(&self) -> OrganizationNumber {
        self.organization
    }

    /// The provider, for what lies outside this organisation.
    pub fn provider(&self) -> &'a D {
        self.database
    }

    /// Reads; possibly from a replica.
    pub async fn read(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, DatabaseError> {
        self.database.execute(&self.name, Access::Read, false, statements).await
    }

    /// Reads one statement.
    pub async fn read_one(&self, statement: Statement) -> Result<Rows, DatabaseError> {
        Ok(self.read(vec![statement]).await?.pop().unwrap_or_default())
    }

    /// Reads one statement from the primary: for what is believed for a while, such
    /// as a credential, or must show what the same caller just wrote.
    pub async fn read_primary(&self, statement: Statement) -> Result<Rows, DatabaseError> {
        let rows = self.database.execute(&self.name, Access::Write, false, vec![statement]);
        Ok(rows.await?.pop().unwrap_or_default())
    }

    /// The same database, without a mark.
    pub fn same(&self) -> Self {
        let Self { database, organization, .. } = *self;
        Self { database, organization, name: self.name.clone(), mark: None }
    }

    /// The same scope, whose writes say in their own batch that they happened.
    pub fn marked(self, mark: Arc<Mark>) -> Self {
        Self { mark: Some(mark), ..self }
    }

    /// What marks the writes, where something does.
    pub fn mark(&self) -> Option<&Arc<Mark>> {
        self.mark.as_ref().filter(|mark| mark.is_open())
    }

    /// Writes all or nothing.
    pub async fn write(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, DatabaseError> {
        let (Some(mark), Some(first)) = (self.mark(), statements.first()) else {
            return self.write_unmarked(statements).await;
        };
        let statement = mark.statement(first);
        let mut statements = statements;
        statements.insert(MARK, statement);
        let mut answers = self.write_unmarked(statements).await.map_err(without_mark)?;
        mark.wrote();
        if answers.len() > MARK {
            answers.remove(MARK);
        }
        Ok(answers)
    }

    /// Writes all or nothing, whatever marks the other writes.
    pub(crate) async fn write_unmarked(
        &self,
        statements: Vec<Statement>,
    ) -> Result<Vec<Rows>, DatabaseError> {
        self.database.execute(&self.name, Access::Write, true, statements).await
    }

    /// Writes all or nothing, on the handle of workers.
    pub async fn work(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, DatabaseError> {
        self.database.execute(&self.name, Access::Job, true, statements).await
    }
}

/// The same failure as if the mark had not been there. One that lost its key to
/// another attempt is as good as one that came too late.
fn without_mark(error: DatabaseError) -> DatabaseError {
    match error {
        DatabaseError::Precondition(MARK) => DatabaseError::Busy,
        DatabaseError::Precondition(index) if index > MARK => {
            DatabaseError::Precondition(index - 1)
        }
        DatabaseError::Constraint { statement, kind, column } if statement > MARK => {
            DatabaseError::Constraint { statement: statement - 1, kind, column }
        }
        other => other,
    }
}

/// The platform's database: organisations, slugs, domains, work that is due.
#[derive(Clone, Debug)]
pub struct Platform<'a, D> {
    database: &'a D,
}

/// The name of the platform's database.
pub const PLATFORM_DATABASE: &str = "platform";

impl<'a, D: Database> Platform<'a, D> {
    /// Opens the platform's database; creates it, and the database of
    /// organisation 0, where this is a new deployment.
    pub async fn open(database: &'a D) -> Result<Self, DatabaseError> {
        let platform = Self { database };
        match migrate::bring_up_to_date(database, PLATFORM_DATABASE, migrate::PLATFORM).await {
            Err(DatabaseError::NotFound) => platform.found().await?,
            outcome => outcome?,
        }
        Ok(platform)
    }

    /// Creates what a new deployment lacks. Several requests may do so at once:
    /// whoever comes second finds it there.
    async fn found(&self) -> Result<(), DatabaseError> {
        let home = OrganizationNumber::NONE.database_name();
        for name in [home.as_str(), PLATFORM_DATABASE] {
            match self.database.create(name).await {
                Ok(()) | Err(DatabaseError::AlreadyExists) => {}
                Err(error) => return Err(error),
            }
        }
        migrate::bring_up_to_date(self.database, &home, migrate::ORGANIZATION).await?;
        migrate::bring_up_to_date(self.database, PLATFORM_DATABASE, migrate::PLATFORM).await
    }

    /// The provider, to open an organisation's database with.
    pub fn provider(&self) -> &'a D {
        self.database
    }

    /// Reads; possibly from a replica.
    pub async fn read_one(&self, statement: Statement) -> Result<Rows, DatabaseError> {
        let rows = self.database.execute(PLATFORM_DATABASE, Access::Read, false, vec![statement]);
        Ok(rows.await?.pop().unwrap_or_default())
    }

    /// Reads one statement from the primary.
    pub async fn read_primary(&self, statement: Statement) -> Result<Rows, DatabaseError> {
        let rows = self.database.execute(PLATFORM_DATABASE, Access::Write, false, vec![statement]);
        Ok(rows.await?.pop().unwrap_or_default())
    }

    /// Writes all or nothing.
    pub async fn write(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, DatabaseError> {
        self.database.execute(PLATFORM_DATABASE, Access::Write, true, statements).await
    }
}
