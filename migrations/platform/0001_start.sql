-- Organisations and where they live. A number is never used twice, so that an
-- id of a deleted organisation names nothing.
CREATE TABLE organization (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    is_platform INTEGER NOT NULL DEFAULT 0 CHECK (is_platform IN (0, 1)),
    -- 'provisioning' until the database, the owner and the first key exist.
    state TEXT NOT NULL CHECK (state IN ('provisioning', 'active', 'suspended', 'deleting')),
    owner TEXT NOT NULL,          -- JSON: {id, email, username}
    brand TEXT,                   -- JSON: {name, logoUrl, color, emailFrom}
    limits TEXT,                  -- JSON
    created_at INTEGER NOT NULL,  -- ms since 1970, like every *_at
    updated_at INTEGER NOT NULL
) STRICT
--;;
CREATE TABLE domain (
    host TEXT PRIMARY KEY,        -- lower case, without port
    organization INTEGER NOT NULL REFERENCES organization (number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX domain_organization ON domain (organization)
--;;
-- Organisations that may have work due: a sweep looks only at these.
CREATE TABLE due_work (
    organization INTEGER PRIMARY KEY,
    marked_at INTEGER NOT NULL
) STRICT
