package flows

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// UnmarshalJSON reads what encoding/json reads. What MarshalJSON writes is read directly; anything else (other keys, another order, null, escapes
// in odd places) is left to encoding/json, so that both always agree.
func (st *State) UnmarshalJSON(data []byte) error {
	r := newStateReader(data)
	fast := State{}
	if utf8.ValidString(r.s) {
		r.state(&fast)
		if r.space(); !r.odd && r.i == len(r.s) {
			*st = fast
			return nil
		}
	}
	type plain State
	var slow plain
	if err := json.Unmarshal(data, &slow); err != nil { // it bounds the depth too
		return fmt.Errorf("reading state: %w", err)
	}
	*st = State(slow)
	return nil
}

func (r *stateReader) state(st *State) {
	r.object("tafqzchglwprnuo", func(key byte) {
		switch key {
		case 't':
			st.Talk = r.int()
		case 'a':
			st.At = r.int()
		case 'f':
			st.Frames = r.frames()
		case 'q':
			r.other(&st.Ask)
		case 'z':
			st.Asleep = int(r.int())
		case 'c':
			st.Case = r.text()
		case 'h':
			r.other(&st.Held)
		case 'g':
			r.other(&st.Agreed)
		case 'l':
			st.Led = r.texts(nil)
		case 'w':
			r.other(&st.Wait)
		case 'p':
			r.other(&st.Past)
		case 'r':
			st.Told = int(r.int())
		case 'n':
			r.other(&st.Gone)
		case 'u':
			st.Lang = r.text()
		case 'o':
			st.Then = r.text()
		}
	})
}

// maxNested is how deep frames may lie within frames (called flows and rounds that have returned); no talk comes near.
const maxNested = 100

func (r *stateReader) frames() []Frame {
	if r.depth++; r.depth > maxNested {
		r.odd = true
		return nil
	}
	out := items(r, 1, r.frame)
	r.depth--
	return out
}

func (r *stateReader) frame(f *Frame) {
	r.object("fhpqmdktbcryozaevilnwusxj", func(key byte) {
		switch key {
		case 'f':
			f.Flow = r.text()
		case 'h':
			f.Hash = r.text()
		case 'p':
			f.P = int(r.int())
		case 'q':
			f.Q = r.text()
		case 'm':
			f.Mode = r.text()
		case 'd':
			r.other(&f.Draft)
		case 'k':
			f.Cand = r.texts(nil)
		case 't':
			f.Tries = int(r.int())
		case 'b':
			f.Probed = r.bool()
		case 'c':
			f.Call = r.text()
		case 'r':
			f.R = int(r.int())
		case 'y':
			f.Run = int(r.int())
		case 'o':
			f.Own = r.bool()
		case 'z':
			f.Sleep = int(r.int())
		default:
			r.lists(f, key)
		}
	})
}

func (r *stateReader) lists(f *Frame, key byte) {
	switch key {
	case 'a':
		f.Got = items(r, min(1+len(r.s[r.i:])/48, 64), r.got)
	case 'e':
		f.Old = items(r, 2, r.got)
	case 'v':
		f.Vars = items(r, 8, r.variable)
	case 'i':
		f.In = items(r, 1, r.variable)
	case 'l':
		f.Log = items(r, len(f.Got)+len(f.Vars)+len(f.Subs)+1, r.mark)
	case 'n':
		r.other(&f.Visits)
	case 'j':
		f.Case = r.text()
	case 'w':
		f.Carry = r.texts(nil)
	case 'u':
		f.Stay = r.text()
	case 's':
		f.Subs = r.frames()
	case 'x':
		f.Off = r.frames()
	}
}

func (r *stateReader) got(g *Got) {
	member := func(key byte) {
		switch key {
		case 'q':
			g.Q = r.text()
		case 'v':
			g.V = r.value()
		case 'l':
			g.L = r.text()
		case 'k':
			g.Known = r.bool()
		case 'u':
			g.Unknown = r.bool()
		}
	}
	if !r.lead(`{"q":`) {
		r.object("qvlku", member)
		return
	}
	rest := "vlku"
	if g.Q = r.text(); r.lead(`,"v":`) {
		g.V, rest = r.value(), "lku"
	}
	if !r.lead("}") {
		r.members(rest, member)
	}
}

func (r *stateReader) variable(v *Var) {
	r.object("nvl", func(key byte) {
		switch key {
		case 'n':
			v.N = r.text()
		case 'v':
			v.V = r.value()
		case 'l':
			v.L = r.text()
		}
	})
}

func (r *stateReader) mark(m *Mark) {
	member := func(key byte) {
		switch key {
		case 'k':
			m.K = r.text()
		case 'n':
			m.N = r.text()
		case 'v':
			if r.peek() == 'n' { // null: no value
				r.odd = true
				return
			}
			v := r.value()
			m.V = &v
		case 'l':
			m.L = r.text()
		case 'b':
			m.B = r.text()
		}
	}
	if !r.lead(`{"k":`) {
		r.object("knvlb", member)
		return
	}
	rest := "nvlb"
	if m.K = r.text(); r.lead(`,"n":`) {
		m.N, rest = r.text(), "vlb"
	}
	if !r.lead("}") { // nearly all marks have no more
		r.members(rest, member)
	}
}
