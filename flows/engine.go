package flows

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/guard"
	"github.com/vrep/vrep/flows/lint"
)

// Engine steps talks through the flows of a library. It is safe for concurrent use.
type Engine struct {
	lib     *Library
	old     func(hash string) (*Library, error)
	kept    *sync.Map // hash → *Flow of an older version; nil = older versions are not kept
	recalls []Recall
	ahead   *Engine // talks from the library of a canary; nil = there is none
	share   int     // percent of the doctors whose new talks start ahead
	base    *Engine // of a canary: the engine that it belongs to
	solo    bool    // no flow starts after another one (Play)
	watch   bool    // outcomes carry a snapshot (Play, tests)
	home    *Engine // of an engine that speaks another language: the one that it was made from
	lang    string  // with home: the language
	feed    *Feed   // lists from outside the folder, of the root only; nil = there are none
}

// ErrBroken says that a library has mistakes which forbid using it.
var ErrBroken = errors.New("flows have errors")

// NewEngine makes an engine. old returns the library of an older version of a flow by its hash (see Bundle); nil means that there is none.
func NewEngine(lib *Library, old func(hash string) (*Library, error)) (*Engine, error) {
	if lib == nil {
		return nil, fmt.Errorf("making engine: %w", ErrBroken)
	}
	return &Engine{lib: lib, old: old, kept: &sync.Map{}}, nil
}

// Library is what the engine talks from.
func (e *Engine) Library() *Library { return e.lib }

// Step decides what one input does to a talk. It is pure: the same state, flow version, input and facts always give the same outcome. It never
// panics: a defect of a flow comes back as a problem with a polite line, and the talk stays where it was.
func (e *Engine) Step(st State, in Input, f Facts) (out Outcome) {
	defer func() {
		if r := recover(); r != nil {
			out = e.broken(st, in, f, fmt.Sprint(r), debug.Stack())
		}
	}()
	t := &turn{e: e, st: st.clone(), in: in, facts: f, out: &Outcome{Accepted: true, Level: -1}, fed: e.root().feed.now()}
	t.tongue = t.language()
	t.run()
	t.finish()
	return *t.out
}

// One message may pass every step of the flows on the stack as often as a step may be visited, and always a good stretch.
const (
	maxPerStep = 20
	minSteps   = 1000
)

// broken is the outcome of a turn that failed: nothing changes. A safety report in the words would have been opened before, so it is opened here too.
func (e *Engine) broken(st State, in Input, f Facts, what string, _ []byte) Outcome {
	out := Outcome{State: st, Accepted: false, Level: -1, Says: []string{e.lib.line("broken")}}
	s := &lint.Sink{}
	s.Add(lint.NewFile("engine", nil), 1, 1, 1, "engine_failed", "what", what)
	out.Problems = s.All
	if (in.Kind == InText || in.Kind == InLocation || in.Kind == InOther) && f.CaseNo != "" {
		for _, ls := range e.lib.config.listen {
			if ls.Do == "report" && (ls.hears(e.lib.reader, in.Text) || opens(e.lib.guard.Detect(in.Text, guard.Context{}))) {
				out.Cases = append(out.Cases, Case{No: f.CaseNo, New: true, Words: in.Text, Within: ls.Within})
				break
			}
		}
	}
	return out
}

// turn is one step in the making.
type turn struct {
	e       *Engine
	st      State
	in      Input
	facts   Facts
	out     *Outcome
	passed  int    // steps passed
	most    int    // how many may be passed, as far as computed
	raised  bool   // level or consent changed in this turn
	refused bool   // base consent was refused in this turn
	renewed string // line to say when a version changed so that what was typed may not be read as an answer
	muted   bool   // no reminder: the talk leaves a recalled version at its next message
	shown   shown
	flows   []resolved
	touched []string // names that got another value since the last settle
	chain   int      // flows started after one another
	tongue  string   // the doctor's language
	depth   int      // fixed lines printed inside one another
	fed     map[string]*List

	heardText string // text that the guard has heard last
	heardAll  []guard.Finding
}

// verdict is what a step tells the loop.
type verdict struct {
	next   bool   // go on with the step after
	rest   bool   // wait for the doctor
	pushed bool   // a called flow comes first
	to     string // jump
	end    string // the flow ends with this word
}

var goOn = verdict{next: true}
var wait = verdict{rest: true}

func (t *turn) top() *Frame {
	if len(t.st.Frames) == 0 {
		return nil
	}
	return &t.st.Frames[len(t.st.Frames)-1]
}

// resolved is the flow of a frame of the stack, with what it was found by.
type resolved struct {
	flow           *Flow
	id, hash, call string
	round          bool
}

