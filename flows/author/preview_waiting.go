package author

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/vrep/vrep/flows"
)

// Waiting is the question that waits, with what it takes.
type Waiting struct {
	ID       string   `json:"id"` // "flow.id" inside a called flow
	Flow     string   `json:"flow"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Type     string   `json:"type"`
	Mode     string   `json:"mode"`  // v a read-back, k a known answer, p candidates, t an addition; "" = the question itself
	Tries    int      `json:"tries"` // refusals so far
	Accepts  []Accept `json:"accepts"`
	Required bool     `json:"required"`
	Save     string   `json:"save,omitempty"`
	OnFail   string   `json:"on_fail,omitempty"`
}

// Accept is one thing that an author wrote about what is taken: the key and its value.
type Accept struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// waiting describes the question that waits, nil when none does.
func (t *rehearsal) waiting() *Waiting {
	p := t.last.Pending
	if p.ID == "" && t.last.State.Ask == nil {
		return nil
	}
	w := &Waiting{ID: p.ID, Flow: p.Flow, Type: p.Type}
	if n := len(t.last.State.Frames); n > 0 && t.last.State.Ask == nil {
		w.Mode, w.Tries = t.last.State.Frames[n-1].Mode, t.last.State.Frames[n-1].Tries
	}
	flow, s := t.stepOf(p.Flow, p.ID)
	if s == nil {
		return w
	}
	w.File, w.Line = flow.File(), s.Line()
	if q, ok := s.Body.(*flows.Question); ok && t.last.State.Ask == nil {
		w.Required, w.Save, w.OnFail, w.Accepts = q.Required, q.Save, q.OnFail, accepts(q)
	}
	return w
}

// stepOf finds the step of a question, within blocks too: the id after the last dot.
func (t *rehearsal) stepOf(id, question string) (flow *flows.Flow, found *flows.Step) {
	flow = t.lib.Flow(id)
	if flow == nil {
		return nil, nil
	}
	flow.Walk(func(_ *flows.Flow, s *flows.Step) {
		if s.ID == question[strings.LastIndex(question, ".")+1:] {
			found = s
		}
	})
	return flow, found
}

// accepts lists what the author wrote about what a question takes.
func accepts(q *flows.Question) []Accept {
	var out []Accept
	put := func(key, value string) {
		if value != "" {
			out = append(out, Accept{key, value})
		}
	}
	if n := len(q.Choices); n > 0 {
		put("choices", strconv.Itoa(n))
	}
	put("list", q.List)
	put("pick", fromTo(q.PickLow, q.PickHigh))
	put("range", limits(q)+q.Unit)
	if q.Step > 0 {
		put("step", strconv.FormatFloat(q.Step, 'f', -1, 64))
	}
	put("ends", strings.Join(q.Ends, " … "))
	if q.Pattern != nil {
		put("pattern", q.Pattern.String())
	}
	if q.Past {
		put("past", fromTo(q.MinDays, q.MaxDays))
	}
	if q.Future {
		put("future", fromTo(q.MinDays, q.MaxDays))
	}
	put("hours", strings.Trim(q.Hours[0]+"-"+q.Hours[1], "-"))
	if q.Unknown != nil {
		put("unknown", q.Unknown.Label)
	}
	for _, c := range q.Check {
		put("check", c.When.Source())
	}
	return out
}

func fromTo(low, high int) string {
	if low == 0 && high == 0 {
		return ""
	}
	s := strconv.Itoa(low) + ".."
	if high > 0 {
		s += strconv.Itoa(high)
	}
	return s
}

// limits are the ends of a range: what is computed as it is written, else the number.
func limits(q *flows.Question) string {
	ends := [2]string{}
	for i, f := range []*float64{q.Low, q.High} {
		switch {
		case q.Limits[i] != nil:
			ends[i] = q.Limits[i].Source()
		case f != nil:
			ends[i] = strconv.FormatFloat(*f, 'f', -1, 64)
		}
	}
	if ends == [2]string{} {
		return ""
	}
	return ends[0] + ".." + ends[1]
}

// option is a line of a printed list: a number or a letter, a stop, the words.
var option = regexp.MustCompile(`^([0-9]{1,3}|[A-Za-z])\. (.+)$`)

// taps are the printed options of the question that waits, as quick replies.
func (t *rehearsal) taps() []Tap {
	if t.last.Over != "" {
		return nil
	}
	var out []Tap
	for _, line := range strings.Split(t.last.Pending.Asked, "\n") {
		if m := option.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			out = append(out, Tap{Send: m[1], Label: m[2]})
		}
	}
	return out
}
