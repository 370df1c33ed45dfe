package store

// Times are unix milliseconds in UTC; 0 means "never". Every row carries the account (the official account it belongs to), so that one process can
// serve several accounts later without a migration. Identifiers are trimmed before they are stored, because utf8mb4_bin ignores trailing spaces.

// Journal is one accepted event with the state after it. (Conversation, Seq) is the fence against double turns; MessageKey recognises duplicates.
type Journal struct {
	Conversation string `gorm:"primaryKey;size:32"` // the doctor's id
	Seq          int64  `gorm:"primaryKey;autoIncrement:false"`
	Account      string `gorm:"size:64"`
	MessageKey   string `gorm:"size:64;uniqueIndex"` // see bot.Inbound.Key
	Kind         string `gorm:"size:24"`             // text, image, event …
	Event        []byte // the inbound event as JSON; blanked when consent is refused
	State        []byte // the snapshot after the turn as JSON
	Reply        []byte // the passive reply model as JSON, given again to a resend
	Flow         string `gorm:"size:64"` // flow of the pending question, "" when idle
	FlowHash     string `gorm:"size:64"`
	SentAt       int64  // CreateTime of the platform
	MsgID        string `gorm:"size:64"`
	ReceivedAt   int64
	Late         bool   // older than the last applied event
	Instance     string `gorm:"size:64"`
}

// Doctor is a follower of the account and, once identified, a doctor. ID is also the conversation's id: see DoctorID.
type Doctor struct {
	ID            string `gorm:"primaryKey;size:32"`
	Account       string `gorm:"size:64"`
	OpenID        string `gorm:"size:64"`
	Name          string `gorm:"size:64"`
	Hospital      string `gorm:"size:64"` // id in the hospitals list
	HospitalName  string `gorm:"size:128"`
	Department    string `gorm:"size:64"` // label
	Title         string `gorm:"size:64"` // label
	Level         int    // 0 follower, 1 self-declared, 2 verified, 9 rejected
	Phase         string `gorm:"size:24"` // conversation phase, see the Phase constants
	Followed      bool
	OptedOut      bool
	Scene         string `gorm:"size:64"` // first QR scene
	Version       int64  // raised by every writer outside a turn; a turn that decided on an older one is recomputed
	LastInboundAt int64
	LastTypedAt   int64   // last message that opens the 48-hour window
	CreatedAt     int64   `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	UpdatedAt     int64   `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	WakeAt        int64   // when the silent talk is to be looked at again; 0 = not
	Standing      string  `gorm:"size:700"` // where the open talk stands, see JoinStands; "" = none is open
	LastScene     string  `gorm:"size:64"`  // last QR scene
	MasterKey     *string `gorm:"size:64"`  // id in the master data of the house; NULL = not known there
	MergedInto    string  `gorm:"size:32"`  // doctor that it was found to be; "" = it stands for itself
	FrozenUntil   int64   // no promotion before: an adverse event report was opened
	VerifiedAt    int64
	ReverifyAt    int64  // when the verification is to be done again; of a rejected doctor: may be applied for again
	RefreshAt     int64  // when tags, classes and scores are to be derived again; 0 = not
	SealedKey     []byte `json:"-"` // key of the doctor's words, wrapped; NULL = none drawn, or destroyed
}

// Answer is one accepted answer. Rows are never changed except for RetractedAt.
type Answer struct {
	Conversation string `gorm:"primaryKey;size:32"`
	Seq          int64  `gorm:"primaryKey;autoIncrement:false"`
	N            int    `gorm:"primaryKey;autoIncrement:false"` // position within the turn, from 0
	Account      string `gorm:"size:64"`
	Talk         int64  // number of the talk within the conversation
	Flow         string `gorm:"size:64"`
	FlowHash     string `gorm:"size:64"`
	Question     string `gorm:"size:96"`
	Asked        string // the text that the doctor saw
	Value        string // JSON of the value
	Label        string
	Raw          string // the doctor's own words
	How          string `gorm:"size:24"` // how the words were matched
	At           int64
	RetractedAt  int64
}

