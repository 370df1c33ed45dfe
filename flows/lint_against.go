package flows

import (
	"github.com/vrep/vrep/flows/lint"
)

// LintAgainst finds what a new library does to talks and data of an older one: V801 for questions that are gone while doctors stand on them or have
// answered them and migrate does not say where they go, V802 for new names without migrate, V803 and V804 for values and words that change their meaning.
// standing counts the open talks by "flow.question" (see State.Standing); nil = unknown.
func LintAgainst(old, now *Library, standing map[string]int) []Problem {
	c := &checker{lib: now, sink: &lint.Sink{}}
	for _, f := range old.Flows() {
		if n := now.Flow(f.ID); n != nil && n.shape+n.text != f.shape+f.text {
			c.against(f, n, standing)
		}
	}
	return lint.Sort(c.sink.All)
}

func (c *checker) against(old, now *Flow, standing map[string]int) {
	entry := now.entry(old)
	for _, x := range Compare(old, now) {
		if x.Covered && x.Kind != LabelReused && x.Kind != SavedType {
			continue
		}
		at := x.at
		at.width = 1
		if entry != nil && x.Kind != LabelReused && x.Kind != SavedType {
			at = entry.at
			at.width = 1
		}
		switch open := standing[old.ID+"."+x.Step]; x.Kind {
		case QuestionGone, Renamed:
			c.gone(x, entry, at, open)
		case TypeChanged:
			if a, b := old.question(x.Step), now.question(x.To); entry != nil && a.kind != nil && b.kind != nil && valueKind(a) != valueKind(b) {
				c.add(at, "version_type", "name", x.Step, "a", x.Old, "b", x.New)
			}
		case CodeGone:
			if entry != nil {
				c.add(at, "version_code_gone", "name", x.Step, "value", x.Value)
			}
		case CodeRenamed:
			c.add(at, "version_code_renamed", "name", x.To, "a", x.Value, "b", x.New)
		case SavedType:
			c.add(at, "version_saved_type", "name", x.To, "a", phrase("kind_"+x.Old), "b", phrase("kind_"+x.New))
		case LabelReused:
			c.add(at, "version_label_reused", "name", x.To, "label", x.Old, "a", x.Value, "b", x.New)
		}
	}
}

// gone files a question that is gone or has another name.
func (c *checker) gone(x Change, entry *Migrate, at place, open int) {
	switch {
	case open > 0:
		c.add(at, "version_standing", "name", x.Step, "n", itoa(open), "near", x.To)
	case x.Kind == Renamed:
		c.add(at, "version_renamed", "a", x.Step, "b", x.To)
	case entry != nil: // a move that has no place for an answer does not happen
		c.add(at, "version_no_place", "name", x.Step)
	}
}
