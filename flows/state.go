package flows

import (
	"maps"
	"slices"

	"github.com/vrep/vrep/flows/cond"
)

// State is a talk between two messages. It is small, serialisable and holds everything that Step needs to go on; the zero value is an idle doctor
// who was never asked anything. Callers keep it as JSON and never look inside, except for Talk and Asleep.
type State struct {
	Talk   int64            `json:"t,omitempty"` // number of the current or last talk
	At     int64            `json:"a,omitempty"` // unix ms of the last input, for expiry and reminders
	Frames []Frame          `json:"f,omitempty"` // bottom first; the last one is asked
	Ask    *Ask             `json:"q,omitempty"` // a question of the engine itself
	Asleep int              `json:"z,omitempty"` // > 0: a person has taken over
	Case   string           `json:"c,omitempty"` // adverse event case that the running intake fills
	Held   *Held            `json:"h,omitempty"` // answers and writes before consent
	Agreed []Agreed         `json:"g,omitempty"` // consents given in this talk
	Led    []string         `json:"l,omitempty"` // kinds of lead made in this talk
	Wait   []Lead           `json:"w,omitempty"` // leads that wait for verification or consent
	Past   map[string]int64 `json:"p,omitempty"` // unix s at which flows that do not always repeat ended
	Told   int              `json:"r,omitempty"` // reminders said in this silence
	Gone   map[string]int   `json:"n,omitempty"` // flow → highest run number of those that stood on this talk and left no frame
	Lang   string           `json:"u,omitempty"` // language that the doctor chose before consent
	Then   string           `json:"o,omitempty"` // flow that begins when the talk has come to its end: a code that was scanned meanwhile opens it
}

// Idle reports that no question waits.
func (st *State) Idle() bool { return len(st.Frames) == 0 && st.Ask == nil }

// offered is the safety report that was offered, nil = none; a list or a confirmation may stand on it.
func (st *State) offered() *Ask {
	for a := st.Ask; a != nil; a = a.Under {
		if a.Kind == "offer" {
			return a
		}
	}
	return nil
}

// Standing is where an open talk stands in one of its flows.
type Standing struct{ Flow, Hash, Question string }

// Standing lists the flows of an open talk with the question that waits in each, "" = none does.
func (st *State) Standing() []Standing {
	var out []Standing
	for i := range st.Frames {
		at := Standing{st.Frames[i].Flow, st.Frames[i].Hash, st.Frames[i].Q}
		if st.Frames[i].R == 0 {
			out = append(out, at)
		} else if n := len(out) - 1; n >= 0 { // a round belongs to the flow that it stands on
			out[n].Question = at.Question
		}
	}
	return out
}

// Frame is one flow on the stack of a talk, or one round of a block. A round is a frame of its own on the frame of the flow that the block stands in;
// outside a step its flow and hash are those of the frame below and not written down.
type Frame struct {
	Flow   string   `json:"f,omitempty"`
	Hash   string   `json:"h,omitempty"`
	P      int      `json:"p,omitempty"` // step
	Q      string   `json:"q,omitempty"` // id of the question that waits at P
	Mode   string   `json:"m,omitempty"` // how the next text is read, see the mode constants
	Draft  *Draft   `json:"d,omitempty"` // value that waits for a yes or an addition
	Cand   []string `json:"k,omitempty"` // values offered
	Tries  int      `json:"t,omitempty"` // refusals of the pending question
	Probed bool     `json:"b,omitempty"`
	Call   string   `json:"c,omitempty"` // step of the frame below that called this one; of a round the id of its block
	R      int      `json:"r,omitempty"` // > 0: the round of a block
	Run    int      `json:"y,omitempty"` // > 1: the flow runs for the second time or more in this talk
	Own    bool     `json:"o,omitempty"` // pushed on top of another talk: returns to it
	Sleep  int      `json:"z,omitempty"` // State.Asleep to go back to when this flow ends: a person had taken over
	Got    []Got    `json:"a,omitempty"`
	Old    []Got    `json:"e,omitempty"` // answers taken back; Known: the question did not apply since, the answer is offered when it does
	Vars   []Var    `json:"v,omitempty"`
	In     []Var    `json:"i,omitempty"`
	Log    []Mark   `json:"l,omitempty"` // what to undo on the way back
	Visits []Visit  `json:"n,omitempty"`
	Carry  []string `json:"w,omitempty"` // answers that a move to another version brought along and that the talk has not come by since
	Stay   string   `json:"u,omitempty"` // version to which the flow was not moved, as its operators know
	Subs   []Frame  `json:"s,omitempty"` // called flows and rounds that have returned, one for every mark "c", in its order
	Off    []Frame  `json:"x,omitempty"` // called flows and rounds that do not apply any more; their answers are offered when they do
	Case   string   `json:"j,omitempty"` // adverse event case that a returned intake filled: going back into it fills the same one
}

// Modes of a pending question.
const (
	modePlain = ""
	modeValue = "v" // a read-back waits for yes or no
	modePick  = "p" // several candidates were shown
	modeKnown = "k" // a known value waits for yes or no
	modeText  = "t" // an addition to the chosen option is wanted
)

// Got is an accepted answer inside a talk.
type Got struct {
	Q       string `json:"q"`
	V       Value  `json:"v"`
	L       string `json:"l,omitempty"` // label, where it does not follow from the value
	Known   bool   `json:"k,omitempty"` // taken from the profile, not asked
	Unknown bool   `json:"u,omitempty"` // an accepted "don't know"
}

// Draft is a value that was read and is not accepted yet.
type Draft struct {
	Got
	Raw   string   `json:"r,omitempty"` // what was typed
	How   string   `json:"h,omitempty"` // how it was read
	Added []string `json:"a,omitempty"` // additions to the chosen options so far, in the order of the value
}

