package author

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/vrep/vrep/flows"
)

//go:embed explain.txt.tmpl
var explainText string

// ErrNoStep says that a flow has no step of that name.
var ErrNoStep = errors.New("no such step")

// Explanation is one step told in words, tried out with sample answers.
type Explanation struct {
	Title    string // of the flow
	Name     string // of the step
	Place    string // file:line
	Question bool
	Lead     []string // what is said
	Asked    []string // when
	Takes    []string // what is accepted
	Choices  []string
	Details  []string
	Tries    []Try
	Refusals []string
	Goes     []string // where the value goes
	Used     []string // who refers to it
}

// Try is one sample answer and what the engine made of it.
type Try struct {
	Text, Pad, Outcome string
}

// Explain tells a step of a flow, the step named by its id; ErrNoStep when there is none. What is tried out is played by the engine at the clock now.
func Explain(lib *flows.Library, flow *flows.Flow, id string, now time.Time) (*Explanation, error) {
	t := NewTeller(lib, flow)
	s := t.steps[id]
	if s == nil {
		return nil, fmt.Errorf("explaining %s.%s: %w", flow.ID, id, ErrNoStep)
	}
	it := t.item(s)
	e := &Explanation{Title: flow.Title, Name: t.Target(id), Place: phrase("explain.place", "file", flow.File(), "line", itoa(s.Line()))}
	for _, l := range it.Lead {
		e.Lead = append(e.Lead, strings.Split(l.Text, "\n")...)
	}
	q, ok := s.Body.(*flows.Question)
	e.Question = ok
	e.Asked = t.asked(s, ok)
	for _, l := range it.Lines {
		line := phrase("line.pair", "a", l.Label, "b", strings.ReplaceAll(l.Text, "\n", " "))
		switch head, _, _ := strings.Cut(l.Path, "."); {
		case ok && slices.Contains(takeKeys, head):
			e.Takes = append(e.Takes, line)
		case ok && (slices.Contains(goKeys, head) || strings.HasPrefix(head, "retry")):
		default:
			e.Details = append(e.Details, line)
		}
	}
	if ok {
		if !slices.ContainsFunc(it.Lines, func(l Line) bool { return l.Path == "type" }) {
			e.Takes = slices.Insert(e.Takes, 0, phrase("explain.type", "x", phraseOf("type", q.Type)))
		}
		e.Choices = t.choiceLines(q)
		e.Refusals = t.refusals(q)
		e.Goes = t.goes(s, q)
		e.Tries = try(lib, flow, s, q, now)
	}
	e.Used = t.used(s)
	return e, nil
}

// What a key tells about: what is accepted, where it goes.
var (
	takeKeys = []string{"type", "range", "step", "unit", "ends", "length", "pattern", "past", "future", "hours", "pick", "list", "candidates", "labels",
		"choices", "unknown", "landline", "required", "purpose", "policy", "shuffle", "inside", "check[1]", "check[2]", "check[3]", "check[4]"}
	goKeys = []string{"save", "on_fail", "~on_fail", "max_retry", "element"}
)

// Text writes the explanation.
func (e *Explanation) Text(w io.Writer) error {
	t, err := template.New("explain").Parse(explainText)
	if err != nil {
		return fmt.Errorf("reading embedded template: %w", err)
	}
	if err := t.Execute(w, e); err != nil {
		return fmt.Errorf("writing explanation: %w", err)
	}
	return nil
}

// asked tells how the talk comes to a step.
func (t *Teller) asked(s *flows.Step, question bool) []string {
	var out []string
	verb := phrase("explain.do")
	if question {
		verb = phrase("explain.ask")
	}
	if s.When != nil {
		out = append(out, phrase("explain.when", "x", t.Cond(s.When.Source())))
	} else {
		out = append(out, phrase("explain.always", "x", verb))
	}
	if before := t.before(s); before == nil {
		out = append(out, phrase("explain.first"))
	} else if before.Goto == "" && before.Kind != "end" {
		out = append(out, phrase("explain.next", "x", t.at(before)))
	}
	if s.ID == "" {
		return out
	}
	for _, n := range (&Chart{Nodes: t.nodes(t.flow, "s")}).all() {
		for _, w := range n.Ways {
			if w.To == s.ID && n.step != nil {
				why := strings.TrimSuffix(w.Label, phrase("text.colon"))
				if why == "" {
					why = title("step", "goto")
				}
				out = append(out, phrase("explain.jump", "x", t.at(n.step), "why", why))
			}
		}
	}
	if q, ok := s.Body.(*flows.Question); ok && q.Save != "" && q.Known != "" && q.Known != "ask" {
		out = append(out, phrase("explain.known", "x", t.name("profile."+q.Save), "how", phraseOf("value.known", q.Known)))
	}
	return out
}

// all lists the nodes, those of blocks too.
func (c *Chart) all() []*Node {
	var out []*Node
	c.each(func(n *Node) { out = append(out, n) })
	return out
}

// before is the step that stands before another, nil for the first.
func (t *Teller) before(s *flows.Step) *flows.Step {
	for other, n := range t.order {
		if n == t.order[s]-1 {
			return other
		}
	}
	return nil
}

// at names a step by its number or place.
func (t *Teller) at(s *flows.Step) string {
	if n := t.numbers[s]; n != "" {
		return phrase("line.question", "n", n, "x", t.Short(s))
	}
	return phrase("line.step", "n", itoa(t.order[s]), "x", t.Short(s))
}

