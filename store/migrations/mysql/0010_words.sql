-- What doctors let be quoted, and cards with which they invite colleagues.

CREATE TABLE quotes (
  id           VARCHAR(32) NOT NULL,
  account      VARCHAR(64) NOT NULL,
  doctor       VARCHAR(32) NOT NULL,
  flow         VARCHAR(64) NOT NULL,
  topic        VARCHAR(32) NOT NULL,
  words        MEDIUMTEXT NOT NULL,
  signature    VARCHAR(16) NOT NULL,
  status       VARCHAR(16) NOT NULL,
  policy       VARCHAR(64) NOT NULL,
  approved     MEDIUMTEXT NOT NULL,
  approval_no  VARCHAR(64) NOT NULL,
  until_at     BIGINT NOT NULL,
  asked_by     VARCHAR(64) NOT NULL,
  decided_by   VARCHAR(64) NOT NULL,
  reason       MEDIUMTEXT NOT NULL,
  shown        BIGINT NOT NULL,
  offered_at   BIGINT NOT NULL,
  consented_at BIGINT NOT NULL,
  decided_at   BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY quotes_of_doctor (doctor, status),
  KEY quotes_by_status (account, status, offered_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE peer_cards (
  id         VARCHAR(32) NOT NULL,
  account    VARCHAR(64) NOT NULL,
  doctor     VARCHAR(32) NOT NULL,
  scene      VARCHAR(64) NOT NULL,
  token      VARCHAR(64) NOT NULL,
  most       BIGINT NOT NULL,
  alarm      BIGINT NOT NULL,
  scanned    BIGINT NOT NULL,
  credited   BIGINT NOT NULL,
  flagged_at BIGINT NOT NULL,
  made_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  closed_at  BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY peer_cards_by_scene (scene),
  KEY peer_cards_by_token (account, token),
  KEY peer_cards_of_doctor (doctor, made_at),
  KEY peer_cards_by_time (account, made_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE referrals (
  other        VARCHAR(32) NOT NULL,
  account      VARCHAR(64) NOT NULL,
  doctor       VARCHAR(32) NOT NULL,
  card         VARCHAR(32) NOT NULL,
  followed_at  BIGINT NOT NULL,
  consented_at BIGINT NOT NULL,
  verified_at  BIGINT NOT NULL,
  active_at    BIGINT NOT NULL,
  credited_at  BIGINT NOT NULL,
  withheld     VARCHAR(16) NOT NULL,
  PRIMARY KEY (other),
  KEY referrals_of_doctor (doctor, followed_at),
  KEY referrals_of_card (card)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
