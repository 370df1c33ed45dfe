package flows

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// checkPurposes: purposes of consent that neither the product nor the house knows. A slip in one would ask for a consent that nothing ever looks at.
func checkPurposes(c *checker) {
	known := slices.Concat(knownPurposes, c.lib.config.Purposes)
	for _, f := range c.lib.parts() {
		for _, s := range f.Steps {
			if q, ok := s.Body.(*Question); ok && q.Purpose != "" && !contains(known, q.Purpose) {
				c.add(s.at.find(q.Purpose), "unknown_purpose", "name", q.Purpose, "near", cond.Nearest(q.Purpose, known), "allowed", strings.Join(known, listMark))
			}
		}
	}
}

// checkRegister: fields of the portrait that flows write in a folder that has no profile.yaml. Each flow is told once, with the lines to begin it with.
func checkRegister(c *checker) {
	if c.lib.strictProfile {
		return
	}
	first, kinds := map[string]place{}, map[string]string{}
	var flows []string
	c.writes(func(f *Flow, field string, t cond.Type, at place) {
		if field == "" {
			return
		}
		if _, told := first[f.ID]; !told {
			first[f.ID], flows = at, append(flows, f.ID)
		}
		if _, told := kinds[field]; !told {
			kinds[field] = fieldType(t)
		}
	})
	var lines strings.Builder
	for _, field := range sortedKeys(kinds) {
		lines.WriteString("\n    " + field + ": {type: " + kinds[field] + ", label: " + phrase("its_name") + "}")
	}
	for _, id := range flows {
		c.add(first[id], "no_profile", "lines", lines.String())
	}
}

// fieldType is the type of a field of profile.yaml that takes values of a type.
func fieldType(t cond.Type) string {
	switch t.Kind {
	case cond.KindNumber, cond.KindList, cond.KindDate, cond.KindBool:
		return t.Kind.String()
	}
	return "text"
}
