package author

import (
	"slices"
	"strings"
)

// Compare marks in now what is different from old, and puts what is gone back in its old place. Both sheets are changed; only now is of use afterwards.
func Compare(old, now *Sheet) {
	now.Header = compareLines(old.Header, now.Header)
	now.Items = compareItems(old.Items, now.Items)
}

func (it *Item) changed() bool {
	return it.State != Same || it.Moved || it.WasID != "" || slices.ContainsFunc(it.Inner, (*Item).changed)
}

// facts are all lines of a step, those of its options too.
func (it *Item) facts() []Line {
	out := slices.Concat(it.Lead, it.Lines)
	if it.When != nil {
		out = append(out, *it.When)
	}
	for _, r := range it.Rows {
		out = append(append(out, r.Label), r.Lines...)
	}
	return out
}

// compareLines merges two lists of facts by their path.
func compareLines(old, now []Line) []Line {
	before := map[string]Line{}
	for _, l := range old {
		before[l.Path] = l
	}
	after := map[string]bool{}
	out := make([]Line, 0, len(now))
	for _, l := range now {
		after[l.Path] = true
		was, known := before[l.Path]
		switch {
		case !known:
			l.State = Added
		case was.Raw != l.Raw:
			if l.State, l.Old = Changed, was.Text; was.Text == l.Text { // the words for people hide it: only names are different
				l.Old, l.Text = was.Raw, l.Raw
			}
		}
		out = append(out, l)
	}
	markMoved(old, out)
	for i, l := range old {
		if after[l.Path] {
			continue
		}
		l.State = Removed
		at := len(out)
		for j := i - 1; j >= 0; j-- { // behind what it stood behind
			if k := slices.IndexFunc(out, func(x Line) bool { return x.Path == old[j].Path }); k >= 0 {
				at = k + 1
				break
			}
		}
		if i == 0 {
			at = 0
		}
		out = slices.Insert(out, at, l)
	}
	return out
}

// markMoved marks rules that stand in another order: the first that holds wins.
func markMoved(old, now []Line) {
	ordered := func(l Line) bool { return strings.HasPrefix(l.Path, "rules.") || strings.HasPrefix(l.Path, "set.") }
	var order []int
	for _, l := range now {
		if i := slices.IndexFunc(old, func(x Line) bool { return x.Path == l.Path }); i >= 0 && ordered(l) {
			order = append(order, i)
		}
	}
	calm := rising(order)
	for i, l := range now {
		if j := slices.IndexFunc(old, func(x Line) bool { return x.Path == l.Path }); j >= 0 && ordered(l) && !calm[j] && l.State == Same {
			now[i].State = Moved
		}
	}
}

// match pairs the steps of two versions: by id, then by content, then those of one kind between the same neighbours.
func match(old, now []*Item) map[*Item]*Item {
	pairs := map[*Item]*Item{}
	taken := map[*Item]bool{}
	pair := func(same func(a, b *Item) bool) {
		for _, b := range now {
			if pairs[b] != nil {
				continue
			}
			for _, a := range old {
				if !taken[a] && same(a, b) {
					pairs[b], taken[a] = a, true
					break
				}
			}
		}
	}
	known := func(list []*Item, id string) bool {
		return slices.ContainsFunc(list, func(it *Item) bool { return it.ID == id })
	}
	pair(func(a, b *Item) bool { return a.ID != "" && a.ID == b.ID })
	pair(func(a, b *Item) bool { return a.ID == b.ID && a.Kind == b.Kind && a.content() == b.content() })
	pair(func(a, b *Item) bool { // a new name for the same words, nothing of which stays under the old name
		return a.ID != "" && b.ID != "" && !known(now, a.ID) && !known(old, b.ID) && a.Kind == b.Kind && a.phrases() == b.phrases()
	})
	pair(func(a, b *Item) bool {
		return a.ID == "" && b.ID == "" && a.Kind == b.Kind && (a.phrases() == b.phrases() || neighbours(old, now, pairs, a, b))
	})
	return pairs
}

// neighbours reports whether two steps stand behind a pair, or both at the top.
func neighbours(old, now []*Item, pairs map[*Item]*Item, a, b *Item) bool {
	i, j := slices.Index(old, a), slices.Index(now, b)
	if i == 0 || j == 0 {
		return i == j
	}
	return pairs[now[j-1]] == old[i-1]
}

