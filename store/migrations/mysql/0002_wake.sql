-- When a silent talk is to be looked at again, and what teams of the house are told.

ALTER TABLE doctors ADD COLUMN wake_at BIGINT NOT NULL DEFAULT 0, ADD KEY doctors_by_wake (account, wake_at);

CREATE TABLE notices (
  id      VARCHAR(32) NOT NULL,
  account VARCHAR(64) NOT NULL,
  doctor  VARCHAR(32) NOT NULL,
  team    VARCHAR(16) NOT NULL,
  flow    VARCHAR(64) NOT NULL,
  words   TEXT NOT NULL,
  rep     VARCHAR(64) NOT NULL,
  at      BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  done_by VARCHAR(64) NOT NULL,
  PRIMARY KEY (id),
  KEY notices_by_time (account, done_at, at),
  KEY notices_of_doctor (doctor)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