// PortraitValue is the current value of one profile field, with the source that set it.
type PortraitValue struct {
	Doctor     string `gorm:"primaryKey;size:32"`
	Field      string `gorm:"primaryKey;size:64"`
	Account    string `gorm:"size:64"`
	Value      string // JSON of the value
	Label      string
	Source     string `gorm:"size:16"` // answer, rep, behaviour, import, console, computed
	Ref        string `gorm:"size:96"` // answer: "conversation:seq:n"; rep: "visit:ID"; computed: "conversation:seq"
	Detail     string // for people: question or rep; computed: the flow's id
	At         int64
	Confidence int    // percent
	Code       string `gorm:"size:64"` // a short text value, by which segments find it; "" = none
}

// Tag is a label on the doctor. Removed tags keep their row with RemovedAt.
type Tag struct {
	Doctor     string `gorm:"primaryKey;size:32"`
	Tag        string `gorm:"primaryKey;size:64"`
	Account    string `gorm:"size:64"`
	Source     string `gorm:"size:16"`
	Ref        string `gorm:"size:96"`
	At         int64
	RemovedAt  int64
	ExpiresAt  int64 // 0 = never
	Confidence int   // percent
	Detail     string
}

// Score is a named score of the doctor with its lines (JSON of []ScoreLine).
type Score struct {
	Doctor  string `gorm:"primaryKey;size:32"`
	Name    string `gorm:"primaryKey;size:32"`
	Account string `gorm:"size:64"`
	Points  int
	Grade   string `gorm:"size:16"`
	Lines   string `gorm:"column:score_lines"`
	At      int64
}

// ScoreLine is one reason of a score.
type ScoreLine struct {
	Group    string `json:"group"`
	Points   int    `json:"points"`
	Why      string `json:"why"`               // in Chinese, shown to people
	Evidence string `json:"evidence"`          // the doctor's words or the field that it rests on
	Feature  string `json:"feature,omitempty"` // what was looked at: profile.department, did.open
}

// Consent is one decision of the doctor about one purpose. The newest row of a purpose counts.
type Consent struct {
	Conversation string `gorm:"primaryKey;size:32"`
	Seq          int64  `gorm:"primaryKey;autoIncrement:false"`
	Purpose      string `gorm:"primaryKey;size:48"`
	Account      string `gorm:"size:64"`
	Policy       string `gorm:"size:48"` // version of the notice
	Granted      bool
	Asked        string // the wording agreed to
	Raw          string // the doctor's own words
	At           int64
}

// Case is an adverse event report. It exists from the moment the words were typed; the intake fills it.
type Case struct {
	No             string `gorm:"primaryKey;size:32"`
	Account        string `gorm:"size:64"`
	Doctor         string `gorm:"size:32;index"`
	Status         string `gorm:"size:16"` // see the Case constants
	Words          string // what was typed when it was opened
	Product        string
	Event          string
	Patient        string
	Reporter       string
	Serious        bool
	SeriousHow     string // labels of the seriousness criteria
	Onset          string
	Fields         string // JSON of everything the intake collected
	Complete       bool   // all four elements: patient, reporter, product, event
	DueAt          int64  // the internal clock for the first human look
	OpenedAt       int64
	UpdatedAt      int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	AcknowledgedAt int64
	AcknowledgedBy string `gorm:"size:64"`
	Kind           string `gorm:"size:16"` // ae, special, quality
	Death          bool
	LegalAt        int64  // the clock of the law: death at once, new or serious 15 days, others 30
	Verdict        string `gorm:"size:16"` // see the Verdict constants; "" = not judged. ClosedBy judged first
	Source         string `gorm:"size:16"` // doctor, rep
	ClosedAt       int64
	ClosedBy       string `gorm:"size:64"`
	SecondBy       string `gorm:"size:64"`
	Unlisted       bool   // a reaction that the label does not name, as a person of the desk judged
	Reference      string `gorm:"size:96"` // number under which the authority has it
}

