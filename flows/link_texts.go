package flows

import (
	"slices"
	"strings"
)

// said reports whether the texts of a step are meant for the doctor: notes of leads and arguments are not.
func (s *Step) said() bool {
	switch s.Body.(type) {
	case *LeadStep, *CallStep, *VerifyStep, *ReportStep, *NotifyStep, *QuoteStep, *InviteStep:
		return false
	}
	return true
}

// before reports a text that is said before the step has its value: the question itself, its help and its refusals.
func (s *Step) before(x *Text) bool {
	q, ok := s.Body.(*Question)
	if !ok {
		return false
	}
	for _, r := range q.Retry {
		if r == x {
			return true
		}
	}
	return x == q.Ask || x == q.Help || (q.Unknown != nil && x == q.Unknown.Probe)
}

// missing files placeholders which may print nothing. Names of the flow are errors; what comes from outside is worth a warning.
func (l *linker) missing(x *Text, here pathScope) {
	type open struct {
		until   int
		holding []string
	}
	var around []open
	outside := here.holding
	for i := range x.parts {
		p := &x.parts[i]
		for len(around) > 0 && around[len(around)-1].until <= i {
			around = around[:len(around)-1]
		}
		if p.skip > 0 && p.when != nil {
			around = append(around, open{p.skip, conjuncts(p.when.Source())})
			continue
		}
		here.holding = outside
		for _, o := range around {
			here.holding = append(here.holding[:len(here.holding):len(here.holding)], o.holding...)
		}
		if name := p.mayLack(here); name != "" {
			l.lack(x, name)
		}
	}
}

// mayLack names what a placeholder may lack, "" when it always prints something.
func (p *part) mayLack(here pathScope) string {
	name := ""
	for _, a := range p.alts {
		switch {
		case a.name == "" && a.expr == nil:
			return ""
		case a.name == "" && !a.expr.Type().Missing:
			return ""
		case a.name == "":
			if ns := a.expr.Names(); len(ns) > 0 {
				name = ns[0]
			}
			continue
		}
		if !a.code && here.given(a.name+wordsOnly, here.holding) {
			return ""
		}
		t, ok := here.Lookup(a.name)
		if !ok || (!t.Missing && (!strings.HasPrefix(a.name, "profile.") || here.given(a.name, here.holding))) {
			return ""
		}
		name = a.name
	}
	return name
}

func (l *linker) lack(x *Text, name string) {
	key := "lacks_outside"
	if l.scope.gives(name) && !strings.Contains(name, ".") {
		key = "lacks_answer"
	}
	l.add(x.where("${"+name), key, "name", name)
}

// checks reports a condition of check: it looks at a value before it is taken.
func (s *Step) checks(e *Expr) bool {
	q, ok := s.Body.(*Question)
	return ok && slices.ContainsFunc(q.Check, func(c Check) bool { return c.When == e })
}
