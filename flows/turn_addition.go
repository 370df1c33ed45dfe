package flows

import (
	"slices"

	"github.com/vrep/vrep/flows/answer"
)

// wanting is the first chosen option that asks for an addition in the doctor's own words and has none yet; nil when there is none.
func (q *Question) wanting(d *Draft) *Choice {
	if d == nil {
		return nil
	}
	if open := q.additions(d.V); len(open) > len(d.Added) {
		return &q.Choices[open[len(d.Added)]]
	}
	return nil
}

// additions are the positions of the options of a value that ask for an addition, in the order of the value.
func (q *Question) additions(v Value) []int {
	if q.Type != "one" && q.Type != "many" && q.Type != "rank" {
		return nil
	}
	var out []int
	for _, code := range v.Items() {
		if i, ok := q.byCode[code]; ok && q.Choices[i].Text != "" {
			out = append(out, i)
		}
	}
	return out
}

// accept stores a value, after the additions that its options ask for.
func (t *turn) accept(f *Frame, s *Step, d Draft) {
	q := s.Body.(*Question)
	if q.wanting(&d) != nil {
		f.Mode, f.Draft = modeText, &d
		t.prompt()
		return
	}
	if len(d.Added) > 0 {
		d.L, d.Added = t.withAdditions(q, &d), nil
	}
	t.store(f, s, d)
}

// together is the addition that was typed along with its option, when it would do as an answer of its own.
func (t *turn) together(q *Question, rd answer.Reading) []string {
	words := rd.Note["text"]
	if q.Type != "one" || words == "" || t.addition(words).Status != answer.OK {
		return nil
	}
	return []string{words}
}

// addition reads what a doctor adds to an option.
func (t *turn) addition(text string) answer.Reading {
	return t.e.lib.reader.Text(text, answer.TextOptions{Min: 1, Max: 100})
}

// added takes the addition to one option.
func (t *turn) added(f *Frame, s *Step, raw, words string) {
	q, d := s.Body.(*Question), *f.Draft
	if q.Type == "one" {
		d.Raw = raw
	} else {
		d.Raw += "\n" + raw
	}
	d.Added = append(slices.Clone(d.Added), words)
	t.accept(f, s, d)
}

// withAdditions prints an answer with what was added to its options.
func (t *turn) withAdditions(q *Question, d *Draft) string {
	own := *q
	own.Choices = slices.Clone(q.Choices)
	for n, i := range q.additions(d.V) {
		if n < len(d.Added) {
			own.Choices[i].Label = t.fill("with_addition", "label", own.Choices[i].Label, "value", d.Added[n])
		}
	}
	return own.kind.label(t.e, &own, d.V)
}
