package flows

import "strings"

// facts lists what else has changed, line by line of the canonical form.
func (c *comparison) facts() {
	old, now := byPath(c.old), byPath(c.now)
	for _, x := range canonical(c.old) {
		if y, ok := now[x.path]; !ok {
			c.fact(x.path, x.line(), "", x.shown)
		} else if y.line() != x.line() {
			c.fact(x.path, x.line(), y.line(), x.shown && y.shown)
		}
	}
	for _, y := range canonical(c.now) {
		if _, ok := old[y.path]; !ok {
			c.fact(y.path, "", y.line(), y.shown)
		}
	}
	if a, b := outline(c.old), outline(c.now); a != b && sameSet(old, now) {
		c.fact("", a, b, false)
	}
}

func (c *comparison) fact(path, old, now string, shown bool) {
	kind := OtherShape
	if shown {
		kind = OtherText
	}
	step, _, _ := strings.Cut(path, ".")
	x := Change{Kind: kind, Old: old, New: now, Covered: true}
	if c.old.anyStep(step) != nil {
		x.Step = step
	}
	if c.now.anyStep(step) != nil {
		x.To = step
	}
	c.add(x)
}

// outline is the order of the steps.
func outline(f *Flow) string {
	var out []string
	for _, x := range canonical(f) {
		if !strings.Contains(x.path, ".") {
			out = append(out, x.path)
		}
	}
	return strings.Join(out, ", ")
}

func sameSet(a, b map[string]fact) bool {
	for k := range a {
		if _, ok := b[k]; !ok {
			return false
		}
	}
	return len(a) == len(b)
}

func byPath(f *Flow) map[string]fact {
	out := map[string]fact{}
	for _, x := range canonical(f) {
		if y, ok := out[x.path]; ok && y.shown != x.shown { // a text whose presence counts too
			x = fact{path: x.path, value: y.line() + "; " + x.line(), shown: false}
		}
		out[x.path] = x
	}
	return out
}
