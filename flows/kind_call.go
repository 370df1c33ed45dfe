package flows

import (
	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// call: run another flow and come back; its outputs are read as <id of this step>.<output>.
func kindCall() *stepKind {
	return &stepKind{
		name: "call", key: "call", keys: []string{"with"},
		bind: bindCall,
		names: func(l *linker, s *Step) {
			callee := l.lib.flows[s.Body.(*CallStep).Flow]
			if callee == nil || callee.scope == nil || s.ID == "" {
				return
			}
			for _, out := range callee.outputs() {
				typ, _ := callee.scope.Lookup(out)
				typ.Missing = true
				l.declare(s, s.ID+"."+out, typ, s.at)
			}
		},
		link: linkCall,
		run: func(t *turn, f *Frame, s *Step) verdict {
			body := s.Body.(*CallStep)
			if f.carried(s) {
				return goOn
			}
			var in []Var
			for _, w := range body.With {
				x := t.textValue(f, w.Value)
				if x.v.IsEmpty() {
					continue
				}
				if x.l == x.v.Str() {
					x.l = ""
				}
				in = append(in, Var{w.Name, x.v, x.l})
			}
			return t.call(f, s, body.Flow, in)
		},
	}
}

// CallStep is the body of a call step.
type CallStep struct {
	Flow string
	With []WithPair `canon:"set"`
	at   place
}

// WithPair gives one input of the called flow its value.
type WithPair struct {
	Name  string `canon:"name"`
	Value *Text  `canon:"shape"`
	at    place
}

func bindCall(b *binder, o *object, s *Step) {
	body := &CallStep{Flow: o.word("call"), at: b.at(o.keys["call"])}
	s.Body = body
	n := o.keys["with"]
	if n == nil {
		return
	}
	if n.Kind != yaml.MappingNode {
		b.add(n, "want_map")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if v := b.text(n.Content[i+1], n.Content[i].Value); v != nil {
			body.With = append(body.With, WithPair{Name: n.Content[i].Value, Value: v, at: b.at(n.Content[i])})
		}
	}
}

func linkCall(l *linker, s *Step) {
	body := s.Body.(*CallStep)
	if body.Flow == "" {
		return
	}
	callee := l.lib.flows[body.Flow]
	if callee == nil {
		l.add(body.at, "unknown_flow", "name", body.Flow, "near", cond.Nearest(body.Flow, l.lib.flowNames()))
		return
	}
	var names []string
	for _, p := range callee.Inputs {
		names = append(names, p.Name)
	}
	for _, w := range body.With {
		if !contains(names, w.Name) {
			l.add(w.at, "unknown_input", "name", w.Name, "flow", body.Flow, "near", cond.Nearest(w.Name, names))
		}
	}
}
