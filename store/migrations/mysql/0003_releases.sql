ALTER TABLE doctors ADD COLUMN standing VARCHAR(700) NOT NULL DEFAULT '';

UPDATE doctors d
  JOIN (SELECT conversation, MAX(seq) AS seq FROM journal GROUP BY conversation) last ON last.conversation = d.id
  JOIN journal j ON j.conversation = last.conversation AND j.seq = last.seq
   SET d.standing = CONCAT(j.flow, '@', j.flow_hash, '#') WHERE j.flow <> '' AND j.flow_hash <> '';

CREATE INDEX doctors_standing ON doctors (account, standing);

CREATE TABLE releases (
  id         BIGINT NOT NULL AUTO_INCREMENT,
  account    VARCHAR(64) NOT NULL,
  hash       VARCHAR(64) NOT NULL,
  files      LONGBLOB NULL,
  cause      VARCHAR(16) NOT NULL,
  back       BIGINT NOT NULL,
  share      INT NOT NULL,
  at         BIGINT NOT NULL,
  author     VARCHAR(64) NOT NULL,
  message    TEXT NOT NULL,
  findings   INT NOT NULL,
  cases      INT NOT NULL,
  start_key  VARCHAR(160) NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY releases_start (start_key),
  KEY releases_by_time (account, at, id),
  KEY releases_of_folder (account, hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE recalls (
  id        BIGINT NOT NULL AUTO_INCREMENT,
  account   VARCHAR(64) NOT NULL,
  flow      VARCHAR(64) NOT NULL,
  version   VARCHAR(64) NOT NULL,
  policy    VARCHAR(16) NOT NULL,
  reason    TEXT NOT NULL,
  say       TEXT NOT NULL,
  author    VARCHAR(64) NOT NULL,
  at        BIGINT NOT NULL,
  lifted_at BIGINT NOT NULL,
  lifted_by VARCHAR(64) NOT NULL,
  PRIMARY KEY (id),
  KEY recalls_open (account, lifted_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
