package store

// Meeting is one academic meeting that the house holds. No money, gift or fee has a place here.
type Meeting struct {
	ID            string `gorm:"primaryKey;size:32"`
	Account       string `gorm:"size:64"`
	Title         string `gorm:"size:128"`
	Mode          string `gorm:"size:16"`  // online, live, offline
	Place         string `gorm:"size:256"` // where, or the link by which one joins
	Host          string `gorm:"size:128"` // who invites; "" = the company
	Topics        string // JSON array
	Product       string `gorm:"size:32"` // of the house; "" = none
	ApprovalNo    string `gorm:"size:64"`
	ApprovalUntil int64  // first moment at which the approval holds no more, unix ms
	Replay        string `gorm:"size:64"` // content that shows what was said, once it is approved; "" = not yet
	Threshold     int    // percent of those who came that need a follow-up before the meeting can be closed
	Status        string `gorm:"size:16"` // see the Meeting constants
	Owner         string `gorm:"size:64"` // who planned it; looks after those who have no rep
	ApprovedBy    string `gorm:"size:64"`
	ApprovedRole  string `gorm:"size:16"`
	Reason        string // why it was cancelled
	BeginsAt      int64
	EndsAt        int64
	Version       int64
	CreatedAt     int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	UpdatedAt     int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	ClosedAt      int64
}

// MeetingItem is one line of the agenda: when, what, and who speaks in which role.
type MeetingItem struct {
	Meeting string `gorm:"primaryKey;size:32"`
	N       int    `gorm:"primaryKey;autoIncrement:false"`
	Account string `gorm:"size:64"`
	Clock   string `gorm:"size:8"` // 19:30
	Topic   string `gorm:"size:128"`
	Role    string `gorm:"size:16"` // host, speaker, panel
	Name    string `gorm:"size:64"` // of a speaker from elsewhere
	Doctor  string `gorm:"size:32"` // of one of ours; Name is empty then
}

// Attendance is one doctor and one meeting, from the invitation to what came of it.
type Attendance struct {
	Meeting      string `gorm:"primaryKey;size:32"`
	Doctor       string `gorm:"primaryKey;size:32"`
	Account      string `gorm:"size:64"`
	InvitedBy    string `gorm:"size:64"`
	InvitedAt    int64  // 0 = came without an invitation of ours
	Answer       string `gorm:"size:16"` // accept, replay, declined, stop; "" = none
	AnsweredAt   int64
	Told         int    // what the doctor was told about, see the Told constants
	Remind       string `gorm:"size:8"` // yes, no; "" = not said
	Question     string // asked beforehand
	Came         string `gorm:"size:8"` // attend, miss; "" = not recorded
	Minutes      int
	Way          string `gorm:"size:16"` // web, wechat, phone, onsite
	CameAt       int64  // recorded
	Useful       int    // 1 to 5; 0 = not said
	Shift        string `gorm:"size:16"` // up, same, doubt, partial
	Recommend    int    // 0 to 10; -1 = not said
	Wish         string `gorm:"size:16"` // paper, roundtable, f2f, none
	FeedbackAt   int64
	FollowRep    string `gorm:"size:64"` // rep who follows up; "" = the meeting's owner
	FollowUntil  int64
	Outcome      string `gorm:"size:16"` // what came of it, see the Outcome constants; "" = open
	OutcomeWords string
	DoneBy       string `gorm:"size:64"`
	DoneAt       int64
}
