package flows

import (
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// send: one item of the catalogue, or with "fit" the item that fits this doctor best.
func kindSend() *stepKind {
	return &stepKind{
		name: "send", key: "send", keys: []string{"prefer", "topics"},
		bind: func(b *binder, o *object, s *Step) {
			body := &SendStep{at: b.at(o.keys["send"])}
			body.Content = strings.TrimPrefix(o.plain("send"), "content.")
			if body.Content == "" {
				b.add(o.keys["send"], "empty_text", "key", "send")
			}
			if body.Content == "fit" {
				body.Prefer, body.Topics = o.expr("prefer"), o.expr("topics")
			} else if o.has("prefer") || o.has("topics") {
				b.add(o.node, "only_fit")
			}
			s.Body = body
		},
		names: func(l *linker, s *Step) {
			if s.ID != "" {
				l.declare(s, s.ID+".sent", cond.Type{Kind: cond.KindBool}, s.at)
			}
		},
		link: func(l *linker, s *Step) {
			body := s.Body.(*SendStep)
			if !l.lib.partial && body.Content != "" && body.Content != "fit" {
				if _, ok := l.lib.content(body.Content); !ok {
					l.add(body.at, "unknown_content", "name", body.Content, "near", cond.Nearest(body.Content, l.lib.contentIDs()))
				}
			}
		},
		run: runSend,
	}
}

// SendStep is the body of a send step.
type SendStep struct {
	Content string // catalogue id or "fit"
	Prefer  *Expr  // kind or kinds that the doctor asked for
	Topics  *Expr
	at      place
}

func runSend(t *turn, f *Frame, s *Step) verdict {
	body := s.Body.(*SendStep)
	var item Content
	var why string
	ok := false
	if body.Content == "fit" {
		var p Picked
		p, ok = Pick(t.e.lib.Contents(), t.e.lib.Match(), t.wish(f, body))
		item, why = p.Content, p.Code
	} else if item, ok = t.e.lib.content(body.Content); ok {
		ok = item.Allowed(t.level(), t.in.At) && !t.sent(item.ID)
		why = "named"
	}
	if !ok {
		if body.Content == "fit" {
			t.sayLine("no_content")
		}
		t.skip(s, "no_content")
	} else {
		t.out.Sends = append(t.out.Sends, Send{Content: item, Why: why})
	}
	if s.ID != "" {
		t.setVar(f, s.ID+".sent", cond.Bool(ok))
	}
	return goOn
}
