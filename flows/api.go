package flows

import (
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// Value is an answer or a computed value: none, bool, number, text (choice codes, free text), list, date.
type Value = cond.Value

// TextValue is the kind of a value that is a text.
const TextValue = cond.KindText

// InputKind says what kind of thing reached the talk.
type InputKind string

// Kinds of input.
const (
	InText     InputKind = "text" // typed, or a voice message with recognised text
	InImage    InputKind = "image"
	InVoice    InputKind = "voice" // without recognised text
	InLocation InputKind = "location"
	InOther    InputKind = "other" // any other message: video, link, file …
	InFollow   InputKind = "follow"
	InUnfollow InputKind = "unfollow"
	InScan     InputKind = "scan"
	InClick    InputKind = "click"   // menu key in Input.Key
	InEvent    InputKind = "event"   // any other event: never moves the talk
	InRep      InputKind = "rep"     // a person of the house writes to the doctor: the bot keeps silent until the talk is handed back
	InResume   InputKind = "resume"  // an operator hands the talk back to the bot
	InStart    InputKind = "start"   // a flow is started by name in Input.Key, whatever its conditions say: previews, tests
	InPush     InputKind = "push"    // the house wants to begin the flow that begins on the push in Input.Key
	InTick     InputKind = "tick"    // only time has passed: reminders and expiry
	InConsent  InputKind = "consent" // the doctor has decided about the purpose in Input.Key on a page of the house
)

// Input is one thing that reached the talk.
type Input struct {
	Kind  InputKind
	Text  string    // what was typed or recognised, as it came; else the words that came along: a link's title, a place's label
	Key   string    // menu key, QR scene
	Media string    // of a picture or a voice message (with recognised text too): the platform's id
	Place string    // of a location: "latitude,longitude" in degrees
	At    time.Time // the clock of this turn, in the account's time zone

	Flow    string            // of a follow or scan: the flow that the scanned code opens, "" = the flows' own triggers decide
	Tags    []string          // of a follow or scan: put on the doctor
	Inputs  map[string]string // of a push: the flow's inputs as texts
	Granted bool              // of a consent: what was decided; Text is what was pressed
	Lapsed  bool              // of a text: an option was pressed that belongs to an earlier question; Text is its label
}

// Known is a profile value with its age and source.
type Known struct {
	Value  Value     `json:"v"`
	Label  string    `json:"l,omitempty"`
	At     time.Time `json:"at"`
	Source string    `json:"s,omitempty"` // answer, rep, behaviour, import, console

	Ref        string `json:"-"` // of a dossier only: the answer, visit or import that set it
	Confidence int    `json:"-"` // of a dossier only: percent
}

// Facts is what the engine may know besides the talk's state. It is read only.
type Facts struct {
	Doctor      string            // stable id, seeds shuffles and splits
	Level       int               // verification level: 0, 1, 2, 9
	Lapsed      bool              // the doctor was verified, and that has held for its time
	Barred      bool              // the doctor was rejected a short while ago and may not apply again yet
	Profile     map[string]Known  // field → value
	Consents    map[string]string // purpose → policy version granted; absent or "" = not granted
	Tags        map[string]bool
	Sent        map[string]bool // content ids already given
	CaseNo      string          // number to use if this turn opens an adverse event case
	OpenCase    string          // number of the case that this talk's intake fills, "" = none
	OptedOut    bool
	Capped      bool              // the doctor has had as many unasked messages as the house allows: no reminder now
	Export      string            // address under which the doctor can fetch a copy of everything if this turn asks for one, "" = a person sends it
	Card        string            // address of the card for colleagues if this turn makes one, "" = the house has no public pages
	PersonalOff bool              // the doctor does not want to be remembered by preferences: nothing is tagged or scored
	Account     map[string]string // what texts print about the house: company, bot, filing_no, hotline, privacy_url, pv_hotline
	Reads       Reads             // look-ups that need the database

	Digest  Digest            // what the doctor did lately
	Grades  map[string]string // score → grade as it stands
	Classes map[string]string // what was derived last, by name: ladder, potential, matrix, class, result, cell, affinity
}

// Reads are look-ups that the engine may make while it decides. They must be quick and free of effects.
type Reads interface {
	// InviteOK tells whether an invitation code can be used now.
	InviteOK(code string) bool
	// Master is the one doctor of the house's master data with the name, hospital (its id) and department, whom nobody else has become yet; false when there is
	// none or there are several.
	Master(name, hospital, department string) (id string, ok bool)
	// Price is the price of a product at a hospital (its id) as people read it; false when there is none that is valid at the time.
	Price(hospital, product string, at time.Time) (string, bool)
	// RepOf names the rep who looks after a hospital (its id); false when nobody does.
	RepOf(hospital string) (string, bool)
}

// Peers are further look-ups, of a doctor's words and cards for colleagues. Reads that do not have them know of none.
type Peers interface {
	// Quote gives words of the doctor that wait for his decision; false when there are none under the id.
	Quote(id string) (words string, ok bool)
	// Cards tells how many cards of the doctor can be scanned now, and his best standing as a super customer: confirmed, candidate, near or "".
	Cards() (open int, standing string)
}

// Quote are words that the doctor is asked to let be quoted.
type Quote struct {
	ID    string // the same for the same words of the same talk
	Words string
	Topic string
	Flow  string
}

// QuoteSign is what the doctor decided about words; Signature is name, place or none, "" = they may not be quoted.
type QuoteSign struct{ ID, Signature, Policy string }

// Outcome is what one step decided. Nothing in it has happened yet: the caller commits it.
type Outcome struct {
	State     State
	Says      []string // texts in order; the caller joins them into one reply
	Pending   Pending  // the question now open; zero when idle
	Accepted  bool     // false: the answer was refused and the question asked again
	Command   string   // the command that was understood, one of the names in _config.yaml; "" = none
	Answers   []Answer
	Retracted []Retracted
	Profile   []Assign
	Tags      []TagChange
	Scores    []Score
	Consents  []Consent
	Cases     []Case
	Flags     []Flag
	Inquiries []Inquiry
	Kept      *string // what may be kept of the message; nil = all of it
	Leads     []Lead
	Verify    *Verify
	Sends     []Send
	Quotes    []Quote     // words that the doctor is asked about
	Signs     []QuoteSign // what was decided about such words
	Card      *Referral   // a card for colleagues, at the address Facts.Card; nil = none
	Images    []string    // pictures that go with the texts, see SayStep.Image
	Notices   []Notice
	Meetings  []MeetingSaid
	Queue     string     // with Human: who takes over (medical, pv, ops); "" = the rep
	Colleague string     // what the doctor says about the rep who looks after them: keep, another, none; "" = nothing
	Level     int        // new verification level, -1 = unchanged
	Unbegun   string     // of a push: why nothing was begun, see the Unbegun constants; "" = it was
	Ended     string     // word with which the bottom flow ended in this turn: done, stop, human, expired or the author's; "" = not ended
	Finished  []Finished // flows at the bottom of the talk that came to their end in this turn, in order
	Forget    bool       // base consent was refused or taken back: nothing of the doctor may stay (invariant 14)
	OptOut    bool
	OptIn     bool
	Right     Right     // the right of the doctor that was used, see the Right constants
	Drop      []string  // tags that the doctor has deleted: they go, and do not come back for a time
	Erase     bool      // the doctor wants everything gone; State is that of somebody who was never asked anything
	Human     bool      // the doctor is handed to a person
	Moved     []Moved   // flows of the talk that are of another version now
	Skipped   []Skip    // steps passed over, with the reason, for preview and explain
	Problems  []Problem // defects of the flow met at run time: never a panic at the doctor
	Trace     []Trace   // what the turn came past, for coverage; nil in a live turn

	snap *snapshot // everything answered and computed so far, for players and tests
}

// Pending is the question that waits for an answer.
type Pending struct {
	Flow       string
	Hash       string
	ID         string // question id; "flow.id" inside a called flow
	Type       string // ask type
	Asked      string // text shown, with the printed choices
	Confirming bool   // a read-back waits for yes or no

	Options []Option // what can be chosen, in the order shown; nil = free words
	Press   bool     // one option is the whole answer
	Passed  int      // grows with every answer of the talk: the same question asked once more after others has another number
}

// Option is one printed option of a question.
type Option struct {
	Mark  string // number or key: typed alone it is the answer
	Label string // "" = the mark says all, and no line of Asked shows it: a point of a scale
}

// Line is the option as Pending.Asked shows it.
func (o Option) Line() string { return o.Mark + ". " + o.Label }

// Answer is one accepted answer, to be stored now.
type Answer struct {
	Talk     int64
	Flow     string
	Hash     string
	Question string
	Asked    string
	Value    Value
	Label    string
	Raw      string
	How      string
	At       time.Time
}

// Finished is a flow that came to its end, with its last word.
type Finished struct {
	Talk int64
	Flow string
	Word string // done, stop, human, expired or the author's
}

// Retracted names an answer that stops counting (back, or a change that made it not applicable).
type Retracted struct {
	Talk     int64
	Question string
}

// Assign writes a profile field.
type Assign struct {
	Field  string
	Value  Value // none = the field is not known any more
	Label  string
	From   string // question or step id
	Flow   string
	Answer int // index in Outcome.Answers, -1 = computed
	At     time.Time
	Undo   bool `json:",omitempty"` // what the flows wrote last to the field is taken back; Value is what stood before, as far as the talk knows
}

// TagChange puts a tag on the doctor or takes it off.
type TagChange struct {
	Tag    string
	Remove bool
	Flow   string
}

// Score is a named score with its reasons.
type Score struct {
	Name   string
	Points int
	Grade  string
	Lines  []ScoreLine // their points add up to Points
	Shadow bool        // only tried: no lead follows from it
}

// ScoreLine is one reason of a score, with what it rests on.
type ScoreLine struct {
	Group    string
	Points   int
	Why      string
	Evidence string
	Feature  string // what was looked at: profile.department, did.open, doctor.level; "" of a limit without one
}

// Consent is a decision about one purpose.
type Consent struct {
	Purpose string
	Policy  string
	Granted bool
	Asked   string
	Raw     string
}

// Case opens (New) or fills an adverse event case.
type Case struct {
	No       string
	New      bool
	Words    string            // what was typed when the case was opened; without New further words about it
	Fields   map[string]string // intake answers by element: product, event, patient, reporter, serious, onset …, as labels
	Kind     string            // of a new case: ae, special, quality; "" = ae
	Serious  bool
	Death    bool
	Complete bool          // the intake reached its end
	Within   time.Duration // internal clock until a person must look
}

// Lead is a wish for a person, or a score that asks for one.
type Lead struct {
	Kind     string
	Level    string // hot, warm
	Explicit bool   // the doctor asked in words
	Points   int
	Lines    []ScoreLine
	Why      string
	Note     string
	Wish     string
	Within   time.Duration // to be accepted within
}

// Verify asks for, or performs, the verification of the doctor.
type Verify struct {
	Method string // invite, master, licence, rep
	Invite string // code to use up; level 2 follows at once
	Master string `json:",omitempty"` // doctor of the master data who this one is; level 2 follows at once
	Lead   *Lead  // lead that waits behind an open verification
}

// Send gives the doctor one content item.
type Send struct {
	Content Content
	Why     string
}

// Notice tells a team of the house, or the rep of the doctor, something.
type Notice struct {
	To   string // rep, pv, medical, ops
	Text string
	Flow string
}

// MeetingSaid is what the doctor has answered about a meeting, by the keys of do: meeting. What is not named stays as it is.
type MeetingSaid struct {
	Meeting string
	Said    map[string]string
}

// Skip is a step that was passed over.
type Skip struct {
	Step  string
	Why   string  // source of the condition that did not hold; known = the answer was there, no_content = nothing fitted, notify = nobody could be told, meeting = no meeting is meant
	At    *Step   // the step itself
	Names []Named // what the condition's names stood for; noted for players and tests only
}
