package handoff

import (
	"time"

	"github.com/vrep/vrep/store"
)

// Brief is what a rep may read about a lead. Before acceptance it holds no more than the card: surname, hospital, kind, why now and the doctor's wish.
type Brief struct {
	Lead      string
	Rep       string
	Status    string // of the lead
	Label     string // of the status, in Chinese
	Kind      string
	KindLabel string
	Mine      bool // this rep has accepted
	CanAccept bool // an offer to this rep is open; declining is possible too
	CanFile   bool // the report of the visit is due
	Who       Who
	Why       string
	Points    int
	Lines     []store.ScoreLine // without the evidence before acceptance
	Wish      string
	Note      string
	Words     []Said
	Portrait  []Trait
	Bring     []string // kinds of content that fit, as labels
	Donts     []string
	Quiet     string // the doctor has opted out of messages: what that means for the rep, also one of Donts; "" = has not
	Safety    bool   // a safety follow-up about this doctor is open; what was said stays with the safety desk
	DueAt     time.Time
	History   []Step
	Visit     *store.Visit // the report, once filed
	Empathy   *Empathy     // what the house has understood of the doctor, nil = nobody has written it down
}

// Who is the doctor as far as the rep may know.
type Who struct {
	Surname    string
	Hospital   string
	Name       string // from here on only after acceptance
	Title      string
	Department string
	Verified   bool
}

// Said is one answer in the doctor's own words.
type Said struct {
	Asked string
	Raw   string
	Label string
	At    time.Time
	Flow  string // that asked, with its version
	Hash  string
}

// Trait is one line of the portrait.
type Trait struct {
	Field  string
	Name   string // of the field, in Chinese
	Label  string
	Source string // in Chinese
	At     time.Time
}

// Step is one move of the lead's history.
type Step struct {
	Event  string
	Label  string // of the event, in Chinese
	Status string
	Actor  string // a rep's name, or who else
	Reason string
	At     time.Time
}
