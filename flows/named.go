package flows

// Named is a name of a condition with its value as it stood when the condition was looked at.
type Named struct {
	Name  string
	Value Value  // none = no answer
	Label string // words for people, where they do not follow from the value
}

// named are the names of a condition with their values, in the order of the alphabet.
func (t *turn) named(f *Frame, x *Expr) []Named {
	if !t.e.watch || x == nil || x.x == nil {
		return nil
	}
	e := &env{t: t, f: f}
	var out []Named
	for _, name := range x.x.Names() {
		v := e.find(name, true)
		out = append(out, Named{Name: name, Value: v.v, Label: v.l})
	}
	return out
}

// Name is the id of a step, or its kind and line where it has none: "say@12". Skips are named so.
func (s *Step) Name() string { return s.where() }
