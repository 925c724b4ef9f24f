-- Links that let whoever has them join a team.
CREATE TABLE team_invite (
    token_hash TEXT PRIMARY KEY,             -- SHA-256 hex of the token
    team_id INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX team_invite_team ON team_invite (team_id, expires_at)
