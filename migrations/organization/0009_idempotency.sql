-- Answers to writes whose clients named them with an Idempotency-Key.
CREATE TABLE idempotency_key (
    key TEXT PRIMARY KEY,                    -- SHA-256 hex of the caller and its key
    fingerprint TEXT NOT NULL,               -- SHA-256 hex of the request it named
    token TEXT NOT NULL,                     -- of the attempt that has it
    -- claimed: an attempt is at work. written: its write is done, in this very
    -- batch. answered: the answer is kept.
    state TEXT NOT NULL CHECK (state IN ('claimed', 'written', 'answered')),
    lease_until INTEGER NOT NULL,            -- a claim counts until then
    subject TEXT,                            -- the path that shows what was written
    status INTEGER,
    content_type TEXT,
    answer TEXT,                             -- sealed; before `answered`: what a deletion would answer
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
--;;
CREATE INDEX idempotency_key_age ON idempotency_key (created_at)
