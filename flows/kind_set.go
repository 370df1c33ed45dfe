package flows

import (
	"strings"

	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// set: computed values; a name profile.x writes the profile.
func kindSet() *stepKind {
	return &stepKind{
		name: "set", key: "set",
		bind: bindSet,
		names: func(l *linker, s *Step) {
			for _, p := range s.Body.(*SetStep).Pairs {
				if p.Field == "" {
					l.declare(s, p.Name, cond.Type{}, p.at)
				}
			}
		},
		link: func(l *linker, s *Step) {
			for _, p := range s.Body.(*SetStep).Pairs {
				if p.Field != "" {
					l.field(p.Field, p.at)
				} else if p.Expr != nil && p.Expr.x != nil {
					l.scope.retype(p.Name, p.Expr.x.Type())
				}
				l.bareWord(p.Expr)
			}
		},
		run: func(t *turn, f *Frame, s *Step) verdict {
			for _, p := range s.Body.(*SetStep).Pairs {
				v := t.eval(f, p.Expr)
				if p.Field != "" {
					t.assign(f, Assign{Field: p.Field, Value: v, From: s.where(), Answer: -1})
				} else {
					t.setVar(f, p.Name, v)
				}
			}
			return goOn
		},
	}
}

// SetStep is the body of a set step.
type SetStep struct{ Pairs []SetPair }

// SetPair is one computed value.
type SetPair struct {
	Name  string
	Field string // profile field, "" = a computed value of the flow
	Expr  *Expr
	at    place
}

func bindSet(b *binder, o *object, s *Step) {
	body := &SetStep{}
	s.Body = body
	n := o.keys["set"]
	if n.Kind != yaml.MappingNode {
		b.add(n, "want_map")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		p := SetPair{Name: k.Value, at: b.at(k)}
		if field, ok := strings.CutPrefix(k.Value, "profile."); ok {
			p.Field = field
		} else if !isName(k.Value) || cond.Reserved(k.Value) {
			b.add(k, "bad_name", "name", k.Value)
		}
		if p.Expr = b.expression(v, k.Value, false); p.Expr != nil {
			body.Pairs = append(body.Pairs, p)
		}
	}
}

// bareWord files a single word which is taken as a code although it looks like a name with a slip.
func (l *linker) bareWord(e *Expr) {
	if e == nil || e.x == nil || len(e.x.Names()) > 0 || !isName(e.src) || cond.Reserved(e.src) || e.src == "yes" || e.src == "no" {
		return
	}
	if near := cond.Nearest(e.src, l.scope.Names()); near != "" {
		l.add(e.at.find(e.src), "cond_unknown_name", "name", e.src, "near", near)
	}
}
