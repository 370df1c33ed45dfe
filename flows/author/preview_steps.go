package author

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows"
)

// StepRow is one step in the list of the flow.
type StepRow struct {
	Name  string `json:"name"`
	ID    bool   `json:"-"` // Name is an id
	Kind  string `json:"kind"`
	Words string `json:"words"`
	When  string `json:"when,omitempty"`
	Line  int    `json:"line"`
	Depth int    `json:"depth"`
	State string `json:"state"` // now, done, skipped, "" = not reached
}

// stepRows lists the steps of a flow; those of a block stand below it, and a called flow below its call once it was entered.
func (t *rehearsal) stepRows(flow *flows.Flow, depth int, open map[string]bool) []StepRow {
	open[flow.ID] = true
	defer delete(open, flow.ID)
	return t.rowsOf(flow, flow.Steps, depth, open)
}

// rowsOf lists some steps of a flow, those of its blocks below them.
func (t *rehearsal) rowsOf(flow *flows.Flow, steps []*flows.Step, depth int, open map[string]bool) []StepRow {
	var out []StepRow
	for _, s := range steps {
		r := StepRow{Name: s.Name(), ID: s.ID != "", Kind: s.Kind, Words: gist(s), When: s.When.Source(), Line: s.Line(), Depth: depth,
			State: t.steps[s]}
		if p := t.last.Pending; p.Flow == flow.ID && s.ID != "" && t.last.State.Ask == nil && strings.HasSuffix("."+p.ID, "."+s.ID) {
			r.State = "now"
		}
		out = append(out, r)
		switch b := s.Body.(type) {
		case *flows.BlockStep:
			out = append(out, t.rowsOf(flow, b.Inner.Steps, depth+1, open)...)
		case *flows.CallStep:
			if callee := t.lib.Flow(b.Flow); callee != nil && !open[callee.ID] && r.State != "" && r.State != "skipped" {
				out = append(out, t.stepRows(callee, depth+1, open)...)
			}
		}
	}
	return out
}

// gist is what a step says or does, in one line of the author's.
func gist(s *flows.Step) string {
	first := func(ts []*flows.Text) string {
		if len(ts) == 0 {
			return ""
		}
		return ts[0].Source()
	}
	text := ""
	switch b := s.Body.(type) {
	case *flows.SayStep:
		text = first(b.Texts)
	case *flows.Question:
		text = b.Ask.Source()
	case *flows.SendStep:
		text = b.Item()
	case *flows.SetStep:
		var parts []string
		for _, p := range b.Pairs {
			parts = append(parts, p.Name+" = "+p.Expr.Source())
		}
		text = strings.Join(parts, "; ")
	case *flows.ClassifyStep:
		text = b.Name
	case *flows.TagStep:
		text = strings.Join(b.Tags, " ")
	case *flows.LeadStep:
		text = b.Kind
	case *flows.VerifyStep:
		text = b.Method
	case *flows.HandoffStep:
		text = b.Say.Source()
	case *flows.CallStep:
		text = b.Flow
	case *flows.BlockStep:
		for _, e := range []*flows.Expr{b.ForEach, b.Times, b.Until} {
			text = slashed(text, e.Source())
		}
	case *flows.SplitStep:
		text = b.Name
	case *flows.NotifyStep:
		text = b.To + " " + b.Say.Source()
	case *flows.AnswerStep:
		text = b.Text.Source()
	case *flows.EndStep:
		text = b.Word
	}
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// trail lists the steps that the last message came past: done and skipped, in order.
func (t *rehearsal) trail() []Stage {
	var out []Stage
	skipped := slices.Clone(t.last.Skipped)
	add := func(skip flows.Skip) {
		st := Stage{Step: skip.Step, Skipped: true, Why: skip.Why}
		st.about(skip.At)
		for _, n := range skip.Names {
			st.Names = append(st.Names, Entry{Name: n.Name, Value: n.Value.Str(), Label: n.Label})
		}
		out = append(out, st)
	}
	for _, c := range t.last.Trace {
		if i := slices.IndexFunc(skipped, func(k flows.Skip) bool { return k.At == c.Step }); i >= 0 {
			add(skipped[i])
			skipped = slices.Delete(skipped, i, i+1)
		} else if c.Kind == flows.TraceStep {
			st := Stage{Step: c.Step.Name()}
			st.about(c.Step)
			out = append(out, st)
		}
	}
	for _, k := range skipped {
		add(k)
	}
	return out
}

// about adds what is known of the step itself.
func (st *Stage) about(s *flows.Step) {
	st.Kind, st.Line, st.Words, st.ID = s.Kind, s.Line(), gist(s), s.ID != ""
}
