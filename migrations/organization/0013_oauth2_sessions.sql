-- Sessions that began here. The cookie names one by a random id, which is kept
-- hashed; without its row the cookie is worth nothing.
CREATE TABLE session (
    id_hash TEXT PRIMARY KEY,                -- SHA-256 hex of the id
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX session_user ON session (user_id, expires_at)
--;;
-- Sessions that another application began have no row: they count from here on.
ALTER TABLE user ADD COLUMN sessions_from INTEGER NOT NULL DEFAULT 0
--;;
-- Third-party applications.
CREATE TABLE oauth2_client (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    logo TEXT,
    redirect_uris TEXT NOT NULL,             -- JSON array of texts, matched exactly
    client_type TEXT NOT NULL CHECK (client_type IN ('CONFIDENTIAL', 'PUBLIC')),
    secret_hash TEXT,                        -- SHA-256 hex; public ones have none
    is_trusted INTEGER NOT NULL DEFAULT 0 CHECK (is_trusted IN (0, 1)),
    approval TEXT NOT NULL CHECK (approval IN ('pending', 'approved', 'rejected')),
    scopes TEXT NOT NULL,                    -- JSON array of texts
    created_by INTEGER REFERENCES user (id) ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((client_type = 'CONFIDENTIAL') = (secret_hash IS NOT NULL))
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX oauth2_client_creator ON oauth2_client (created_by)
--;;
-- What a user allowed an application: one row per consent. All tokens that come of
-- it are its family, and end with it.
CREATE TABLE oauth2_grant (
    id TEXT PRIMARY KEY,                     -- uuid; access tokens name it
    client_id TEXT NOT NULL REFERENCES oauth2_client (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,                    -- JSON array of texts
    code_hash TEXT NOT NULL UNIQUE,          -- SHA-256 hex of the code
    code_expires_at INTEGER NOT NULL,
    code_used_at INTEGER,
    redirect_uri TEXT NOT NULL,              -- where the code was sent
    code_challenge TEXT,                     -- PKCE, S256
    revoked_at INTEGER,
    expires_at INTEGER NOT NULL,             -- of its youngest token, or of its code
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX oauth2_grant_user ON oauth2_grant (user_id, client_id, expires_at)
--;;
CREATE INDEX oauth2_grant_client ON oauth2_grant (client_id)
--;;
-- Refresh tokens. A used one is kept for a while: who sends it again has stolen it,
-- or was robbed.
CREATE TABLE oauth2_refresh_token (
    hash TEXT PRIMARY KEY,                   -- SHA-256 hex of the token
    grant_id TEXT NOT NULL REFERENCES oauth2_grant (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX oauth2_refresh_token_grant ON oauth2_refresh_token (grant_id, used_at)
--;;
-- Whoever leaves and comes back finds nothing of this working again.
CREATE TRIGGER user_left_signs_out AFTER UPDATE OF left_at ON user WHEN NEW.left_at IS NOT NULL
BEGIN
    DELETE FROM session WHERE user_id = NEW.id;
    DELETE FROM oauth2_grant WHERE user_id = NEW.id;
    UPDATE user SET sessions_from = max(sessions_from, NEW.left_at + 1) WHERE id = NEW.id;
END
