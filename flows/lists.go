package flows

import (
	"path"
	"slices"

	"github.com/vrep/vrep/flows/answer"
	"go.yaml.in/yaml/v4"
)

// List is a shared list of choices, or the entries of a look-up.
type List struct {
	ID    string
	Items []Choice
	file  string
	index *answer.Index

	byCode map[string]int
}

// Lists returns the shared lists by id.
func (lib *Library) Lists() map[string]*List { return lib.lists }

// Place returns a further column of an entry (city, province, level), "" when absent. Rules of assignment use it.
func (l *List) Place(code, column string) string {
	if i, ok := l.byCode[code]; ok {
		return l.Items[i].extra[column]
	}
	return ""
}

// list reads one file of lists/.
func (l *loader) list(b *binder, root *yaml.Node) {
	o := b.object(root, []string{"list", "title", "items"})
	if !o.need("list", "items") {
		return
	}
	list := &List{ID: o.word("list"), file: b.file.Name}
	if want := list.ID + ".yaml"; list.ID != "" && path.Base(b.file.Name) != want {
		b.add(o.keys["list"], "file_name", "flow", list.ID, "file", want)
	}
	if l.lib.lists[list.ID] != nil {
		b.add(o.keys["list"], "duplicate_flow", "flow", list.ID)
		return
	}
	list.Items = b.bindChoices(o.keys["items"])
	list.byCode = make(map[string]int, len(list.Items))
	for i := range list.Items {
		list.byCode[list.Items[i].Code] = i
	}
	list.index = l.lib.index(list.Items)
	l.lib.lists[list.ID] = list
}

// index prepares entries for a look-up.
func (lib *Library) index(items []Choice) *answer.Index {
	entries := make([]answer.Entry, 0, len(items))
	for i := range items {
		c := &items[i]
		entries = append(entries, answer.Entry{ID: c.Code, Label: c.Label, Aka: lib.aka(c.Label, c.Aka), Note: c.extra["city"]})
	}
	return lib.reader.NewIndex(entries)
}

// codes is the closed set of values that the flows write to a field, nil when any text may be written.
func (lib *Library) codes(field string) []string {
	var out []string
	for _, f := range lib.parts() {
		for _, s := range f.Steps {
			switch body := s.Body.(type) {
			case *Question:
				if body.Save != field {
					continue
				}
				if body.kind == nil || (body.Type != "one" && body.Type != "many" && body.Type != "rank") {
					return nil
				}
				choices := body.Choices
				if list := lib.lists[body.List]; list != nil {
					choices = list.Items
				}
				for _, c := range codesOf(choices) {
					if !contains(out, c) {
						out = append(out, c)
					}
				}
			case *SetStep:
				for _, p := range body.Pairs {
					if p.Field == field {
						return nil
					}
				}
			case *ClassifyStep:
				if body.Save == field {
					for _, r := range body.Rules {
						out = append(out, r.Value)
					}
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
