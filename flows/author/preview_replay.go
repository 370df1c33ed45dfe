package author

import (
	"slices"
	"strings"
)

// Turned says where a talk that is played again on changed files goes another way.
type Turned struct {
	Why     string `json:"why"`            // asks: another question comes; refused: an answer is not taken any more
	Message int    `json:"message"`        // number of the doctor's message, from 1
	Text    string `json:"text,omitempty"` // what was said there
	Was     string `json:"was"`            // question before the files changed
	Now     string `json:"now"`            // question now, "" = none
	Dropped int    `json:"dropped"`        // messages for which there was no place
}

// replay plays deeds again on a fresh talk. A deed goes to the question that it was said to: a question that vanished takes its messages with it, and
// where a new one comes the talk rests there. nil when nothing went another way.
func (t *rehearsal) replay(deeds []deed) *Turned {
	rest := slices.Clone(deeds)
	var turned *Turned
	for len(rest) > 0 {
		i := slices.IndexFunc(rest, func(d deed) bool { return d.from == t.place })
		if i < 0 {
			break
		}
		d := rest[i]
		rest = slices.Delete(rest, i, i+1)
		t.do(d)
		if turned == nil && t.place != d.to {
			turned = &Turned{Why: "asks", Message: len(t.deeds), Text: d.In.Text, Was: question(d.to), Now: question(t.place)}
			if d.taken && !t.last.Accepted {
				turned.Why = "refused"
			}
		}
	}
	if turned == nil && len(rest) > 0 { // before the first message already
		turned = &Turned{Why: "asks", Message: 0, Was: question(rest[0].from), Now: question(t.place)}
	}
	if turned != nil {
		turned.Dropped = len(rest)
	}
	return turned
}

// question is a place for people: without the way in which the next text is read.
func question(place string) string {
	id, _, _ := strings.Cut(place, "/")
	return id
}
