package flows

import "time"

// Dossier is everything known about one doctor at one moment, as a plain value: what tags, classes, scores and segments are derived from. It is read only;
// whoever derives takes dossier, rules and clock and gives an outcome with its evidence.
type Dossier struct {
	Doctor      string
	Account     string
	Name        string
	Level       int  // verification level: 0, 1, 2, 9
	Followed    bool // of the official account, now
	OptedOut    bool
	Withdrawn   bool // the base consent was taken back: nothing is derived
	PersonalOff bool // the doctor does not want to be remembered by preferences: nothing is derived
	OpenCase    bool // the intake of an adverse event report is not finished

	DerivedAt   time.Time // when rules were last applied; zero = never
	FrozenUntil time.Time // no promotion before: an adverse event report was opened
	CreatedAt   time.Time
	LastTyped   time.Time // last message of the doctor's own; zero = none

	History  map[string][]Known   // fields of which every value counts, oldest first; values taken back are left out
	Profile  map[string]Known     // field → value with time, source, confidence
	Consents map[string]Consented // purpose → what was granted; refused and withdrawn ones are absent
	Tags     []Tagged             // those that hold, by name
	Barred   map[string]time.Time // tags that the doctor deleted → when they may be put on again
	Did      []Did                // the newest two years, oldest first
	Visits   []Visited            // by reps, newest first
	Leads    []Pursued            // newest first
	Hospital Place
	Owner    string // rep who looks after the doctor, "" = nobody

	Scores  map[string]Score  // as they stand, by name
	Ratings map[string]Rating // as they stand, by product

	Supers     map[string]SuperStand // as they stand, by product
	Influences []Influenced          // newest first
	Lives      map[string]string     // stage of each product's life: launch, growth, mature, vbp, decline; unknown ones are absent
	Benefit    time.Time             // a benefit was asked for, and compliance has not set it aside; zero = never
}

// Consented is a consent that holds.
type Consented struct {
	Policy string
	At     time.Time
}

// Tagged is a tag on the doctor.
type Tagged struct {
	Tag        string
	Source     string // answer, rep, behaviour, import, console, rule
	Ref        string
	Detail     string
	At         time.Time
	Expires    time.Time // zero = never
	Confidence int       // percent
}

// Did is one thing that the doctor did.
type Did struct {
	Kind   string // reply, sent, open, read, watch, finish, attend, ask, rate, ignore, miss
	Object string // content, meeting, push or flow
	Topics []string
	Amount int // seconds read, percent seen, minutes attended; else 0
	At     time.Time
}

// Place is the doctor's hospital in the master data. Empty texts are unknown.
type Place struct {
	ID       string
	Name     string
	Level    string // 3a, 3b, 2a … private
	Grade    string // primary, county, city, tertiary
	Province string
	City     string
	Access   map[string]Access // by product
}

// Access is how far a product has come in the hospital. Decile is of the institution: no figure of sales or prescriptions belongs to a doctor.
type Access struct {
	State  string // untouched, touched, intent, scheduled, admitted, bought, stopped
	Drug   string // available: yes, no, "" = unknown
	Decile int    // 1 to 10, 0 = unknown
}

// Visited is one report of a rep.
type Visited struct {
	ID       string
	Rep      string
	At       time.Time
	Channel  string // face, phone, online
	Met      bool
	Prefers  string
	Topics   []string
	Ladder   string // A0 … A6, "" = not said
	Barriers []string
}

// Pursued is one lead about the doctor.
type Pursued struct {
	ID     string
	Kind   string
	Status string
	At     time.Time
}

// Rating is where the doctor stands with one product.
type Rating struct {
	Ladder    string // A0 … A6
	Potential string // high, mid, low, "" = unknown
	Matrix    string // grow1, grow2, defend, maintain, observe, profile
	Class     string // A, B, C, D, U
}
