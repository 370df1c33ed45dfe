package flows

import (
	"math"
	"slices"
	"strings"
)

// capGroup is the group of the lines that a limit adds.
const capGroup = "cap"

// evaluate computes a score with its lines, whose points add up to it. Groups are limited, what takes points away comes after what gives them, limits come
// last. standing is the grade that the doctor has: it falls only when the margin is lost too.
func (s *scoreRules) evaluate(v *view, standing string) Score {
	out := Score{Name: s.name, Shadow: s.shadow}
	sums := map[string]int{}
	for _, takes := range []bool{false, true} {
		for i := range s.lines {
			line := &s.lines[i]
			if line.points < 0 != takes {
				continue
			}
			points, evidence := line.worth(v)
			if most, ok := s.groups[line.group]; ok && points > 0 {
				points = min(points, most-sums[line.group])
			}
			if points = max(points, -out.Points); points == 0 && (takes || evidence == "") {
				continue
			}
			sums[line.group] += points
			out.add(ScoreLine{Group: line.group, Points: points, Why: line.why, Evidence: evidence, Feature: line.feature()})
		}
	}
	for i := range s.caps {
		if c := &s.caps[i]; v.holds(c.when) && out.Points > c.max {
			out.add(ScoreLine{Group: capGroup, Points: c.max - out.Points, Why: c.why, Evidence: v.proof(c.when)})
		}
	}
	out.Grade = s.grade(out.Points, standing)
	return out
}

func (s *Score) add(l ScoreLine) {
	s.Points += l.Points
	s.Lines = append(s.Lines, l)
}

// grade is the grade of the points; a higher one that the doctor has stays while no more than the margin is missing.
func (s *scoreRules) grade(points int, standing string) string {
	for _, g := range s.grades {
		if points >= g.from || g.name == standing && points >= g.from-s.margin {
			return g.name
		}
	}
	return ""
}

// worth is what a line gives, with what it rests on; no evidence means that the line does not apply.
func (l *scoreLine) worth(v *view) (points int, evidence string) {
	if !v.holds(l.when) {
		return 0, ""
	}
	if l.did == "" {
		return l.points, l.proof(v)
	}
	sum, n, last := v.digest.decayed(l.did, dayNumber(v.now), l.halfLife)
	points = int(math.Round(float64(l.points) * sum))
	if points == 0 {
		return 0, ""
	}
	text := strings.NewReplacer("${label}", v.lib.Word("did", l.did), "${value}", itoa(n), "${to}", dayText(last)).Replace(v.lib.line("evidence_did"))
	return points, text
}

// feature names what a line looks at.
func (l *scoreLine) feature() string {
	switch {
	case l.did != "":
		return "did." + l.did
	case l.evidence != "":
		return "profile." + l.evidence
	case l.when != nil && l.when.x != nil && len(l.when.x.Names()) > 0:
		return l.when.x.Names()[0]
	}
	return ""
}

// proof names the field and the doctor's value that a line rests on; a line that rests on nothing known repeats its condition.
func (l *scoreLine) proof(v *view) string {
	if l.evidence != "" {
		if text := v.tellField(l.evidence); text != "" {
			return text
		}
	}
	if text := v.proof(l.when); text != "" {
		return text
	}
	return l.when.Source()
}

// scores evaluates every model.
func (r *Rules) scoresOf(v *view, standing map[string]string) []Score {
	out := make([]Score, 0, len(r.scores))
	for i := range r.scores {
		out = append(out, r.scores[i].evaluate(v, standing[r.scores[i].name]))
	}
	return out
}

// model finds a score by name; "" is the first.
func model(scores []Score, name string) Score {
	for _, s := range scores {
		if s.Name == name || name == "" {
			return s
		}
	}
	return Score{}
}

// asks tells which leads the rules ask for in a view; scores are those of the view. A score asks only for a verified doctor who agreed to share with a
// rep, and never while it is only tried (shadow); an explicit wish always asks.
func (r *Rules) asks(v *view, scores []Score) []string {
	var out []string
	for i := range r.leads {
		l := &r.leads[i]
		s := model(scores, l.score)
		v.score = s
		if !v.holds(l.when) {
			continue
		}
		ripe := v.level >= 2 && v.consent("share_with_rep") && (l.min == "" || !s.Shadow && r.reached(l.score, s.Grade, l.min))
		if !l.explicit && !ripe {
			continue
		}
		out = append(out, l.kind)
	}
	return out
}

// reached reports whether grade have of a model stands at or above grade want.
func (r *Rules) reached(name, have, want string) bool {
	s := r.model(name)
	if s == nil {
		return false
	}
	h := slices.IndexFunc(s.grades, func(g grade) bool { return g.name == have })
	w := slices.IndexFunc(s.grades, func(g grade) bool { return g.name == want })
	return h >= 0 && w >= 0 && h <= w
}

// model finds the rules of a score; "" is the first. nil = there is none.
func (r *Rules) model(name string) *scoreRules {
	for i := range r.scores {
		if r.scores[i].name == name || name == "" {
			return &r.scores[i]
		}
	}
	return nil
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
