package store

// Cost is money that the house spent in a month. It belongs to the house, a product and a way in which doctors come, never to a doctor. Rows are not
// changed: a correction is a row of its own, below 0 where too much was written down.
type Cost struct {
	ID      string `gorm:"primaryKey;size:32"`
	Account string `gorm:"size:64"`
	Month   string `gorm:"size:7"`  // 2026-11
	Product string `gorm:"size:32"` // "" = of no product in particular
	Kind    string `gorm:"size:16"` // see the Cost constants
	Source  string `gorm:"size:16"` // see the Source constants of figures; "" = of all of them together
	Cents   int64  // hundredths of a yuan
	Note    string
	Actor   string `gorm:"size:64"`
	At      int64
}

// Figure is one counted cell of a month: how many fall where. No doctor stands in it, so that it outlives what it was counted from.
type Figure struct {
	Account string `gorm:"primaryKey;size:64"`
	Month   string `gorm:"primaryKey;size:7"`
	Team    string `gorm:"primaryKey;size:64"` // whose doctors were counted; "" = those of the whole house
	Kind    string `gorm:"primaryKey;size:32"` // see the Figure constants
	A       string `gorm:"primaryKey;size:64"`
	B       string `gorm:"primaryKey;size:64"`
	N       int64
	Total   int64 // sum of what was counted about them, where there is one
}