// Var is a computed value or an input.
type Var struct {
	N string `json:"n"`
	V Value  `json:"v"`
	L string `json:"l,omitempty"` // label of an input or item, where it differs from the value
}

// Mark is one deed that going back undoes.
type Mark struct {
	K string `json:"k"` // a answer, s computed value, p profile field, t tag put, u tag taken, c called flow or round; "" struck out
	N string `json:"n,omitempty"`
	V *Value `json:"v,omitempty"` // value before; of a tag whether the doctor had it
	L string `json:"l,omitempty"` // label before
	B string `json:"b,omitempty"` // of p, t and u: the step that did it
}

// Visit counts jumps back to a step.
type Visit struct {
	ID string `json:"i"`
	N  int    `json:"n"`
}

// Ask is a question of the engine itself.
type Ask struct {
	Kind  string   `json:"k"`           // offer, command, or a list of what a right can be used on: tags, withdraw
	Name  string   `json:"n"`           // listener or command
	Case  string   `json:"c,omitempty"` // of an offer
	List  []string `json:"l,omitempty"` // of a list: what its numbers stand for
	Under *Ask     `json:"u,omitempty"` // what waits until this is answered
}

func (a *Ask) clone() *Ask {
	if a == nil {
		return nil
	}
	out := *a
	out.List, out.Under = slices.Clone(a.List), a.Under.clone()
	return &out
}

// Held keeps what may not be stored before consent.
type Held struct {
	Answers []Answer    `json:"a,omitempty"`
	Profile []Assign    `json:"p,omitempty"`
	Tags    []TagChange `json:"t,omitempty"`
}

// maxFrames is how deep flows may stand on one another.
const maxFrames = 16

// reserve is how many of them are kept for a safety intake on top of everything.
const reserve = 2

// clone copies the state deep enough that a step may change the copy. What no step could have written is put right.
func (st *State) clone() State {
	out := *st
	if len(st.Frames) > maxFrames {
		out.Frames = out.Frames[:maxFrames]
	}
	out.Frames = cloneFrames(out.Frames)
	out.Gone = maps.Clone(st.Gone)
	out.spread()
	out.Ask = st.Ask.clone()
	out.Held, out.Agreed = st.Held.clone(), slices.Clone(st.Agreed)
	for i := range out.Agreed {
		out.Agreed[i].Held = out.Agreed[i].Held.clone()
	}
	out.Led, out.Wait = slices.Clone(st.Led), slices.Clone(st.Wait)
	out.Past = maps.Clone(st.Past)
	return out
}

// spread gives rounds the flow and hash of the frame that they stand on.
func (st *State) spread() {
	for i := range st.Frames {
		if f := &st.Frames[i]; f.R > 0 && i > 0 {
			f.Flow, f.Hash = st.Frames[i-1].Flow, st.Frames[i-1].Hash
		}
		st.Frames[i].spread()
	}
}

func (f *Frame) spread() {
	for _, list := range [][]Frame{f.Subs, f.Off} {
		for i := range list {
			if list[i].R > 0 {
				list[i].Flow, list[i].Hash = f.Flow, f.Hash
			}
			list[i].spread()
		}
	}
}

// pack takes away again what spread gives.
func pack(frames []Frame) {
	for i := range frames {
		if frames[i].R > 0 {
			frames[i].Flow, frames[i].Hash = "", ""
		}
		pack(frames[i].Subs)
		pack(frames[i].Off)
	}
}

func cloneFrames(in []Frame) []Frame {
	if in == nil {
		return nil
	}
	out := make([]Frame, len(in), len(in)+1)
	for i := range in {
		f := in[i]
		f.P = max(f.P, 0)
		if f.Q != "" && (f.Mode == modeValue || f.Mode == modeKnown || f.Mode == modeText) && f.Draft == nil {
			f.Mode = modePlain
		}
		if f.Draft != nil {
			d := *f.Draft
			f.Draft = &d
		}
		f.Cand, f.Old, f.In, f.Visits = slices.Clone(f.Cand), slices.Clone(f.Old), slices.Clone(f.In), slices.Clone(f.Visits)
		f.Carry = slices.Clone(f.Carry)
		f.Got, f.Vars, f.Log = roomy(f.Got), roomy(f.Vars), roomy(f.Log)
		f.Subs, f.Off = cloneFrames(f.Subs), cloneFrames(f.Off)
		out[i] = f
	}
	return out
}

// roomy copies a list with room for what one turn adds.
func roomy[T any](in []T) []T {
	if in == nil {
		return nil
	}
	return append(make([]T, 0, len(in)+4), in...)
}

func (f *Frame) got(q string) *Got {
	for i := range f.Got {
		if f.Got[i].Q == q {
			return &f.Got[i]
		}
	}
	return nil
}

func (f *Frame) dropGot(q string) bool {
	for i := range f.Got {
		if f.Got[i].Q == q {
			f.Got = slices.Delete(f.Got, i, i+1)
			return true
		}
	}
	return false
}

func (f *Frame) variable(name string) (Value, bool) {
	for i := range f.Vars {
		if f.Vars[i].N == name {
			return f.Vars[i].V, true
		}
	}
	return cond.None(), false
}

// sub is the last run of a called flow.
func (f *Frame) sub(call string) *Frame {
	for i := len(f.Subs) - 1; i >= 0; i-- {
		if f.Subs[i].Call == call {
			return &f.Subs[i]
		}
	}
	return nil
}

// calm forgets the dialogue about the pending question.
func (f *Frame) calm() {
	f.Q, f.Mode, f.Draft, f.Cand, f.Tries, f.Probed = "", modePlain, nil, nil, 0, false
}
