package flows

import "github.com/vrep/vrep/flows/cond"

// snapshot is what a talk has collected: answers and computed values by name, those of called flows with the flow's name before them.
type snapshot struct {
	answers map[string]Value
	values  map[string]Value
}

// snapshot is taken for players and tests only: a live turn does not need it.
func (t *turn) snapshot() {
	if !t.e.watch || len(t.st.Frames) == 0 {
		return
	}
	s := &snapshot{answers: map[string]Value{}, values: map[string]Value{}}
	for i := range t.st.Frames {
		s.add(&t.st.Frames[i], i == 0)
	}
	t.out.snap = s
}

func (s *snapshot) add(f *Frame, bottom bool) {
	prefix := ""
	if !bottom {
		prefix = f.Flow + "."
	}
	for i := range f.Subs {
		s.add(&f.Subs[i], false)
	}
	for i := range f.Got {
		v := f.Got[i].V
		if f.Got[i].Unknown {
			v = cond.Text(unknownCode)
		}
		s.answers[prefix+f.Got[i].Q] = v
	}
	for i := range f.Vars {
		s.values[prefix+f.Vars[i].N] = f.Vars[i].V
	}
}