// Lead is a doctor who wants, or is worth, a person.
type Lead struct {
	ID         string  `gorm:"primaryKey;size:32"`
	Account    string  `gorm:"size:64"`
	Doctor     string  `gorm:"size:32;index"`
	Kind       string  `gorm:"size:32"`
	OpenKey    *string `gorm:"size:80;uniqueIndex"` // "doctor:kind" while open, NULL when ended: one open lead of a kind for a doctor
	Status     string  `gorm:"size:16;index"`       // see the Lead constants
	Level      string  `gorm:"size:16"`             // hot, warm, cold
	Explicit   bool    // the doctor asked in words
	Points     int
	Lines      string `gorm:"column:score_lines"` // JSON of []ScoreLine
	Why        string // one line: why now
	Note       string
	Wish       string // time, place or form that the doctor wished
	Rep        string `gorm:"size:64"` // owner's user id once accepted
	Reason     string // of the last decline, withdrawal or closing
	Outcome    string `gorm:"size:32"`
	Version    int64
	DueAt      int64 // to be accepted by
	CreatedAt  int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	AcceptedAt int64
	VisitedAt  int64
	ClosedAt   int64
	UpdatedAt  int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
}

// LeadMove is one step in a lead's history.
type LeadMove struct {
	Lead    string `gorm:"column:lead_id;primaryKey;size:32"` // "lead" is reserved in MySQL 8
	N       int64  `gorm:"primaryKey;autoIncrement:false"`    // the lead's version after the move
	Account string `gorm:"size:64"`
	Event   string `gorm:"size:16"`
	Status  string `gorm:"size:16"`
	Actor   string `gorm:"size:64"`
	Reason  string
	At      int64
}

// Offer is a lead shown to one rep.
type Offer struct {
	Lead         string `gorm:"column:lead_id;primaryKey;size:32"`
	Rep          string `gorm:"primaryKey;size:64"`
	Account      string `gorm:"size:64"`
	Status       string `gorm:"size:16"` // open, accepted, declined, lost
	Reason       string
	Task         string `gorm:"size:128;index"` // WeCom task_id of the card
	ResponseCode string `gorm:"size:255"`       // WeCom's one-time code to change the card, from the send's receipt
	At           int64
	AnsweredAt   int64
}

// Visit is a rep's report.
type Visit struct {
	ID       string `gorm:"primaryKey;size:32"`
	Account  string `gorm:"size:64"`
	Lead     string `gorm:"column:lead_id;size:32;uniqueIndex"`
	Doctor   string `gorm:"size:32;index"`
	Rep      string `gorm:"size:64"`
	At       int64  // when the visit took place
	Channel  string `gorm:"size:16"` // face, phone, online
	Result   string `gorm:"size:16"` // met, not_met
	Prefers  string `gorm:"size:16"` // content kind: literature, case, video, meeting
	Topics   string // JSON array
	Ladder   string `gorm:"size:8"` // A0 … A6
	Barriers string // JSON array
	NextStep string
	NextAt   int64
	HeardAE  bool
	Note     string
	FiledAt  int64
}

// Push is a wish to send the doctor one piece of content that fits; outreach turns it into an effect or says why not.
type Push struct {
	ID      string `gorm:"primaryKey;size:32"`
	Account string `gorm:"size:64"`
	Doctor  string `gorm:"size:32;index"`
	Cause   string `gorm:"size:96"`       // "visit:ID", "ask:conversation:seq"
	Status  string `gorm:"size:16;index"` // planned, queued, none
	Content string `gorm:"size:64"`
	Reason  string
	DueAt   int64
	At      int64

	Flow     string `gorm:"size:64"` // flow that is to be begun with the doctor; "" = an item of content
	Inputs   string // JSON object of the flow's inputs: name to text
	Campaign string `gorm:"size:32"`
}

// Sent is a content item given to a doctor: the row that keeps it from being sent twice.
type Sent struct {
	Doctor  string `gorm:"primaryKey;size:32"`
	Content string `gorm:"primaryKey;size:64"`
	Account string `gorm:"size:64"`
	Effect  string `gorm:"size:96"` // key of the effect that carries it
	Why     string
	At      int64 // queued
	SentAt  int64 // the platform said yes
}

