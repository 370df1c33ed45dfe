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
		e := &r.examples[i]
		v := &view{lib: c.lib, level: e.level, now: c.now,
			profile: func(f string) Known { return Known{Value: e.profile[f]} },
			consent: func(p string) bool { return e.consent[p] != "" }}
		v.score = r.score.evaluate(v)
		wrong := func(what, want, got string) {
			c.add(e.at, "example_failed", "what", what, "want", want, "got", orNone(got))
		}
		if e.points != nil && *e.points != v.score.Points {
			wrong("points", itoa(*e.points), itoa(v.score.Points))
		}
		if e.grade != "" && e.grade != v.score.Grade {
			wrong("grade", e.grade, v.score.Grade)
		}
		if got := r.asks(v); len(e.leads) > 0 && !slices.Equal(got, e.leads) {
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
}
