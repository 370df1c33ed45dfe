-- What doctors let be quoted, and cards with which they invite colleagues.

CREATE TABLE quotes (
  id           TEXT NOT NULL CHECK (length(id) <= 32),
  account      TEXT NOT NULL CHECK (length(account) <= 64),
  doctor       TEXT NOT NULL CHECK (length(doctor) <= 32),
  flow         TEXT NOT NULL CHECK (length(flow) <= 64),
  topic        TEXT NOT NULL CHECK (length(topic) <= 32),
  words        TEXT NOT NULL,
  signature    TEXT NOT NULL CHECK (length(signature) <= 16),
  status       TEXT NOT NULL CHECK (length(status) <= 16),
  policy       TEXT NOT NULL CHECK (length(policy) <= 64),
  approved     TEXT NOT NULL,
  approval_no  TEXT NOT NULL CHECK (length(approval_no) <= 64),
  until_at     INTEGER NOT NULL,
  asked_by     TEXT NOT NULL CHECK (length(asked_by) <= 64),
  decided_by   TEXT NOT NULL CHECK (length(decided_by) <= 64),
  reason       TEXT NOT NULL,
  shown        INTEGER NOT NULL,
  offered_at   INTEGER NOT NULL,
  consented_at INTEGER NOT NULL,
  decided_at   INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX quotes_of_doctor ON quotes (doctor, status);
CREATE INDEX quotes_by_status ON quotes (account, status, offered_at);

CREATE TABLE peer_cards (
  id         TEXT NOT NULL CHECK (length(id) <= 32),
  account    TEXT NOT NULL CHECK (length(account) <= 64),
  doctor     TEXT NOT NULL CHECK (length(doctor) <= 32),
  scene      TEXT NOT NULL CHECK (length(scene) <= 64),
  token      TEXT NOT NULL CHECK (length(token) <= 64),
  most       INTEGER NOT NULL,
  alarm      INTEGER NOT NULL,
  scanned    INTEGER NOT NULL,
  credited   INTEGER NOT NULL,
  flagged_at INTEGER NOT NULL,
  made_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  closed_at  INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX peer_cards_by_scene ON peer_cards (scene);
CREATE INDEX peer_cards_by_token ON peer_cards (account, token);
CREATE INDEX peer_cards_of_doctor ON peer_cards (doctor, made_at);
CREATE INDEX peer_cards_by_time ON peer_cards (account, made_at);

CREATE TABLE referrals (
  other        TEXT NOT NULL CHECK (length(other) <= 32),
  account      TEXT NOT NULL CHECK (length(account) <= 64),
  doctor       TEXT NOT NULL CHECK (length(doctor) <= 32),
  card         TEXT NOT NULL CHECK (length(card) <= 32),
  followed_at  INTEGER NOT NULL,
  consented_at INTEGER NOT NULL,
  verified_at  INTEGER NOT NULL,
  active_at    INTEGER NOT NULL,
  credited_at  INTEGER NOT NULL,
  withheld     TEXT NOT NULL CHECK (length(withheld) <= 16),
  PRIMARY KEY (other)
);
CREATE INDEX referrals_of_doctor ON referrals (doctor, followed_at);
CREATE INDEX referrals_of_card ON referrals (card);