// flow is the flow of a frame of the stack, nil when no version of it is left.
func (t *turn) flow(i int) *Flow {
	for n := range min(len(t.flows), len(t.st.Frames)) { // frames come and go within a turn
		f := &t.st.Frames[n]
		if s := &t.flows[n]; s.flow == nil || s.id != f.Flow || s.hash != f.Hash || s.round != (f.R > 0) || s.round && s.call != f.Call {
			t.flows = t.flows[:n]
			break
		}
	}
	for len(t.flows) <= i {
		n := len(t.flows)
		flow := t.find(n)
		f := &t.st.Frames[n]
		t.flows = append(t.flows, resolved{flow, f.Flow, f.Hash, f.Call, f.R > 0})
	}
	return t.flows[i].flow
}

// find looks for the flow of a frame; those below it are found.
func (t *turn) find(n int) *Flow {
	f := &t.st.Frames[n]
	var caller *Flow
	if n > 0 {
		caller = t.flows[n-1].flow
	}
	if f.R == 0 {
		flow, lost := t.flowOf(f, caller)
		if lost {
			return nil
		}
		return flow
	}
	if caller == nil {
		return nil
	}
	flow := &Flow{ID: f.Flow, lib: caller.lib, index: map[string]int{}, outer: caller} // there is no such block: the round ends
	if in := caller.inner(f.Call); in != nil {
		flow = t.arranged(f, in)
	}
	return flow
}

func (t *turn) topFlow() *Flow {
	if len(t.st.Frames) == 0 {
		return nil
	}
	return t.flow(len(t.st.Frames) - 1)
}

// pendingStep is the question that waits, nil when none does.
func (t *turn) pendingStep() *Step {
	f, flow := t.top(), t.topFlow()
	if f == nil || flow == nil || f.Q == "" || f.P >= len(flow.Steps) {
		return nil
	}
	s := flow.Steps[f.P]
	if _, ok := s.Body.(*Question); !ok || s.ID != f.Q {
		return nil
	}
	return s
}

// problem notes a defect met at run time.
func (t *turn) problem(key string, f *Frame, args ...string) {
	s := &lint.Sink{}
	file, line := lint.NewFile("engine", nil), 1
	if f != nil {
		if flow := t.e.lib.flows[f.Flow]; flow != nil && f.P < len(flow.Steps) {
			file, line = flow.place.file.Fresh(), flow.Steps[f.P].at.line
		}
		s.Add(file, line, 1, 1, key, append(args, "flow", f.Flow)...)
	} else {
		s.Add(file, line, 1, 1, key, "flow", "")
	}
	t.out.Problems = append(t.out.Problems, s.All...)
}

func (t *turn) skip(s *Step, why string) *Skip {
	t.out.Skipped = append(t.out.Skipped, Skip{Step: s.where(), Why: why, At: s})
	return &t.out.Skipped[len(t.out.Skipped)-1]
}

// where names a step: its id, or its kind and line.
func (s *Step) where() string {
	if s.ID != "" {
		return s.ID
	}
	return fmt.Sprintf("%s@%d", s.Kind, s.at.line)
}

// level is the verification level as it stands in this turn; a refused verification counts as none.
func (t *turn) level() int {
	level := t.facts.Level
	if t.out.Level >= 0 {
		level = t.out.Level
	}
	return standing(level)
}

// standing is what a name doctor.… stands for.
func (t *turn) standing(name string) Value {
	switch name {
	case "lapsed":
		return cond.Bool(t.facts.Lapsed && t.level() < 2)
	case "barred":
		return cond.Bool(t.facts.Barred && t.level() < 2)
	}
	return cond.Number(float64(t.level()))
}

// standing is what a level is worth in conditions: rejected doctors stand where new followers do.
func standing(level int) int {
	if level == rejectedLevel {
		return 0
	}
	return level
}

func (t *turn) consented(purpose string) bool {
	for i := len(t.out.Consents) - 1; i >= 0; i-- {
		if t.out.Consents[i].Purpose == purpose {
			return t.out.Consents[i].Granted
		}
	}
	return t.facts.Consents[purpose] != ""
}

func (t *turn) sent(id string) bool {
	if t.facts.Sent[id] {
		return true
	}
	for i := range t.out.Sends {
		if t.out.Sends[i].Content.ID == id {
			return true
		}
	}
	return false
}

func (t *turn) setVar(f *Frame, name string, v Value) {
	t.note(name)
	for i := range f.Vars {
		if f.Vars[i].N == name {
			old := f.Vars[i].V
			f.Log = append(f.Log, Mark{K: "s", N: name, V: &old})
			f.Vars[i].V = v
			return
		}
	}
	f.Log = append(f.Log, Mark{K: "s", N: name})
	f.Vars = append(f.Vars, Var{N: name, V: v})
}

// setResult gives the result of a do step under its kind and its id.
func (t *turn) setResult(f *Frame, s *Step, kind, out string, v cond.Value) {
	t.setVar(f, kind+"."+out, v)
	if s.ID != "" && s.ID != kind {
		t.setVar(f, s.ID+"."+out, v)
	}
}

// ms is a time as unix milliseconds.
func ms(at time.Time) int64 { return at.UnixMilli() }
