package flows

import (
	"maps"
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// snapshot is what a talk has collected: answers and computed values by name, those of called flows with the flow's name before them.
type snapshot struct {
	answers map[string]Value
	values  map[string]Value  // what authors compute
	results map[string]Value  // what steps report: made, waiting, ok, sent, ended
	calls   map[string]string // flow → call step of its last run
}

// snapshot is taken for players and tests only: a live turn does not need it.
func (t *turn) snapshot() {
	if !t.e.watch || len(t.st.Frames) == 0 {
		return
	}
	s := &snapshot{answers: map[string]Value{}, values: map[string]Value{}, results: map[string]Value{}, calls: map[string]string{}}
	for i := range t.st.Frames {
		s.add(&t.st.Frames[i], i == 0)
	}
	t.out.snap = s
}

func (s *snapshot) add(f *Frame, bottom bool) {
	prefix := ""
	if !bottom {
		prefix = f.Flow + "."
		s.rename(f)
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
		into := s.values
		if strings.Contains(f.Vars[i].N, ".") {
			into = s.results
		}
		into[prefix+f.Vars[i].N] = f.Vars[i].V
	}
}

// rename makes room for a further run of a flow: the names with the flow in front belong to the last run, what an earlier run brought is found under
// the id of the step that called it.
func (s *snapshot) rename(f *Frame) {
	before, again := s.calls[f.Flow]
	s.calls[f.Flow] = f.Call
	if !again || before == f.Call {
		return
	}
	for _, m := range []map[string]Value{s.answers, s.values, s.results} {
		for name, v := range maps.Clone(m) {
			if own, ok := strings.CutPrefix(name, f.Flow+"."); ok {
				delete(m, name)
				if isName(before) {
					m[before+"."+own] = v
				}
			}
		}
	}
}
