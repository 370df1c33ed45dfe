package store

// Departure is a rep who leaves the doctors: open until each of them was given to another or stays.
type Departure struct {
	ID      string `gorm:"primaryKey;size:32"`
	Account string `gorm:"size:64"`
	Rep     string `gorm:"size:64"`
	Cause   string `gorm:"size:16"` // see the Depart constants
	Status  string `gorm:"size:16"` // open, done
	Reason  string
	OpenKey *string `gorm:"size:160;uniqueIndex"` // account and rep while open, NULL when done: one open departure of a rep
	Actor   string  `gorm:"size:64"`
	At      int64
	DoneAt  int64
}

// Transfer gives a doctor from one rep to another. The newest one that was decided says who looks after the doctor.
type Transfer struct {
	ID        string  `gorm:"primaryKey;size:32"`
	Account   string  `gorm:"size:64"`
	Doctor    string  `gorm:"size:32;index"`
	Departure string  `gorm:"size:32"`                 // "" = the doctor asked for it, or had nobody
	Cause     string  `gorm:"size:16"`                 // of the departure, doctor, pool
	From      string  `gorm:"column:from_rep;size:64"` // "" = nobody looked after the doctor
	To        string  `gorm:"column:to_rep;size:64"`   // of a proposal: who is proposed, "" = nobody fits
	Status    string  `gorm:"size:16"`                 // see the Transfer constants
	HoldKey   *string `gorm:"size:32;uniqueIndex"`     // the doctor in the row that decides, NULL in all others
	Actor     string  `gorm:"size:64"`                 // who decided
	Batch     string  `gorm:"size:32"`                 // proposal that a second person approved, "" = one person decided
	Reason    string
	Answer    string `gorm:"size:16"` // of the doctor to the notice: keep, another, none; "" = has not answered
	At        int64
	// ConfirmedAt is also the time of a refusal's own confirmation: it stays when the doctor refuses later.
	ConfirmedAt int64
	DueAt       int64 // first contact by
	ReadAt      int64 // the new rep has opened the handover pack
	ContactedAt int64
	AnsweredAt  int64
}
