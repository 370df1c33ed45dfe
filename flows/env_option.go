package flows

import (
	"slices"
	"strings"
)

// chosenIn finds the question whose option an item is: the list may be an answer, or an input that stands for one.
func (t *turn) chosenIn(e *env, x *Expr, code string) *Choice {
	if x == nil || x.x == nil {
		return nil
	}
	for _, name := range x.x.Names() {
		if c := t.optionOf(e, name, code); c != nil {
			return c
		}
	}
	return nil
}

func (t *turn) itemLabel(e *env, x *Expr, code string) string {
	if c := t.chosenIn(e, x, code); c != nil {
		return c.Label
	}
	return code
}

// alone reports an option that cannot be chosen with others: there is nothing to go through.
func (t *turn) alone(e *env, x *Expr, code string) bool {
	c := t.chosenIn(e, x, code)
	return c != nil && c.Only
}

// optionOf finds the option behind a code that a name holds: the name of a question, of what a call or a block brought, of a profile field, or of an
// input that was given one of them.
func (t *turn) optionOf(e *env, name, code string) *Choice {
	head, tail, dotted := strings.Cut(name, ".")
	if head == "profile" && dotted {
		return t.e.lib.optionOfField(tail, code)
	}
	for x := e; x != nil && x.f != nil; x = x.outer() {
		flow := x.flow()
		if flow == nil {
			return nil
		}
		if head == "input" && dotted && x.f.R == 0 {
			return t.optionOfInput(x.f, tail, code)
		}
		s := flow.Step(head)
		if s == nil {
			continue
		}
		switch body := s.Body.(type) {
		case *BlockStep:
			s = body.Inner.Step(tail)
		case *CallStep:
			if callee := flow.lib.flows[body.Flow]; callee != nil {
				s = callee.Step(tail)
			}
		}
		if s == nil {
			return nil
		}
		q, _ := s.Body.(*Question)
		return t.option(q, code)
	}
	return nil
}

func (t *turn) optionOfInput(f *Frame, input, code string) *Choice {
	i := t.depthOf(f)
	if i < 1 || f.Call == "" {
		return nil
	}
	caller := t.flow(i - 1)
	if caller == nil {
		return nil
	}
	at := slices.IndexFunc(caller.Steps, func(s *Step) bool { return s.where() == f.Call })
	if at < 0 {
		return nil
	}
	body, ok := caller.Steps[at].Body.(*CallStep)
	if !ok {
		return nil
	}
	for _, w := range body.With {
		if p := w.Value.only(); w.Name == input && p != nil && len(p.alts) > 0 && p.alts[0].name != "" {
			return t.optionOf(t.env(&t.st.Frames[i-1]), p.alts[0].name, code)
		}
	}
	return nil
}

func (t *turn) option(q *Question, code string) *Choice {
	if q == nil {
		return nil
	}
	choices, byCode := t.lookupChoices(q)
	if i, ok := byCode[code]; ok {
		return &choices[i]
	}
	return nil
}

// optionOfField finds an option of a question that is saved to a profile field.
func (lib *Library) optionOfField(field, code string) (found *Choice) {
	for _, f := range lib.order {
		f.Walk(func(_ *Flow, s *Step) {
			if q, ok := s.Body.(*Question); ok && q.Save == field && found == nil {
				if i, ok := q.byCode[code]; ok {
					found = &q.Choices[i]
				}
			}
		})
	}
	return found
}
