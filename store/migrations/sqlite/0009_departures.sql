CREATE TABLE departures (
  id       TEXT NOT NULL CHECK (length(id) <= 32),
  account  TEXT NOT NULL CHECK (length(account) <= 64),
  rep      TEXT NOT NULL CHECK (length(rep) <= 64),
  cause    TEXT NOT NULL CHECK (length(cause) <= 16),
  status   TEXT NOT NULL CHECK (length(status) <= 16),
  reason   TEXT NOT NULL,
  open_key TEXT NULL CHECK (length(open_key) <= 160),
  actor    TEXT NOT NULL CHECK (length(actor) <= 64),
  at       INTEGER NOT NULL,
  done_at  INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX departures_open ON departures (open_key);
CREATE INDEX departures_of_rep ON departures (account, rep, at);

CREATE TABLE transfers (
  id           TEXT NOT NULL CHECK (length(id) <= 32),
  account      TEXT NOT NULL CHECK (length(account) <= 64),
  doctor       TEXT NOT NULL CHECK (length(doctor) <= 32),
  departure    TEXT NOT NULL CHECK (length(departure) <= 32),
  cause        TEXT NOT NULL CHECK (length(cause) <= 16),
  from_rep     TEXT NOT NULL CHECK (length(from_rep) <= 64),
  to_rep       TEXT NOT NULL CHECK (length(to_rep) <= 64),
  status       TEXT NOT NULL CHECK (length(status) <= 16),
  hold_key     TEXT NULL CHECK (length(hold_key) <= 32),
  actor        TEXT NOT NULL CHECK (length(actor) <= 64),
  batch        TEXT NOT NULL CHECK (length(batch) <= 32),
  reason       TEXT NOT NULL,
  answer       TEXT NOT NULL CHECK (length(answer) <= 16),
  at           INTEGER NOT NULL,
  confirmed_at INTEGER NOT NULL,
  due_at       INTEGER NOT NULL,
  read_at      INTEGER NOT NULL,
  contacted_at INTEGER NOT NULL,
  answered_at  INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX transfers_hold ON transfers (hold_key);
CREATE INDEX transfers_of_doctor ON transfers (doctor, at);
CREATE INDEX transfers_of_departure ON transfers (departure, status);
CREATE INDEX transfers_of_rep ON transfers (account, to_rep, status, due_at);
CREATE INDEX transfers_by_status ON transfers (account, status, at);
