package author

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

// Chart is a flow as a drawing: what begins it, its steps from top to bottom, the ways between them, what is heard at any time.
type Chart struct {
	ID, Title string
	Start     []string // triggers and conditions in words
	Class     string   // of the header: error, warning
	Nodes     []*Node
	Listen    []Heard
}

// Node is one step of a drawing.
type Node struct {
	Key     string // unique in the chart, stable: "s3", "s3_1"
	ID      string
	Kind    string
	Head    string // number and kind
	Text    string // what is said or asked
	Notes   []string
	When    string // condition in words, "" = always
	whenSrc string
	Ways    []Way
	Fail    *Way   // what the last refusal does where it leads to no step: skip, human, stop
	Falls   bool   // the next step follows
	Class   string // error, warning, added, changed, removed
	Inner   []*Node
	step    *flows.Step
	removed *Item // the step of the old version that is gone
	line    int
	until   int // last line of the step
}

// Way is a jump.
type Way struct {
	Label  string
	To     string // id of a step, or end, round, stop, human, skip
	Name   string // the target in words
	Dashed bool   // a refusal's way out
}

// roundEnd is where a way out of the round of a block leads.
const roundEnd = "round"

// Heard is a listener.
type Heard struct {
	Words, Then, Flow string
}

// NewChart makes the drawing of a flow. Findings colour the steps that they are about.
func NewChart(lib *flows.Library, flow *flows.Flow, findings []flows.Problem) *Chart {
	t := NewTeller(lib, flow)
	c := &Chart{ID: flow.ID, Title: cmp.Or(flow.Title, flow.ID)}
	var triggers []string
	for _, on := range flow.Start.On {
		triggers = append(triggers, t.Trigger(on.Kind+":"+on.Key))
	}
	c.Start = []string{cmp.Or(strings.Join(triggers, phrase("cond.items")), phrase("chart.only_called"))}
	if flow.Start.When != nil {
		c.Start = append(c.Start, phrase("chart.condition", "x", t.Cond(flow.Start.When.Source())))
	}
	c.Nodes = t.nodes(flow, "s")
	for _, l := range lib.Listeners() {
		if !slices.Contains(l.UnlessIn, flow.ID) {
			c.Listen = append(c.Listen, t.heard(l))
		}
	}
	c.colour(lib, flow, findings)
	return c
}

// heardWords are the words of a listener, after the remark that the guard is heard too.
func heardWords(l flows.Listening) []string {
	if !l.Guard {
		return l.Words
	}
	return append([]string{phrase("chart.guard")}, l.Words...)
}

func (t *Teller) heard(l flows.Listening) Heard {
	const shown = 4
	heard := heardWords(l)
	words := strings.Join(heard[:min(shown, len(heard))], phrase("cond.items"))
	if len(heard) > shown {
		words = phrase("chart.listen_more", "x", words, "n", itoa(len(heard)))
	}
	h := Heard{Words: phrase("chart.listen", "x", words), Then: phrase("chart.then", "do", phraseOf("listen", l.Do))}
	if f := t.lib.Flow(l.Call); f != nil {
		h.Flow = cmp.Or(f.Title, f.ID)
		h.Then = phrase("chart.then_call", "do", phraseOf("listen", l.Do), "flow", h.Flow)
	}
	return h
}

func (t *Teller) nodes(f *flows.Flow, prefix string) []*Node {
	var out []*Node
	for i, s := range f.Steps {
		if s.Node() == nil || s.Node().Kind != yaml.MappingNode {
			continue // the engine's own question after a round: the block's words tell it
		}
		n := &Node{Key: prefix + itoa(i+1), ID: s.ID, Kind: s.Kind, Falls: true, step: s, line: s.Line(), until: 1 << 30}
		if i+1 < len(f.Steps) && f.Steps[i+1].Line() > n.line {
			n.until = f.Steps[i+1].Line() - 1
		}
		if s.When != nil {
			n.whenSrc, n.When = s.When.Source(), t.Cond(s.When.Source())
		}
		n.Head = strings.TrimSpace(t.numbers[s] + " " + phraseOf("step", s.Kind))
		t.fill(n, s)
		t.ways(n, s)
		if in := inner(s); in != nil {
			t.rounds++
			n.Inner = t.nodes(in, n.Key+"_")
			t.rounds--
			for _, x := range n.Inner {
				x.until = min(x.until, n.until)
			}
		}
		out = append(out, n)
	}
	return out
}

