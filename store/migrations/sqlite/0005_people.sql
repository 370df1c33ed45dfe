-- Master data, portrait, classes, super customers, rights, the safety desk, roles.

ALTER TABLE doctors ADD COLUMN master_key TEXT NULL CHECK (length(master_key) <= 64);
ALTER TABLE doctors ADD COLUMN merged_into TEXT NOT NULL DEFAULT '' CHECK (length(merged_into) <= 32);
ALTER TABLE doctors ADD COLUMN frozen_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE doctors ADD COLUMN verified_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE doctors ADD COLUMN reverify_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE doctors ADD COLUMN refresh_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE doctors ADD COLUMN sealed_key BLOB NULL;
CREATE INDEX doctors_by_refresh ON doctors (account, refresh_at);
ALTER TABLE portrait ADD COLUMN confidence INTEGER NOT NULL DEFAULT 100;
ALTER TABLE portrait ADD COLUMN code TEXT NOT NULL DEFAULT '' CHECK (length(code) <= 64);
ALTER TABLE tags ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tags ADD COLUMN confidence INTEGER NOT NULL DEFAULT 100;
ALTER TABLE tags ADD COLUMN detail TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN kind TEXT NOT NULL DEFAULT 'ae' CHECK (length(kind) <= 16);
ALTER TABLE cases ADD COLUMN death BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE cases ADD COLUMN legal_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN verdict TEXT NOT NULL DEFAULT '' CHECK (length(verdict) <= 16);
ALTER TABLE cases ADD COLUMN source TEXT NOT NULL DEFAULT 'doctor' CHECK (length(source) <= 16);
ALTER TABLE cases ADD COLUMN closed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN closed_by TEXT NOT NULL DEFAULT '' CHECK (length(closed_by) <= 64);
ALTER TABLE cases ADD COLUMN second_by TEXT NOT NULL DEFAULT '' CHECK (length(second_by) <= 64);
ALTER TABLE cases ADD COLUMN remind_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN rep TEXT NOT NULL DEFAULT '' CHECK (length(rep) <= 64);
ALTER TABLE users ADD COLUMN team TEXT NOT NULL DEFAULT '' CHECK (length(team) <= 64);
ALTER TABLE reps ADD COLUMN employer TEXT NOT NULL DEFAULT '' CHECK (length(employer) <= 128);
ALTER TABLE reps ADD COLUMN team TEXT NOT NULL DEFAULT '' CHECK (length(team) <= 64);
ALTER TABLE reps ADD COLUMN committed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN role TEXT NOT NULL DEFAULT '' CHECK (length(role) <= 16);
ALTER TABLE audit ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN chain TEXT NOT NULL DEFAULT '' CHECK (length(chain) <= 64);
ALTER TABLE audit ADD COLUMN row_no INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN prev TEXT NOT NULL DEFAULT '' CHECK (length(prev) <= 64);
ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '' CHECK (length(hash) <= 64);
CREATE UNIQUE INDEX doctors_master ON doctors (account, master_key);
CREATE INDEX portrait_by_code ON portrait (account, field, code);

