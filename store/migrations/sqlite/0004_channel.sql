ALTER TABLE doctors ADD COLUMN last_scene TEXT NOT NULL DEFAULT '' CHECK (length(last_scene) <= 64);
UPDATE doctors SET last_scene = scene;

ALTER TABLE outbox ADD COLUMN intent TEXT NOT NULL DEFAULT '' CHECK (length(intent) <= 16);
ALTER TABLE outbox ADD COLUMN channel TEXT NOT NULL DEFAULT '' CHECK (length(channel) <= 16);
ALTER TABLE deliveries ADD COLUMN channel TEXT NOT NULL DEFAULT '' CHECK (length(channel) <= 16);
ALTER TABLE deliveries ADD COLUMN msg_id TEXT NOT NULL DEFAULT '' CHECK (length(msg_id) <= 64);
UPDATE outbox SET intent = CASE WHEN effect_key LIKE 'remind:%' THEN 'reminder' WHEN effect_key LIKE 'push:%' THEN 'push'
  WHEN effect_key LIKE 'asked:%' THEN 'asked' WHEN effect_key LIKE 'verify:%' OR effect_key LIKE 'notice:%' THEN 'notice' ELSE 'reply' END;

CREATE TABLE ledgers (
  doctor      TEXT NOT NULL CHECK (length(doctor) <= 32),
  account     TEXT NOT NULL CHECK (length(account) <= 64),
  chat_left   INTEGER NOT NULL,
  chat_until  INTEGER NOT NULL,
  chat_mark   INTEGER NOT NULL,
  quick_left  INTEGER NOT NULL,
  quick_until INTEGER NOT NULL,
  quick_mark  INTEGER NOT NULL,
  mass_month  INTEGER NOT NULL,
  mass_used   INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (doctor)
);

CREATE TABLE permits (
  doctor     TEXT NOT NULL CHECK (length(doctor) <= 32),
  template   TEXT NOT NULL CHECK (length(template) <= 64),
  account    TEXT NOT NULL CHECK (length(account) <= 64),
  remaining  INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (doctor, template)
);

CREATE TABLE mass_sends (
  id          TEXT NOT NULL CHECK (length(id) <= 64),
  account     TEXT NOT NULL CHECK (length(account) <= 64),
  content     TEXT NOT NULL CHECK (length(content) <= 64),
  msg_id      TEXT NOT NULL CHECK (length(msg_id) <= 64),
  status      TEXT NOT NULL CHECK (length(status) <= 16),
  doctors     INTEGER NOT NULL,
  sent        INTEGER NOT NULL,
  failed      INTEGER NOT NULL,
  reason      TEXT NOT NULL,
  attempts    INTEGER NOT NULL,
  next_at     INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX mass_sends_by_message ON mass_sends (account, msg_id);
CREATE INDEX mass_sends_open ON mass_sends (account, status, next_at);

CREATE TABLE scenes (
  id           TEXT NOT NULL CHECK (length(id) <= 64),
  account      TEXT NOT NULL CHECK (length(account) <= 64),
  kind         TEXT NOT NULL CHECK (length(kind) <= 16),
  target       TEXT NOT NULL CHECK (length(target) <= 64),
  name         TEXT NOT NULL CHECK (length(name) <= 128),
  flow         TEXT NOT NULL CHECK (length(flow) <= 64),
  tags         TEXT NOT NULL,
  valid_until  INTEGER NOT NULL,
  permanent    BOOLEAN NOT NULL,
  ticket       TEXT NOT NULL CHECK (length(ticket) <= 255),
  url          TEXT NOT NULL CHECK (length(url) <= 255),
  ticket_until INTEGER NOT NULL,
  created_by   TEXT NOT NULL CHECK (length(created_by) <= 64),
  created_at   INTEGER NOT NULL,
  closed_at    INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX scenes_by_kind ON scenes (account, kind, target);

CREATE TABLE scans (
  conversation TEXT NOT NULL CHECK (length(conversation) <= 32),
  seq          INTEGER NOT NULL,
  account      TEXT NOT NULL CHECK (length(account) <= 64),
  scene        TEXT NOT NULL CHECK (length(scene) <= 64),
  followed     BOOLEAN NOT NULL,
  first_touch  BOOLEAN NOT NULL,
  at           INTEGER NOT NULL,
  PRIMARY KEY (conversation, seq)
);
CREATE INDEX scans_by_scene ON scans (account, scene, at);

CREATE TABLE link_opens (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL CHECK (length(account) <= 64),
  doctor  TEXT NOT NULL CHECK (length(doctor) <= 32),
  content TEXT NOT NULL CHECK (length(content) <= 64),
  effect  TEXT NOT NULL CHECK (length(effect) <= 96),
  at      INTEGER NOT NULL
);
CREATE INDEX link_opens_by_doctor ON link_opens (doctor, at);
CREATE INDEX link_opens_by_content ON link_opens (account, content, at);

CREATE TABLE media_ids (
  account  TEXT NOT NULL CHECK (length(account) <= 64),
  asset    TEXT NOT NULL CHECK (length(asset) <= 128),
  media_id TEXT NOT NULL CHECK (length(media_id) <= 128),
  ends_at  INTEGER NOT NULL,
  PRIMARY KEY (account, asset)
);

CREATE TABLE erasures (
  id      TEXT NOT NULL CHECK (length(id) <= 32),
  account TEXT NOT NULL CHECK (length(account) <= 64),
  doctor  TEXT NOT NULL CHECK (length(doctor) <= 32),
  seq     INTEGER NOT NULL,
  cause   TEXT NOT NULL CHECK (length(cause) <= 16),
  counts  TEXT NOT NULL,
  at      INTEGER NOT NULL,
  done_at INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX erasures_open ON erasures (account, done_at, at);
CREATE INDEX erasures_of_doctor ON erasures (doctor, at);

CREATE TABLE takeovers (
  account     TEXT NOT NULL CHECK (length(account) <= 64),
  next_doctor TEXT NOT NULL CHECK (length(next_doctor) <= 32),
  total       INTEGER NOT NULL,
  done        INTEGER NOT NULL,
  started_at  INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  PRIMARY KEY (account)
);

CREATE INDEX verifications_decided ON verifications (account, decided_at);
