package author

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"github.com/vrep/vrep/flows"
)

// Teller puts what a flow says to the machine into words for people: conditions, jumps, placeholders.
type Teller struct {
	lib     *flows.Library
	flow    *flows.Flow
	steps   map[string]*flows.Step // by id, those of blocks too
	numbers map[*flows.Step]string // printed number of a question
	order   map[*flows.Step]int    // position among all steps, from 1
	rounds  int                    // blocks around the step that is told: end ends the round there
}

// NewTeller makes a teller for a flow of the library.
func NewTeller(lib *flows.Library, flow *flows.Flow) *Teller {
	t := &Teller{lib: lib, flow: flow, steps: map[string]*flows.Step{}, numbers: map[*flows.Step]string{}, order: map[*flows.Step]int{}}
	t.count(flow, "")
	return t
}

// count numbers the questions of a flow, those of blocks as 3.1, 3.2 and so on
func (t *Teller) count(f *flows.Flow, prefix string) {
	n := 0
	for _, s := range f.Steps {
		t.order[s] = len(t.order) + 1
		if _, twice := t.steps[s.ID]; s.ID != "" && !twice {
			t.steps[s.ID] = s
		}
		in := inner(s)
		if _, ok := s.Body.(*flows.Question); ok || in != nil {
			n++
			t.numbers[s] = prefix + itoa(n)
		}
		if in != nil {
			t.count(in, t.numbers[s]+".")
		}
	}
}

// inner is the flow within a block step, nil for other steps.
func inner(s *flows.Step) *flows.Flow {
	if b, ok := s.Body.(*flows.BlockStep); ok {
		return b.Inner
	}
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }

// maxShort is how much of a text stands for it elsewhere, in characters.
const maxShort = 14

// short cuts a text to one line of a few words.
func short(text string, most int) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\n", " "))
	rs := []rune(text)
	if len(rs) <= most {
		return text
	}
	return string(rs[:most]) + phrase("text.ellipsis")
}

// Short is how a step is called elsewhere: the field that a question fills, else the beginning of its text, else its id.
func (t *Teller) Short(s *flows.Step) string {
	switch body := s.Body.(type) {
	case *flows.Question:
		if label := t.lib.FieldLabel(body.Save); body.Save != "" && label != body.Save {
			return label
		}
		return t.opening(body.Ask.Source())
	case *flows.SayStep:
		if s.ID == "" && len(body.Texts) > 0 {
			return t.opening(body.Texts[0].Source())
		}
	case *flows.CallStep:
		if f := t.lib.Flow(body.Flow); f != nil && f.Title != "" {
			return f.Title
		}
	}
	if s.ID != "" {
		return s.ID
	}
	return phraseOf("step", s.Kind)
}

// opening is the beginning of a text: its first sentence, without the mark at its end.
func (t *Teller) opening(src string) string {
	text := t.Text(src)
	if i := strings.IndexAny(text, phrase("text.sentence")+"\n"); i > 0 {
		text = text[:i]
	}
	return short(text, maxShort)
}

// name tells what a name of the language stands for.
func (t *Teller) name(name string) string {
	if s := t.steps[name]; s != nil {
		if _, ok := s.Body.(*flows.Question); ok {
			return phrase("name.question", "x", t.Short(s))
		}
	}
	if w, ok := phrases()["name."+name]; ok && !strings.Contains(w, "{") {
		return w
	}
	head, tail, dotted := strings.Cut(name, ".")
	switch {
	case !dotted:
		return name
	case head == "profile":
		return phrase("name.profile", "x", t.lib.FieldLabel(tail))
	case head == "consent":
		return phrase("name.consent", "x", phraseOf("purpose", tail))
	case head == "input":
		return phrase("name.input", "x", tail)
	case name == "doctor.level":
		return phrase("name.level")
	case tail == "sent":
		return phrase("name.sent", "x", head)
	}
	s := t.steps[head]
	if s == nil {
		return name
	}
	if in := inner(s); in != nil {
		if of := in.Step(tail); of != nil {
			tail = t.Short(of)
		} else if tail == "count" {
			tail = phrase("name.count")
		}
	}
	if call, ok := s.Body.(*flows.CallStep); ok {
		if f := t.lib.Flow(call.Flow); f != nil && f.Step(tail) != nil {
			tail = NewTeller(t.lib, f).Short(f.Step(tail))
		}
	}
	return phrase("name.of", "x", t.Short(s), "y", tail)
}

