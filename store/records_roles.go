package store

// User is a console account.
type User struct {
	Name       string `gorm:"primaryKey;size:64"`
	Account    string `gorm:"size:64"`
	Hash       string `gorm:"size:255"` // argon2id
	Role       string `gorm:"size:16"`  // see the Role constants
	Disabled   bool
	MustChange bool
	CreatedAt  int64  `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	UpdatedAt  int64  `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	Rep        string `gorm:"size:64"` // the rep that this person is; "" = none
	Team       string `gorm:"size:64"` // a manager sees the reps of the same team
}

// WebSession is a console session; Token is the SHA-256 of the cookie.
type WebSession struct {
	Token  string `gorm:"primaryKey;size:64"`
	Data   []byte
	Expiry int64 `gorm:"index"`
}

// Audit is one act of a person in the console or on a rep page.
type Audit struct {
	ID      int64  `gorm:"primaryKey"`
	Account string `gorm:"size:64"`
	At      int64
	Actor   string `gorm:"size:64"`
	Action  string `gorm:"size:48"`
	Object  string `gorm:"size:96"`
	Detail  string
	Role    string `gorm:"size:16"`
	Reason  string
	Chain   string `gorm:"size:64"`       // instance whose chain the row belongs to
	Row     int64  `gorm:"column:row_no"` // number within the chain, from 1
	Prev    string `gorm:"size:64"`       // hash of the row before
	Hash    string `gorm:"size:64"`
}

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
