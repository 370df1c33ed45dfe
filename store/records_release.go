package store

// Causes of a release.
const (
	ReleasePublish  = "publish"  // a person published a folder
	ReleaseRollback = "rollback" // a person put an earlier folder into force again
	ReleaseFolder   = "folder"   // a service began with a configured folder that was never published
	ReleaseShipped  = "shipped"  // a service began with the flows in its binary
	ReleaseRules    = "rules"    // a person changed how doctors are classified: nobody has it before a second person agrees
)

// Policies of a recall: what becomes of the talks that run on the recalled version.
const (
	RecallMove = "move" // they go on in the version in force
	RecallStop = "stop" // they end at the next message
)

// Release is one publishing of a whole folder of flows. Rows stay for ever; only Share changes.
type Release struct {
	ID        int64   `gorm:"primaryKey"`
	Account   string  `gorm:"size:64"`
	Hash      string  `gorm:"size:64"` // of the folder
	Files     []byte  // the folder as a zip file; empty in lists
	Cause     string  `gorm:"size:16"` // see the Release constants
	Back      int64   // of a roll-back: the release whose folder it is; 0 = none
	Share     int     // percent of the doctors, 0 to 100; below 100 the others stay with the release before it
	At        int64   // it counts from then on
	Author    string  `gorm:"size:64"`
	Message   string  // why, for the house
	Findings  int     // warnings and hints of lint when it was published
	Cases     int     // conversations of its tests that passed when it was published; 0 = they were not run
	StartKey  *string `gorm:"size:160;uniqueIndex"` // "account:hash" of what a service publishes at its start: several that start at once publish once
	CreatedAt int64   `gorm:"autoCreateTime:false;autoUpdateTime:false"`
}

// Recall withdraws one version of a flow. Rows stay for ever; a lifted one has no effect any more.
type Recall struct {
	ID       int64  `gorm:"primaryKey"`
	Account  string `gorm:"size:64"`
	Flow     string `gorm:"size:64"`
	Version  string `gorm:"size:64"` // hash of one version (32 hex digits), or shape (16): all its wordings
	Policy   string `gorm:"size:16"` // see the Recall constants
	Reason   string // for the house
	Say      string // for the doctor; "" = the house's fixed line
	Author   string `gorm:"size:64"`
	At       int64
	LiftedAt int64
	LiftedBy string `gorm:"size:64"`
}
