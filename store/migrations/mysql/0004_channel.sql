ALTER TABLE doctors ADD COLUMN last_scene VARCHAR(64) NOT NULL DEFAULT '';
UPDATE doctors SET last_scene = scene;

ALTER TABLE outbox ADD COLUMN intent VARCHAR(16) NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN channel VARCHAR(16) NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN channel VARCHAR(16) NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN msg_id VARCHAR(64) NOT NULL DEFAULT '';
UPDATE outbox SET intent = CASE WHEN effect_key LIKE 'remind:%' THEN 'reminder' WHEN effect_key LIKE 'push:%' THEN 'push'
  WHEN effect_key LIKE 'asked:%' THEN 'asked' WHEN effect_key LIKE 'verify:%' OR effect_key LIKE 'notice:%' THEN 'notice' ELSE 'reply' END;

CREATE TABLE ledgers (
  doctor      VARCHAR(32) NOT NULL,
  account     VARCHAR(64) NOT NULL,
  chat_left   INT NOT NULL,
  chat_until  BIGINT NOT NULL,
  chat_mark   BIGINT NOT NULL,
  quick_left  INT NOT NULL,
  quick_until BIGINT NOT NULL,
  quick_mark  BIGINT NOT NULL,
  mass_month  INT NOT NULL,
  mass_used   INT NOT NULL,
  updated_at  BIGINT NOT NULL,
  PRIMARY KEY (doctor)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE permits (
  doctor     VARCHAR(32) NOT NULL,
  template   VARCHAR(64) NOT NULL,
  account    VARCHAR(64) NOT NULL,
  remaining  INT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (doctor, template)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE mass_sends (
  id          VARCHAR(64) NOT NULL,
  account     VARCHAR(64) NOT NULL,
  content     VARCHAR(64) NOT NULL,
  msg_id      VARCHAR(64) NOT NULL,
  status      VARCHAR(16) NOT NULL,
  doctors     INT NOT NULL,
  sent        INT NOT NULL,
  failed      INT NOT NULL,
  reason      TEXT NOT NULL,
  attempts    INT NOT NULL,
  next_at     BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  finished_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY mass_sends_by_message (account, msg_id),
  KEY mass_sends_open (account, status, next_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE scenes (
  id           VARCHAR(64) NOT NULL,
  account      VARCHAR(64) NOT NULL,
  kind         VARCHAR(16) NOT NULL,
  target       VARCHAR(64) NOT NULL,
  name         VARCHAR(128) NOT NULL,
  flow         VARCHAR(64) NOT NULL,
  tags         TEXT NOT NULL,
  valid_until  BIGINT NOT NULL,
  permanent    BOOLEAN NOT NULL,
  ticket       VARCHAR(255) NOT NULL,
  url          VARCHAR(255) NOT NULL,
  ticket_until BIGINT NOT NULL,
  created_by   VARCHAR(64) NOT NULL,
  created_at   BIGINT NOT NULL,
  closed_at    BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY scenes_by_kind (account, kind, target)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE scans (
  conversation VARCHAR(32) NOT NULL,
  seq          BIGINT NOT NULL,
  account      VARCHAR(64) NOT NULL,
  scene        VARCHAR(64) NOT NULL,
  followed     BOOLEAN NOT NULL,
  first_touch  BOOLEAN NOT NULL,
  at           BIGINT NOT NULL,
  PRIMARY KEY (conversation, seq),
  KEY scans_by_scene (account, scene, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE link_opens (
  id      BIGINT NOT NULL AUTO_INCREMENT,
  account VARCHAR(64) NOT NULL,
  doctor  VARCHAR(32) NOT NULL,
  content VARCHAR(64) NOT NULL,
  effect  VARCHAR(96) NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY link_opens_by_doctor (doctor, at),
  KEY link_opens_by_content (account, content, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE media_ids (
  account  VARCHAR(64) NOT NULL,
  asset    VARCHAR(128) NOT NULL,
  media_id VARCHAR(128) NOT NULL,
  ends_at  BIGINT NOT NULL,
  PRIMARY KEY (account, asset)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE erasures (
  id      VARCHAR(32) NOT NULL,
  account VARCHAR(64) NOT NULL,
  doctor  VARCHAR(32) NOT NULL,
  seq     BIGINT NOT NULL,
  cause   VARCHAR(16) NOT NULL,
  counts  TEXT NOT NULL,
  at      BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY erasures_open (account, done_at, at),
  KEY erasures_of_doctor (doctor, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE takeovers (
  account     VARCHAR(64) NOT NULL,
  next_doctor VARCHAR(32) NOT NULL,
  total       BIGINT NOT NULL,
  done        BIGINT NOT NULL,
  started_at  BIGINT NOT NULL,
  finished_at BIGINT NOT NULL,
  PRIMARY KEY (account)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX verifications_decided ON verifications (account, decided_at);
