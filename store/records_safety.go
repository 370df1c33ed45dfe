package store

// CaseWord is what a doctor or rep said about a case after it was opened. Rows are only added.
type CaseWord struct {
	CaseNo  string `gorm:"primaryKey;size:32"`
	N       int    `gorm:"primaryKey;autoIncrement:false"`
	Account string `gorm:"size:64"`
	Source  string `gorm:"size:16"` // doctor, rep, person
	Actor   string `gorm:"size:64"`
	Words   string
	At      int64
}

// CaseMove is one act of the safety desk on a case.
type CaseMove struct {
	CaseNo  string `gorm:"primaryKey;size:32"`
	N       int    `gorm:"primaryKey;autoIncrement:false"`
	Account string `gorm:"size:64"`
	Event   string `gorm:"size:16"` // open, collect, complete, remind, acknowledge, judge, second, follow, send, close, reopen
	Status  string `gorm:"size:16"`
	Actor   string `gorm:"size:64"`
	Reason  string
	At      int64
}

// Reconciliation compares for one day what the bot opened with what the safety desk has acknowledged.
type Reconciliation struct {
	Account      string `gorm:"primaryKey;size:64"`
	Day          string `gorm:"column:on_day;primaryKey;size:16"` // YYYY-MM-DD in the time zone of the house
	Opened       int
	Acknowledged int
	Missing      string // JSON array of case numbers
	Actor        string `gorm:"size:64"`
	At           int64
}

// Inquiry is a medical question that only medical information answers.
type Inquiry struct {
	ID         string `gorm:"primaryKey;size:32"`
	Account    string `gorm:"size:64"`
	Doctor     string `gorm:"size:32"`
	Class      string `gorm:"size:16"` // label, beyond, compare, patient
	Words      string
	Product    string `gorm:"size:32"`
	Urgent     bool
	Status     string `gorm:"size:16"` // open, taken, answered, closed
	Answer     string // id of the document and what was written
	Actor      string `gorm:"size:64"`
	Approver   string `gorm:"size:64"`
	DueAt      int64
	At         int64
	AnsweredAt int64
}

// Flag is something that compliance must look at.
type Flag struct {
	ID       string `gorm:"primaryKey;size:32"`
	Account  string `gorm:"size:64"`
	Doctor   string `gorm:"size:32"`
	Kind     string `gorm:"size:16"` // benefit, count, complaint, patient
	Words    string // "" where they may not be kept
	Status   string `gorm:"size:16"` // open, closed
	Reason   string
	Actor    string `gorm:"size:64"`
	At       int64
	ClosedAt int64
}
