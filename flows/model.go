package flows

import (
	"regexp"
	"time"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// Flow is one talk as its author wrote it: a header and steps that are read from top to bottom.
type Flow struct {
	ID       string
	Title    string   `canon:"text"`
	Version  string   `canon:"text"` // a label for people; never used for logic
	Owner    string   `canon:"-"`
	Lang     string   // base language, "" = the first one of the house
	Also     []string `canon:"text"` // languages that the flow is translated to
	Urgent   bool     // kind: urgent; pushes the current talk aside and returns to it
	Service  bool     // kind: service; a matter of the doctor's own, no promotion: it may begin without the consent to be written to unasked
	Approval Approval
	Start    Start
	Inputs   []Param  `canon:"set"`
	Outputs  []string `canon:"set"`
	outputAt []place
	inputAt  []place
	off      []string            // commands switched off
	reworded []string            // commands with words of their own
	wording  map[string][]string // those words
	words    *answer.Commands    // the words of those; nil when there are none
	Remind   []Remind
	Expire   time.Duration
	expireAt place
	OnExpire string    // keep, drop, lead
	Migrate  []Migrate `canon:"-"` // about other versions
	Steps    []*Step   `canon:"-"` // listed one by one

	lib     *Library
	hash    string // name of the version, see Hash
	shape   string // fingerprints as computed
	text    string
	file    string
	node    *yaml.Node
	place   place
	meant   []string         // keys of the header that an unknown one nearly spells
	langAt  map[string]place // where a language of Lang and Also is written
	index   map[string]int   // step id → position
	scope   *scope
	sure    []string // names that have a value at every end
	reports bool     // opens an adverse event case when it begins
	outer   *Flow    // of the steps of a block: the flow that the block stands in
	block   *Step    // of the steps of a block: the block step
}

// File is the name of the flow's file within its folder.
func (f *Flow) File() string { return f.file }

// Step returns a step by its id, nil when there is none.
func (f *Flow) Step(id string) *Step {
	if i, ok := f.index[id]; ok {
		return f.Steps[i]
	}
	return nil
}

// Approval is the review number of medical and legal with its last valid day.
type Approval struct {
	No    string    `canon:"text"`
	Until time.Time `canon:"text"` // the day itself is still valid; zero = not given
	at    place
}

// Start says what begins a flow.
type Start struct {
	On       []Trigger
	When     *Expr
	Priority int
	Never    bool          // again: never
	After    time.Duration // again: 90d
}

// Trigger is one entry of start.on.
type Trigger struct {
	Kind string // follow, menu, scan, word, push, after
	Key  string
	word string // Key as the answer reader normalises it
	at   place
}

// Param is a parameter of a called flow.
type Param struct {
	Name    string `canon:"name"`
	Type    cond.Type
	Default cond.Value
}

// Remind is a line after silence.
type Remind struct {
	After time.Duration
	Say   *Text
}

// Step is one step. Exactly one of the bodies is set, by kind.
type Step struct {
	N         int
	ID        string
	Kind      string // leading key
	When      *Expr
	Goto      string
	Next      []Jump
	MaxVisits int
	Note      string
	Body      any // what its kind needs: see kind_*.go

	kind    *stepKind
	limited bool     // max_visits is written
	meant   []string // keys that an unknown one nearly spells
	node    *yaml.Node
	at      place
	exprs   []*Expr
	texts   []*Text
	gotos   []jumpRef // every target named in this step
}

// Jump is a conditional jump after an answer.
type Jump struct {
	When *Expr
	Goto string
}

// jumpRef is a target as written; soft ones (on_fail) are taken only when the question fails.
type jumpRef struct {
	to   string
	at   place
	soft bool
}

// Question is the body of an ask step.
type Question struct {
	Ask      *Text
	Type     string
	Required bool
	Retry    []*Text
	MaxRetry int
	OnFail   string // skip, human, stop or a step id
	Confirm  *Text  `canon:"asks"`
	ReadBack bool   // dates are read back even without a text of the author
	Save     string
	Known    string // ask, skip, confirm
	Fresh    time.Duration
	Check    []Check
	Unknown  *Unknown
	Commands bool // false: commands are content here
	Inside   bool
	PII      bool
	Help     *Text
	Element  string // which element of an adverse event report the answer is; "" = the question's id
	Stage    string `canon:"-"` // of the first contact, for the figures of the house: one of ContactStages, "" = none

	Choices  []Choice
	List     string // name of the list that the choices come from, "" = written here
	Shuffle  bool
	Labels   [2]string `canon:"text"`
	PickLow  int
	PickHigh int
	Low      *float64 // written limits: of numbers, minutes for durations, characters for texts
	High     *float64
	Limits   [2]*Expr  // limits that are computed, low and high; they come before Low and High
	OnRange  [2]string // where a value below or above the limits leads; "" = it is refused
	Step     float64   // distance between the values that count, 0 = any
	Unit     string
	Ends     []string `canon:"text"`
	Form     string   // show: auto, list, menu, plain; "" = auto
	Pattern  *regexp.Regexp
	OffForm  *Text // said when a text does not have the pattern; nil = the house's line
	Past     bool
	Future   bool
	MinDays  int
	MaxDays  int
	Hours    [2]string
	Purpose  string
	Policy   string
	Show     int // candidates shown by a look-up
	Landline bool

	kind    *questionKind
	reader  *answer.Choices
	index   *answer.Index
	byCode  map[string]int
	saveAt  place
	listAt  place
	choices place
}

// Check is an author's own refusal.
type Check struct {
	When *Expr
	Say  *Text
}

// Unknown is an accepted "don't know".
type Unknown struct {
	Label string   `canon:"text"`
	Aka   []string `canon:"text"`
	Probe *Text    `canon:"asks"`
}

// Choice is one option of a question.
type Choice struct {
	Code  string   `canon:"name"`
	Label string   `canon:"text"`
	Aka   []string `canon:"text"`
	Key   string
	Score float64
	Tag   string
	Goto  string
	Say   *Text
	When  *Expr
	Only  bool
	Last  bool
	Text  string `canon:"asks"` // asks for an addition in the doctor's words
	at    place
	extra map[string]string // further columns of a list: city, province
}
