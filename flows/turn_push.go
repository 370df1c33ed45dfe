package flows

import (
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// Why a flow that the house wants to begin was not begun, see Outcome.Unbegun.
const (
	UnbegunTalk   = "talk_open"    // something else is being talked about, or the doctor is with a person
	UnbegunFlow   = "no_flow"      // no flow begins on this push
	UnbegunWhen   = "not_eligible" // its conditions, its approval or its repeat policy forbid it for this doctor
	UnbegunInputs = "bad_inputs"   // what it is given has an unknown name, is unreadable or incomplete
)

// pushed begins the flow that the house wants to begin, on a talk that rests only.
func (t *turn) pushed() {
	if !t.st.Idle() || t.st.Asleep > 0 {
		t.out.Unbegun = UnbegunTalk
		return
	}
	f := t.candidate("push", t.in.Key)
	if f == nil {
		t.out.Unbegun = UnbegunFlow
		if slices.ContainsFunc(t.starts(), func(f *Flow) bool { return f.on("push", t.in.Key) }) {
			t.out.Unbegun = UnbegunWhen
		}
		return
	}
	in, ok := f.given(t.in.Inputs)
	if !ok {
		t.out.Unbegun = UnbegunInputs
		return
	}
	t.begin(f, in...)
}

// Takes tells whether the flow can be begun with these inputs, given as texts.
func (f *Flow) Takes(texts map[string]string) bool {
	_, ok := f.given(texts)
	return ok
}

// given reads what a push gives to a flow, in the order of its inputs. false: a name that it has not, a value that is none of its type, or one that is missing.
func (f *Flow) given(texts map[string]string) ([]Var, bool) {
	var in []Var
	for _, p := range f.Inputs {
		s, ok := texts[p.Name]
		if !ok && p.Default.IsNone() {
			return nil, false
		}
		if !ok {
			continue
		}
		v, ok := p.read(s)
		if !ok {
			return nil, false
		}
		in = append(in, Var{N: p.Name, V: v})
	}
	for name := range texts {
		if !slices.ContainsFunc(f.Inputs, func(p Param) bool { return p.Name == name }) {
			return nil, false
		}
	}
	return in, true
}

// read reads a text as a value of the parameter: a list has commas between its items, a day is written as 2006-01-02.
func (p *Param) read(s string) (Value, bool) {
	s = strings.TrimSpace(s)
	switch p.Type.Kind {
	case cond.KindNumber:
		n, err := parseFloat(s)
		if err != nil || n == nil {
			return cond.None(), false
		}
		return cond.Number(*n), true
	case cond.KindList:
		items := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
		return cond.List(items...), len(items) > 0
	case cond.KindDate:
		_, err := parseWhen(s, time.UTC)
		return cond.Text(s), err == nil
	}
	if len(p.Type.Codes) > 0 && !slices.Contains(p.Type.Codes, s) {
		return cond.None(), false
	}
	return cond.Text(s), s != ""
}
