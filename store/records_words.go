package store

// Quote is a sentence that a doctor wrote and may let be quoted. Words and Approved are sealed under the doctor's key.
type Quote struct {
	ID          string `gorm:"primaryKey;size:32"`
	Account     string `gorm:"size:64"`
	Doctor      string `gorm:"size:32"`
	Flow        string `gorm:"size:64"`
	Topic       string `gorm:"size:32"`
	Words       string // as the doctor wrote them; "" once refused or taken back
	Signature   string `gorm:"size:16"` // name, place, none; "" = not decided
	Status      string `gorm:"size:16"` // offered, consented, refused, approved, rejected, withdrawn
	Policy      string `gorm:"size:64"` // text version that was agreed to
	Approved    string // what may be shown: Words, or shortened
	ApprovalNo  string `gorm:"size:64"`
	UntilAt     int64  // end of the approval
	AskedBy     string `gorm:"size:64"` // person who asked the doctor; "" = the flow did
	DecidedBy   string `gorm:"size:64"`
	Reason      string // of a rejection
	Shown       int64  // times that it was taken for use
	OfferedAt   int64
	ConsentedAt int64
	DecidedAt   int64
}

// PeerCard is a card with a code by which a doctor invites colleagues.
type PeerCard struct {
	ID        string `gorm:"primaryKey;size:32"`
	Account   string `gorm:"size:64"`
	Doctor    string `gorm:"size:32"` // who invites
	Scene     string `gorm:"size:64"`
	Token     string `gorm:"size:64"` // SHA-256 of the secret part of its address; "" once closed for good
	Most      int64  // referrals that are credited at most
	Alarm     int64  // people who scan it until it is looked at
	Scanned   int64  // people
	Credited  int64
	FlaggedAt int64
	MadeAt    int64
	ExpiresAt int64
	ClosedAt  int64
}

// Referral is one person who began to follow by a card, and how far that went.
type Referral struct {
	Other       string `gorm:"primaryKey;size:32"` // who was invited
	Account     string `gorm:"size:64"`
	Doctor      string `gorm:"size:32"` // who invited
	Card        string `gorm:"size:32"`
	FollowedAt  int64
	ConsentedAt int64
	VerifiedAt  int64
	ActiveAt    int64
	CreditedAt  int64
	Withheld    string `gorm:"size:16"` // why it is not credited: flagged, most, gone
}