func (t *Teller) choiceLines(q *flows.Question) []string {
	if q.Type == "lookup" {
		return nil
	}
	var out []string
	for i := range q.Choices {
		c := &q.Choices[i]
		mark, more := itoa(i+1), ""
		if c.Key != "" {
			mark = c.Key
		}
		if len(c.Aka) > 0 {
			more = phrase("explain.choices") + phrase("explain.aka", "x", strings.Join(c.Aka, phrase("cond.items")))
		}
		if c.Goto != "" {
			more += phrase("explain.choices") + phrase("line.pair", "a", title("choice", "goto"), "b", t.Target(c.Goto))
		}
		out = append(out, phrase("explain.option", "mark", mark, "label", c.Label, "code", c.Code, "more", more))
	}
	return out
}

func (t *Teller) refusals(q *flows.Question) []string {
	most, then := t.lib.Limit(q)
	texts := t.lib.Refusals(q)
	var out []string
	for n := 1; n < most && len(texts) > 0; n++ {
		text := t.Text(texts[min(n, len(texts))-1].Source())
		out = append(out, phrase("explain.refusal", "n", itoa(n), "x", strings.ReplaceAll(text, "\n", " ")))
	}
	out = append(out, phrase("explain.last", "n", itoa(most), "x", t.Target(then)))
	if len(q.Retry) == 0 {
		out = append(out, phrase("explain.case"))
	}
	return out
}

// goes tells where an answer is written.
func (t *Teller) goes(s *flows.Step, q *flows.Question) []string {
	out := []string{phrase("explain.answer", "id", s.ID)}
	if q.Save != "" {
		out = append(out, phrase("explain.field", "x", t.name("profile."+q.Save)))
	}
	if q.Type == "consent" {
		out = append(out, phrase("explain.consent", "x", phraseOf("purpose", q.Purpose), "policy", q.Policy))
	}
	if q.Element != "" {
		out = append(out, phrase("explain.element", "x", q.Element))
	}
	scored := slices.ContainsFunc(q.Choices, func(c flows.Choice) bool { return c.Score != 0 })
	var scores []string
	for i := range q.Choices {
		c := &q.Choices[i]
		if c.Tag != "" {
			out = append(out, phrase("explain.tag", "label", c.Label, "x", c.Tag))
		}
		if scored {
			scores = append(scores, phrase("explain.pair", "label", c.Label, "x", fmt.Sprint(c.Score)))
		}
	}
	if len(scores) > 0 {
		out = append(out, phrase("explain.score", "x", strings.Join(scores, phrase("cond.items"))))
	}
	return out
}

// used tells who refers to a step, in this flow and, through the portrait, in others.
func (t *Teller) used(s *flows.Step) []string {
	var out []string
	if s.ID != "" {
		out = t.mentions(s, regexp.MustCompile(`(^|[^\w.])`+regexp.QuoteMeta(s.ID)+`($|[^\w])`))
	}
	out = append(out, t.callers(s)...)
	q, ok := s.Body.(*flows.Question)
	if !ok || q.Save == "" {
		return out
	}
	field := regexp.MustCompile(`profile\.` + regexp.QuoteMeta(q.Save) + `($|[^\w])`)
	for _, f := range t.lib.Flows() {
		other := t
		if f != t.flow {
			other = NewTeller(t.lib, f)
		}
		for _, line := range other.mentions(nil, field) {
			if f != t.flow {
				line = phrase("explain.other", "flow", f.Title, "x", "", "line", line)
			}
			out = append(out, line)
		}
		if f != t.flow && f.Start.When != nil && field.MatchString(f.Start.When.Source()) {
			out = append(out, phrase("explain.other", "flow", f.Title, "x", phrase("chart.start"), "line", other.Cond(f.Start.When.Source())))
		}
	}
	for _, src := range t.lib.RuleSources() {
		if field.MatchString(src) {
			out = append(out, phrase("explain.rule", "x", t.Cond(src)))
		}
	}
	return out
}

// callers lists what flows that call this one read of a step.
func (t *Teller) callers(s *flows.Step) []string {
	var out []string
	for _, f := range t.lib.Flows() {
		other := NewTeller(t.lib, f)
		for id, caller := range other.steps {
			if call, ok := caller.Body.(*flows.CallStep); ok && call.Flow == t.flow.ID && s.ID != "" {
				name := regexp.MustCompile(`(^|[^\w.])` + regexp.QuoteMeta(id+"."+s.ID) + `($|[^\w])`)
				for _, line := range other.mentions(nil, name) {
					out = append(out, phrase("explain.other", "flow", f.Title, "x", "", "line", line))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

var reReads = regexp.MustCompile(`^(when|next|check|rules|set|prefer|topics|serious|level|within|block|range|choices\.[^.]*\.when)`)

// maxMention is how much of a text is shown where it refers to a step, in characters.
const maxMention = 48

// mentions lists the conditions and texts that read a name.
func (t *Teller) mentions(self *flows.Step, name *regexp.Regexp) []string {
	var out []string
	var walk func(items []*Item)
	walk = func(items []*Item) {
		for _, it := range items {
			for _, l := range it.facts() {
				placeholders := strings.Join(rePlaceholder.FindAllString(l.Raw, -1), " ")
				if it.Step != self && (reReads.MatchString(l.Path) && name.MatchString(l.Raw) || name.MatchString(placeholders)) {
					what := phrase("line.pair", "a", l.Label, "b", short(l.Text, maxMention))
					out = append(out, phrase("explain.uses", "x", t.at(it.Step), "line", what))
				}
			}
			walk(it.Inner)
		}
	}
	walk(t.items(t.flow))
	return out
}
