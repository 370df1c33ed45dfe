-- Master data, portrait, classes, super customers, rights, the safety desk, roles.

ALTER TABLE doctors ADD COLUMN master_key VARCHAR(64) NULL;
ALTER TABLE doctors ADD COLUMN merged_into VARCHAR(32) NOT NULL DEFAULT '';
ALTER TABLE doctors ADD COLUMN frozen_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE doctors ADD COLUMN verified_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE doctors ADD COLUMN reverify_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE doctors ADD COLUMN refresh_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE doctors ADD COLUMN sealed_key VARBINARY(255) NULL;
CREATE INDEX doctors_by_refresh ON doctors (account, refresh_at);
ALTER TABLE portrait ADD COLUMN confidence INT NOT NULL DEFAULT 100;
ALTER TABLE portrait ADD COLUMN code VARCHAR(64) NOT NULL DEFAULT '';
ALTER TABLE tags ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tags ADD COLUMN confidence INT NOT NULL DEFAULT 100;
ALTER TABLE tags ADD COLUMN detail MEDIUMTEXT NOT NULL DEFAULT ('');
ALTER TABLE cases ADD COLUMN kind VARCHAR(16) NOT NULL DEFAULT 'ae';
ALTER TABLE cases ADD COLUMN death BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE cases ADD COLUMN legal_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN verdict VARCHAR(16) NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN source VARCHAR(16) NOT NULL DEFAULT 'doctor';
ALTER TABLE cases ADD COLUMN closed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN closed_by VARCHAR(64) NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN second_by VARCHAR(64) NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN remind_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN rep VARCHAR(64) NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN team VARCHAR(64) NOT NULL DEFAULT '';
ALTER TABLE reps ADD COLUMN employer VARCHAR(128) NOT NULL DEFAULT '';
ALTER TABLE reps ADD COLUMN team VARCHAR(64) NOT NULL DEFAULT '';
ALTER TABLE reps ADD COLUMN committed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN role VARCHAR(16) NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN reason MEDIUMTEXT NOT NULL DEFAULT ('');
ALTER TABLE audit ADD COLUMN chain VARCHAR(64) NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN row_no BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN prev VARCHAR(64) NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN hash VARCHAR(64) NOT NULL DEFAULT '';
CREATE UNIQUE INDEX doctors_master ON doctors (account, master_key);
CREATE INDEX portrait_by_code ON portrait (account, field, code);

