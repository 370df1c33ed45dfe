CREATE TABLE costs (
  id      VARCHAR(32) NOT NULL,
  account VARCHAR(64) NOT NULL,
  month   VARCHAR(7) NOT NULL,
  product VARCHAR(32) NOT NULL,
  kind    VARCHAR(16) NOT NULL,
  source  VARCHAR(16) NOT NULL,
  cents   BIGINT NOT NULL,
  note    MEDIUMTEXT NOT NULL,
  actor   VARCHAR(64) NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY costs_by_month (account, month, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE figures (
  account VARCHAR(64) NOT NULL,
  month   VARCHAR(7) NOT NULL,
  team    VARCHAR(64) NOT NULL,
  kind    VARCHAR(32) NOT NULL,
  a       VARCHAR(64) NOT NULL,
  b       VARCHAR(64) NOT NULL,
  n       BIGINT NOT NULL,
  total   BIGINT NOT NULL,
  PRIMARY KEY (account, team, month, kind, a, b)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
ALTER TABLE facets ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
UPDATE facets f JOIN doctors d ON d.id = f.doctor SET f.since = d.created_at;
CREATE INDEX influences_of_other ON influences (account, other);
