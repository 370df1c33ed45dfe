ALTER TABLE pushes
  ADD COLUMN flow VARCHAR(64) NOT NULL DEFAULT '',
  ADD COLUMN inputs MEDIUMTEXT NOT NULL DEFAULT (''),
  ADD COLUMN campaign VARCHAR(32) NOT NULL DEFAULT '';
CREATE INDEX pushes_of_campaign ON pushes (account, campaign, status);
