DROP TABLE secrets;
CREATE TABLE secrets (
  doctor  TEXT NOT NULL CHECK (length(doctor) <= 32),
  field   TEXT NOT NULL CHECK (length(field) <= 64),
  ref     TEXT NOT NULL CHECK (length(ref) <= 96),
  account TEXT NOT NULL CHECK (length(account) <= 64),
  sealed  BLOB NULL,
  blind   TEXT NOT NULL CHECK (length(blind) <= 64),
  at      INTEGER NOT NULL,
  PRIMARY KEY (doctor, field, ref)
);
CREATE INDEX secrets_by_blind ON secrets (account, field, blind);
ALTER TABLE verifications ADD COLUMN asked TEXT NOT NULL DEFAULT '' CHECK (length(asked) <= 16);
ALTER TABLE verifications ADD COLUMN reason TEXT NOT NULL DEFAULT '';
CREATE INDEX doctors_by_reverify ON doctors (account, reverify_at);
UPDATE doctors SET verified_at = COALESCE((SELECT v.decided_at FROM verifications v WHERE v.doctor = doctors.id AND v.status = 'passed' AND v.decided_at > 0), updated_at)
  WHERE level = 2 AND verified_at = 0;
UPDATE doctors SET reverify_at = verified_at + 31536000000 WHERE level = 2 AND reverify_at = 0;
DROP INDEX tags_by_tag;
CREATE INDEX tags_by_tag ON tags (account, tag, doctor, removed_at, expires_at);
