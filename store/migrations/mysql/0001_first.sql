-- Times are unix milliseconds, 0 = never. Text compares byte by byte (utf8mb4_bin): openids differ in case only. Forward only.

CREATE TABLE journal (
  conversation VARCHAR(32) NOT NULL,
  seq          BIGINT NOT NULL,
  account      VARCHAR(64) NOT NULL,
  message_key  VARCHAR(64) NOT NULL,
  kind         VARCHAR(24) NOT NULL,
  event        MEDIUMBLOB NULL,
  state        MEDIUMBLOB NULL,
  reply        MEDIUMBLOB NULL,
  flow         VARCHAR(64) NOT NULL,
  flow_hash    VARCHAR(64) NOT NULL,
  sent_at      BIGINT NOT NULL,
  msg_id       VARCHAR(64) NOT NULL,
  received_at  BIGINT NOT NULL,
  late         BOOLEAN NOT NULL,
  instance     VARCHAR(64) NOT NULL,
  PRIMARY KEY (conversation, seq),
  UNIQUE KEY journal_key (message_key),
  KEY journal_by_time (account, received_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE doctors (
  id              VARCHAR(32) NOT NULL,
  account         VARCHAR(64) NOT NULL,
  open_id         VARCHAR(64) NOT NULL,
  name            VARCHAR(64) NOT NULL,
  hospital        VARCHAR(64) NOT NULL,
  hospital_name   VARCHAR(128) NOT NULL,
  department      VARCHAR(64) NOT NULL,
  title           VARCHAR(64) NOT NULL,
  level           INT NOT NULL,
  phase           VARCHAR(24) NOT NULL,
  followed        BOOLEAN NOT NULL,
  opted_out       BOOLEAN NOT NULL,
  scene           VARCHAR(64) NOT NULL,
  version         BIGINT NOT NULL,
  last_inbound_at BIGINT NOT NULL,
  last_typed_at   BIGINT NOT NULL,
  created_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY doctors_by_change (account, updated_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE answers (
  conversation VARCHAR(32) NOT NULL,
  seq          BIGINT NOT NULL,
  n            INT NOT NULL,
  account      VARCHAR(64) NOT NULL,
  talk         BIGINT NOT NULL,
  flow         VARCHAR(64) NOT NULL,
  flow_hash    VARCHAR(64) NOT NULL,
  question     VARCHAR(96) NOT NULL,
  asked        TEXT NOT NULL,
  value        TEXT NOT NULL,
  label        TEXT NOT NULL,
  raw          TEXT NOT NULL,
  how          VARCHAR(24) NOT NULL,
  at           BIGINT NOT NULL,
  retracted_at BIGINT NOT NULL,
  PRIMARY KEY (conversation, seq, n),
  KEY answers_by_time (account, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE portrait (
  doctor  VARCHAR(32) NOT NULL,
  field   VARCHAR(64) NOT NULL,
  account VARCHAR(64) NOT NULL,
  value   TEXT NOT NULL,
  label   TEXT NOT NULL,
  source  VARCHAR(16) NOT NULL,
  ref     VARCHAR(96) NOT NULL,
  detail  TEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (doctor, field)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE tags (
  doctor     VARCHAR(32) NOT NULL,
  tag        VARCHAR(64) NOT NULL,
  account    VARCHAR(64) NOT NULL,
  source     VARCHAR(16) NOT NULL,
  ref        VARCHAR(96) NOT NULL,
  at         BIGINT NOT NULL,
  removed_at BIGINT NOT NULL,
  PRIMARY KEY (doctor, tag),
  KEY tags_by_tag (account, tag)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE scores (
  doctor      VARCHAR(32) NOT NULL,
  name        VARCHAR(32) NOT NULL,
  account     VARCHAR(64) NOT NULL,
  points      INT NOT NULL,
  grade       VARCHAR(16) NOT NULL,
  score_lines TEXT NOT NULL,
  at          BIGINT NOT NULL,
  PRIMARY KEY (doctor, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE consents (
  conversation VARCHAR(32) NOT NULL,
  seq          BIGINT NOT NULL,
  purpose      VARCHAR(48) NOT NULL,
  account      VARCHAR(64) NOT NULL,
  policy       VARCHAR(48) NOT NULL,
  granted      BOOLEAN NOT NULL,
  asked        TEXT NOT NULL,
  raw          TEXT NOT NULL,
  at           BIGINT NOT NULL,
  PRIMARY KEY (conversation, seq, purpose)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE cases (
  no              VARCHAR(32) NOT NULL,
  account         VARCHAR(64) NOT NULL,
  doctor          VARCHAR(32) NOT NULL,
  status          VARCHAR(16) NOT NULL,
  words           TEXT NOT NULL,
  product         TEXT NOT NULL,
  event           TEXT NOT NULL,
  patient         TEXT NOT NULL,
  reporter        TEXT NOT NULL,
  serious         BOOLEAN NOT NULL,
  serious_how     TEXT NOT NULL,
  onset           TEXT NOT NULL,
  fields          MEDIUMTEXT NOT NULL,
  complete        BOOLEAN NOT NULL,
  due_at          BIGINT NOT NULL,
  opened_at       BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL,
  acknowledged_at BIGINT NOT NULL,
  acknowledged_by VARCHAR(64) NOT NULL,
  PRIMARY KEY (no),
  KEY cases_of_doctor (doctor, status),
  KEY cases_by_due (account, status, due_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE leads (
  id          VARCHAR(32) NOT NULL,
  account     VARCHAR(64) NOT NULL,
  doctor      VARCHAR(32) NOT NULL,
  kind        VARCHAR(32) NOT NULL,
  open_key    VARCHAR(80) NULL,
  status      VARCHAR(16) NOT NULL,
  level       VARCHAR(16) NOT NULL,
  explicit    BOOLEAN NOT NULL,
  points      INT NOT NULL,
  score_lines TEXT NOT NULL,
  why         TEXT NOT NULL,
  note        TEXT NOT NULL,
  wish        TEXT NOT NULL,
  rep         VARCHAR(64) NOT NULL,
  reason      TEXT NOT NULL,
  outcome     VARCHAR(32) NOT NULL,
  version     BIGINT NOT NULL,
  due_at      BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  accepted_at BIGINT NOT NULL,
  visited_at  BIGINT NOT NULL,
  closed_at   BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY leads_open (open_key),
  KEY leads_of_doctor (doctor),
  KEY leads_by_status (account, status, due_at),
  KEY leads_of_rep (rep, status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE lead_moves (
  lead_id VARCHAR(32) NOT NULL,
  n       BIGINT NOT NULL,
  account VARCHAR(64) NOT NULL,
  event   VARCHAR(16) NOT NULL,
  status  VARCHAR(16) NOT NULL,
  actor   VARCHAR(64) NOT NULL,
  reason  TEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (lead_id, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE offers (
  lead_id       VARCHAR(32) NOT NULL,
  rep           VARCHAR(64) NOT NULL,
  account       VARCHAR(64) NOT NULL,
  status        VARCHAR(16) NOT NULL,
  reason        TEXT NOT NULL,
  task          VARCHAR(128) NOT NULL,
  response_code VARCHAR(255) NOT NULL,
  at            BIGINT NOT NULL,
  answered_at   BIGINT NOT NULL,
  PRIMARY KEY (lead_id, rep),
  KEY offers_by_task (task),
  KEY offers_of_rep (rep, status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE visits (
  id        VARCHAR(32) NOT NULL,
  account   VARCHAR(64) NOT NULL,
  lead_id   VARCHAR(32) NOT NULL,
  doctor    VARCHAR(32) NOT NULL,
  rep       VARCHAR(64) NOT NULL,
  at        BIGINT NOT NULL,
  channel   VARCHAR(16) NOT NULL,
  result    VARCHAR(16) NOT NULL,
  prefers   VARCHAR(16) NOT NULL,
  topics    TEXT NOT NULL,
  ladder    VARCHAR(8) NOT NULL,
  barriers  TEXT NOT NULL,
  next_step TEXT NOT NULL,
  next_at   BIGINT NOT NULL,
  heard_ae  BOOLEAN NOT NULL,
  note      TEXT NOT NULL,
  filed_at  BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY visits_of_lead (lead_id),
  KEY visits_of_doctor (doctor),
  KEY visits_of_rep (rep, filed_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE pushes (
  id      VARCHAR(32) NOT NULL,
  account VARCHAR(64) NOT NULL,
  doctor  VARCHAR(32) NOT NULL,
  cause   VARCHAR(96) NOT NULL,
  status  VARCHAR(16) NOT NULL,
  content VARCHAR(64) NOT NULL,
  reason  TEXT NOT NULL,
  due_at  BIGINT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY pushes_of_doctor (doctor),
  KEY pushes_by_status (account, status, due_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE sent (
  doctor  VARCHAR(32) NOT NULL,
  content VARCHAR(64) NOT NULL,
  account VARCHAR(64) NOT NULL,
  effect  VARCHAR(96) NOT NULL,
  why     TEXT NOT NULL,
  at      BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  PRIMARY KEY (doctor, content),
  KEY sent_by_effect (effect)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE outbox (
  id          BIGINT NOT NULL AUTO_INCREMENT,
  account     VARCHAR(64) NOT NULL,
  effect_key  VARCHAR(96) NOT NULL,
  lane        VARCHAR(80) NOT NULL,
  kind        VARCHAR(16) NOT NULL,
  body        MEDIUMBLOB NULL,
  status      VARCHAR(16) NOT NULL,
  attempts    INT NOT NULL,
  next_at     BIGINT NOT NULL,
  claim_owner VARCHAR(64) NOT NULL,
  claim_until BIGINT NOT NULL,
  claim_epoch BIGINT NOT NULL,
  valid_until BIGINT NOT NULL,
  code        INT NOT NULL,
  reason      TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  done_at     BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY outbox_key (effect_key),
  KEY outbox_due (account, status, next_at),
  KEY outbox_lane (lane, status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE deliveries (
  effect     BIGINT NOT NULL,
  attempt    INT NOT NULL,
  at         BIGINT NOT NULL,
  code       INT NOT NULL,
  class      VARCHAR(16) NOT NULL,
  reason     TEXT NOT NULL,
  latency_ms BIGINT NOT NULL,
  PRIMARY KEY (effect, attempt)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE verifications (
  doctor     VARCHAR(32) NOT NULL,
  account    VARCHAR(64) NOT NULL,
  method     VARCHAR(16) NOT NULL,
  lead_kind  VARCHAR(32) NOT NULL,
  lead_note  TEXT NOT NULL,
  status     VARCHAR(16) NOT NULL,
  at         BIGINT NOT NULL,
  decided_at BIGINT NOT NULL,
  decided_by VARCHAR(64) NOT NULL,
  PRIMARY KEY (doctor),
  KEY verifications_open (account, status, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE invites (
  code       VARCHAR(16) NOT NULL,
  account    VARCHAR(64) NOT NULL,
  note       VARCHAR(128) NOT NULL,
  max_uses   INT NOT NULL,
  uses       INT NOT NULL,
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE reps (
  user_id      VARCHAR(64) NOT NULL,
  account      VARCHAR(64) NOT NULL,
  name         VARCHAR(64) NOT NULL,
  filing_no    VARCHAR(64) NOT NULL,
  filing_until BIGINT NOT NULL,
  active       BOOLEAN NOT NULL,
  PRIMARY KEY (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE territories (
  rep     VARCHAR(64) NOT NULL,
  kind    VARCHAR(16) NOT NULL,
  value   VARCHAR(64) NOT NULL,
  account VARCHAR(64) NOT NULL,
  PRIMARY KEY (rep, kind, value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE flow_versions (
  hash    VARCHAR(64) NOT NULL,
  account VARCHAR(64) NOT NULL,
  flow    VARCHAR(64) NOT NULL,
  bundle  MEDIUMBLOB NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (hash),
  KEY flow_versions_of_flow (flow, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE users (
  name        VARCHAR(64) NOT NULL,
  account     VARCHAR(64) NOT NULL,
  hash        VARCHAR(255) NOT NULL,
  role        VARCHAR(16) NOT NULL,
  disabled    BOOLEAN NOT NULL,
  must_change BOOLEAN NOT NULL,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE web_sessions (
  token  VARCHAR(64) NOT NULL,
  data   MEDIUMBLOB NULL,
  expiry BIGINT NOT NULL,
  PRIMARY KEY (token),
  KEY web_sessions_by_expiry (expiry)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE audit (
  id      BIGINT NOT NULL AUTO_INCREMENT,
  account VARCHAR(64) NOT NULL,
  at      BIGINT NOT NULL,
  actor   VARCHAR(64) NOT NULL,
  action  VARCHAR(48) NOT NULL,
  object  VARCHAR(96) NOT NULL,
  detail  TEXT NOT NULL,
  PRIMARY KEY (id),
  KEY audit_by_time (account, at),
  KEY audit_of_object (object)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
