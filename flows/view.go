package flows

import (
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// view is what rules look at: the portrait, the consents, the level and what was done, before or after a turn or in a dossier.
type view struct {
	lib     *Library
	profile func(field string) Known
	consent func(purpose string) bool
	level   int
	now     time.Time
	score   Score
	digest  Digest
	more    func(name string) Value // names beyond those, see dossierNames and derivedNames; nil = they have no value
}

// Value implements cond.Env.
func (v *view) Value(name string) cond.Value {
	head, tail, _ := strings.Cut(name, ".")
	switch {
	case head == "profile":
		return v.profile(tail).Value
	case head == "consent":
		return cond.Bool(v.consent(tail))
	case name == "doctor.level":
		return cond.Number(float64(v.level))
	case name == "score.grade":
		return textOrNone(v.score.Grade)
	case name == "score.points":
		return cond.Number(float64(v.score.Points))
	case v.more != nil:
		return v.more(name)
	}
	return cond.None()
}

// Now implements cond.Env.
func (v *view) Now() time.Time { return v.now }

// count implements deeds.
func (v *view) count(kind string, days int) int { return v.digest.since(kind, dayNumber(v.now), days) }

// inARow implements deeds: things of a kind since the doctor last did anything of interest.
func (v *view) inARow(kind string) int {
	n, _ := v.digest.run(kind, dayNumber(v.now), others(activeKinds, kind)...)
	return n
}

// activeKinds are what a doctor does by own will.
var activeKinds = []string{didReply, didOpen, didRead, didWatch, didFinish, didAttend, didAsk, didRate}

func others(list []string, s string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return x == s })
}

// holds tells whether a condition is true; nil is.
func (v *view) holds(e *Expr) bool { return e == nil || e.x != nil && e.x.True(v) }

// first is the first rule of a list that holds, nil = none.
func (v *view) first(rules []verdictRule) *verdictRule {
	for i := range rules {
		if v.holds(rules[i].when) {
			return &rules[i]
		}
	}
	return nil
}

// proof tells what a condition rests on: the fields that it reads with the values of the doctor.
func (v *view) proof(e *Expr) string {
	if e == nil || e.x == nil {
		return ""
	}
	var parts []string
	for _, n := range e.x.Names() {
		if text := v.tell(n); text != "" {
			parts = append(parts, text)
		}
	}
	for _, call := range calls(e.x.Tree()) {
		n := v.count(call.kind, call.days)
		if call.days == 0 {
			n = v.inARow(call.kind)
		}
		parts = append(parts, v.lib.Word("did", call.kind)+v.lib.line("evidence_separator")+itoa(n))
	}
	return strings.Join(parts, v.lib.line("rounds_separator"))
}

// deedCall is one call that counts behaviour; days 0 = in a row.
type deedCall struct {
	kind string
	days int
}

func calls(n cond.Node) []deedCall {
	var out []deedCall
	switch {
	case n.Part == cond.PartCall && n.Name == "in_a_row" && len(n.Kids) == 1:
		out = append(out, deedCall{kind: n.Kids[0].Value.Str()})
	case n.Part == cond.PartCall && n.Name == "count" && len(n.Kids) == 2 && contains(didKinds, n.Kids[0].Value.Str()):
		out = append(out, deedCall{n.Kids[0].Value.Str(), int(n.Kids[1].Value.Num())})
	}
	for _, k := range n.Kids {
		out = append(out, calls(k)...)
	}
	return out
}

// tell prints one name with its value in words, "" when there is none.
func (v *view) tell(name string) string {
	sep := v.lib.line("evidence_separator")
	if field, ok := strings.CutPrefix(name, "profile."); ok {
		return v.tellField(field)
	}
	x := v.Value(name)
	if x.IsEmpty() {
		return ""
	}
	kind := strings.TrimPrefix(name, "hospital.")
	kind = strings.TrimPrefix(kind, "access.")
	words := make([]string, 0, 1)
	x.Each(func(item string) { words = append(words, v.lib.Word(kind, item)) })
	if len(words) == 0 {
		words = append(words, x.Str())
	}
	return v.lib.Word("name", name) + sep + strings.Join(words, v.lib.line("list_separator"))
}

// tellField prints a field of the portrait; what names a person or reaches one is not repeated. A code that a flow computed is called as the question calls
// it that saves to the field.
func (v *view) tellField(field string) string {
	k := v.profile(field)
	if k.Value.IsEmpty() {
		return ""
	}
	text := k.Label
	if f := v.lib.profile[field]; f != nil && f.PII {
		text = v.lib.line("evidence_known")
	} else if text == "" {
		text = k.Value.Str()
		if c := v.lib.optionOfField(field, text); c != nil {
			text = c.Label
		}
	}
	return v.lib.FieldLabel(field) + v.lib.line("evidence_separator") + text
}

// Word is what people read for a value of a kind (ladder, class, result, did …), by the labels of classes.yaml; without one the value itself.
func (lib *Library) Word(kind, value string) string {
	if lib.classes != nil {
		if w := lib.classes.labels[kind][value]; w != "" {
			return w
		}
	}
	return value
}
