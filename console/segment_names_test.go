package console

import (
	"strings"
	"testing"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/library"
)

// Whoever writes a condition reads what every name stands for, and begins with an example that works.
func TestNamesOfConditionsAreExplained(t *testing.T) {
	lib, problems := flows.Load(library.FS)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w, err := readWords(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	c := &Console{words: w}
	seen := 0
	for _, g := range c.segmentNames(lib) {
		if g.Title == "" || len(g.Names) == 0 {
			t.Errorf("a group without a title or without names: %+v", g)
		}
		seen += len(g.Names)
		for _, n := range g.Names {
			if _, ofProduct := strings.CutPrefix(g.Title, "按产品"); !ofProduct && n.Label == "" {
				t.Errorf("%s in %s is not explained", n.Name, g.Title)
			}
		}
	}
	if want := len(lib.SegmentNames()); seen != want {
		t.Errorf("%d names shown, there are %d", seen, want)
	}
	if len(c.segmentExamples()) == 0 {
		t.Error("no examples")
	}
	for _, e := range c.segmentExamples() {
		if _, problems := lib.Segment(e.Source); len(problems) > 0 {
			t.Errorf("%s: %s gives %v", e.Meaning, e.Source, problems)
		}
	}
}