CREATE TABLE hospitals (
  id          TEXT NOT NULL CHECK (length(id) <= 64),
  account     TEXT NOT NULL CHECK (length(account) <= 64),
  name        TEXT NOT NULL CHECK (length(name) <= 128),
  aliases     TEXT NOT NULL,
  level       TEXT NOT NULL CHECK (length(level) <= 16),
  grade       TEXT NOT NULL CHECK (length(grade) <= 16),
  ownership   TEXT NOT NULL CHECK (length(ownership) <= 16),
  kind        TEXT NOT NULL CHECK (length(kind) <= 16),
  province    TEXT NOT NULL CHECK (length(province) <= 32),
  city        TEXT NOT NULL CHECK (length(city) <= 32),
  county      TEXT NOT NULL CHECK (length(county) <= 32),
  reception   TEXT NOT NULL,
  note        TEXT NOT NULL,
  merged_into TEXT NOT NULL CHECK (length(merged_into) <= 64),
  source      TEXT NOT NULL CHECK (length(source) <= 64),
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX hospitals_by_place ON hospitals (account, province, city);
CREATE INDEX hospitals_by_name ON hospitals (account, name);

CREATE TABLE products (
  id            TEXT NOT NULL CHECK (length(id) <= 32),
  account       TEXT NOT NULL CHECK (length(account) <= 64),
  name          TEXT NOT NULL CHECK (length(name) <= 64),
  generic       TEXT NOT NULL CHECK (length(generic) <= 64),
  lifecycle     TEXT NOT NULL CHECK (length(lifecycle) <= 16),
  control_class TEXT NOT NULL CHECK (length(control_class) <= 16),
  active        BOOLEAN NOT NULL,
  updated_at    INTEGER NOT NULL,
  PRIMARY KEY (id)
);

CREATE TABLE batches (
  id         TEXT NOT NULL CHECK (length(id) <= 64),
  account    TEXT NOT NULL CHECK (length(account) <= 64),
  product    TEXT NOT NULL CHECK (length(product) <= 32),
  name       TEXT NOT NULL CHECK (length(name) <= 128),
  kind       TEXT NOT NULL CHECK (length(kind) <= 16),
  status     TEXT NOT NULL CHECK (length(status) <= 16),
  share      INTEGER NOT NULL,
  begins_at  INTEGER NOT NULL,
  ends_at    INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX batches_of_product ON batches (account, product);

CREATE TABLE hospital_access (
  hospital   TEXT NOT NULL CHECK (length(hospital) <= 64),
  product    TEXT NOT NULL CHECK (length(product) <= 32),
  account    TEXT NOT NULL CHECK (length(account) <= 64),
  batch      TEXT NOT NULL CHECK (length(batch) <= 64),
  state      TEXT NOT NULL CHECK (length(state) <= 16),
  reported   TEXT NOT NULL CHECK (length(reported) <= 8),
  drug       TEXT NOT NULL CHECK (length(drug) <= 8),
  decile     INTEGER NOT NULL,
  blocker    TEXT NOT NULL,
  meeting_at INTEGER NOT NULL,
  source     TEXT NOT NULL CHECK (length(source) <= 64),
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (hospital, product)
);
CREATE INDEX hospital_access_by_state ON hospital_access (account, product, state);

CREATE TABLE prices (
  id          TEXT NOT NULL CHECK (length(id) <= 64),
  account     TEXT NOT NULL CHECK (length(account) <= 64),
  product     TEXT NOT NULL CHECK (length(product) <= 32),
  spec        TEXT NOT NULL CHECK (length(spec) <= 64),
  package     TEXT NOT NULL CHECK (length(package) <= 64),
  province    TEXT NOT NULL CHECK (length(province) <= 32),
  city        TEXT NOT NULL CHECK (length(city) <= 32),
  amount      TEXT NOT NULL CHECK (length(amount) <= 16),
  unit        TEXT NOT NULL CHECK (length(unit) <= 16),
  kind        TEXT NOT NULL CHECK (length(kind) <= 16),
  policy      TEXT NOT NULL CHECK (length(policy) <= 255),
  source_url  TEXT NOT NULL CHECK (length(source_url) <= 255),
  from_at     INTEGER NOT NULL,
  until_at    INTEGER NOT NULL,
  approved_by TEXT NOT NULL CHECK (length(approved_by) <= 64),
  approved_at INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX prices_of_product ON prices (account, product, province, city);

CREATE TABLE imports (
  id      TEXT NOT NULL CHECK (length(id) <= 32),
  account TEXT NOT NULL CHECK (length(account) <= 64),
  kind    TEXT NOT NULL CHECK (length(kind) <= 16),
  name    TEXT NOT NULL CHECK (length(name) <= 255),
  hash    TEXT NOT NULL CHECK (length(hash) <= 64),
  status  TEXT NOT NULL CHECK (length(status) <= 16),
  total   INTEGER NOT NULL,
  added   INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  same    INTEGER NOT NULL,
  bad     INTEGER NOT NULL,
  report  BLOB NULL,
  actor   TEXT NOT NULL CHECK (length(actor) <= 64),
  at      INTEGER NOT NULL,
  done_at INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX imports_by_time ON imports (account, at);

CREATE TABLE merges (
  id      TEXT NOT NULL CHECK (length(id) <= 32),
  account TEXT NOT NULL CHECK (length(account) <= 64),
  kind    TEXT NOT NULL CHECK (length(kind) <= 16),
  kept    TEXT NOT NULL CHECK (length(kept) <= 64),
  gone    TEXT NOT NULL CHECK (length(gone) <= 64),
  how     TEXT NOT NULL CHECK (length(how) <= 16),
  actor   TEXT NOT NULL CHECK (length(actor) <= 64),
  detail  TEXT NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX merges_of_kept ON merges (account, kind, kept);

CREATE TABLE observations (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  doctor     TEXT NOT NULL CHECK (length(doctor) <= 32),
  field      TEXT NOT NULL CHECK (length(field) <= 64),
  account    TEXT NOT NULL CHECK (length(account) <= 64),
  value      TEXT NOT NULL,
  label      TEXT NOT NULL,
  source     TEXT NOT NULL CHECK (length(source) <= 16),
  ref        TEXT NOT NULL CHECK (length(ref) <= 96),
  detail     TEXT NOT NULL,
  confidence INTEGER NOT NULL,
  at         INTEGER NOT NULL
);
CREATE INDEX observations_of_doctor ON observations (doctor, field, id);

CREATE TABLE behaviours (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  doctor  TEXT NOT NULL CHECK (length(doctor) <= 32),
  account TEXT NOT NULL CHECK (length(account) <= 64),
  kind    TEXT NOT NULL CHECK (length(kind) <= 16),
  object  TEXT NOT NULL CHECK (length(object) <= 64),
  topics  TEXT NOT NULL,
  amount  INTEGER NOT NULL,
  ref     TEXT NOT NULL CHECK (length(ref) <= 96),
  at      INTEGER NOT NULL
);
CREATE INDEX behaviours_of_doctor ON behaviours (doctor, kind, at);
CREATE INDEX behaviours_by_time ON behaviours (account, kind, at);
CREATE UNIQUE INDEX behaviours_ref ON behaviours (doctor, kind, ref);

CREATE TABLE facets (
  doctor        TEXT NOT NULL CHECK (length(doctor) <= 32),
  account       TEXT NOT NULL CHECK (length(account) <= 64),
  level         INTEGER NOT NULL,
  followed      BOOLEAN NOT NULL,
  hospital      TEXT NOT NULL CHECK (length(hospital) <= 64),
  grade         TEXT NOT NULL CHECK (length(grade) <= 16),
  province      TEXT NOT NULL CHECK (length(province) <= 32),
  city          TEXT NOT NULL CHECK (length(city) <= 32),
  department    TEXT NOT NULL CHECK (length(department) <= 32),
  title         TEXT NOT NULL CHECK (length(title) <= 32),
  position      TEXT NOT NULL CHECK (length(position) <= 32),
  patient_band  TEXT NOT NULL CHECK (length(patient_band) <= 16),
  potential     TEXT NOT NULL CHECK (length(potential) <= 8),
  ladder        TEXT NOT NULL CHECK (length(ladder) <= 8),
  matrix        TEXT NOT NULL CHECK (length(matrix) <= 16),
  class         TEXT NOT NULL CHECK (length(class) <= 8),
  result        TEXT NOT NULL CHECK (length(result) <= 16),
  affinity      INTEGER NOT NULL,
  cell          TEXT NOT NULL CHECK (length(cell) <= 16),
  lead_grade    TEXT NOT NULL CHECK (length(lead_grade) <= 16),
  lead_points   INTEGER NOT NULL,
  owner         TEXT NOT NULL CHECK (length(owner) <= 64),
  last_typed_at INTEGER NOT NULL,
  effective_at  INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  PRIMARY KEY (doctor)
);
CREATE INDEX facets_by_department ON facets (account, department, level, ladder);
CREATE INDEX facets_by_province ON facets (account, province, city, level);
CREATE INDEX facets_by_class ON facets (account, class, level);
CREATE INDEX facets_by_result ON facets (account, result, level);
CREATE INDEX facets_by_owner ON facets (account, owner);

CREATE TABLE ratings (
  doctor     TEXT NOT NULL CHECK (length(doctor) <= 32),
  product    TEXT NOT NULL CHECK (length(product) <= 32),
  account    TEXT NOT NULL CHECK (length(account) <= 64),
  ladder     TEXT NOT NULL CHECK (length(ladder) <= 8),
  potential  TEXT NOT NULL CHECK (length(potential) <= 8),
  matrix     TEXT NOT NULL CHECK (length(matrix) <= 16),
  class      TEXT NOT NULL CHECK (length(class) <= 8),
  why        TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (doctor, product)
);
CREATE INDEX ratings_by_class ON ratings (account, product, class, ladder);

CREATE TABLE changes (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  account  TEXT NOT NULL CHECK (length(account) <= 64),
  doctor   TEXT NOT NULL CHECK (length(doctor) <= 32),
  product  TEXT NOT NULL CHECK (length(product) <= 32),
  kind     TEXT NOT NULL CHECK (length(kind) <= 16),
  was      TEXT NOT NULL CHECK (length(was) <= 32),
  is_now   TEXT NOT NULL CHECK (length(is_now) <= 32),
  cause    TEXT NOT NULL CHECK (length(cause) <= 96),
  evidence TEXT NOT NULL,
  at       INTEGER NOT NULL
);
CREATE INDEX changes_of_doctor ON changes (doctor, id);
CREATE INDEX changes_by_kind ON changes (account, kind, at);

CREATE TABLE segments (
  id         TEXT NOT NULL CHECK (length(id) <= 32),
  account    TEXT NOT NULL CHECK (length(account) <= 64),
  name       TEXT NOT NULL CHECK (length(name) <= 64),
  source     TEXT NOT NULL,
  note       TEXT NOT NULL,
  actor      TEXT NOT NULL CHECK (length(actor) <= 64),
  version    INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX segments_name ON segments (account, name);

CREATE TABLE jobs (
  id          TEXT NOT NULL CHECK (length(id) <= 32),
  account     TEXT NOT NULL CHECK (length(account) <= 64),
  kind        TEXT NOT NULL CHECK (length(kind) <= 16),
  status      TEXT NOT NULL CHECK (length(status) <= 16),
  total       INTEGER NOT NULL,
  done        INTEGER NOT NULL,
  changed     INTEGER NOT NULL,
  position    TEXT NOT NULL CHECK (length(position) <= 64),
  detail      TEXT NOT NULL,
  owner       TEXT NOT NULL CHECK (length(owner) <= 64),
  claim_until INTEGER NOT NULL,
  actor       TEXT NOT NULL CHECK (length(actor) <= 64),
  at          INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  done_at     INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX jobs_by_status ON jobs (account, status, at);

CREATE TABLE supers (
  doctor       TEXT NOT NULL CHECK (length(doctor) <= 32),
  product      TEXT NOT NULL CHECK (length(product) <= 32),
  account      TEXT NOT NULL CHECK (length(account) <= 64),
  status       TEXT NOT NULL CHECK (length(status) <= 16),
  stage        TEXT NOT NULL CHECK (length(stage) <= 16),
  points       TEXT NOT NULL,
  best         INTEGER NOT NULL,
  lens         TEXT NOT NULL CHECK (length(lens) <= 16),
  depth        INTEGER NOT NULL,
  empathy      TEXT NOT NULL,
  channel      TEXT NOT NULL CHECK (length(channel) <= 16),
  taboo        TEXT NOT NULL,
  next_step    TEXT NOT NULL,
  next_at      INTEGER NOT NULL,
  first_by     TEXT NOT NULL CHECK (length(first_by) <= 64),
  first_role   TEXT NOT NULL CHECK (length(first_role) <= 16),
  second_by    TEXT NOT NULL CHECK (length(second_by) <= 64),
  second_role  TEXT NOT NULL CHECK (length(second_role) <= 16),
  confirmed_at INTEGER NOT NULL,
  review_at    INTEGER NOT NULL,
  reason       TEXT NOT NULL,
  version      INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  PRIMARY KEY (doctor, product)
);
CREATE INDEX supers_by_status ON supers (account, product, status, best);
CREATE INDEX supers_by_step ON supers (account, next_at);

CREATE TABLE super_moves (
  doctor  TEXT NOT NULL CHECK (length(doctor) <= 32),
  product TEXT NOT NULL CHECK (length(product) <= 32),
  n       INTEGER NOT NULL,
  account TEXT NOT NULL CHECK (length(account) <= 64),
  event   TEXT NOT NULL CHECK (length(event) <= 16),
  status  TEXT NOT NULL CHECK (length(status) <= 16),
  stage   TEXT NOT NULL CHECK (length(stage) <= 16),
  actor   TEXT NOT NULL CHECK (length(actor) <= 64),
  role    TEXT NOT NULL CHECK (length(role) <= 16),
  reason  TEXT NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (doctor, product, n)
);

CREATE TABLE influences (
  id      TEXT NOT NULL CHECK (length(id) <= 32),
  account TEXT NOT NULL CHECK (length(account) <= 64),
  doctor  TEXT NOT NULL CHECK (length(doctor) <= 32),
  product TEXT NOT NULL CHECK (length(product) <= 32),
  kind    TEXT NOT NULL CHECK (length(kind) <= 16),
  other   TEXT NOT NULL CHECK (length(other) <= 64),
  note    TEXT NOT NULL,
  actor   TEXT NOT NULL CHECK (length(actor) <= 64),
  at      INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX influences_of_doctor ON influences (doctor, at);

CREATE TABLE secrets (
  doctor     TEXT NOT NULL CHECK (length(doctor) <= 32),
  field      TEXT NOT NULL CHECK (length(field) <= 64),
  account    TEXT NOT NULL CHECK (length(account) <= 64),
  sealed     BLOB NULL,
  masked     TEXT NOT NULL CHECK (length(masked) <= 64),
  blind      TEXT NOT NULL CHECK (length(blind) <= 64),
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (doctor, field)
);
CREATE INDEX secrets_by_blind ON secrets (account, field, blind);

CREATE TABLE suppressions (
  doctor   TEXT NOT NULL CHECK (length(doctor) <= 32),
  tag      TEXT NOT NULL CHECK (length(tag) <= 64),
  account  TEXT NOT NULL CHECK (length(account) <= 64),
  until_at INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (doctor, tag)
);

CREATE TABLE rights_requests (
  id         TEXT NOT NULL CHECK (length(id) <= 32),
  account    TEXT NOT NULL CHECK (length(account) <= 64),
  doctor     TEXT NOT NULL CHECK (length(doctor) <= 32),
  kind       TEXT NOT NULL CHECK (length(kind) <= 16),
  status     TEXT NOT NULL CHECK (length(status) <= 16),
  detail     TEXT NOT NULL,
  file       BLOB NULL,
  token      TEXT NOT NULL CHECK (length(token) <= 64),
  expires_at INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  done_at    INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX rights_requests_of_doctor ON rights_requests (doctor);
CREATE INDEX rights_requests_by_time ON rights_requests (account, at);
CREATE INDEX rights_requests_token ON rights_requests (token);

CREATE TABLE profile_checks (
  id       TEXT NOT NULL CHECK (length(id) <= 32),
  account  TEXT NOT NULL CHECK (length(account) <= 64),
  doctor   TEXT NOT NULL CHECK (length(doctor) <= 32),
  method   TEXT NOT NULL CHECK (length(method) <= 16),
  level    INTEGER NOT NULL,
  actor    TEXT NOT NULL CHECK (length(actor) <= 64),
  second   TEXT NOT NULL CHECK (length(second) <= 64),
  evidence TEXT NOT NULL,
  at       INTEGER NOT NULL,
  until_at INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX profile_checks_of_doctor ON profile_checks (doctor, at);
CREATE INDEX profile_checks_by_actor ON profile_checks (account, actor, at);

CREATE TABLE case_words (
  case_no TEXT NOT NULL CHECK (length(case_no) <= 32),
  n       INTEGER NOT NULL,
  account TEXT NOT NULL CHECK (length(account) <= 64),
  source  TEXT NOT NULL CHECK (length(source) <= 16),
  actor   TEXT NOT NULL CHECK (length(actor) <= 64),
  words   TEXT NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (case_no, n)
);

CREATE TABLE case_moves (
  case_no TEXT NOT NULL CHECK (length(case_no) <= 32),
  n       INTEGER NOT NULL,
  account TEXT NOT NULL CHECK (length(account) <= 64),
  event   TEXT NOT NULL CHECK (length(event) <= 16),
  status  TEXT NOT NULL CHECK (length(status) <= 16),
  actor   TEXT NOT NULL CHECK (length(actor) <= 64),
  reason  TEXT NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (case_no, n)
);

CREATE TABLE reconciliations (
  account      TEXT NOT NULL CHECK (length(account) <= 64),
  on_day       TEXT NOT NULL CHECK (length(on_day) <= 16),
  opened       INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL,
  missing      TEXT NOT NULL,
  actor        TEXT NOT NULL CHECK (length(actor) <= 64),
  at           INTEGER NOT NULL,
  PRIMARY KEY (account, on_day)
);

CREATE TABLE inquiries (
  id          TEXT NOT NULL CHECK (length(id) <= 32),
  account     TEXT NOT NULL CHECK (length(account) <= 64),
  doctor      TEXT NOT NULL CHECK (length(doctor) <= 32),
  class       TEXT NOT NULL CHECK (length(class) <= 16),
  words       TEXT NOT NULL,
  product     TEXT NOT NULL CHECK (length(product) <= 32),
  urgent      BOOLEAN NOT NULL,
  status      TEXT NOT NULL CHECK (length(status) <= 16),
  answer      TEXT NOT NULL,
  actor       TEXT NOT NULL CHECK (length(actor) <= 64),
  approver    TEXT NOT NULL CHECK (length(approver) <= 64),
  due_at      INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  answered_at INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX inquiries_by_status ON inquiries (account, status, due_at);
CREATE INDEX inquiries_of_doctor ON inquiries (doctor);

CREATE TABLE flags (
  id        TEXT NOT NULL CHECK (length(id) <= 32),
  account   TEXT NOT NULL CHECK (length(account) <= 64),
  doctor    TEXT NOT NULL CHECK (length(doctor) <= 32),
  kind      TEXT NOT NULL CHECK (length(kind) <= 16),
  words     TEXT NOT NULL,
  status    TEXT NOT NULL CHECK (length(status) <= 16),
  reason    TEXT NOT NULL,
  actor     TEXT NOT NULL CHECK (length(actor) <= 64),
  at        INTEGER NOT NULL,
  closed_at INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX flags_by_status ON flags (account, status, at);
CREATE INDEX flags_of_doctor ON flags (doctor);

CREATE TABLE approvals (
  id           TEXT NOT NULL CHECK (length(id) <= 32),
  account      TEXT NOT NULL CHECK (length(account) <= 64),
  kind         TEXT NOT NULL CHECK (length(kind) <= 32),
  object       TEXT NOT NULL CHECK (length(object) <= 96),
  body         BLOB NULL,
  reason       TEXT NOT NULL,
  status       TEXT NOT NULL CHECK (length(status) <= 16),
  actor        TEXT NOT NULL CHECK (length(actor) <= 64),
  actor_role   TEXT NOT NULL CHECK (length(actor_role) <= 16),
  decided_by   TEXT NOT NULL CHECK (length(decided_by) <= 64),
  decided_role TEXT NOT NULL CHECK (length(decided_role) <= 16),
  verdict      TEXT NOT NULL,
  at           INTEGER NOT NULL,
  decided_at   INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX approvals_by_status ON approvals (account, status, at);
CREATE INDEX approvals_of_object ON approvals (object);

CREATE TABLE checkpoints (
  chain     TEXT NOT NULL CHECK (length(chain) <= 64),
  at_row    INTEGER NOT NULL,
  account   TEXT NOT NULL CHECK (length(account) <= 64),
  hash      TEXT NOT NULL CHECK (length(hash) <= 64),
  signature BLOB NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (chain, at_row)
);
