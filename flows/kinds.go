package flows

import (
	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
	"strings"
)

// stepKind is one kind of step. Its leading key (and for "do" the value) says what a step is.
type stepKind struct {
	name  string   // file kind_<name>.go and transcript testdata/kinds/<name>.txt
	key   string   // leading key
	value string   // value of the leading key, "" = any
	keys  []string // keys beside those that every step may have

	bind  func(b *binder, o *object, s *Step)
	names func(l *linker, s *Step)                 // declares the names that the step gives to later steps
	link  func(l *linker, s *Step)                 // checks references and finishes the body
	run   func(t *turn, f *Frame, s *Step) verdict // decides what happens
}

// questionKind is one type of question.
type questionKind struct {
	name    string
	keys    []string  // keys beside those that every question may have
	choices bool      // needs choices
	takes   InputKind // the message that answers it where no words do: a picture, a recording, a place
	bind    func(b *binder, o *object, q *Question)
	typ     func(q *Question) cond.Type
	print   func(t *turn, f *Frame, s *Step) string // what the engine adds below the question
	read    func(t *turn, f *Frame, s *Step, text string) answer.Reading
	label   func(e *Engine, q *Question, v Value) string
}

// stepKinds is the list of steps that the language has. Adding one: kind_<name>.go, a line here, testdata/kinds/<name>.txt.
func stepKinds() []*stepKind {
	return []*stepKind{
		kindSay(), kindAsk(), kindSend(), kindSet(), kindClassify(), kindTag(), kindUntag(),
		kindLead(), kindReport(), kindVerify(), kindHandoff(), kindHandover(), kindNotify(), kindMeeting(), kindAnswer(), kindQuote(), kindInvite(), kindCall(), kindBlock(), kindSplit(), kindEnd(),
	}
}

// questionKinds is the list of question types. Adding one: kind_<name>.go, a line here, testdata/kinds/<name>.txt.
func questionKinds() []*questionKind {
	return []*questionKind{
		kindOne(), kindMany(), kindRank(), kindYesNo(), kindScale(), kindNumber(), kindPercent(), kindDuration(), kindText(), kindPhone(),
		kindDate(), kindDateTime(), kindLookup(), kindImage(), kindVoice(), kindLocation(), kindConsent(),
	}
}

// kinds are the two lists, made once per load.
type kinds struct {
	steps     []*stepKind
	questions []*questionKind
}

func allKinds() *kinds { return &kinds{steps: stepKinds(), questions: questionKinds()} }

var (
	stepKeys    = []string{"id", "when", "goto", "next", "max_visits", "note"}
	leadingKeys = []string{"say", "ask", "send", "set", "classify", "tag", "untag", "do", "call", "block", "split", "end"}
)

// doWords are the values of do, in the order of the list of steps.
func (k *kinds) doWords() []string {
	var out []string
	for _, s := range k.steps {
		if s.key == "do" {
			out = append(out, s.value)
		}
	}
	return out
}

// bindStep reads one step.
func (b *binder) bindStep(n *yaml.Node, index int) *Step {
	s := &Step{N: index, node: n, at: b.at(n), MaxVisits: 3}
	around := b.step // the block step when this is one of its steps
	b.step = s
	defer func() { b.step = around }()
	if n.Kind != yaml.MappingNode {
		b.add(n, "want_map")
		return nil
	}
	k := b.stepKind(n)
	if k == nil {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if w := n.Content[i].Value; w != k.key && contains(leadingKeys, w) && !contains(k.keys, w) {
			b.add(n.Content[i], "two_leading", "a", k.key, "b", w)
			return nil
		}
	}
	o := b.object(n, append(append([]string{k.key}, stepKeys...), k.keys...))
	s.Kind, s.kind, s.meant = k.name, k, o.meant
	s.ID = o.word("id")
	s.When = o.cond("when")
	s.Note = o.plain("note")
	if k.name == "lead" {
		s.Note = ""
	}
	s.Goto = b.target(o, "goto")
	s.MaxVisits, s.limited = o.number("max_visits", 1, 20, 3), o.has("max_visits")
	for _, item := range o.items("next") {
		j := b.object(item, []string{"when", "goto"})
		if j.need("when", "goto") {
			s.Next = append(s.Next, Jump{When: j.cond("when"), Goto: b.target(j, "goto")})
		}
	}
	k.bind(b, o, s)
	return s
}

// stepKind finds the kind by the leading key.
func (b *binder) stepKind(n *yaml.Node) *stepKind {
	have := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		have[n.Content[i].Value] = n.Content[i+1]
	}
	for _, k := range b.kinds.steps {
		if have["do"] != nil && k.key != "do" {
			continue // beside do, say and the like are its own keys
		}
		if v := have[k.key]; v != nil && (k.value == "" || v.Value == k.value) {
			return k
		}
	}
	if v := have["do"]; v != nil {
		words := b.kinds.doWords()
		b.add(v, "not_allowed", "key", "do", "value", v.Value, "allowed", strings.Join(words, listMark), "near", cond.Nearest(v.Value, words))
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if near := cond.Nearest(k.Value, leadingKeys); near != "" && !contains(stepKeys, k.Value) {
			b.add(k, "unknown_key", "key", k.Value, "near", near)
			return nil
		}
	}
	b.add(n, "no_leading_key")
	return nil
}

// target reads a goto; words and ids are checked when the flow is linked.
func (b *binder) target(o *object, key string) string {
	s := o.word(key)
	if s != "" && b.step != nil {
		b.step.gotos = append(b.step.gotos, jumpRef{to: s, at: b.at(o.keys[key]), soft: key != "goto"})
	}
	return s
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
