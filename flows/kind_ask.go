package flows

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// askKeys are the keys that every question may have; a type adds its own.
var askKeys = []string{"type", "required", "retry", "max_retry", "on_fail", "confirm", "save", "known", "fresh", "check", "unknown",
	"commands", "inside", "pii", "help", "element", "stage"}

// ContactStages are the stages of a first contact in their order: probing, understanding, awareness, willingness. Source: the seed requirements.
var ContactStages = []string{"probe", "understand", "aware", "intent"}

// typeKeys are keys of some types only, with the words for the advice.
var typeKeys = []string{"choices", "labels", "pick", "range", "on_range", "step", "unit", "ends", "length", "pattern", "quotable", "past", "future", "hours", "list",
	"candidates", "purpose", "policy", "shuffle", "show", "landline"}

// ask: a question; the talk waits for its answer.
func kindAsk() *stepKind {
	return &stepKind{
		name: "ask", key: "ask", keys: append(slices.Clone(askKeys), typeKeys...),
		bind: bindAsk,
		names: func(l *linker, s *Step) {
			q := s.Body.(*Question)
			if q.kind == nil {
				return
			}
			typ := q.kind.typ(q)
			typ.Missing = !q.Required || s.When != nil || q.Unknown != nil || q.OnFail == "skip"
			l.declare(s, s.ID, typ, s.at)
		},
		link: linkAsk,
		run:  func(t *turn, f *Frame, s *Step) verdict { return t.ask(f, s) },
	}
}

// newQuestion is a question before its author has written anything.
func newQuestion() *Question {
	return &Question{Required: true, MaxRetry: -1, Known: "ask", Commands: true, Inside: true}
}

func bindAsk(b *binder, o *object, s *Step) {
	q := newQuestion()
	s.Body = q
	q.Ask = o.text("ask")
	o.need("id")
	b.questionType(o, q)
	b.dialogue(o, q)
	if q.kind == nil {
		return
	}
	if q.kind.choices {
		b.choiceList(o, q)
	}
	q.Form = o.oneOf("show", "auto", "list", "menu", "plain")
	if q.Form == "menu" {
		b.add(o.keys["show"], "menu_as_list")
	}
	if q.kind.bind != nil {
		q.kind.bind(b, o, q)
	}
	for _, key := range typeKeys {
		if o.has(key) && !contains(q.kind.keys, key) && !(q.kind.choices && (key == "choices" || key == "shuffle")) {
			b.add(o.key[key], "key_of_type", "key", key, "type", q.Type, "types", strings.Join(b.typesWith(key), listMark))
		}
	}
}

func (b *binder) questionType(o *object, q *Question) {
	q.Type = o.plain("type")
	if !o.has("type") {
		q.Type = "text"
		if o.has("choices") {
			q.Type = "one"
		}
	}
	var names []string
	for _, k := range b.kinds.questions {
		if k.name == q.Type {
			q.kind = k
			return
		}
		names = append(names, k.name)
	}
	b.add(o.keys["type"], "not_allowed", "key", "type", "value", q.Type, "allowed", strings.Join(names, listMark), "near", cond.Nearest(q.Type, names))
}

func (b *binder) typesWith(key string) []string {
	var out []string
	for _, k := range b.kinds.questions {
		if contains(k.keys, key) || (k.choices && (key == "choices" || key == "shuffle")) {
			out = append(out, k.name)
		}
	}
	return out
}

// dialogue reads what every type has: refusals, read-back, profile, checks.
func (b *binder) dialogue(o *object, q *Question) {
	q.Required = o.flag("required", true)
	q.Retry = o.texts("retry")
	q.MaxRetry = o.number("max_retry", 1, 20, -1)
	q.OnFail = b.target(o, "on_fail")
	q.Confirm = o.text("confirm")
	q.Save, q.saveAt = o.profileField("save")
	q.Known = cmp.Or(o.oneOf("known", "ask", "skip", "confirm"), "ask")
	if q.Known != "ask" && q.Save == "" {
		b.add(o.keys["known"], "known_save")
	}
	q.Fresh = o.duration("fresh", 0)
	q.Commands = o.flag("commands", true)
	q.Inside = o.flag("inside", true)
	q.PII = o.flag("pii", false)
	q.Help = o.text("help")
	q.Element = o.word("element")
	q.Stage = o.oneOf("stage", ContactStages...)
	for _, n := range o.items("check") {
		c := b.object(n, []string{"when", "say"})
		if c.need("when", "say") {
			q.Check = append(q.Check, Check{When: c.cond("when"), Say: c.text("say")})
		}
	}
	if n := o.keys["unknown"]; n != nil && n.Kind == yaml.MappingNode {
		u := b.object(n, []string{"label", "aka", "probe"})
		u.need("label")
		q.Unknown = &Unknown{Label: u.plain("label"), Aka: u.words("aka"), Probe: u.text("probe")}
	} else if n != nil {
		q.Unknown = &Unknown{Label: o.plain("unknown")}
	}
	if q.Unknown != nil {
		b.fixed(o.node, append([]string{q.Unknown.Label}, q.Unknown.Aka...)...)
	}
}

// profileField reads "profile.x".
func (o *object) profileField(key string) (string, place) {
	n := o.keys[key]
	if n == nil {
		return "", place{}
	}
	field, ok := strings.CutPrefix(o.plain(key), "profile.")
	if !ok || !isName(field) {
		o.b.add(n, "want_profile", "key", key)
		return "", place{}
	}
	return field, o.b.at(n)
}

func linkAsk(l *linker, s *Step) {
	q := s.Body.(*Question)
	if q.kind == nil {
		return
	}
	if q.Save != "" {
		l.field(q.Save, q.saveAt)
	}
	for i := range q.Choices {
		if g := q.Choices[i].Goto; g != "" {
			l.target(jumpRef{to: g, at: q.Choices[i].at})
		}
	}
	l.prepare(q)
	l.linkLimits(s, q)
}
