package flows

import (
	"strings"

	"github.com/vrep/vrep/flows/answer"
)

// Coder gives a function that finds what the flows call an answer: the code of the option of a question that fills a field of the portrait, by its label or
// another name of it. A department gets its label in the list, anything else keeps the words that were given. The function is for one goroutine.
func (lib *Library) Coder() func(field, text string) (code, label string, ok bool) {
	known := map[string]map[string]*Choice{}
	return func(field, text string) (string, string, bool) {
		if known[field] == nil {
			known[field] = lib.fillers(field)
		}
		c := known[field][spelled(lib.reader, text)]
		switch {
		case c == nil:
			return "", "", false
		case field == fieldDepartment:
			return c.Code, c.Label, true
		}
		return c.Code, text, true
	}
}

// fieldDepartment is the portrait field that names a department.
const fieldDepartment = "department"

// spelled is the form in which names of options are compared.
func spelled(r *answer.Reader, text string) string {
	return strings.ReplaceAll(r.Normalise(text), " ", "")
}

// fillers are the options of the questions that fill a field, by every name.
func (lib *Library) fillers(field string) map[string]*Choice {
	out := map[string]*Choice{}
	for _, f := range lib.Flows() {
		f.Walk(func(_ *Flow, s *Step) {
			q, ok := s.Body.(*Question)
			if !ok || q.Save != field || q.kind == nil || !q.kind.choices {
				return
			}
			choices := q.Choices
			if list := lib.lists[q.List]; list != nil {
				choices = list.Items
			}
			for i := range choices {
				for _, name := range append([]string{choices[i].Label}, choices[i].Aka...) {
					if key := spelled(lib.reader, name); out[key] == nil {
						out[key] = &choices[i]
					}
				}
			}
		})
	}
	return out
}
