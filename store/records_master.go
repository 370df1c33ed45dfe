package store

// Hospital is one hospital of the master data. Names of the trade are kept as codes; their labels stand in the rules.
type Hospital struct {
	ID         string `gorm:"primaryKey;size:64"` // master code of the house, or drawn by the import
	Account    string `gorm:"size:64"`
	Name       string `gorm:"size:128"`
	Aliases    string // JSON array
	Level      string `gorm:"size:16"` // 3a, 3b, 2a … private, "" = unknown
	Grade      string `gorm:"size:16"` // primary, county, city, tertiary, "" = unknown
	Ownership  string `gorm:"size:16"` // public, private, "" = unknown
	Kind       string `gorm:"size:16"` // general, special, tcm, "" = unknown
	Province   string `gorm:"size:32"`
	City       string `gorm:"size:32"`
	County     string `gorm:"size:32"`
	Reception  string // JSON of ReceptionRule: when, where and how reps are received; "" = unknown
	Note       string
	MergedInto string `gorm:"size:64"` // id that stands for it now; "" = it stands for itself
	Source     string `gorm:"size:64"` // import or person that wrote it last
	UpdatedAt  int64  `gorm:"autoCreateTime:false;autoUpdateTime:false"`
}

// Product is one product of the house.
type Product struct {
	ID           string `gorm:"primaryKey;size:32"` // code
	Account      string `gorm:"size:64"`
	Name         string `gorm:"size:64"`
	Generic      string `gorm:"size:64"`
	Lifecycle    string `gorm:"size:16"` // launch, growth, mature, vbp, decline
	ControlClass string `gorm:"size:16"` // "" = none; narcotic, psychotropic, toxic, radioactive, detox: nothing may be published
	Active       bool
	UpdatedAt    int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
}

// Batch is one round of volume-based procurement of a product.
type Batch struct {
	ID        string `gorm:"primaryKey;size:64"`
	Account   string `gorm:"size:64"`
	Product   string `gorm:"size:32"`
	Name      string `gorm:"size:128"`
	Kind      string `gorm:"size:16"` // national, alliance, renewal
	Status    string `gorm:"size:16"` // won, backup, lost, outside
	Provinces string // JSON array of the provinces where it counts; "" = the whole country
	Share     int    // percent of the reported volume that is agreed; -1 = unknown
	BeginsAt  int64
	EndsAt    int64
	UpdatedAt int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
}

// HospitalAccess is how far a product has come in a hospital. Decile is of the institution, imported, never of a doctor.
type HospitalAccess struct {
	Hospital  string `gorm:"primaryKey;size:64"`
	Product   string `gorm:"primaryKey;size:32"`
	Account   string `gorm:"size:64"`
	Batch     string `gorm:"size:64"`
	State     string `gorm:"size:16"` // see the Access constants
	Reported  string `gorm:"size:8"`  // yes, no, "" = unknown
	Drug      string `gorm:"size:8"`  // available: yes, no, "" = unknown
	Decile    int    // 1 to 10, 0 = unknown
	Blocker   string
	MeetingAt int64  // date of the formulary meeting
	Source    string `gorm:"size:64"`
	UpdatedAt int64  `gorm:"autoCreateTime:false;autoUpdateTime:false"`
}

// Price is one official published price. Amounts are decimal texts in yuan.
type Price struct {
	ID         string `gorm:"primaryKey;size:64"`
	Account    string `gorm:"size:64"`
	Product    string `gorm:"size:32"`
	Spec       string `gorm:"size:64"`
	Package    string `gorm:"size:64"`
	Province   string `gorm:"size:32"`
	City       string `gorm:"size:32"` // "" = the whole province
	Amount     string `gorm:"size:16"`
	Unit       string `gorm:"size:16"`
	Kind       string `gorm:"size:16"`  // bid, listed, insured
	Policy     string `gorm:"size:255"` // document that sets it
	SourceURL  string `gorm:"size:255"`
	FromAt     int64
	UntilAt    int64  // 0 = open
	ApprovedBy string `gorm:"size:64"`
	ApprovedAt int64
	UpdatedAt  int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
}

// Import is one spreadsheet that was read in, dry or in earnest.
type Import struct {
	ID      string `gorm:"primaryKey;size:32"`
	Account string `gorm:"size:64"`
	Kind    string `gorm:"size:16"`  // hospitals, doctors, reps, products, batches, access, prices, invites
	Name    string `gorm:"size:255"` // of the file
	Hash    string `gorm:"size:64"`  // SHA-256 of the file
	Status  string `gorm:"size:16"`  // dry, running, done, failed
	Total   int    // rows
	Added   int
	Changed int
	Same    int
	Bad     int
	Report  []byte // JSON: problems by row and column, at most a bounded number
	Actor   string `gorm:"size:64"`
	At      int64
	DoneAt  int64
	RunKey  *string `gorm:"size:80;uniqueIndex"` // the account while it runs, NULL when it has ended: one import at a time
	Until   int64   `gorm:"column:claim_until"`  // who runs it must say so again by then
}

// Merge is one record that was found to be another one.
type Merge struct {
	ID      string `gorm:"primaryKey;size:32"`
	Account string `gorm:"size:64"`
	Kind    string `gorm:"size:16"` // doctor, hospital
	Kept    string `gorm:"size:64"`
	Gone    string `gorm:"size:64"`
	How     string `gorm:"size:16"` // rule, person
	Actor   string `gorm:"size:64"`
	Detail  string // JSON of what the one that went had, as far as it may be kept
	At      int64
}
