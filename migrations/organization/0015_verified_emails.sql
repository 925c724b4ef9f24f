-- Rate limits of a key's own: JSON array of {name, limit, ttl, blockDuration}, ms.
ALTER TABLE api_key ADD COLUMN rates TEXT
--;;
-- Mailboxes that somebody has shown to be theirs: a user's, or a team's.
CREATE TABLE verified_email (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,  -- who showed it
    team_id INTEGER REFERENCES team (id) ON DELETE CASCADE,           -- NULL: the user's
    email TEXT NOT NULL COLLATE NOCASE,
    created_at INTEGER NOT NULL
) STRICT
--;;
CREATE UNIQUE INDEX verified_email_user ON verified_email (user_id, email)
    WHERE team_id IS NULL
--;;
CREATE UNIQUE INDEX verified_email_team ON verified_email (team_id, email)
    WHERE team_id IS NOT NULL
--;;
-- A code that was mailed: the last one to an address for a purpose.
CREATE TABLE email_code (
    purpose TEXT NOT NULL,                   -- 'user 7', 'team 3', 'attendee'
    email TEXT NOT NULL COLLATE NOCASE,
    code_mac TEXT NOT NULL,                  -- keyed: a code is short enough to be guessed
    wrong_tries INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (purpose, email)
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX email_code_expiry ON email_code (expires_at)
--;;
-- The address a user wants, until the link that was mailed there is followed.
CREATE TABLE email_change (
    user_id INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
    email TEXT NOT NULL COLLATE NOCASE,
    token_hash TEXT NOT NULL UNIQUE,         -- SHA-256 hex
    expires_at INTEGER NOT NULL
) STRICT
