package flows

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/answer"
)

// checkQuoted: an example that stands in a question ("for instance ...") is read as an answer; a question may not promise what it refuses.
func checkQuoted(c *checker) {
	e := &Engine{lib: c.lib, solo: true}
	c.questions(func(f *Flow, s *Step, q *Question) {
		if q.dynamic() || (q.Type == "lookup" && q.index == nil) || (q.kind.choices && q.reader == nil) || contains(notTyped, q.Type) {
			return
		}
		t := &turn{e: e, in: Input{Kind: InText, At: c.now}, out: &Outcome{}}
		t.st.Frames = []Frame{{Flow: f.ID, Hash: f.hash}}
		texts := append([]*Text{q.Ask, q.Help}, q.Retry...)
		for _, x := range texts {
			if x == nil {
				continue
			}
			for _, example := range examplesIn(x.src) {
				if q.Unknown != nil && t.dontKnow(q, example) {
					continue
				}
				if !q.takes(q.kind.read(t, t.top(), s, example)) {
					c.add(x.where(example), "example_refused", "example", example, "type", q.Type)
				}
			}
		}
	})
}

// notTyped are types that no written words answer.
var notTyped = []string{"image", "voice", "location"}

// examplesIn lists what a text gives as examples of an answer; those with placeholders are left out.
func examplesIn(text string) []string {
	w := theWording()
	var out []string
	for _, m := range w.Examples.Quoted.FindAllStringSubmatch(text, -1) {
		for _, q := range w.Quote.FindAllStringSubmatch(m[1], -1) {
			out = append(out, q[1])
		}
	}
	for _, m := range w.Examples.Bare.FindAllStringSubmatch(text, -1) {
		out = append(out, w.Examples.Between.Split(m[1], -1)...)
	}
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" || strings.Contains(s, "${") })
}

// takes reports whether a reading shows that the form of the text is understood. Which day it is today, which limits earlier answers set, and
// which of several entries is meant, is not the example's fault.
func (q *Question) takes(rd answer.Reading) bool {
	switch rd.Status {
	case answer.OK, answer.Offer:
		return true
	case answer.Ambiguous, answer.Generic:
		return q.Type == "lookup" || q.Type == "date" || q.Type == "datetime"
	case answer.Range, answer.WrongSide:
		return q.Type == "date" || q.Type == "datetime" || q.Limits[0] != nil || q.Limits[1] != nil
	}
	return false
}