CREATE TABLE hospitals (
  id          VARCHAR(64) NOT NULL,
  account     VARCHAR(64) NOT NULL,
  name        VARCHAR(128) NOT NULL,
  aliases     MEDIUMTEXT NOT NULL,
  level       VARCHAR(16) NOT NULL,
  grade       VARCHAR(16) NOT NULL,
  ownership   VARCHAR(16) NOT NULL,
  kind        VARCHAR(16) NOT NULL,
  province    VARCHAR(32) NOT NULL,
  city        VARCHAR(32) NOT NULL,
  county      VARCHAR(32) NOT NULL,
  reception   MEDIUMTEXT NOT NULL,
  note        MEDIUMTEXT NOT NULL,
  merged_into VARCHAR(64) NOT NULL,
  source      VARCHAR(64) NOT NULL,
  updated_at  BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY hospitals_by_place (account, province, city),
  KEY hospitals_by_name (account, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE products (
  id            VARCHAR(32) NOT NULL,
  account       VARCHAR(64) NOT NULL,
  name          VARCHAR(64) NOT NULL,
  generic       VARCHAR(64) NOT NULL,
  lifecycle     VARCHAR(16) NOT NULL,
  control_class VARCHAR(16) NOT NULL,
  active        BOOLEAN NOT NULL,
  updated_at    BIGINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE batches (
  id         VARCHAR(64) NOT NULL,
  account    VARCHAR(64) NOT NULL,
  product    VARCHAR(32) NOT NULL,
  name       VARCHAR(128) NOT NULL,
  kind       VARCHAR(16) NOT NULL,
  status     VARCHAR(16) NOT NULL,
  share      INT NOT NULL,
  begins_at  BIGINT NOT NULL,
  ends_at    BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY batches_of_product (account, product)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE hospital_access (
  hospital   VARCHAR(64) NOT NULL,
  product    VARCHAR(32) NOT NULL,
  account    VARCHAR(64) NOT NULL,
  batch      VARCHAR(64) NOT NULL,
  state      VARCHAR(16) NOT NULL,
  reported   VARCHAR(8) NOT NULL,
  drug       VARCHAR(8) NOT NULL,
  decile     INT NOT NULL,
  blocker    MEDIUMTEXT NOT NULL,
  meeting_at BIGINT NOT NULL,
  source     VARCHAR(64) NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (hospital, product),
  KEY hospital_access_by_state (account, product, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE prices (
  id          VARCHAR(64) NOT NULL,
  account     VARCHAR(64) NOT NULL,
  product     VARCHAR(32) NOT NULL,
  spec        VARCHAR(64) NOT NULL,
  package     VARCHAR(64) NOT NULL,
  province    VARCHAR(32) NOT NULL,
  city        VARCHAR(32) NOT NULL,
  amount      VARCHAR(16) NOT NULL,
  unit        VARCHAR(16) NOT NULL,
  kind        VARCHAR(16) NOT NULL,
  policy      VARCHAR(255) NOT NULL,
  source_url  VARCHAR(255) NOT NULL,
  from_at     BIGINT NOT NULL,
  until_at    BIGINT NOT NULL,
  approved_by VARCHAR(64) NOT NULL,
  approved_at BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY prices_of_product (account, product, province, city)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE imports (
  id      VARCHAR(32) NOT NULL,
  account VARCHAR(64) NOT NULL,
  kind    VARCHAR(16) NOT NULL,
  name    VARCHAR(255) NOT NULL,
  hash    VARCHAR(64) NOT NULL,
  status  VARCHAR(16) NOT NULL,
  total   INT NOT NULL,
  added   INT NOT NULL,
  changed INT NOT NULL,
  same    INT NOT NULL,
  bad     INT NOT NULL,
  report  LONGBLOB NULL,
  actor   VARCHAR(64) NOT NULL,
  at      BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY imports_by_time (account, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE merges (
  id      VARCHAR(32) NOT NULL,
  account VARCHAR(64) NOT NULL,
  kind    VARCHAR(16) NOT NULL,
  kept    VARCHAR(64) NOT NULL,
  gone    VARCHAR(64) NOT NULL,
  how     VARCHAR(16) NOT NULL,
  actor   VARCHAR(64) NOT NULL,
  detail  MEDIUMTEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY merges_of_kept (account, kind, kept)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE observations (
  id         BIGINT NOT NULL AUTO_INCREMENT,
  doctor     VARCHAR(32) NOT NULL,
  field      VARCHAR(64) NOT NULL,
  account    VARCHAR(64) NOT NULL,
  value      MEDIUMTEXT NOT NULL,
  label      MEDIUMTEXT NOT NULL,
  source     VARCHAR(16) NOT NULL,
  ref        VARCHAR(96) NOT NULL,
  detail     MEDIUMTEXT NOT NULL,
  confidence INT NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY observations_of_doctor (doctor, field, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE behaviours (
  id      BIGINT NOT NULL AUTO_INCREMENT,
  doctor  VARCHAR(32) NOT NULL,
  account VARCHAR(64) NOT NULL,
  kind    VARCHAR(16) NOT NULL,
  object  VARCHAR(64) NOT NULL,
  topics  MEDIUMTEXT NOT NULL,
  amount  INT NOT NULL,
  ref     VARCHAR(96) NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY behaviours_of_doctor (doctor, kind, at),
  KEY behaviours_by_time (account, kind, at),
  UNIQUE KEY behaviours_ref (doctor, kind, ref)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE facets (
  doctor        VARCHAR(32) NOT NULL,
  account       VARCHAR(64) NOT NULL,
  level         INT NOT NULL,
  followed      BOOLEAN NOT NULL,
  hospital      VARCHAR(64) NOT NULL,
  grade         VARCHAR(16) NOT NULL,
  province      VARCHAR(32) NOT NULL,
  city          VARCHAR(32) NOT NULL,
  department    VARCHAR(32) NOT NULL,
  title         VARCHAR(32) NOT NULL,
  position      VARCHAR(32) NOT NULL,
  patient_band  VARCHAR(16) NOT NULL,
  potential     VARCHAR(8) NOT NULL,
  ladder        VARCHAR(8) NOT NULL,
  matrix        VARCHAR(16) NOT NULL,
  class         VARCHAR(8) NOT NULL,
  result        VARCHAR(16) NOT NULL,
  affinity      INT NOT NULL,
  cell          VARCHAR(16) NOT NULL,
  lead_grade    VARCHAR(16) NOT NULL,
  lead_points   INT NOT NULL,
  owner         VARCHAR(64) NOT NULL,
  last_typed_at BIGINT NOT NULL,
  effective_at  BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL,
  PRIMARY KEY (doctor),
  KEY facets_by_department (account, department, level, ladder),
  KEY facets_by_province (account, province, city, level),
  KEY facets_by_class (account, class, level),
  KEY facets_by_result (account, result, level),
  KEY facets_by_owner (account, owner)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE ratings (
  doctor     VARCHAR(32) NOT NULL,
  product    VARCHAR(32) NOT NULL,
  account    VARCHAR(64) NOT NULL,
  ladder     VARCHAR(8) NOT NULL,
  potential  VARCHAR(8) NOT NULL,
  matrix     VARCHAR(16) NOT NULL,
  class      VARCHAR(8) NOT NULL,
  why        MEDIUMTEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (doctor, product),
  KEY ratings_by_class (account, product, class, ladder)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE changes (
  id       BIGINT NOT NULL AUTO_INCREMENT,
  account  VARCHAR(64) NOT NULL,
  doctor   VARCHAR(32) NOT NULL,
  product  VARCHAR(32) NOT NULL,
  kind     VARCHAR(16) NOT NULL,
  was      VARCHAR(32) NOT NULL,
  is_now   VARCHAR(32) NOT NULL,
  cause    VARCHAR(96) NOT NULL,
  evidence MEDIUMTEXT NOT NULL,
  at       BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY changes_of_doctor (doctor, id),
  KEY changes_by_kind (account, kind, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE segments (
  id         VARCHAR(32) NOT NULL,
  account    VARCHAR(64) NOT NULL,
  name       VARCHAR(64) NOT NULL,
  source     MEDIUMTEXT NOT NULL,
  note       MEDIUMTEXT NOT NULL,
  actor      VARCHAR(64) NOT NULL,
  version    BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY segments_name (account, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE jobs (
  id          VARCHAR(32) NOT NULL,
  account     VARCHAR(64) NOT NULL,
  kind        VARCHAR(16) NOT NULL,
  status      VARCHAR(16) NOT NULL,
  total       INT NOT NULL,
  done        INT NOT NULL,
  changed     INT NOT NULL,
  position    VARCHAR(64) NOT NULL,
  detail      MEDIUMTEXT NOT NULL,
  owner       VARCHAR(64) NOT NULL,
  claim_until BIGINT NOT NULL,
  actor       VARCHAR(64) NOT NULL,
  at          BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  done_at     BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY jobs_by_status (account, status, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE supers (
  doctor       VARCHAR(32) NOT NULL,
  product      VARCHAR(32) NOT NULL,
  account      VARCHAR(64) NOT NULL,
  status       VARCHAR(16) NOT NULL,
  stage        VARCHAR(16) NOT NULL,
  points       MEDIUMTEXT NOT NULL,
  best         INT NOT NULL,
  lens         VARCHAR(16) NOT NULL,
  depth        INT NOT NULL,
  empathy      MEDIUMTEXT NOT NULL,
  channel      VARCHAR(16) NOT NULL,
  taboo        MEDIUMTEXT NOT NULL,
  next_step    MEDIUMTEXT NOT NULL,
  next_at      BIGINT NOT NULL,
  first_by     VARCHAR(64) NOT NULL,
  first_role   VARCHAR(16) NOT NULL,
  second_by    VARCHAR(64) NOT NULL,
  second_role  VARCHAR(16) NOT NULL,
  confirmed_at BIGINT NOT NULL,
  review_at    BIGINT NOT NULL,
  reason       MEDIUMTEXT NOT NULL,
  version      BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  PRIMARY KEY (doctor, product),
  KEY supers_by_status (account, product, status, best),
  KEY supers_by_step (account, next_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE super_moves (
  doctor  VARCHAR(32) NOT NULL,
  product VARCHAR(32) NOT NULL,
  n       BIGINT NOT NULL,
  account VARCHAR(64) NOT NULL,
  event   VARCHAR(16) NOT NULL,
  status  VARCHAR(16) NOT NULL,
  stage   VARCHAR(16) NOT NULL,
  actor   VARCHAR(64) NOT NULL,
  role    VARCHAR(16) NOT NULL,
  reason  MEDIUMTEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (doctor, product, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE influences (
  id      VARCHAR(32) NOT NULL,
  account VARCHAR(64) NOT NULL,
  doctor  VARCHAR(32) NOT NULL,
  product VARCHAR(32) NOT NULL,
  kind    VARCHAR(16) NOT NULL,
  other   VARCHAR(64) NOT NULL,
  note    MEDIUMTEXT NOT NULL,
  actor   VARCHAR(64) NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY influences_of_doctor (doctor, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE secrets (
  doctor     VARCHAR(32) NOT NULL,
  field      VARCHAR(64) NOT NULL,
  account    VARCHAR(64) NOT NULL,
  sealed     LONGBLOB NULL,
  masked     VARCHAR(64) NOT NULL,
  blind      VARCHAR(64) NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (doctor, field),
  KEY secrets_by_blind (account, field, blind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE suppressions (
  doctor   VARCHAR(32) NOT NULL,
  tag      VARCHAR(64) NOT NULL,
  account  VARCHAR(64) NOT NULL,
  until_at BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  PRIMARY KEY (doctor, tag)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE rights_requests (
  id         VARCHAR(32) NOT NULL,
  account    VARCHAR(64) NOT NULL,
  doctor     VARCHAR(32) NOT NULL,
  kind       VARCHAR(16) NOT NULL,
  status     VARCHAR(16) NOT NULL,
  detail     MEDIUMTEXT NOT NULL,
  file       LONGBLOB NULL,
  token      VARCHAR(64) NOT NULL,
  expires_at BIGINT NOT NULL,
  at         BIGINT NOT NULL,
  done_at    BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY rights_requests_of_doctor (doctor),
  KEY rights_requests_by_time (account, at),
  KEY rights_requests_token (token)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE profile_checks (
  id       VARCHAR(32) NOT NULL,
  account  VARCHAR(64) NOT NULL,
  doctor   VARCHAR(32) NOT NULL,
  method   VARCHAR(16) NOT NULL,
  level    INT NOT NULL,
  actor    VARCHAR(64) NOT NULL,
  second   VARCHAR(64) NOT NULL,
  evidence MEDIUMTEXT NOT NULL,
  at       BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY profile_checks_of_doctor (doctor, at),
  KEY profile_checks_by_actor (account, actor, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE case_words (
  case_no VARCHAR(32) NOT NULL,
  n       INT NOT NULL,
  account VARCHAR(64) NOT NULL,
  source  VARCHAR(16) NOT NULL,
  actor   VARCHAR(64) NOT NULL,
  words   MEDIUMTEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (case_no, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE case_moves (
  case_no VARCHAR(32) NOT NULL,
  n       INT NOT NULL,
  account VARCHAR(64) NOT NULL,
  event   VARCHAR(16) NOT NULL,
  status  VARCHAR(16) NOT NULL,
  actor   VARCHAR(64) NOT NULL,
  reason  MEDIUMTEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (case_no, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE reconciliations (
  account      VARCHAR(64) NOT NULL,
  on_day       VARCHAR(16) NOT NULL,
  opened       INT NOT NULL,
  acknowledged INT NOT NULL,
  missing      MEDIUMTEXT NOT NULL,
  actor        VARCHAR(64) NOT NULL,
  at           BIGINT NOT NULL,
  PRIMARY KEY (account, on_day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE inquiries (
  id          VARCHAR(32) NOT NULL,
  account     VARCHAR(64) NOT NULL,
  doctor      VARCHAR(32) NOT NULL,
  class       VARCHAR(16) NOT NULL,
  words       MEDIUMTEXT NOT NULL,
  product     VARCHAR(32) NOT NULL,
  urgent      BOOLEAN NOT NULL,
  status      VARCHAR(16) NOT NULL,
  answer      MEDIUMTEXT NOT NULL,
  actor       VARCHAR(64) NOT NULL,
  approver    VARCHAR(64) NOT NULL,
  due_at      BIGINT NOT NULL,
  at          BIGINT NOT NULL,
  answered_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY inquiries_by_status (account, status, due_at),
  KEY inquiries_of_doctor (doctor)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE flags (
  id        VARCHAR(32) NOT NULL,
  account   VARCHAR(64) NOT NULL,
  doctor    VARCHAR(32) NOT NULL,
  kind      VARCHAR(16) NOT NULL,
  words     MEDIUMTEXT NOT NULL,
  status    VARCHAR(16) NOT NULL,
  reason    MEDIUMTEXT NOT NULL,
  actor     VARCHAR(64) NOT NULL,
  at        BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY flags_by_status (account, status, at),
  KEY flags_of_doctor (doctor)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE approvals (
  id           VARCHAR(32) NOT NULL,
  account      VARCHAR(64) NOT NULL,
  kind         VARCHAR(32) NOT NULL,
  object       VARCHAR(96) NOT NULL,
  body         LONGBLOB NULL,
  reason       MEDIUMTEXT NOT NULL,
  status       VARCHAR(16) NOT NULL,
  actor        VARCHAR(64) NOT NULL,
  actor_role   VARCHAR(16) NOT NULL,
  decided_by   VARCHAR(64) NOT NULL,
  decided_role VARCHAR(16) NOT NULL,
  verdict      MEDIUMTEXT NOT NULL,
  at           BIGINT NOT NULL,
  decided_at   BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY approvals_by_status (account, status, at),
  KEY approvals_of_object (object)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE checkpoints (
  chain     VARCHAR(64) NOT NULL,
  at_row    BIGINT NOT NULL,
  account   VARCHAR(64) NOT NULL,
  hash      VARCHAR(64) NOT NULL,
  signature LONGBLOB NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (chain, at_row)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
