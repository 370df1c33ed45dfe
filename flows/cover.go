package flows

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/lint"
)

// Coverage says which parts of the flows talks have come past.
type Coverage struct {
	Items []CoverItem // flow by flow, in the order of the steps
	at    map[coverKey][]int
}

// CoverItem is one part of a flow that a talk can come past.
type CoverItem struct {
	Flow  string `json:"flow"`
	Group string `json:"group"` // steps, branches, choices, refusals, commands
	Step  string `json:"step"`  // id of the step, or its kind and line; "" for a command
	What  string `json:"what"`  // which of several, see Trace.What
	File  string `json:"file"`
	Line  int    `json:"line"`
	Hits  int    `json:"hits"` // cases that came past

	place place
}

// CoverGroups are the groups of a coverage, in the order of its table.
var CoverGroups = []string{"steps", "branches", "choices", "refusals", "commands"}

// coverKey names a part of a flow in whatever load of the library.
type coverKey struct {
	file         string
	line, column int
	kind, what   string
}

func keyOf(s *Step, kind, what string) coverKey {
	return coverKey{s.at.file.Name, s.at.line, s.at.column, kind, what}
}

// passed notes what a turn came past. Commands count for the flow whose case they stand in, wherever the talk was.
func passed(keys map[coverKey]bool, flow string, traces []Trace) {
	for i := range traces {
		switch t := &traces[i]; {
		case t.Kind == TraceCommand:
			keys[coverKey{file: flow, kind: TraceCommand, what: t.What}] = true
		case t.Step.at.file != nil:
			keys[keyOf(t.Step, t.Kind, t.What)] = true
		}
	}
}

// NewCoverage lists everything that talks can come past in the flows of a library.
func NewCoverage(lib *Library) *Coverage { return newCoverage(lib) }

func newCoverage(lib *Library) *Coverage {
	c := &Coverage{at: map[coverKey][]int{}}
	for _, f := range lib.Flows() {
		asks := false
		f.Walk(func(_ *Flow, s *Step) {
			c.step(lib, f, s)
			_, q := s.Body.(*Question)
			asks = asks || q
		})
		if !asks {
			continue // nobody can type a command into it
		}
		for _, name := range commandNames {
			if cmd := lib.config.commands[name]; cmd != nil && len(cmd.words) > 0 && !contains(f.off, name) {
				c.put(CoverItem{Flow: f.ID, Group: "commands", What: name, place: f.place}, coverKey{file: f.ID, kind: TraceCommand, what: name})
			}
		}
	}
	return c
}

func (c *Coverage) put(item CoverItem, key coverKey) {
	if item.place.file != nil {
		item.File, item.Line = item.place.file.Name, item.place.line
	}
	c.at[key] = append(c.at[key], len(c.Items))
	c.Items = append(c.Items, item)
}

func (c *Coverage) step(lib *Library, f *Flow, s *Step) {
	add := func(group, kind, what string) {
		c.put(CoverItem{Flow: f.ID, Group: group, Step: s.where(), What: what, place: s.at}, keyOf(s, kind, what))
	}
	add("steps", TraceStep, "")
	for n := 0; n <= len(s.Next); n++ {
		if n > 0 || s.When != nil {
			add("branches", TraceBranch, branchName(n, true))
			add("branches", TraceBranch, branchName(n, false))
		}
	}
	q, ok := s.Body.(*Question)
	if !ok || q.kind == nil {
		return
	}
	for i, to := range q.OnRange {
		if to != "" {
			add("branches", TraceBranch, rangeSides[i])
		}
	}
	for _, code := range q.optionCodes(lib) {
		add("choices", TraceChoice, code)
	}
	add("refusals", TraceRefusal, "")
	add("refusals", TraceFail, TraceFail)
}

