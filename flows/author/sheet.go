package author

import (
	"strings"

	"github.com/vrep/vrep/flows"
	"go.yaml.in/yaml/v4"
)

// State says what became of a thing between two versions.
type State string

// States. The zero value is unchanged.
const (
	Same    State = ""
	Added   State = "added"
	Removed State = "removed"
	Changed State = "changed"
	Moved   State = "moved" // of lines and options: the same in another place
)

// Line is one fact of a flow: a text, a condition, a limit.
type Line struct {
	Path  string // where it stands within its step: "choices.clinic.label"
	Label string // what it is, in words
	Text  string // for people
	Raw   string // as written: what is compared
	State State
	Old   string // Changed: the text before
}

// OptionRow is one option of a question.
type OptionRow struct {
	Code  string
	Mark  string // number that doctors see
	Label Line
	Lines []Line
	State State
}

// Item is one step.
type Item struct {
	Step  *flows.Step // nil for a removed one of another version
	No    string      // number of a question or block, "" for other steps
	ID    string
	Kind  string
	Word  string // the kind in words
	When  *Line
	Lead  []Line // the texts of the step, or what it does
	Lines []Line // everything else
	Rows  []OptionRow
	Inner []*Item
	State State
	Moved bool
	WasID string // a renamed step's id before
}

// Sheet is a flow told in facts: what a print shows and a comparison compares.
type Sheet struct {
	Flow   *flows.Flow
	Header []Line
	Items  []*Item
}

// NewSheet tells a flow of the library.
func NewSheet(lib *flows.Library, flow *flows.Flow) *Sheet {
	t := NewTeller(lib, flow)
	return &Sheet{Flow: flow, Header: t.header(), Items: t.items(flow)}
}

func (t *Teller) items(f *flows.Flow) []*Item {
	var out []*Item
	for _, s := range f.Steps {
		if s.Node() != nil && s.Node().Kind == yaml.MappingNode { // a step of the engine's own has no lines of the author
			out = append(out, t.item(s))
		}
	}
	return out
}

func (t *Teller) item(s *flows.Step) *Item {
	it := &Item{Step: s, No: t.numbers[s], ID: s.ID, Kind: s.Kind, Word: phraseOf("step", s.Kind)}
	if q, ok := s.Body.(*flows.Question); ok {
		it.Word = phraseOf("type", q.Type)
	}
	lead := leadKey(s)
	n := s.Node()
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i].Value, n.Content[i+1]
		switch {
		case key == "id" || key == "type" || key == "do" || key == "steps":
		case key == "when":
			it.When = &t.lines("step", key, key, v)[0]
		case key == "choices" && v.Kind == yaml.SequenceNode:
			it.Rows = t.rows(v)
		case key == "choices":
			it.Lines = append(it.Lines, t.lines("step", key, key, v)...)
			it.Rows = t.listRows(s)
		case key == lead:
			it.Lead = append(it.Lead, t.lines("step", key, key, v)...)
		default:
			it.Lines = append(it.Lines, t.lines("step", key, key, v)...)
		}
	}
	if q, ok := s.Body.(*flows.Question); ok && hasKey(n, "type") {
		it.Lines = append([]Line{{Path: "type", Label: title("step", "type"), Text: phraseOf("type", q.Type), Raw: q.Type}}, it.Lines...)
	}
	if q, ok := s.Body.(*flows.Question); ok && !hasKey(n, "on_fail") { // the house's rule, which reviewers want to see and no comparison counts
		most, then := t.lib.Limit(q)
		it.Lines = append(it.Lines, Line{Path: "~on_fail", Label: title("step", "on_fail"), Text: phrase("line.fail", "n", itoa(most), "to", t.Target(then))})
	}
	if in := inner(s); in != nil {
		t.rounds++
		it.Inner = t.items(in)
		t.rounds--
	}
	return it
}

func hasKey(n *yaml.Node, key string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
}

// leadKey is the key that says what a step is; a do step has none of its own to show.
func leadKey(s *flows.Step) string {
	switch s.Body.(type) {
	case *flows.LeadStep, *flows.ReportStep, *flows.VerifyStep, *flows.HandoffStep:
		return ""
	}
	if s.Kind == "notify" || s.Kind == "meeting" || s.Kind == "answer" {
		return ""
	}
	return s.Kind
}

// rows tells the options of a question that are written with it.
func (t *Teller) rows(list *yaml.Node) []OptionRow {
	var out []OptionRow
	for i, item := range list.Content {
		if item.Kind != yaml.MappingNode || len(item.Content) != 2 {
			continue
		}
		code, v := item.Content[0].Value, item.Content[1]
		r := OptionRow{Code: code, Mark: itoa(i + 1)}
		path := "choices." + code
		if v.Kind == yaml.ScalarNode {
			r.Label = Line{Path: path + ".label", Label: title("choice", "label"), Text: v.Value, Raw: v.Value}
			out = append(out, r)
			continue
		}
		for j := 0; j+1 < len(v.Content); j += 2 {
			key, value := v.Content[j].Value, v.Content[j+1]
			switch lines := t.lines("choice", key, path+"."+key, value); key {
			case "label":
				r.Label = lines[0]
			case "key":
				r.Mark = value.Value
				r.Lines = append(r.Lines, lines...)
			default:
				r.Lines = append(r.Lines, lines...)
			}
		}
		out = append(out, r)
	}
	return out
}

// listRows tells the options that come from a shared list.
func (t *Teller) listRows(s *flows.Step) []OptionRow {
	q, ok := s.Body.(*flows.Question)
	if !ok || q.Type == "lookup" {
		return nil
	}
	var out []OptionRow
	for i := range q.Choices {
		c := &q.Choices[i]
		path := "choices." + c.Code
		r := OptionRow{Code: c.Code, Mark: itoa(i + 1), Label: Line{Path: path + ".label", Label: title("choice", "label"), Text: c.Label, Raw: c.Label}}
		if len(c.Aka) > 0 {
			aka := strings.Join(c.Aka, phrase("cond.items"))
			r.Lines = append(r.Lines, Line{Path: path + ".aka", Label: title("choice", "aka"), Text: aka, Raw: aka})
		}
		if c.Key != "" {
			r.Mark = c.Key
		}
		out = append(out, r)
	}
	return out
}
