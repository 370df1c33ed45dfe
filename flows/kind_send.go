package flows

import (
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// send: one item of the catalogue, by its name or by an input of the flow, or with "fit" the item that fits this doctor best.
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
			if strings.HasPrefix(body.Content, "input.") {
				body.Content, body.Given = "", o.expr("send")
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
	Given   *Expr  // names the item instead: an input of the flow
	Prefer  *Expr  // kind or kinds that the doctor asked for
	Topics  *Expr
	at      place
}

// Item is what the author wrote: an item, "fit", or the input that names one.
func (s *SendStep) Item() string {
	if s.Given != nil {
		return s.Given.Source()
	}
	return s.Content
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
	} else if item, ok = t.e.lib.content(t.wantedItem(f, body)); ok {
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

// wantedItem is the item that is written out, or that the flow was given.
func (t *turn) wantedItem(f *Frame, body *SendStep) string {
	if body.Given == nil {
		return body.Content
	}
	return t.eval(f, body.Given).Str()
}
