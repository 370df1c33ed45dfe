package store

// Ledger is what the platform still takes for a doctor. A fresh permission replaces what was left of the one of its sort; they do not add up.
// Source: the platform's pages on customer service messages and mass sends. The numbers themselves are settings. A mark is when the allowance began or
// when a send through it ended, whichever is later: a message that was written before the mark may be older than that send.
type Ledger struct {
	Doctor     string `gorm:"primaryKey;size:32"`
	Account    string `gorm:"size:64"`
	ChatLeft   int    // customer service messages left after the doctor's last own message
	ChatUntil  int64
	ChatMark   int64
	QuickLeft  int // after the doctor's last click, follow or scan
	QuickUntil int64
	QuickMark  int64
	MassMonth  int   // year*100 + month in the platform's time zone (UTC+8) that MassUsed counts
	MassUsed   int   // mass sends that reached the doctor in that month
	UpdatedAt  int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
}

// Permit counts the one-time notices that a doctor has agreed to for one template of the platform.
type Permit struct {
	Doctor    string `gorm:"primaryKey;size:32"`
	Template  string `gorm:"primaryKey;size:64"`
	Account   string `gorm:"size:64"`
	Remaining int
	UpdatedAt int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
}

// MassSend is one mass send of a content item to several doctors. ID is the key by which the platform recognises a repeated call.
type MassSend struct {
	ID         string `gorm:"primaryKey;size:64"`
	Account    string `gorm:"size:64"`
	Content    string `gorm:"size:64"`
	MsgID      string `gorm:"size:64"` // the platform's id, by which its report is matched
	Status     string `gorm:"size:16"` // see the Mass constants
	Doctors    int
	Sent       int // as reported by the platform
	Failed     int
	Reason     string
	Attempts   int
	NextAt     int64 // open: when the call is made again, because its end was not seen; failed: no other mass send is begun before
	CreatedAt  int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	FinishedAt int64
}

// Scene is a QR code of ours. ID is opaque: the code is public, so it must not name anybody.
type Scene struct {
	ID          string `gorm:"primaryKey;size:64"`
	Account     string `gorm:"size:64"`
	Kind        string `gorm:"size:16"` // see the Scene constants
	Target      string `gorm:"size:64"` // rep's user id, hospital's id, department's or meeting's name; "" = none
	Name        string `gorm:"size:128"`
	Flow        string `gorm:"size:64"` // begun by a scan; "" = as any other follow
	Tags        string // JSON array, put on whoever scans while the code is open
	ValidUntil  int64  // later scans count but no longer open the flow; 0 = for ever
	Permanent   bool
	Ticket      string `gorm:"size:255"` // of the platform; "" = not drawn yet
	URL         string `gorm:"size:255"` // what the picture says
	TicketUntil int64  // 0 = for ever
	CreatedBy   string `gorm:"size:64"`
	CreatedAt   int64  `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	ClosedAt    int64
}

// Scan is one scan of a scene: the turn that it caused.
type Scan struct {
	Conversation string `gorm:"primaryKey;size:32"`
	Seq          int64  `gorm:"primaryKey;autoIncrement:false"`
	Account      string `gorm:"size:64"`
	Scene        string `gorm:"size:64"`
	Followed     bool   // the doctor began to follow by it
	FirstTouch   bool   // the first scene of this doctor
	At           int64
}

// LinkOpen is one opening of a tracked link by a doctor.
type LinkOpen struct {
	ID      int64  `gorm:"primaryKey"`
	Account string `gorm:"size:64"`
	Doctor  string `gorm:"size:32"`
	Content string `gorm:"size:64"`
	Effect  string `gorm:"size:96"` // key of the effect that brought the link, "" = none
	At      int64
}

// MediaID is what the platform calls a file of ours at present. The truth is the asset: it is uploaded again when the id has ended.
type MediaID struct {
	Account string `gorm:"primaryKey;size:64"`
	Asset   string `gorm:"primaryKey;size:128"`
	MediaID string `gorm:"size:128"`
	EndsAt  int64
}

// Erasure is the record that the personal data of a doctor was erased.
type Erasure struct {
	ID      string `gorm:"primaryKey;size:32"`
	Account string `gorm:"size:64"`
	Doctor  string `gorm:"size:32"` // the id, which is a keyless digest and names nobody by itself
	Seq     int64  // the turn that erased: what turns before it hold is emptied
	Cause   string `gorm:"size:16"` // see the Erase constants
	Counts  string // JSON: table name to number of rows erased
	At      int64
	DoneAt  int64 // 0 = bodies of earlier turns are still being emptied
}

// Takeover is the reading of the followers that the account had before it was connected.
type Takeover struct {
	Account    string `gorm:"primaryKey;size:64"`
	NextDoctor string `gorm:"size:32"` // after whom the list goes on, "" = from its beginning. No openid: its owner may leave and must be erased
	Total      int64
	Done       int64
	StartedAt  int64
	FinishedAt int64 // 0 = goes on
}
