package flows

import (
	"regexp"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// text: words of the doctor, with a length and perhaps a pattern.
func kindText() *questionKind {
	return &questionKind{
		name: "text", keys: []string{"length", "pattern", "quotable"},
		bind: func(b *binder, o *object, q *Question) {
			q.Low, q.High = o.span("length")
			q.Quotable = o.word("quotable")
			if n := o.keys["pattern"]; n != nil && n.Kind == yaml.MappingNode {
				p := b.object(n, []string{"form", "say"})
				p.need("form", "say")
				q.OffForm = p.text("say")
				b.pattern(p, "form", q)
			} else {
				b.pattern(o, "pattern", q)
			}
		},
		typ:   func(*Question) cond.Type { return cond.Type{Kind: cond.KindText} },
		print: func(*turn, *Frame, *Step) string { return "" },
		read: func(t *turn, _ *Frame, s *Step, text string) answer.Reading {
			q := s.Body.(*Question)
			opt := q.textOptions()
			if t.e.lib.nameField(q.Save) {
				return t.e.lib.personName(text, opt)
			}
			return t.e.lib.reader.Text(text, opt)
		},
		label: func(_ *Engine, _ *Question, v Value) string { return v.Str() },
	}
}

// personName reads a name that has the form the author wants. What an entry of a list is called, such as a hospital, is read back.
func (lib *Library) personName(text string, opt answer.TextOptions) answer.Reading {
	rd := lib.reader.Name(text)
	if rd.Status != answer.OK && rd.Status != answer.Offer {
		return rd
	}
	if inner := lib.reader.Text(rd.Value.Str(), opt); inner.Status != answer.OK {
		return inner
	}
	for _, list := range lib.lists {
		if rd.Status == answer.OK && list.index.Names(rd.Value.Str()) {
			rd.Status, rd.Confirm = answer.Offer, "doubt"
		}
	}
	return rd
}

func (b *binder) pattern(o *object, key string, q *Question) {
	s := o.plain(key)
	if s == "" {
		return
	}
	re, err := regexp.Compile(s)
	if err != nil {
		b.add(o.keys[key], "bad_pattern")
	}
	q.Pattern = re
}

func (q *Question) textOptions() answer.TextOptions {
	opt := answer.TextOptions{Pattern: q.Pattern}
	if q.Low != nil {
		opt.Min = int(*q.Low)
	}
	if q.High != nil {
		opt.Max = int(*q.High)
	}
	return opt
}
