-- Roles that an organisation or a team makes for itself. Whoever has one may do
-- what it allows, beside what they may as member, administrator or owner.
CREATE TABLE role (
    id TEXT PRIMARY KEY,                     -- uuid
    team_id INTEGER REFERENCES team (id) ON DELETE CASCADE,  -- NULL: the organisation's
    name TEXT NOT NULL COLLATE NOCASE,
    color TEXT,
    description TEXT,
    permissions INTEGER NOT NULL,            -- a bit each, in the order of kernel::Permission
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
--;;
CREATE UNIQUE INDEX role_name ON role (coalesce(team_id, 0), name)
--;;
ALTER TABLE user ADD COLUMN custom_role_id TEXT REFERENCES role (id) ON DELETE SET NULL
--;;
ALTER TABLE team_membership ADD COLUMN custom_role_id TEXT REFERENCES role (id) ON DELETE SET NULL
--;;
CREATE INDEX user_custom_role ON user (custom_role_id) WHERE custom_role_id IS NOT NULL
--;;
CREATE INDEX team_membership_custom_role ON team_membership (custom_role_id)
    WHERE custom_role_id IS NOT NULL