// Effect is one thing that leaves the house: a row of the outbox. Body holds one of the payloads of effects.go.
type Effect struct {
	ID         int64  `gorm:"primaryKey"`
	Account    string `gorm:"size:64"`
	Key        string `gorm:"column:effect_key;size:96;uniqueIndex"` // conversation:seq:n or another name of the deed
	Lane       string `gorm:"size:80"`                               // "d:DOCTOR" or "r:USERID": order is kept within a lane
	Kind       string `gorm:"size:16"`                               // see the Effect kinds
	Body       []byte
	Status     string `gorm:"size:16"` // see the Effect constants
	Attempts   int
	NextAt     int64
	ClaimOwner string `gorm:"size:64"`
	ClaimUntil int64
	ClaimEpoch int64
	ValidUntil int64 // 0 = for ever; later it is cancelled instead of sent late
	Code       int   // last errcode
	Reason     string
	CreatedAt  int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	DoneAt     int64
	Intent     string `gorm:"size:16"` // why it is said, see the Intent constants
	Channel    string `gorm:"size:16"` // how the last attempt went out, see the Channel constants; "" = none yet
}

// Delivery is one attempt to send an effect.
type Delivery struct {
	Effect    int64 `gorm:"primaryKey;autoIncrement:false"`
	Attempt   int   `gorm:"primaryKey;autoIncrement:false"`
	At        int64
	Code      int
	Class     string `gorm:"size:16"`
	Reason    string
	LatencyMS int64
	Channel   string `gorm:"size:16"`
	MsgID     string `gorm:"size:64"` // the platform's id of the message, by which its report is matched
}

// Verification is a doctor waiting to be verified by a person, with the lead that waits behind it.
type Verification struct {
	Doctor    string `gorm:"primaryKey;size:32"`
	Account   string `gorm:"size:64"`
	Method    string `gorm:"size:16"` // see the Method constants
	LeadKind  string `gorm:"size:32"` // "" = nothing waits
	LeadNote  string
	Status    string `gorm:"size:16"` // see the Verify constants
	At        int64
	DecidedAt int64
	DecidedBy string `gorm:"size:64"`
	Asked     string `gorm:"size:16"` // proof that a person has asked the doctor for, see the Proof constants; "" = none
	Reason    string // of a refusal, as the doctor was told
}

// Notice tells a team of the house something about a doctor.
type Notice struct {
	ID      string `gorm:"primaryKey;size:32"`
	Account string `gorm:"size:64"`
	Doctor  string `gorm:"size:32;index"`
	Team    string `gorm:"size:16"` // see the Team constants
	Flow    string `gorm:"size:64"`
	Words   string
	Rep     string `gorm:"size:64"` // who was told by message, "" = it waits on the worklist
	At      int64
	DoneAt  int64
	DoneBy  string `gorm:"size:64"`
}

// Invite is an invitation code that verifies whoever types it.
type Invite struct {
	Code      string `gorm:"primaryKey;size:16"`
	Account   string `gorm:"size:64"`
	Note      string `gorm:"size:128"`
	MaxUses   int
	Uses      int
	ExpiresAt int64
	CreatedAt int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
}

// Rep is a medical information colleague who takes leads.
type Rep struct {
	UserID      string `gorm:"primaryKey;size:64"` // WeCom user id
	Account     string `gorm:"size:64"`
	Name        string `gorm:"size:64"`
	FilingNo    string `gorm:"size:64"`
	FilingUntil int64  // after it the rep gets no lead
	Active      bool
	Employer    string `gorm:"size:128"`
	Team        string `gorm:"size:64"`
	CommittedAt int64  // date of the signed commitment to the rules
	Leaving     bool   `gorm:"-"` // gives the doctors to others: gets no new one
}

// Territory says which doctors a rep looks after. Kind: hospital (id), province, all.
type Territory struct {
	Rep     string `gorm:"primaryKey;size:64"`
	Kind    string `gorm:"primaryKey;size:16"`
	Value   string `gorm:"primaryKey;size:64"`
	Account string `gorm:"size:64"`
}

// FlowVersion is an immutable bundle of one flow and all it needs.
type FlowVersion struct {
	Hash    string `gorm:"primaryKey;size:64"`
	Account string `gorm:"size:64"`
	Flow    string `gorm:"size:64;index"`
	Bundle  []byte // JSON of flows.Bundle
	At      int64
}
