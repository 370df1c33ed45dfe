package store

// Secret is one protected value of a doctor as one observation gave it: phone, licence number. Readable only through a reading that is logged. Observation,
// portrait and answer hold its mask.
type Secret struct {
	Doctor  string `gorm:"primaryKey;size:32"`
	Field   string `gorm:"primaryKey;size:64"`
	Ref     string `gorm:"primaryKey;size:96"` // of the observation
	Account string `gorm:"size:64"`
	Sealed  []byte // under the doctor's key
	Blind   string `gorm:"size:64"` // keyed mark of the value, to find equals
	At      int64
}

// Suppression keeps a tag from being put on again after the doctor deleted it.
type Suppression struct {
	Doctor  string `gorm:"primaryKey;size:32"`
	Tag     string `gorm:"primaryKey;size:64"`
	Account string `gorm:"size:64"`
	Until   int64  `gorm:"column:until_at"`
	At      int64
}

// RightsRequest is one use of a right of the doctor, with its end.
type RightsRequest struct {
	ID        string `gorm:"primaryKey;size:32"`
	Account   string `gorm:"size:64"`
	Doctor    string `gorm:"size:32"` // "" once erased
	Kind      string `gorm:"size:16"` // read, export, tag, personal_off, personal_on, withdraw, erase
	Status    string `gorm:"size:16"` // open, done, refused
	Detail    string
	Token     string `gorm:"size:64"` // SHA-256 of the one-time link
	ExpiresAt int64
	At        int64
	DoneAt    int64
}

// ProfileCheck is one judgement on who a doctor is: the history of the level.
type ProfileCheck struct {
	ID       string `gorm:"primaryKey;size:32"`
	Account  string `gorm:"size:64"`
	Doctor   string `gorm:"size:32"`
	Method   string `gorm:"size:16"` // see the Method constants
	Level    int    // the level that it gave
	Actor    string `gorm:"size:64"` // person or rep; bot = rule
	Second   string `gorm:"size:64"` // second person where one was needed
	Evidence string // names of things and the reason of a person, never the number itself
	At       int64
	Until    int64 `gorm:"column:until_at"` // to be done again
}