// label is what people read for a code of a name: the option's text, yes and no, a class.
func (t *Teller) label(name, code string) string {
	if field, ok := strings.CutPrefix(name, "profile."); ok {
		return t.fieldCode(field, code)
	}
	f := t.flow
	if head, tail, dotted := strings.Cut(name, "."); dotted {
		if s := t.steps[head]; s != nil {
			if call, ok := s.Body.(*flows.CallStep); ok && t.lib.Flow(call.Flow) != nil {
				f, name = t.lib.Flow(call.Flow), tail
			}
		}
	}
	s := f.Step(name)
	if f == t.flow && s == nil {
		_, last, _ := strings.Cut(name, ".") // <block>.<question>
		s = cmp.Or(t.steps[name], t.steps[last])
	}
	if s == nil {
		return code
	}
	if q, ok := s.Body.(*flows.Question); ok {
		return optionLabel(t.lib, q, code)
	}
	return code
}

// fieldCode finds the label of a code of the portrait at a question that fills the field.
func (t *Teller) fieldCode(field, code string) string {
	for _, f := range t.lib.Flows() {
		for _, s := range f.Steps {
			if q, ok := s.Body.(*flows.Question); ok && q.Save == field {
				if label := optionLabel(t.lib, q, code); label != code {
					return label
				}
			}
		}
	}
	return code
}

func optionLabel(lib *flows.Library, q *flows.Question, code string) string {
	for i := range q.Choices {
		if q.Choices[i].Code == code {
			return q.Choices[i].Label
		}
	}
	switch {
	case q.Unknown != nil && code == "unknown":
		return q.Unknown.Label
	case code == "yes" || code == "agree":
		return lib.Labels(q)[0]
	case code == "no" || code == "refuse":
		return lib.Labels(q)[1]
	}
	return code
}

// Target tells where a jump goes.
func (t *Teller) Target(to string) string {
	if to == "end" && t.rounds > 0 {
		return phrase("target.round")
	}
	if w, ok := phrases()["target."+to]; ok {
		return w
	}
	s := t.steps[to]
	if s == nil {
		return to
	}
	if n := t.numbers[s]; n != "" {
		return phrase("line.question", "n", n, "x", t.Short(s))
	}
	return phrase("line.step", "n", itoa(t.order[s]), "x", t.Short(s))
}

var rePlaceholder = regexp.MustCompile(`\$\{((?:[^}"']|"[^"]*"|'[^']*')*)\}`)

// Text shows a text with its placeholders in words.
func (t *Teller) Text(src string) string {
	return rePlaceholder.ReplaceAllStringFunc(strings.TrimRight(src, "\n"), func(m string) string {
		body := strings.TrimSpace(m[2 : len(m)-1])
		if rest, ok := strings.CutPrefix(body, "if "); ok {
			return phrase("text.if", "x", t.Cond(rest))
		}
		if body == "end" {
			return phrase("text.end")
		}
		return phrase("text.placeholder", "x", t.placeholder(body))
	})
}

// unset takes the marks of a placeholder off words that stand within another one.
func unset(s string) string {
	open, shut, _ := strings.Cut(phrase("text.placeholder"), "{x}")
	return strings.NewReplacer(open, "", shut, "").Replace(s)
}

// placeholder tells what is printed in a place: the first thing that has a value.
func (t *Teller) placeholder(body string) string {
	body, _, _ = strings.Cut(body, "|")
	first, rest, alt := strings.Cut(body, " or ")
	first = strings.TrimSuffix(strings.TrimSpace(first), ".value")
	out := unset(t.Cond(first))
	if open, shut, _ := strings.Cut(phrase("name.question"), "{x}"); strings.HasPrefix(out, open) && strings.HasSuffix(out, shut) {
		out = strings.TrimSuffix(strings.TrimPrefix(out, open), shut)
	}
	if !alt {
		return out
	}
	rest = strings.TrimSpace(rest)
	if text, ok := unquoted(rest); ok {
		return phrase("name.or", "a", out, "b", text)
	}
	return phrase("name.or", "a", out, "b", t.placeholder(rest))
}
