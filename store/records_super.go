package store

// Super is where a doctor stands as a super customer of a product.
type Super struct {
	Doctor      string `gorm:"primaryKey;size:32"`
	Product     string `gorm:"primaryKey;size:32"`
	Account     string `gorm:"size:64"`
	Status      string `gorm:"size:16"` // near, candidate, confirmed, refused, dropped
	Stage       string `gorm:"size:16"` // find, understand, influence, rely, asleep
	Points      string // JSON of SuperPoints
	Best        int    // highest score of all lenses
	Lens        string `gorm:"size:16"` // the lens of it
	Depth       int    // participation ladder 0 to 7
	Empathy     string
	Channel     string `gorm:"size:16"` // emotional channel
	Taboo       string
	NextStep    string // of the house's own; "" = the one of the rules stands
	NextAt      int64
	FirstBy     string `gorm:"size:64"` // who confirmed first, with the role
	FirstRole   string `gorm:"size:16"`
	SecondBy    string `gorm:"size:64"`
	SecondRole  string `gorm:"size:16"`
	ConfirmedAt int64
	ReviewAt    int64  // when to look again; of a refused one from when it may be proposed again
	Reason      string // gate for which it was dropped, or what people said
	Version     int64
	UpdatedAt   int64  `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	Lenses      string `gorm:"size:255"` // points in every lens on whose list the doctor is, see SuperPoints.short
}

// SuperMove is one step in the history of a super customer.
type SuperMove struct {
	Doctor  string `gorm:"primaryKey;size:32"`
	Product string `gorm:"primaryKey;size:32"`
	N       int64  `gorm:"primaryKey;autoIncrement:false"`
	Account string `gorm:"size:64"`
	Event   string `gorm:"size:16"`
	Status  string `gorm:"size:16"`
	Stage   string `gorm:"size:16"`
	Actor   string `gorm:"size:64"`
	Role    string `gorm:"size:16"`
	Reason  string
	At      int64
}

// Influence is one outcome that a doctor helped to: a colleague who came, a meeting held, access that moved. No sales.
type Influence struct {
	ID      string `gorm:"primaryKey;size:32"`
	Account string `gorm:"size:64"`
	Doctor  string `gorm:"size:32"`
	Product string `gorm:"size:32"`
	Kind    string `gorm:"size:16"` // referral, hosted, access, spoke, shared, cocreated
	Other   string `gorm:"size:64"` // doctor or hospital that it was about
	Note    string
	Actor   string `gorm:"size:64"`
	At      int64
}
