ALTER TABLE doctors ADD COLUMN standing TEXT NOT NULL DEFAULT '' CHECK (length(standing) <= 700);

UPDATE doctors SET standing = COALESCE((SELECT j.flow || '@' || j.flow_hash || '#' FROM journal j
  WHERE j.conversation = doctors.id AND j.flow <> '' AND j.flow_hash <> ''
    AND j.seq = (SELECT MAX(seq) FROM journal WHERE conversation = doctors.id)), '');

CREATE INDEX doctors_standing ON doctors (account, standing);

CREATE TABLE releases (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  account    TEXT NOT NULL CHECK (length(account) <= 64),
  hash       TEXT NOT NULL CHECK (length(hash) <= 64),
  files      BLOB NULL,
  cause      TEXT NOT NULL CHECK (length(cause) <= 16),
  back       INTEGER NOT NULL,
  share      INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  author     TEXT NOT NULL CHECK (length(author) <= 64),
  message    TEXT NOT NULL,
  findings   INTEGER NOT NULL,
  cases      INTEGER NOT NULL,
  start_key  TEXT NULL CHECK (length(start_key) <= 160),
  created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX releases_start ON releases (start_key);
CREATE INDEX releases_by_time ON releases (account, at, id);
CREATE INDEX releases_of_folder ON releases (account, hash);

CREATE TABLE recalls (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  account   TEXT NOT NULL CHECK (length(account) <= 64),
  flow      TEXT NOT NULL CHECK (length(flow) <= 64),
  version   TEXT NOT NULL CHECK (length(version) <= 64),
  policy    TEXT NOT NULL CHECK (length(policy) <= 16),
  reason    TEXT NOT NULL,
  say       TEXT NOT NULL,
  author    TEXT NOT NULL CHECK (length(author) <= 64),
  at        INTEGER NOT NULL,
  lifted_at INTEGER NOT NULL,
  lifted_by TEXT NOT NULL CHECK (length(lifted_by) <= 64)
);
CREATE INDEX recalls_open ON recalls (account, lifted_at);
