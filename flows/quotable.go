package flows

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/guard"
)

// Length of words that may be quoted, in characters.
const (
	quotableLeast = 4
	quotableMost  = 300
)

// longNumber is what could be a telephone or the number of a person.
var longNumber = regexp.MustCompile(`[0-9]{5,}|\*`)

// QuoteTopic is the topic under which answers to a question may be quoted, where its author has marked it (quotable); "" = they may not.
func (lib *Library) QuoteTopic(flow, question string) string {
	f := lib.Flow(flow)
	if f == nil {
		return ""
	}
	s := f.Step(question)
	if s == nil {
		return ""
	}
	q, ok := s.Body.(*Question)
	if !ok {
		return ""
	}
	return q.Quotable
}

// Quotable tells whether words of a doctor may be quoted at all: the guard hears nothing in them (a report, a question for medical information, a benefit, a count,
// a complaint, a patient), they hold none of the words that no text of the house may hold, and no number by which somebody could be found.
func (lib *Library) Quotable(words string) bool {
	words = strings.TrimSpace(words)
	if n := utf8.RuneCountInString(words); n < quotableLeast || n > quotableMost || longNumber.MatchString(words) {
		return false
	}
	return len(lib.guard.Detect(words, guard.Context{})) == 0 && len(forbiddenGroups(words)) == 0 && holdsAny(words, lib.config.Forbidden) == "" &&
		words != lib.line("passed_on")
}
