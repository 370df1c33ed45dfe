CREATE TABLE costs (
  id      TEXT NOT NULL CHECK (length(id) <= 32),
  account TEXT NOT NULL CHECK (length(account) <= 64),
  month   TEXT NOT NULL CHECK (length(month) <= 7),
  product TEXT NOT NULL CHECK (length(product) <= 32),
  kind    TEXT NOT NULL CHECK (length(kind) <= 16),
  source  TEXT NOT NULL CHECK (length(source) <= 16),
  cents   INTEGER NOT NULL,
  note    TEXT NOT NULL,
  actor   TEXT NOT NULL CHECK (length(actor) <= 64),
  at      INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX costs_by_month ON costs (account, month, at);
CREATE TABLE figures (
  account TEXT NOT NULL CHECK (length(account) <= 64),
  month   TEXT NOT NULL CHECK (length(month) <= 7),
  team    TEXT NOT NULL CHECK (length(team) <= 64),
  kind    TEXT NOT NULL CHECK (length(kind) <= 32),
  a       TEXT NOT NULL CHECK (length(a) <= 64),
  b       TEXT NOT NULL CHECK (length(b) <= 64),
  n       INTEGER NOT NULL,
  total   INTEGER NOT NULL,
  PRIMARY KEY (account, team, month, kind, a, b)
);
ALTER TABLE facets ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
UPDATE facets SET since = COALESCE((SELECT d.created_at FROM doctors d WHERE d.id = facets.doctor), 0);
CREATE INDEX influences_of_other ON influences (account, other);