// optionCodes are the options that a doctor sees, none for the entries of a look-up.
func (q *Question) optionCodes(lib *Library) []string {
	var out []string
	switch {
	case q.Type == "lookup":
	case q.Type == "yesno":
		out = []string{"yes", "no"}
	case q.Type == "consent":
		out = []string{"agree", "refuse"}
	case len(q.Choices) == 0 && lib.lists[q.List] != nil:
		out = codesOf(lib.lists[q.List].Items)
	default:
		out = codesOf(q.Choices)
	}
	if q.Unknown != nil {
		out = append(slices.Clip(out), unknownCode)
	}
	return out
}

// merge counts what one case came past.
func (c *Coverage) merge(keys map[coverKey]bool) {
	for k := range keys {
		for _, i := range c.at[k] {
			c.Items[i].Hits++
		}
	}
}

// Add counts what one turn of a talk through a flow came past; traces are Outcome.Trace.
func (c *Coverage) Add(flow string, traces []Trace) {
	keys := make(map[coverKey]bool, len(traces))
	passed(keys, flow, traces)
	c.merge(keys)
}

// Share is how many parts of a group there are in a flow, and how many were come past; flow "" is all flows.
func (c *Coverage) Share(flow, group string) (hit, all int) {
	for i := range c.Items {
		if it := &c.Items[i]; it.Group == group && (flow == "" || it.Flow == flow) {
			all++
			if it.Hits > 0 {
				hit++
			}
		}
	}
	return hit, all
}

// Missing lists what no talk came past, of all flows or one, of all groups or one.
func (c *Coverage) Missing(flow, group string) []CoverItem {
	var out []CoverItem
	for _, it := range c.Items {
		if it.Hits == 0 && (flow == "" || it.Flow == flow) && (group == "" || it.Group == group) {
			out = append(out, it)
		}
	}
	return out
}

// Name is how people call the part.
func (it *CoverItem) Name() string {
	if it.Step == "" {
		return it.words()
	}
	return strings.TrimSpace(it.Step + " " + it.words())
}

// branchWords and uncovered are the entries of the message table for outcomes and for groups.
var (
	branchWords = map[string]string{"yes": "cover_yes", "no": "cover_no", "below": "cover_below", "above": "cover_above"}
	uncovered   = map[string]string{"steps": "uncovered_steps", "branches": "uncovered_branches", "choices": "uncovered_choices", "refusals": "uncovered_refusals"}
)

// words say for people which of several is missing.
func (it *CoverItem) words() string {
	switch it.Group {
	case "branches":
		n, outcome, jump := strings.Cut(it.What, " ")
		if !jump {
			return lint.Phrase(branchWords[it.What])
		}
		return lint.Phrase("cover_next", "n", n, "what", lint.Phrase(branchWords[outcome]))
	case "refusals":
		if it.What == TraceFail {
			return lint.Phrase("cover_on_fail")
		}
		return lint.Phrase("cover_refusal")
	}
	return it.What
}

// names lists parts for a message, those of one step together.
func names(items []CoverItem) string {
	var out []string
	for i := range items {
		it := &items[i]
		if i > 0 && it.Group == "choices" && it.Step == items[i-1].Step {
			out[len(out)-1] += "/" + it.What
			continue
		}
		out = append(out, it.Name())
	}
	return strings.Join(out, listMark)
}

// warn files what no case came past: one finding for each step, with the place in the flow.
func (c *Coverage) warn(sink *lint.Sink) {
	for i := 0; i < len(c.Items); {
		it := &c.Items[i]
		j := i
		var missing []CoverItem
		for ; j < len(c.Items) && c.Items[j].Flow == it.Flow && c.Items[j].Step == it.Step && c.Items[j].Group == it.Group; j++ {
			if c.Items[j].Hits == 0 {
				missing = append(missing, c.Items[j])
			}
		}
		i = j
		if len(missing) == 0 || it.Group == "commands" {
			continue
		}
		what := make([]string, 0, len(missing))
		for k := range missing {
			what = append(what, missing[k].words())
		}
		sink.Add(it.place.file.Fresh(), it.Line, it.place.column, it.place.width, uncovered[it.Group], "step", it.Step, "what", strings.Join(what, listMark))
	}
}
