CREATE TABLE meetings (
  id             TEXT NOT NULL CHECK (length(id) <= 32),
  account        TEXT NOT NULL CHECK (length(account) <= 64),
  title          TEXT NOT NULL CHECK (length(title) <= 128),
  mode           TEXT NOT NULL CHECK (length(mode) <= 16),
  place          TEXT NOT NULL CHECK (length(place) <= 256),
  host           TEXT NOT NULL CHECK (length(host) <= 128),
  topics         TEXT NOT NULL,
  product        TEXT NOT NULL CHECK (length(product) <= 32),
  approval_no    TEXT NOT NULL CHECK (length(approval_no) <= 64),
  approval_until INTEGER NOT NULL,
  replay         TEXT NOT NULL CHECK (length(replay) <= 64),
  threshold      INTEGER NOT NULL,
  status         TEXT NOT NULL CHECK (length(status) <= 16),
  owner          TEXT NOT NULL CHECK (length(owner) <= 64),
  approved_by    TEXT NOT NULL CHECK (length(approved_by) <= 64),
  approved_role  TEXT NOT NULL CHECK (length(approved_role) <= 16),
  reason         TEXT NOT NULL,
  begins_at      INTEGER NOT NULL,
  ends_at        INTEGER NOT NULL,
  version        INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL,
  closed_at      INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX meetings_by_status ON meetings (account, status, begins_at);
CREATE TABLE meeting_items (
  meeting        TEXT NOT NULL CHECK (length(meeting) <= 32),
  n              INTEGER NOT NULL,
  account        TEXT NOT NULL CHECK (length(account) <= 64),
  clock          TEXT NOT NULL CHECK (length(clock) <= 8),
  topic          TEXT NOT NULL CHECK (length(topic) <= 128),
  role           TEXT NOT NULL CHECK (length(role) <= 16),
  name           TEXT NOT NULL CHECK (length(name) <= 64),
  doctor         TEXT NOT NULL CHECK (length(doctor) <= 32),
  PRIMARY KEY (meeting, n)
);
CREATE INDEX meeting_items_by_doctor ON meeting_items (doctor);
CREATE TABLE attendances (
  meeting        TEXT NOT NULL CHECK (length(meeting) <= 32),
  doctor         TEXT NOT NULL CHECK (length(doctor) <= 32),
  account        TEXT NOT NULL CHECK (length(account) <= 64),
  invited_by     TEXT NOT NULL CHECK (length(invited_by) <= 64),
  invited_at     INTEGER NOT NULL,
  answer         TEXT NOT NULL CHECK (length(answer) <= 16),
  answered_at    INTEGER NOT NULL,
  told           INTEGER NOT NULL,
  remind         TEXT NOT NULL CHECK (length(remind) <= 8),
  question       TEXT NOT NULL,
  came           TEXT NOT NULL CHECK (length(came) <= 8),
  minutes        INTEGER NOT NULL,
  way            TEXT NOT NULL CHECK (length(way) <= 16),
  came_at        INTEGER NOT NULL,
  useful         INTEGER NOT NULL,
  shift          TEXT NOT NULL CHECK (length(shift) <= 16),
  recommend      INTEGER NOT NULL,
  wish           TEXT NOT NULL CHECK (length(wish) <= 16),
  feedback_at    INTEGER NOT NULL,
  follow_rep     TEXT NOT NULL CHECK (length(follow_rep) <= 64),
  follow_until   INTEGER NOT NULL,
  outcome        TEXT NOT NULL CHECK (length(outcome) <= 16),
  outcome_words  TEXT NOT NULL,
  done_by        TEXT NOT NULL CHECK (length(done_by) <= 64),
  done_at        INTEGER NOT NULL,
  PRIMARY KEY (meeting, doctor)
);
CREATE INDEX attendances_by_doctor ON attendances (doctor);
CREATE INDEX attendances_by_follow ON attendances (account, done_at, follow_until);
