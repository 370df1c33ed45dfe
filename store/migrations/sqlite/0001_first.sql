-- The same tables as in migrations/mysql. The widths of VARCHAR are checks here, so that both engines refuse the same values.

CREATE TABLE journal (
  conversation TEXT NOT NULL CHECK (length(conversation) <= 32),
  seq          INTEGER NOT NULL,
  account      TEXT NOT NULL CHECK (length(account) <= 64),
  message_key  TEXT NOT NULL CHECK (length(message_key) <= 64),
  kind         TEXT NOT NULL CHECK (length(kind) <= 24),
  event        BLOB NULL,
  state        BLOB NULL,
  reply        BLOB NULL,
  flow         TEXT NOT NULL CHECK (length(flow) <= 64),
  flow_hash    TEXT NOT NULL CHECK (length(flow_hash) <= 64),
  sent_at      INTEGER NOT NULL,
  msg_id       TEXT NOT NULL CHECK (length(msg_id) <= 64),
  received_at  INTEGER NOT NULL,
  late         BOOLEAN NOT NULL,
  instance     TEXT NOT NULL CHECK (length(instance) <= 64),
  PRIMARY KEY (conversation, seq)
);
CREATE UNIQUE INDEX journal_key ON journal (message_key);
CREATE INDEX journal_by_time ON journal (account, received_at);

