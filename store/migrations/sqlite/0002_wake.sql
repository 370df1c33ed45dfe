-- When a silent talk is to be looked at again, and what teams of the house are told.

ALTER TABLE doctors ADD COLUMN wake_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX doctors_by_wake ON doctors (account, wake_at);

CREATE TABLE notices (
  id      TEXT NOT NULL CHECK (length(id) <= 32),
  account TEXT NOT NULL CHECK (length(account) <= 64),
  doctor  TEXT NOT NULL CHECK (length(doctor) <= 32),
  team    TEXT NOT NULL CHECK (length(team) <= 16),
  flow    TEXT NOT NULL CHECK (length(flow) <= 64),
  words   TEXT NOT NULL,
  rep     TEXT NOT NULL CHECK (length(rep) <= 64),
  at      INTEGER NOT NULL,
  done_at INTEGER NOT NULL,
  done_by TEXT NOT NULL CHECK (length(done_by) <= 64),
  PRIMARY KEY (id)
);
CREATE INDEX notices_by_time ON notices (account, done_at, at);
CREATE INDEX notices_of_doctor ON notices (doctor);
