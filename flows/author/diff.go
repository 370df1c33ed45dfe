package author

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"text/template"

	"github.com/vrep/vrep/flows"
)

//go:embed diff.txt.tmpl
var diffText string

// Difference is what two versions of a folder do not have in common.
type Difference struct {
	Flows []FlowDiff
	Files []string // other files that are not the same
}

// FlowDiff is what is different in one flow.
type FlowDiff struct {
	ID, Title   string
	Added, Gone bool
	Shape       bool     // running talks stay on the old version; false: only words changed
	Count       int      // differences of the flow itself; 0 = only what it calls or prints changed
	Header      []string // in words
	Steps       []string // in words, one step after the other
}

// Empty reports whether there is no difference.
func (d *Difference) Empty() bool { return len(d.Flows) == 0 && len(d.Files) == 0 }

// Diff compares two libraries flow by flow. ids limits it to some flows; none = all.
func Diff(old, now *flows.Library, ids ...string) *Difference {
	d := &Difference{}
	wanted := func(f *flows.Flow) bool { return len(ids) == 0 || slices.Contains(ids, f.ID) }
	for _, f := range now.Flows() {
		if !wanted(f) {
			continue
		}
		before := old.Flow(f.ID)
		if before == nil {
			d.Flows = append(d.Flows, FlowDiff{ID: f.ID, Title: f.Title, Added: true})
			continue
		}
		if one := DiffFlows(old, before, now, f); one.Count > 0 || before.Hash() != f.Hash() {
			d.Flows = append(d.Flows, one)
		}
	}
	for _, f := range old.Flows() {
		if wanted(f) && now.Flow(f.ID) == nil {
			d.Flows = append(d.Flows, FlowDiff{ID: f.ID, Title: f.Title, Gone: true})
		}
	}
	return d
}

// DiffFlows compares two versions of one flow.
func DiffFlows(oldLib *flows.Library, old *flows.Flow, lib *flows.Library, now *flows.Flow) FlowDiff {
	sheet := NewSheet(lib, now)
	Compare(NewSheet(oldLib, old), sheet)
	d := FlowDiff{ID: now.ID, Title: now.Title, Count: sheet.changes(), Shape: old.Shape() != now.Shape()}
	if old.ID != now.ID {
		d.ID = phrase("diff.renamed", "a", old.ID, "b", now.ID)
		d.Count++
		d.Shape = true
	}
	for _, l := range sheet.Header {
		d.Header = append(d.Header, tellLine(l, "  ")...)
	}
	tellItems(sheet.Items, "", &d.Steps)
	return d
}

// tellLine tells a fact that is different.
func tellLine(l Line, pad string) []string {
	flat := func(s string) string { return strings.ReplaceAll(s, "\n", "\n"+pad+"    ") }
	switch l.State {
	case Added:
		return []string{pad + phrase("diff.added_line", "a", l.Label, "x", flat(l.Text)) + "\n"}
	case Removed:
		return []string{pad + phrase("diff.removed_line", "a", l.Label, "x", flat(l.Text)) + "\n"}
	case Moved:
		return []string{pad + phrase("diff.moved_line", "a", l.Label, "x", flat(l.Text)) + "\n"}
	case Changed:
		return []string{pad + phrase("diff.changed_line", "a", l.Label) + "\n", pad + "  - " + flat(l.Old) + "\n", pad + "  + " + flat(l.Text) + "\n"}
	}
	return nil
}

// tellItems tells the steps that are different.
func tellItems(items []*Item, pad string, out *[]string) {
	for _, it := range items {
		if !it.changed() {
			continue
		}
		var marks []string
		for _, m := range []struct {
			on   bool
			text string
		}{{it.State != Same, phrase("diff." + string(it.State))}, {it.Moved, phrase("diff.moved")}, {it.WasID != "", phrase("diff.renamed", "a", it.WasID, "b", it.ID)}} {
			if m.on {
				marks = append(marks, m.text)
			}
		}
		*out = append(*out, pad+strings.Join(marks, phrase("cond.comma"))+" "+it.name()+"\n")
		if it.State == Changed {
			for _, l := range it.different() {
				*out = append(*out, tellLine(l, pad+"      ")...)
			}
		}
		tellItems(it.Inner, pad+"    ", out)
	}
}

// name is how a step is called in a list of differences.
func (it *Item) name() string {
	text := it.ID
	switch {
	case len(it.Lead) > 0:
		text = short(it.Lead[0].Text, 2*maxShort)
	case text == "" && len(it.Lines) > 0:
		text = it.Lines[0].Text
	}
	if it.No != "" && it.Step != nil {
		return phrase("diff.question", "n", it.No, "x", text)
	}
	return phrase("diff.step", "kind", it.Word, "x", text)
}

// different lists the facts of a step that are not the same, with the options they belong to.
func (it *Item) different() []Line {
	var out []Line
	keep := func(lines ...Line) {
		for _, l := range lines {
			if l.State != Same {
				out = append(out, l)
			}
		}
	}
	keep(one(it.When)...)
	keep(it.Lead...)
	for _, r := range it.Rows {
		label := phrase("diff.option", "x", r.Label.Text)
		if r.State == Added || r.State == Removed || r.State == Moved {
			out = append(out, Line{Label: title("step", "choices"), Text: phrase("diff.option_code", "x", r.Label.Text, "code", r.Code), State: r.State})
			continue
		}
		for _, l := range append([]Line{r.Label}, r.Lines...) {
			l.Label = phrase("line.path", "a", label, "b", l.Label)
			keep(l)
		}
	}
	keep(it.Lines...)
	return out
}

// Text writes the differences in words.
func (d *Difference) Text(w io.Writer) error {
	t, err := template.New("diff").Parse(diffText)
	if err != nil {
		return fmt.Errorf("reading embedded template: %w", err)
	}
	if err := t.Execute(w, d); err != nil {
		return fmt.Errorf("writing differences: %w", err)
	}
	return nil
}

// OtherFiles lists the YAML files of two folders that are not the same and hold no flow: settings, lists, contents, rules, tests.
func OtherFiles(old, now fs.FS, isFlow func(name string) bool) ([]string, error) {
	var all []string
	for _, fsys := range []fs.FS{now, old} {
		names, err := flows.Files(fsys)
		if err != nil {
			return nil, err
		}
		all = append(all, names...)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool {
		a, errA := fs.ReadFile(old, name)
		b, errB := fs.ReadFile(now, name)
		return isFlow(name) || errA == nil && errB == nil && bytes.Equal(a, b)
	}), nil
}