CREATE TABLE doctors (
  id              TEXT NOT NULL CHECK (length(id) <= 32),
  account         TEXT NOT NULL CHECK (length(account) <= 64),
  open_id         TEXT NOT NULL CHECK (length(open_id) <= 64),
  name            TEXT NOT NULL CHECK (length(name) <= 64),
  hospital        TEXT NOT NULL CHECK (length(hospital) <= 64),
  hospital_name   TEXT NOT NULL CHECK (length(hospital_name) <= 128),
  department      TEXT NOT NULL CHECK (length(department) <= 64),
  title           TEXT NOT NULL CHECK (length(title) <= 64),
  level           INTEGER NOT NULL,
  phase           TEXT NOT NULL CHECK (length(phase) <= 24),
  followed        BOOLEAN NOT NULL,
  opted_out       BOOLEAN NOT NULL,
  scene           TEXT NOT NULL CHECK (length(scene) <= 64),
  version         INTEGER NOT NULL,
  last_inbound_at INTEGER NOT NULL,
  last_typed_at   INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX doctors_by_change ON doctors (account, updated_at);

CREATE TABLE answers (
  conversation TEXT NOT NULL CHECK (length(conversation) <= 32),
  seq          INTEGER NOT NULL,
  n            INTEGER NOT NULL,
  account      TEXT NOT NULL CHECK (length(account) <= 64),
  talk         INTEGER NOT NULL,
  flow         TEXT NOT NULL CHECK (length(flow) <= 64),
  flow_hash    TEXT NOT NULL CHECK (length(flow_hash) <= 64),
  question     TEXT NOT NULL CHECK (length(question) <= 96),
  asked        TEXT NOT NULL,
  value        TEXT NOT NULL,
  label        TEXT NOT NULL,
  raw          TEXT NOT NULL,
  how          TEXT NOT NULL CHECK (length(how) <= 24),
  at           INTEGER NOT NULL,
  retracted_at INTEGER NOT NULL,
  PRIMARY KEY (conversation, seq, n)
);
CREATE INDEX answers_by_time ON answers (account, at);

CREATE TABLE portrait (
  doctor  TEXT NOT NULL CHECK (length(doctor) <= 32),
  field   TEXT NOT NULL CHECK (length(field) <= 64),
  account TEXT NOT NULL CHECK (length(account) <= 64),
  value   TEXT NOT NULL,
  label   TEXT NOT NULL,
  source  TEXT NOT NULL CHECK (length(source) <= 16),
  ref     TEXT NOT NULL CHECK (length(ref) <= 96),
  detail  TEXT NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (doctor, field)
);

CREATE TABLE tags (
  doctor     TEXT NOT NULL CHECK (length(doctor) <= 32),
  tag        TEXT NOT NULL CHECK (length(tag) <= 64),
  account    TEXT NOT NULL CHECK (length(account) <= 64),
  source     TEXT NOT NULL CHECK (length(source) <= 16),
  ref        TEXT NOT NULL CHECK (length(ref) <= 96),
  at         INTEGER NOT NULL,
  removed_at INTEGER NOT NULL,
  PRIMARY KEY (doctor, tag)
);
CREATE INDEX tags_by_tag ON tags (account, tag);

CREATE TABLE scores (
  doctor      TEXT NOT NULL CHECK (length(doctor) <= 32),
  name        TEXT NOT NULL CHECK (length(name) <= 32),
  account     TEXT NOT NULL CHECK (length(account) <= 64),
  points      INTEGER NOT NULL,
  grade       TEXT NOT NULL CHECK (length(grade) <= 16),
  score_lines TEXT NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (doctor, name)
);

CREATE TABLE consents (
  conversation TEXT NOT NULL CHECK (length(conversation) <= 32),
  seq          INTEGER NOT NULL,
  purpose      TEXT NOT NULL CHECK (length(purpose) <= 48),
  account      TEXT NOT NULL CHECK (length(account) <= 64),
  policy       TEXT NOT NULL CHECK (length(policy) <= 48),
  granted      BOOLEAN NOT NULL,
  asked        TEXT NOT NULL,
  raw          TEXT NOT NULL,
  at           INTEGER NOT NULL,
  PRIMARY KEY (conversation, seq, purpose)
);

CREATE TABLE cases (
  no              TEXT NOT NULL CHECK (length(no) <= 32),
  account         TEXT NOT NULL CHECK (length(account) <= 64),
  doctor          TEXT NOT NULL CHECK (length(doctor) <= 32),
  status          TEXT NOT NULL CHECK (length(status) <= 16),
  words           TEXT NOT NULL,
  product         TEXT NOT NULL,
  event           TEXT NOT NULL,
  patient         TEXT NOT NULL,
  reporter        TEXT NOT NULL,
  serious         BOOLEAN NOT NULL,
  serious_how     TEXT NOT NULL,
  onset           TEXT NOT NULL,
  fields          TEXT NOT NULL,
  complete        BOOLEAN NOT NULL,
  due_at          INTEGER NOT NULL,
  opened_at       INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  acknowledged_at INTEGER NOT NULL,
  acknowledged_by TEXT NOT NULL CHECK (length(acknowledged_by) <= 64),
  PRIMARY KEY (no)
);
CREATE INDEX cases_of_doctor ON cases (doctor, status);
CREATE INDEX cases_by_due ON cases (account, status, due_at);

CREATE TABLE leads (
  id          TEXT NOT NULL CHECK (length(id) <= 32),
  account     TEXT NOT NULL CHECK (length(account) <= 64),
  doctor      TEXT NOT NULL CHECK (length(doctor) <= 32),
  kind        TEXT NOT NULL CHECK (length(kind) <= 32),
  open_key    TEXT NULL CHECK (length(open_key) <= 80),
  status      TEXT NOT NULL CHECK (length(status) <= 16),
  level       TEXT NOT NULL CHECK (length(level) <= 16),
  explicit    BOOLEAN NOT NULL,
  points      INTEGER NOT NULL,
  score_lines TEXT NOT NULL,
  why         TEXT NOT NULL,
  note        TEXT NOT NULL,
  wish        TEXT NOT NULL,
  rep         TEXT NOT NULL CHECK (length(rep) <= 64),
  reason      TEXT NOT NULL,
  outcome     TEXT NOT NULL CHECK (length(outcome) <= 32),
  version     INTEGER NOT NULL,
  due_at      INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  visited_at  INTEGER NOT NULL,
  closed_at   INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX leads_open ON leads (open_key);
CREATE INDEX leads_of_doctor ON leads (doctor);
CREATE INDEX leads_by_status ON leads (account, status, due_at);
CREATE INDEX leads_of_rep ON leads (rep, status);

CREATE TABLE lead_moves (
  lead_id TEXT NOT NULL CHECK (length(lead_id) <= 32),
  n       INTEGER NOT NULL,
  account TEXT NOT NULL CHECK (length(account) <= 64),
  event   TEXT NOT NULL CHECK (length(event) <= 16),
  status  TEXT NOT NULL CHECK (length(status) <= 16),
  actor   TEXT NOT NULL CHECK (length(actor) <= 64),
  reason  TEXT NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (lead_id, n)
);

CREATE TABLE offers (
  lead_id       TEXT NOT NULL CHECK (length(lead_id) <= 32),
  rep           TEXT NOT NULL CHECK (length(rep) <= 64),
  account       TEXT NOT NULL CHECK (length(account) <= 64),
  status        TEXT NOT NULL CHECK (length(status) <= 16),
  reason        TEXT NOT NULL,
  task          TEXT NOT NULL CHECK (length(task) <= 128),
  response_code TEXT NOT NULL CHECK (length(response_code) <= 255),
  at            INTEGER NOT NULL,
  answered_at   INTEGER NOT NULL,
  PRIMARY KEY (lead_id, rep)
);
CREATE INDEX offers_by_task ON offers (task);
CREATE INDEX offers_of_rep ON offers (rep, status);

CREATE TABLE visits (
  id        TEXT NOT NULL CHECK (length(id) <= 32),
  account   TEXT NOT NULL CHECK (length(account) <= 64),
  lead_id   TEXT NOT NULL CHECK (length(lead_id) <= 32),
  doctor    TEXT NOT NULL CHECK (length(doctor) <= 32),
  rep       TEXT NOT NULL CHECK (length(rep) <= 64),
  at        INTEGER NOT NULL,
  channel   TEXT NOT NULL CHECK (length(channel) <= 16),
  result    TEXT NOT NULL CHECK (length(result) <= 16),
  prefers   TEXT NOT NULL CHECK (length(prefers) <= 16),
  topics    TEXT NOT NULL,
  ladder    TEXT NOT NULL CHECK (length(ladder) <= 8),
  barriers  TEXT NOT NULL,
  next_step TEXT NOT NULL,
  next_at   INTEGER NOT NULL,
  heard_ae  BOOLEAN NOT NULL,
  note      TEXT NOT NULL,
  filed_at  INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX visits_of_lead ON visits (lead_id);
CREATE INDEX visits_of_doctor ON visits (doctor);
CREATE INDEX visits_of_rep ON visits (rep, filed_at);

CREATE TABLE pushes (
  id      TEXT NOT NULL CHECK (length(id) <= 32),
  account TEXT NOT NULL CHECK (length(account) <= 64),
  doctor  TEXT NOT NULL CHECK (length(doctor) <= 32),
  cause   TEXT NOT NULL CHECK (length(cause) <= 96),
  status  TEXT NOT NULL CHECK (length(status) <= 16),
  content TEXT NOT NULL CHECK (length(content) <= 64),
  reason  TEXT NOT NULL,
  due_at  INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX pushes_of_doctor ON pushes (doctor);
CREATE INDEX pushes_by_status ON pushes (account, status, due_at);

CREATE TABLE sent (
  doctor  TEXT NOT NULL CHECK (length(doctor) <= 32),
  content TEXT NOT NULL CHECK (length(content) <= 64),
  account TEXT NOT NULL CHECK (length(account) <= 64),
  effect  TEXT NOT NULL CHECK (length(effect) <= 96),
  why     TEXT NOT NULL,
  at      INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  PRIMARY KEY (doctor, content)
);
CREATE INDEX sent_by_effect ON sent (effect);

CREATE TABLE outbox (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  account     TEXT NOT NULL CHECK (length(account) <= 64),
  effect_key  TEXT NOT NULL CHECK (length(effect_key) <= 96),
  lane        TEXT NOT NULL CHECK (length(lane) <= 80),
  kind        TEXT NOT NULL CHECK (length(kind) <= 16),
  body        BLOB NULL,
  status      TEXT NOT NULL CHECK (length(status) <= 16),
  attempts    INTEGER NOT NULL,
  next_at     INTEGER NOT NULL,
  claim_owner TEXT NOT NULL CHECK (length(claim_owner) <= 64),
  claim_until INTEGER NOT NULL,
  claim_epoch INTEGER NOT NULL,
  valid_until INTEGER NOT NULL,
  code        INTEGER NOT NULL,
  reason      TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  done_at     INTEGER NOT NULL
);
CREATE UNIQUE INDEX outbox_key ON outbox (effect_key);
CREATE INDEX outbox_due ON outbox (account, status, next_at);
CREATE INDEX outbox_lane ON outbox (lane, status);

CREATE TABLE deliveries (
  effect     INTEGER NOT NULL,
  attempt    INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  code       INTEGER NOT NULL,
  class      TEXT NOT NULL CHECK (length(class) <= 16),
  reason     TEXT NOT NULL,
  latency_ms INTEGER NOT NULL,
  PRIMARY KEY (effect, attempt)
);

CREATE TABLE verifications (
  doctor     TEXT NOT NULL CHECK (length(doctor) <= 32),
  account    TEXT NOT NULL CHECK (length(account) <= 64),
  method     TEXT NOT NULL CHECK (length(method) <= 16),
  lead_kind  TEXT NOT NULL CHECK (length(lead_kind) <= 32),
  lead_note  TEXT NOT NULL,
  status     TEXT NOT NULL CHECK (length(status) <= 16),
  at         INTEGER NOT NULL,
  decided_at INTEGER NOT NULL,
  decided_by TEXT NOT NULL CHECK (length(decided_by) <= 64),
  PRIMARY KEY (doctor)
);
CREATE INDEX verifications_open ON verifications (account, status, at);

CREATE TABLE invites (
  code       TEXT NOT NULL CHECK (length(code) <= 16),
  account    TEXT NOT NULL CHECK (length(account) <= 64),
  note       TEXT NOT NULL CHECK (length(note) <= 128),
  max_uses   INTEGER NOT NULL,
  uses       INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (code)
);

CREATE TABLE reps (
  user_id      TEXT NOT NULL CHECK (length(user_id) <= 64),
  account      TEXT NOT NULL CHECK (length(account) <= 64),
  name         TEXT NOT NULL CHECK (length(name) <= 64),
  filing_no    TEXT NOT NULL CHECK (length(filing_no) <= 64),
  filing_until INTEGER NOT NULL,
  active       BOOLEAN NOT NULL,
  PRIMARY KEY (user_id)
);

CREATE TABLE territories (
  rep     TEXT NOT NULL CHECK (length(rep) <= 64),
  kind    TEXT NOT NULL CHECK (length(kind) <= 16),
  value   TEXT NOT NULL CHECK (length(value) <= 64),
  account TEXT NOT NULL CHECK (length(account) <= 64),
  PRIMARY KEY (rep, kind, value)
);

CREATE TABLE flow_versions (
  hash    TEXT NOT NULL CHECK (length(hash) <= 64),
  account TEXT NOT NULL CHECK (length(account) <= 64),
  flow    TEXT NOT NULL CHECK (length(flow) <= 64),
  bundle  BLOB NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (hash)
);
CREATE INDEX flow_versions_of_flow ON flow_versions (flow, at);

CREATE TABLE users (
  name        TEXT NOT NULL CHECK (length(name) <= 64),
  account     TEXT NOT NULL CHECK (length(account) <= 64),
  hash        TEXT NOT NULL CHECK (length(hash) <= 255),
  role        TEXT NOT NULL CHECK (length(role) <= 16),
  disabled    BOOLEAN NOT NULL,
  must_change BOOLEAN NOT NULL,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (name)
);

CREATE TABLE web_sessions (
  token  TEXT NOT NULL CHECK (length(token) <= 64),
  data   BLOB NULL,
  expiry INTEGER NOT NULL,
  PRIMARY KEY (token)
);
CREATE INDEX web_sessions_by_expiry ON web_sessions (expiry);

CREATE TABLE audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL CHECK (length(account) <= 64),
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL CHECK (length(actor) <= 64),
  action  TEXT NOT NULL CHECK (length(action) <= 48),
  object  TEXT NOT NULL CHECK (length(object) <= 96),
  detail  TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (account, at);
CREATE INDEX audit_of_object ON audit (object);
