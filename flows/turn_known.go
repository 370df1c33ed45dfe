package flows

import (
	"math"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// againHow marks a draft that was an answer before: the question did not apply for a while and does again.
const againHow = "again"

// known is a value of the profile that answers the question. A value that the doctor could not have typed here is not known.
func (t *turn) known(f *Frame, s *Step) (Known, bool) {
	q := s.Body.(*Question)
	if q.Save == "" || (q.Known != "skip" && q.Known != "confirm") {
		return Known{}, false
	}
	k := t.profile(q.Save)
	if k.Value.IsEmpty() {
		return Known{}, false
	}
	v, ok := t.fits(f, s, k.Value)
	if !ok {
		return Known{}, false
	}
	overlay := map[string]labelled{s.ID: {v, k.Label}, "answer": {v, k.Label}}
	for _, c := range q.Check {
		if t.holdsWith(f, c.When, overlay) {
			return Known{}, false
		}
	}
	if k.Value = v; t.e.home != nil {
		k.Label = "" // the portrait holds the words of the house; those of this language follow from the value
	}
	return k, true
}

// fits reports whether a value could have been an answer to the question: type, range, choices, pattern. The value comes back in the question's type.
func (t *turn) fits(f *Frame, s *Step, v Value) (Value, bool) {
	q, r := s.Body.(*Question), t.e.lib.reader
	switch q.Type {
	case "one":
		return v, v.Kind() == cond.KindText && t.offers(f, s, v.Str())
	case "many", "rank":
		items := v.Items()
		low, high := t.picks(f, s)
		ok := len(items) >= low && (high == 0 || len(items) <= high)
		for _, code := range items {
			ok = ok && t.offers(f, s, code) && (len(items) == 1 || !q.Choices[q.byCode[code]].Only)
		}
		return cond.List(items...), ok
	case "lookup":
		_, byCode := t.lookupChoices(q)
		_, ok := byCode[v.Str()]
		return v, ok && v.Kind() == cond.KindText
	case "yesno":
		return v, v.Equal(cond.Text("yes")) || v.Equal(cond.Text("no"))
	case "number", "scale", "percent", "duration":
		n := v.Num()
		low, high := t.limits(f, q)
		ok := v.Kind() == cond.KindNumber && (low == nil || n >= *low) && (high == nil || n <= *high)
		return v, ok && t.onStep(f, q, n) && (!q.whole() || n == math.Trunc(n))
	case "image", "voice", "location":
		return v, v.Kind() == cond.KindText && !v.IsEmpty()
	case "phone":
		rd := r.Phone(v.Str(), q.Landline)
		return rd.Value, rd.Status == answer.OK
	case "date", "datetime":
		day := v.Str()
		if day == "any" {
			return v, !q.Past
		}
		if v.Kind() != cond.KindText || !looksLikeDate(day) || (q.Type == "date" && len(day) > 10) {
			return v, false
		}
		return v, r.Date(day[:10], t.in.At, q.dateOptions()).Status == answer.OK && t.offDays(f, q, day) == ""
	case "text":
		opt := q.textOptions()
		return v, v.Kind() == cond.KindText && r.Text(v.Str(), opt).Status == answer.OK
	}
	return v, false // consent is never taken from a field
}

// offers reports whether a code is among the options that this doctor would see.
func (t *turn) offers(f *Frame, s *Step, code string) bool {
	q := s.Body.(*Question)
	i, ok := q.byCode[code]
	return ok && (q.Choices[i].When == nil || t.holds(f, q.Choices[i].When))
}

// before is the answer that a question had until it did not apply, if it may be offered now that it applies again.
func (t *turn) before(f *Frame, s *Step) (Draft, bool) {
	q := s.Body.(*Question)
	i := slices.IndexFunc(f.Old, func(g Got) bool { return g.Q == s.ID })
	if i < 0 || !f.Old[i].Known || f.Old[i].Unknown || q.Type == "consent" || q.Type == "yesno" {
		return Draft{}, false
	}
	g := Draft{Got: f.Old[i], How: againHow}
	if _, ok := t.fits(f, s, g.V); !ok {
		return Draft{}, false
	}
	g.Known = false
	return g, true
}

// remember keeps an answer that was taken back. It is offered again only after the question did not apply in between (see pass).
func (f *Frame) remember(g Got) {
	if g.Known {
		return
	}
	f.forget(g.Q)
	f.Old = append(f.Old, g)
}

func (f *Frame) forget(q string) {
	f.Old = slices.DeleteFunc(f.Old, func(g Got) bool { return g.Q == q })
}

// dormant marks the old answer of a question that does not apply now.
func (f *Frame) dormant(q string) {
	for i := range f.Old {
		if f.Old[i].Q == q {
			f.Old[i].Known = true
		}
	}
}

// knownText asks whether a value that we have is still right.
func (t *turn) knownText(f *Frame, s *Step) string {
	q := s.Body.(*Question)
	label := t.gotLabel(q, &f.Draft.Got)
	if f.Draft.How != againHow {
		return t.fill("known_confirm", "field", t.e.lib.FieldLabel(q.Save), "label", label) + "\n" + t.yesNoList()
	}
	lines := []string{t.fill("known_again", "label", label), t.yesNoList()}
	if q.Ask != nil {
		lines = slices.Insert(lines, 0, t.render(f, q.Ask))
	}
	return strings.Join(lines, "\n")
}
