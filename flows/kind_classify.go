package flows

import (
	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// classify: the first class whose condition holds; the last one is else.
func kindClassify() *stepKind {
	return &stepKind{
		name: "classify", key: "classify", keys: []string{"rules", "save"},
		bind: bindClassify,
		names: func(l *linker, s *Step) {
			body := s.Body.(*ClassifyStep)
			codes := make([]string, 0, len(body.Rules))
			for _, r := range body.Rules {
				codes = append(codes, r.Value)
			}
			l.declare(s, body.Name, cond.Type{Kind: cond.KindText, Codes: codes}, body.at)
		},
		link: func(l *linker, s *Step) {
			if body := s.Body.(*ClassifyStep); body.Save != "" {
				l.field(body.Save, body.saveAt)
			}
		},
		run: func(t *turn, f *Frame, s *Step) verdict {
			body := s.Body.(*ClassifyStep)
			for _, r := range body.Rules {
				if r.When != nil && !t.holds(f, r.When) {
					continue
				}
				t.setVar(f, body.Name, cond.Text(r.Value))
				if body.Save != "" {
					t.assign(f, Assign{Field: body.Save, Value: cond.Text(r.Value), Label: r.Label, From: s.where(), Answer: -1})
				}
				break
			}
			return goOn
		},
	}
}

// ClassifyStep is the body of a classify step.
type ClassifyStep struct {
	Name   string
	Save   string
	Rules  []ClassRule
	at     place
	saveAt place
}

// ClassRule gives a class; When is nil for else.
type ClassRule struct {
	Value string `canon:"name"`
	Label string `canon:"text"`
	When  *Expr
	at    place
}

func bindClassify(b *binder, o *object, s *Step) {
	body := &ClassifyStep{Name: o.word("classify"), at: b.at(o.keys["classify"])}
	s.Body = body
	body.Save, body.saveAt = o.profileField("save")
	if !o.need("rules") {
		return
	}
	for _, n := range o.items("rules") {
		if n.Kind != yaml.MappingNode || len(n.Content) != 2 {
			b.add(n, "class_rule")
			continue
		}
		k, v := n.Content[0], n.Content[1]
		r := ClassRule{Value: k.Value, at: b.at(k)}
		if v.Kind != yaml.ScalarNode || v.Value != "else" {
			if r.When = b.expression(v, k.Value, true); r.When == nil {
				continue
			}
		}
		body.Rules = append(body.Rules, r)
	}
}
