package flows

import (
	"hash/fnv"
	"strconv"
)

// Teams that a notice can go to.
var teams = []string{"rep", "pv", "medical", "ops", "manager"}

// do: notify: tells a team of the house, or the rep of the doctor, something; the doctor hears nothing of it.
func kindNotify() *stepKind {
	return &stepKind{
		name: "notify", key: "do", value: "notify", keys: []string{"to", "say"},
		bind: func(b *binder, o *object, s *Step) {
			body := &NotifyStep{Say: o.text("say")}
			s.Body = body
			if o.need("to", "say") {
				body.To = o.oneOf("to", teams...)
			}
		},
		run: func(t *turn, f *Frame, s *Step) verdict {
			body := s.Body.(*NotifyStep)
			if !t.notify(f, body.To, t.houseText(f, body.Say)) {
				t.skip(s, "notify")
			}
			return goOn
		},
	}
}

// NotifyStep is the body of do: notify.
type NotifyStep struct {
	To  string // rep, pv, medical, ops, manager
	Say *Text
}

// notify tells a team something, the same thing once per talk. Before consent only the safety desk hears of a doctor; false then.
func (t *turn) notify(f *Frame, to, text string) bool {
	if to == "" || text == "" || (to != "pv" && !t.mayStore(f)) {
		return false
	}
	h := fnv.New64a()
	h.Write([]byte(text))
	key := "notify:" + to + ":" + strconv.FormatUint(h.Sum64(), 36)
	if contains(t.st.Led, key) {
		return true
	}
	t.st.Led = append(t.st.Led, key)
	n := Notice{To: to, Text: text}
	if f != nil {
		n.Flow = f.Flow
	}
	t.out.Notices = append(t.out.Notices, n)
	return true
}