// fill gives a node its words.
func (t *Teller) fill(n *Node, s *flows.Step) {
	switch body := s.Body.(type) {
	case *flows.SayStep:
		if len(body.Texts) > 0 {
			n.Text = t.Text(body.Texts[0].Source())
		}
	case *flows.Question:
		n.Head = strings.TrimSpace(t.numbers[s] + " " + phraseOf("type", body.Type))
		n.Text = t.Text(body.Ask.Source())
		if body.Type != "lookup" && len(body.Choices) > 0 {
			labels := make([]string, 0, len(body.Choices))
			for i := range body.Choices {
				labels = append(labels, body.Choices[i].Label)
			}
			n.Notes = append(n.Notes, strings.Join(labels, phrase("chart.choices_sep")))
		}
	case *flows.SendStep:
		n.Text = phrase("chart.send", "x", t.content(body.Item()))
	case *flows.CallStep:
		n.Text = phrase("chart.call", "x", t.scalar("call", body.Flow))
	case *flows.SetStep:
		for _, p := range body.Pairs {
			name := p.Name
			if p.Field != "" {
				name = t.name("profile." + p.Field)
			}
			n.Notes = append(n.Notes, name+" = "+t.Cond(p.Expr.Source()))
		}
	case *flows.ClassifyStep:
		n.Text = phrase("chart.classify", "x", body.Name)
		for _, r := range body.Rules {
			cond := phrase("cond.else")
			if r.When != nil {
				cond = t.Cond(r.When.Source())
			}
			n.Notes = append(n.Notes, phrase("line.pair", "a", r.Value, "b", cond))
		}
	case *flows.TagStep:
		n.Text = phrase("chart."+s.Kind, "x", strings.Join(body.Tags, phrase("cond.items")))
	case *flows.LeadStep:
		n.Text = body.Kind
		if body.Note != nil {
			n.Notes = append(n.Notes, t.Text(body.Note.Source()))
		}
	case *flows.VerifyStep:
		n.Text = phraseOf("value.method", body.Method)
	case *flows.EndStep:
		n.Text = phrase("chart.ended", "x", phraseOf("ended", body.Word))
	default:
		it := t.item(s)
		for _, l := range slices.Concat(it.Lead, it.Lines) {
			n.Notes = append(n.Notes, phrase("line.pair", "a", l.Label, "b", l.Text))
		}
	}
	if s.ID != "" {
		n.Head += phrase("text.dot") + s.ID
	}
}

// ways gives a node its jumps.
func (t *Teller) ways(n *Node, s *flows.Step) {
	add := func(label, to string, dashed bool) {
		w := Way{Label: label, To: to, Name: t.Target(to), Dashed: dashed}
		if to == "end" && t.rounds > 0 {
			w.To = roundEnd
		}
		n.Ways = append(n.Ways, w)
	}
	if q, ok := s.Body.(*flows.Question); ok {
		t.choiceWays(q, add)
		rangeWays(q, add)
		if most, then := t.lib.Limit(q); then == "skip" || then == "human" || then == "stop" {
			n.Notes = append(n.Notes, phrase("chart.fail", "n", itoa(most), "to", t.Target(then)))
			n.Fail = &Way{Label: phrase("chart.fail", "n", itoa(most), "to", ""), To: then, Name: t.Target(then), Dashed: true}
		} else {
			add(phrase("chart.fail", "n", itoa(most), "to", ""), then, true)
		}
	}
	for _, j := range s.Next {
		add(phrase("chart.when", "x", t.Cond(j.When.Source())), j.Goto, false)
	}
	if s.Goto != "" {
		add("", s.Goto, false)
	}
	n.Falls = s.Goto == "" && s.Kind != "end"
}

// choiceWays adds the jumps of options; options with one target share a way.
func (t *Teller) choiceWays(q *flows.Question, add func(label, to string, dashed bool)) {
	var targets []string
	labels := map[string][]string{}
	for i := range q.Choices {
		if to := q.Choices[i].Goto; to != "" {
			if labels[to] == nil {
				targets = append(targets, to)
			}
			labels[to] = append(labels[to], q.Choices[i].Label)
		}
	}
	for _, to := range targets {
		add(phrase("chart.choice", "x", strings.Join(labels[to], phrase("chart.choices_sep"))), to, false)
	}
}

// rangeWays adds where a value outside the limits leads.
func rangeWays(q *flows.Question, add func(label, to string, dashed bool)) {
	low, high := q.OnRange[0], q.OnRange[1]
	switch {
	case low == high && low != "":
		add(phrase("chart.on_range"), low, false)
	default:
		if low != "" {
			add(title("on_range", "low"), low, false)
		}
		if high != "" {
			add(title("on_range", "high"), high, false)
		}
	}
}

// colour marks the nodes that findings are about: red for errors, amber for what expires.
func (c *Chart) colour(lib *flows.Library, flow *flows.Flow, findings []flows.Problem) {
	items := lib.Contents()
	for _, p := range findings {
		class := ""
		switch {
		case p.Level == lint.Error:
			class = "error"
		case p.Code == "C501" || p.Code == "C502":
			class = "warning"
		default:
			continue
		}
		if p.File == flow.File() {
			c.markLine(p.Line, class)
			continue
		}
		for i := range items {
			if p.File == "contents.yaml" && p.Line >= items[i].Line() && (i+1 == len(items) || p.Line < items[i+1].Line()) {
				c.markContent(items[i].ID, class)
			}
		}
	}
}

func (c *Chart) markLine(line int, class string) {
	found := false
	c.each(func(n *Node) {
		if line >= n.line && line <= n.until && (n.Inner == nil || line < n.Inner[0].line) {
			n.mark(class)
			found = true
		}
	})
	if !found && c.Class != "error" {
		c.Class = class
	}
}

func (c *Chart) markContent(id, class string) {
	c.each(func(n *Node) {
		if body, ok := n.step.Body.(*flows.SendStep); ok && body.Content == id {
			n.mark(class)
		}
	})
}

func (n *Node) mark(class string) {
	if n.Class != "error" {
		n.Class = class
	}
}

// each visits every node, those of blocks after the block.
func (c *Chart) each(do func(*Node)) {
	var walk func([]*Node)
	walk = func(list []*Node) {
		for _, n := range list {
			do(n)
			walk(n.Inner)
		}
	}
	walk(c.Nodes)
}
