package flows

import (
	"regexp"
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// checkUnused: values that are computed and parameters that are taken although nothing reads them.
func checkUnused(c *checker) {
	outside := c.readElsewhere()
	for _, f := range c.lib.Flows() {
		used := f.reads()
		idle := func(name string) bool {
			return !used[name] && !outside[name] && !contains(f.Outputs, name)
		}
		for i, p := range f.Inputs {
			if !used["input."+p.Name] && i < len(f.inputAt) {
				c.add(f.inputAt[i], "unused_input", "name", p.Name)
			}
		}
		said := map[string]bool{}
		f.Walk(func(_ *Flow, s *Step) {
			switch body := s.Body.(type) {
			case *SetStep:
				for _, p := range body.Pairs {
					if p.Field == "" && idle(p.Name) && !said[p.Name] {
						said[p.Name] = true
						c.add(p.at, "unused_value", "name", p.Name)
					}
				}
			case *ClassifyStep:
				if body.Save == "" && idle(body.Name) && !said[body.Name] {
					said[body.Name] = true
					c.add(body.at, "unused_value", "name", body.Name)
				}
			}
		})
	}
}

// readElsewhere are the last parts of dotted names: what callers and loops read of other flows.
func (c *checker) readElsewhere() map[string]bool {
	out := map[string]bool{}
	for _, f := range c.lib.Flows() {
		for name := range f.reads() {
			if i := strings.LastIndexByte(name, '.'); i >= 0 {
				out[name[i+1:]] = true
			}
		}
	}
	return out
}

var reWord = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_.]*`)

// reads are the names that conditions, expressions and texts of a flow read. A value that only goes into its own next value is not read.
func (f *Flow) reads() map[string]bool {
	out := map[string]bool{}
	expr := func(e *Expr, own string) {
		if e == nil {
			return
		}
		if e.x == nil { // a slip that is filed elsewhere; what it names is no further mistake
			for _, name := range reWord.FindAllString(e.src, -1) {
				out[name] = true
			}
			return
		}
		for _, name := range e.x.Names() {
			out[name] = out[name] || name != own
		}
	}
	f.Walk(func(_ *Flow, s *Step) {
		own := map[*Expr]string{}
		switch body := s.Body.(type) {
		case *SetStep:
			for _, p := range body.Pairs {
				own[p.Expr] = p.Name
			}
		case *BlockStep:
			expr(body.Until, "")
		}
		for _, e := range s.exprs {
			expr(e, own[e])
		}
		for _, x := range s.texts {
			for _, name := range x.names() {
				out[name] = true
			}
			for _, p := range rePlaceholder.FindAllString(x.src, -1) {
				for _, name := range reWord.FindAllString(p, -1) {
					out[name] = true
				}
			}
		}
	})
	expr(f.Start.When, "")
	for _, r := range f.Remind {
		for _, name := range r.Say.names() {
			out[name] = true
		}
	}
	return out
}

// written is one place that gives a field of the portrait its value.
type written struct {
	flow string
	kind cond.Kind
}

// checkFields: a field of the portrait that is written with different types.
func checkFields(c *checker) {
	first := map[string]written{}
	for _, name := range sortedKeys(c.lib.profile) {
		if t := c.lib.profile[name].typ(); t.Kind != cond.KindNone {
			first[name] = written{flow: profileFile, kind: t.Kind}
		}
	}
	write := func(f *Flow, field string, t cond.Type, at place) {
		if field == "" || t.Kind == cond.KindNone || t.Kind == cond.KindRef {
			return
		}
		w, ok := first[field]
		switch {
		case !ok:
			first[field] = written{f.ID, t.Kind}
		case !w.agrees(t):
			c.add(at, "field_types", "name", field, "flow", w.flow, "was", phrase("kind_"+w.kind.String()), "is", phrase("kind_"+t.Kind.String()))
		}
	}
	c.writes(write)
}

// writes calls do for every place that writes a field of the portrait, field is "" where none is written.
func (c *checker) writes(do func(f *Flow, field string, t cond.Type, at place)) {
	for _, f := range c.lib.Flows() {
		f.Walk(func(_ *Flow, s *Step) {
			switch body := s.Body.(type) {
			case *Question:
				if body.kind != nil {
					do(f, body.Save, body.kind.typ(body), body.saveAt)
				}
			case *SetStep:
				for _, p := range body.Pairs {
					if p.Expr.x != nil {
						do(f, p.Field, p.Expr.x.Type(), p.at)
					}
				}
			case *ClassifyStep:
				do(f, body.Save, cond.Type{Kind: cond.KindText}, body.saveAt)
			}
		})
	}
}

// agrees reports whether a value of a type may be written beside what is written already: yes and no are truth values, a written date is a text, and
// a field that profile.yaml declares as a list takes a single text as a list of one.
func (w written) agrees(t cond.Type) bool {
	switch {
	case w.kind == t.Kind:
		return true
	case w.kind == cond.KindList:
		return t.Kind == cond.KindText && w.flow == profileFile
	case w.kind == cond.KindBool:
		return t.Kind == cond.KindText && t.Condition()
	case w.kind == cond.KindText:
		return t.Kind == cond.KindDate || t.Kind == cond.KindBool
	case w.kind == cond.KindDate:
		return t.Kind == cond.KindText && len(t.Codes) == 1
	}
	return false
}
