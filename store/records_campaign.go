package store

// Campaign is one reason to speak to the doctors of a segment: a flow to begin with each, or content that fits each. What became of it is read from its pushes.
type Campaign struct {
	ID         string `gorm:"primaryKey;size:32"`
	Account    string `gorm:"size:64"`
	Kind       string `gorm:"size:16"` // retention, reactivation, access
	Title      string `gorm:"size:64"`
	Segment    string `gorm:"size:32"` // saved segment that it was made from
	Source     string // its condition as it was then
	Flow       string `gorm:"size:64"` // "" = content that fits
	Inputs     string // JSON object of the flow's inputs: name to text
	Days       int    // without an effective interaction (reactivation), or within which there was one (retention)
	Daily      int    // doctors a day at most
	FromAt     int64
	UntilAt    int64
	Status     string `gorm:"size:16"`
	Reason     string // why it was paused
	Actor      string `gorm:"size:64"` // who made it
	Second     string `gorm:"size:64"` // who agreed to it, "" = it needed nobody
	Upto       string `gorm:"size:32"` // last doctor of the segment that was looked at
	Filled     bool   // the whole segment was looked at
	Today      int    // day of TodayN as yyyymmdd
	TodayN     int    // doctors planned on that day
	Considered int
	Planned    int
	LeftOut    string // JSON object: reason to how many doctors were not planned for it
	Version    int64
	CreatedAt  int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	UpdatedAt  int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	StartedAt  int64
	EndedAt    int64
}
