package flows

import (
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// view is what rules look at: the portrait, the consents and the level, before or after a turn.
type view struct {
	lib     *Library
	profile func(field string) Known
	consent func(purpose string) bool
	level   int
	now     time.Time
	score   Score
}

// Value implements cond.Env.
func (v *view) Value(name string) cond.Value {
	head, tail, _ := strings.Cut(name, ".")
	switch head {
	case "profile":
		return v.profile(tail).Value
	case "consent":
		return cond.Bool(v.consent(tail))
	case "doctor":
		return cond.Number(float64(v.level))
	case "score":
		if tail == "grade" {
			return cond.Text(v.score.Grade)
		}
		return cond.Number(float64(v.score.Points))
	}
	return cond.None()
}

// Now implements cond.Env.
func (v *view) Now() time.Time { return v.now }

// evaluate computes the score with its lines: groups are limited, caps come last.
func (s *scoreRules) evaluate(v *view) Score {
	out := Score{Name: s.name}
	sums := map[string]int{}
	for i := range s.lines {
		line := &s.lines[i]
		if line.when == nil || line.when.x == nil || !line.when.x.True(v) {
			continue
		}
		points := line.points
		if most, ok := s.groups[line.group]; ok && sums[line.group]+points > most {
			points = most - sums[line.group]
		}
		sums[line.group] += points
		out.Points += points
		out.Lines = append(out.Lines, ScoreLine{Group: line.group, Points: points, Why: line.why, Evidence: line.proof(v)})
	}
	out.Points = max(out.Points, 0)
	for i := range s.caps {
		if c := &s.caps[i]; c.when != nil && c.when.x != nil && c.when.x.True(v) && out.Points > c.max {
			out.Points = c.max
		}
	}
	for _, g := range s.grades {
		if out.Points >= g.from {
			out.Grade = g.name
			break
		}
	}
	return out
}

// proof names the field and the doctor's value that a line rests on. A code that a flow computed is called as the question calls it that saves to the field.
func (l *scoreLine) proof(v *view) string {
	field := l.evidence
	if field == "" {
		for _, n := range l.when.x.Names() {
			if f, ok := strings.CutPrefix(n, "profile."); ok {
				field = f
				break
			}
		}
	}
	if field == "" {
		return ""
	}
	k := v.profile(field)
	text := k.Label
	if text == "" {
		text = k.Value.Str()
		if c := v.lib.optionOfField(field, text); c != nil {
			text = c.Label
		}
	}
	return v.lib.FieldLabel(field) + v.lib.line("evidence_separator") + text
}

// asks tells which leads the rules ask for in a view; the view holds the score. A score asks only for a verified doctor who agreed to share with a
// rep; an explicit wish always asks.
func (r *Rules) asks(v *view) []string {
	var out []string
	for i := range r.leads {
		l := &r.leads[i]
		if l.when == nil || l.when.x == nil || !l.when.x.True(v) {
			continue
		}
		ripe := v.level >= 2 && v.consent("share_with_rep") && (l.min == "" || r.score.reached(v.score.Grade, l.min))
		if !l.explicit && !ripe {
			continue
		}
		out = append(out, l.kind)
	}
	return out
}

// reached reports whether grade have stands at or above grade want.
func (s *scoreRules) reached(have, want string) bool {
	h := slices.IndexFunc(s.grades, func(g grade) bool { return g.name == have })
	w := slices.IndexFunc(s.grades, func(g grade) bool { return g.name == want })
	return h >= 0 && w >= 0 && h <= w
}

// class returns the class of a list in a view.
func (c *classList) class(v *view) string {
	for _, r := range c.rules {
		if r.When == nil || (r.When.x != nil && r.When.x.True(v)) {
			return r.Value
		}
	}
	return ""
}
