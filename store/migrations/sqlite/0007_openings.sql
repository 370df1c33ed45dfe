ALTER TABLE pushes ADD COLUMN flow TEXT NOT NULL DEFAULT '' CHECK (length(flow) <= 64);
ALTER TABLE pushes ADD COLUMN inputs TEXT NOT NULL DEFAULT '';
ALTER TABLE pushes ADD COLUMN campaign TEXT NOT NULL DEFAULT '' CHECK (length(campaign) <= 32);
CREATE INDEX pushes_of_campaign ON pushes (account, campaign, status);