func (it *Item) content() string {
	var b strings.Builder
	for _, l := range it.facts() {
		b.WriteString(l.Path + "=" + l.Raw + "\n")
	}
	return b.String()
}

// words are what doctors read first at a step.
func (it *Item) phrases() string {
	var b strings.Builder
	for _, l := range it.Lead {
		b.WriteString(l.Raw + "\n")
	}
	for _, r := range it.Rows {
		b.WriteString(r.Code + "\n")
	}
	return b.String()
}

func compareItems(old, now []*Item) []*Item {
	pairs := match(old, now)
	position := map[*Item]int{}
	for i, a := range old {
		position[a] = i
	}
	var order []int // of the old steps, as they stand now
	for _, b := range now {
		if a := pairs[b]; a != nil {
			order = append(order, position[a])
		}
	}
	calm := rising(order)
	out := make([]*Item, 0, len(now))
	for _, b := range now {
		a := pairs[b]
		if a == nil {
			b.State = Added
		} else {
			b.compare(a)
			b.Moved = !calm[position[a]]
		}
		out = append(out, b)
	}
	kept := map[*Item]bool{}
	for _, a := range pairs {
		kept[a] = true
	}
	for i, a := range old {
		if kept[a] {
			continue
		}
		a.State, a.Step = Removed, nil
		at := 0
		for j := i - 1; j >= 0; j-- {
			if k := slices.IndexFunc(out, func(it *Item) bool { return it == old[j] || pairs[it] == old[j] }); k >= 0 {
				at = k + 1
				break
			}
		}
		out = slices.Insert(out, at, a)
	}
	return out
}

// compare marks what is different within one step.
func (it *Item) compare(old *Item) {
	if it.ID != old.ID {
		it.WasID = old.ID
	}
	it.Lead, it.Lines = compareLines(old.Lead, it.Lead), compareLines(old.Lines, it.Lines)
	when := compareLines(one(old.When), one(it.When))
	if len(when) > 0 {
		it.When = &when[0]
	}
	it.Rows = compareRows(old.Rows, it.Rows)
	it.Inner = compareItems(old.Inner, it.Inner)
	if it.Kind != old.Kind || slices.ContainsFunc(it.facts(), func(l Line) bool { return l.State != Same }) ||
		slices.ContainsFunc(it.Rows, func(r OptionRow) bool { return r.State != Same }) {
		it.State = Changed
	}
}

func one(l *Line) []Line {
	if l == nil {
		return nil
	}
	return []Line{*l}
}

// compareRows marks what is different in the options.
func compareRows(old, now []OptionRow) []OptionRow {
	index := func(list []OptionRow, code string) int {
		return slices.IndexFunc(list, func(r OptionRow) bool { return r.Code == code })
	}
	out := make([]OptionRow, 0, len(now))
	var order []int
	for _, r := range now {
		if i := index(old, r.Code); i >= 0 {
			order = append(order, i)
		}
	}
	calm := rising(order)
	for _, r := range now {
		i := index(old, r.Code)
		if i < 0 {
			r.State = Added
			out = append(out, r)
			continue
		}
		r.Label = compareLines([]Line{old[i].Label}, []Line{r.Label})[0]
		r.Lines = compareLines(old[i].Lines, r.Lines)
		if r.Label.State != Same || slices.ContainsFunc(r.Lines, func(l Line) bool { return l.State != Same }) {
			r.State = Changed
		} else if !calm[i] {
			r.State = Moved
		}
		out = append(out, r)
	}
	for i, r := range old {
		if index(now, r.Code) >= 0 {
			continue
		}
		r.State = Removed
		at := 0
		for j := i - 1; j >= 0 && at == 0; j-- {
			at = index(out, old[j].Code) + 1
		}
		out = slices.Insert(out, at, r)
	}
	return out
}

// rising finds a longest rising run in a list of different numbers: what is not in it has moved.
func rising(list []int) map[int]bool {
	best, from := make([]int, len(list)), make([]int, len(list))
	top := -1
	for i := range list {
		best[i], from[i] = 1, -1
		for j := range i {
			if list[j] < list[i] && best[j]+1 > best[i] {
				best[i], from[i] = best[j]+1, j
			}
		}
		if top < 0 || best[i] > best[top] {
			top = i
		}
	}
	out := map[int]bool{}
	for i := top; i >= 0; i = from[i] {
		out[list[i]] = true
	}
	return out
}
