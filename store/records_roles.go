package store

// Approval is an act that needs a second person before it takes effect.
type Approval struct {
	ID          string `gorm:"primaryKey;size:32"`
	Account     string `gorm:"size:64"`
	Kind        string `gorm:"size:32"` // rules, reassign, export, super, case_close, verify, role
	Object      string `gorm:"size:96"`
	Body        []byte // JSON of the act
	Reason      string
	Status      string `gorm:"size:16"` // open, approved, refused, expired
	Actor       string `gorm:"size:64"` // who asks
	ActorRole   string `gorm:"size:16"`
	DecidedBy   string `gorm:"size:64"`
	DecidedRole string `gorm:"size:16"`
	Verdict     string
	At          int64
	DecidedAt   int64
	ExpiresAt   int64
}

// Checkpoint is a signed mark on an audit chain: what stood before it cannot be cut off unseen.
type Checkpoint struct {
	Chain     string `gorm:"primaryKey;size:64"`                           // instance whose chain it is
	N         int64  `gorm:"column:at_row;primaryKey;autoIncrement:false"` // number of the row that it names
	Account   string `gorm:"size:64"`
	Hash      string `gorm:"size:64"`
	Signature []byte
	At        int64
}
