package console

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows"
)

// nameGroup is a group of names that conditions may use.
type nameGroup struct {
	Title string
	Names []namedValue
}

// namedValue is a name with what it stands for, "" when the words do not say.
type namedValue struct {
	flows.SegmentName
	Label string
}

// segmentNames are the names that a condition may use: what is derived and known of everybody, then the portrait in the order of its page, then what is
// derived for single products.
func (c *Console) segmentNames(lib *flows.Library) []nameGroup {
	fields := map[string]flows.Field{}
	for _, f := range lib.Fields() {
		fields["profile."+f.Name] = f
	}
	grouped := map[string][]namedValue{}
	for _, n := range lib.SegmentNames() {
		f, ofPortrait := fields[n.Name]
		prefix, _, _ := strings.Cut(n.Name, ".")
		switch {
		case ofPortrait:
			grouped[f.Group] = append(grouped[f.Group], namedValue{n, lib.FieldLabel(f.Name)})
		case c.words.has("segmentname", n.Name):
			label := c.words.word("segmentname", n.Name)
			group := c.words.orSame("segmentplace", prefix)
			grouped[group] = append(grouped[group], namedValue{n, label})
		default:
			grouped["rest"] = append(grouped["rest"], namedValue{SegmentName: n})
		}
	}
	var out []nameGroup
	take := func(key, title string) {
		if names := grouped[key]; len(names) > 0 {
			out = append(out, nameGroup{Title: title, Names: names})
		}
	}
	for _, key := range []string{"derived", "doctor", "hospital", "consent"} {
		take(key, c.words.word("segmentgroup", key))
	}
	for _, g := range lib.FieldGroups() {
		take(g.Name, g.Label)
	}
	take("", c.words.word("segmentgroup", "other"))
	take("rest", c.words.word("segmentgroup", "rest"))
	return out
}

// segmentExample is a condition to begin with, and what it means.
type segmentExample struct{ Meaning, Source string }

func (c *Console) segmentExamples() []segmentExample {
	var out []segmentExample
	for meaning, source := range c.words["segmentexample"] {
		out = append(out, segmentExample{meaning, source})
	}
	slices.SortFunc(out, func(a, b segmentExample) int { return strings.Compare(a.Source, b.Source) })
	return out
}
