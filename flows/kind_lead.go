package flows

import (
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// do: lead: a wish for a person. Without verification or without consent to share it waits (see turn.lead).
func kindLead() *stepKind {
	return &stepKind{
		name: "lead", key: "do", value: "lead", keys: []string{"kind", "level", "wish", "explicit", "within", "why", "to"},
		bind: func(b *binder, o *object, s *Step) {
			body := &LeadStep{Level: o.expr("level"), Note: o.text("note"), Wish: o.text("wish"), Why: o.text("why"), Explicit: o.flag("explicit", false)}
			s.Body = body
			if o.need("kind") {
				body.Kind = o.word("kind")
			}
			body.Within = o.within("within")
			b.leadTo(o)
		},
		names: func(l *linker, s *Step) {
			for _, out := range []string{"made", "waiting"} {
				l.declareResult(s, "lead", out, cond.Type{Kind: cond.KindBool})
			}
		},
		run: func(t *turn, f *Frame, s *Step) verdict {
			body := s.Body.(*LeadStep)
			lead := Lead{Kind: body.Kind, Level: "warm", Explicit: body.Explicit, Within: t.within(f, body.Within, 24*time.Hour)}
			if body.Level != nil {
				lead.Level = t.eval(f, body.Level).Str()
			}
			lead.Note, lead.Wish, lead.Why = t.houseText(f, body.Note), t.houseText(f, body.Wish), t.houseText(f, body.Why)
			if lead.Why == "" {
				lead.Why, _, _ = strings.Cut(lead.Note, "\n")
			}
			made, waiting := t.lead(lead)
			t.setResult(f, s, "lead", "made", cond.Bool(made))
			t.setResult(f, s, "lead", "waiting", cond.Bool(waiting))
			return goOn
		},
	}
}

// leadTo checks who gets the lead. Leads go to the reps whose territory holds the doctor's hospital; the word for that may be written, another is refused.
func (b *binder) leadTo(o *object) {
	if s := o.plain("to"); s == "rep" || s == "" && !o.has("to") {
		return
	}
	if e := o.expr("to"); e == nil || !strings.HasPrefix(e.src, "rep.by(") {
		b.add(o.keys["to"], "lead_to")
	}
}

// LeadStep is the body of do: lead.
type LeadStep struct {
	Kind            string
	Level           *Expr
	Note, Wish, Why *Text
	Explicit        bool
	Within          *within
}

// within is a service time: written out, or computed to a text such as 1h.
type within struct {
	Fixed time.Duration
	Expr  *Expr
}

func (o *object) within(key string) *within {
	n := o.keys[key]
	if n == nil {
		return nil
	}
	if d, ok := parseDuration(strings.TrimSpace(n.Value)); ok {
		return &within{Fixed: d}
	}
	return &within{Expr: o.expr(key)}
}

func (t *turn) within(f *Frame, w *within, def time.Duration) time.Duration {
	if w == nil {
		return def
	}
	if w.Expr == nil {
		return w.Fixed
	}
	if d, ok := parseDuration(t.eval(f, w.Expr).Str()); ok {
		return d
	}
	t.problem("bad_within", f)
	return def
}
