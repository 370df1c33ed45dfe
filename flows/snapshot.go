package flows

import (
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// snapshot is what a talk has collected: answers and computed values by the names that the records give them (see turn.questionID).
type snapshot struct {
	answers map[string]Value
	values  map[string]Value // what authors compute
	results map[string]Value // what steps report: made, waiting, ok, sent, ended, count
}

// snapshot is taken for players and tests only: a live turn does not need it.
func (t *turn) snapshot() {
	if !t.e.watch || len(t.st.Frames) == 0 {
		return
	}
	s := &snapshot{answers: map[string]Value{}, values: map[string]Value{}, results: map[string]Value{}}
	for i := range t.st.Frames {
		s.add(&t.st.Frames[i], t.prefix(i))
	}
	t.out.snap = s
}

func (s *snapshot) add(f *Frame, prefix string) {
	for i := range f.Subs {
		sub := &f.Subs[i]
		s.add(sub, sub.within(prefix))
		if sub.R > 0 {
			name := recordID(prefix, sub.Call+"."+countName)
			s.results[name] = cond.Number(s.results[name].Num() + 1)
		}
	}
	for i := range f.Got {
		v := f.Got[i].V
		if f.Got[i].Unknown {
			v = cond.Text(unknownCode)
		}
		s.answers[recordID(prefix, f.Got[i].Q)] = v
	}
	for i := range f.Vars {
		into := s.values
		if strings.Contains(f.Vars[i].N, ".") {
			into = s.results
		}
		into[recordID(prefix, f.Vars[i].N)] = f.Vars[i].V
	}
}
