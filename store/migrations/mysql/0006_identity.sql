DROP TABLE secrets;
CREATE TABLE secrets (
  doctor  VARCHAR(32) NOT NULL,
  field   VARCHAR(64) NOT NULL,
  ref     VARCHAR(96) NOT NULL,
  account VARCHAR(64) NOT NULL,
  sealed  LONGBLOB NULL,
  blind   VARCHAR(64) NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (doctor, field, ref),
  KEY secrets_by_blind (account, field, blind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
ALTER TABLE verifications
  ADD COLUMN asked VARCHAR(16) NOT NULL DEFAULT '',
  ADD COLUMN reason MEDIUMTEXT NOT NULL DEFAULT ('');
ALTER TABLE doctors ADD KEY doctors_by_reverify (account, reverify_at);
UPDATE doctors d LEFT JOIN verifications v ON v.doctor = d.id AND v.status = 'passed' AND v.decided_at > 0
  SET d.verified_at = COALESCE(v.decided_at, d.updated_at) WHERE d.level = 2 AND d.verified_at = 0;
UPDATE doctors SET reverify_at = verified_at + 31536000000 WHERE level = 2 AND reverify_at = 0;
DROP INDEX tags_by_tag ON tags;
CREATE INDEX tags_by_tag ON tags (account, tag, doctor, removed_at, expires_at);
