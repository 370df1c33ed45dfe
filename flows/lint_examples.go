package flows

import (
	"slices"
	"strings"
)

// checkExamples: the examples that stand beside the rules come out as written.
func checkExamples(c *checker) {
	r := c.lib.rules
	if r == nil {
		return
	}
	for i := range r.examples {
		c.example(r, &r.examples[i])
	}
}

func (c *checker) example(r *Rules, e *example) {
	facts := Facts{Digest: Digest{}, Classes: e.stands}
	today := dayNumber(c.now)
	for kind, days := range e.did {
		for _, ago := range days {
			facts.Digest.Add(kind, today-ago, today)
		}
	}
	v := &view{lib: c.lib, level: e.level, now: c.now, digest: facts.Digest, more: facts.derived(false),
		profile: func(f string) Known { return Known{Value: e.profile[f]} },
		consent: func(p string) bool { return e.consent[p] != "" }}
	var standing map[string]string
	if g := e.stands["grade"]; g != "" && len(r.scores) > 0 {
		standing = map[string]string{r.scores[0].name: g}
	}
	scores := r.scoresOf(v, standing)
	s := model(scores, e.model)
	wrong := func(what, want, got string) {
		c.add(e.at, "example_failed", "what", what, "want", want, "got", orNone(got))
	}
	if e.points != nil && *e.points != s.Points {
		wrong("points", itoa(*e.points), itoa(s.Points))
	}
	if e.grade != "" && e.grade != s.Grade {
		wrong("grade", e.grade, s.Grade)
	}
	if got := r.asks(v, scores); e.asks && !slices.Equal(got, e.leads) {
		wrong("leads", strings.Join(e.leads, ","), strings.Join(got, ","))
	}
	for _, name := range sortedKeys(e.class) {
		for j := range r.classes {
			if r.classes[j].name != name {
				continue
			}
			if got := r.classes[j].class(v); got != e.class[name] {
				wrong(name, e.class[name], got)
			}
		}
	}
}
