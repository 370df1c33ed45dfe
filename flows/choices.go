package flows

import (
	"strconv"
	"strings"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// choiceList reads the options of a question, or remembers the name of a list.
func (b *binder) choiceList(o *object, q *Question) {
	n := o.keys["choices"]
	q.Shuffle = o.flag("shuffle", false)
	if n == nil {
		if q.Type != "consent" {
			b.add(o.node, "missing_key", "key", "choices")
		}
		return
	}
	q.choices = b.at(n)
	if n.Kind == yaml.ScalarNode {
		q.List, q.listAt = n.Value, b.at(n)
		return
	}
	q.Choices = b.bindChoices(n)
	if n.Kind == yaml.SequenceNode && len(n.Content) < 2 {
		b.add(o.key["choices"], "few_choices")
	}
}

// bindChoices reads "value: label" or "value: {label: …}".
func (b *binder) bindChoices(n *yaml.Node) []Choice {
	if n.Kind != yaml.SequenceNode {
		b.add(n, "want_list", "key", "choices")
		return nil
	}
	out := make([]Choice, 0, len(n.Content))
	seen := map[string]bool{}
	for _, item := range n.Content {
		if item.Kind != yaml.MappingNode || len(item.Content) != 2 {
			b.add(item, "choice_form")
			continue
		}
		c := b.choice(item.Content[0], item.Content[1])
		if seen[c.Code] {
			b.add(item.Content[0], "duplicate_choice", "value", c.Code)
			continue
		}
		seen[c.Code] = true
		out = append(out, c)
	}
	return out
}

func (b *binder) choice(k, v *yaml.Node) Choice {
	c := Choice{Code: k.Value, at: b.at(k)}
	if !isName(c.Code) && !isNumber(c.Code) {
		b.add(k, "bad_name", "name", c.Code)
	}
	defer func() { b.fixed(v, append([]string{c.Label, c.Text}, c.Aka...)...) }()
	if v.Kind == yaml.ScalarNode {
		if c.Label = b.scalar(v, c.Code); c.Label == "" {
			b.add(v, "empty_text", "key", c.Code)
		}
		return c
	}
	o := b.object(v, []string{"label", "aka", "score", "key", "only", "last", "tag", "goto", "say", "when", "text", "city", "province", "level"})
	o.need("label")
	c.Label, c.Aka, c.Key = o.plain("label"), o.words("aka"), o.plain("key")
	c.Only, c.Last, c.Tag, c.Goto, c.Text = o.flag("only", false), o.flag("last", false), o.plain("tag"), o.word("goto"), o.plain("text")
	c.Say, c.When = o.text("say"), o.cond("when")
	if o.has("score") {
		f, err := parseFloat(o.plain("score"))
		if err != nil || f == nil {
			b.add(o.keys["score"], "want_number", "key", "score", "low", "-1000", "high", "1000")
		} else {
			c.Score = *f
		}
	}
	for _, key := range []string{"city", "province", "level"} {
		if s := o.plain(key); s != "" {
			if c.extra == nil {
				c.extra = map[string]string{}
			}
			c.extra[key] = s
		}
	}
	return c
}

// fixed files placeholders in words that are also matched against what doctors type: such words are the same for everyone.
func (b *binder) fixed(n *yaml.Node, words ...string) {
	for _, w := range words {
		if i := strings.Index(w, "${"); i >= 0 {
			at := b.at(n).find(w[i:])
			b.sink.Add(b.file, at.line, at.column, at.width, "fixed_words", "text", w)
			return
		}
	}
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// options turns choices into what the answer reader wants; visible holds positions in the order shown.
func (lib *Library) options(choices []Choice, visible []int) []answer.Option {
	out := make([]answer.Option, 0, len(visible))
	for _, i := range visible {
		c := &choices[i]
		out = append(out, answer.Option{Code: c.Code, Label: c.Label, Aka: lib.aka(c.Label, c.Aka), Key: c.Key, Only: c.Only, Last: c.Last, Text: c.Text != ""})
	}
	return out
}

// codesOf is the closed set of a question's values.
func codesOf(choices []Choice) []string {
	out := make([]string, 0, len(choices))
	for i := range choices {
		out = append(out, choices[i].Code)
	}
	return out
}

// maxChoices is the most that is read at all; lint refuses far fewer.
const maxChoices = 60

// prepare makes the tables that reading an answer needs, once per load.
func (l *linker) prepare(q *Question) {
	if q.List != "" {
		list := l.lib.lists[q.List]
		if list == nil && l.lib.partial && q.kind.name == "lookup" {
			return // master data is not part of a version: it is taken from the folder in force
		}
		if list == nil {
			l.add(q.listAt, "unknown_list", "name", q.List, "near", cond.Nearest(q.List, l.lib.listNames()))
			return
		}
		q.Choices = list.Items
		if q.kind.name == "lookup" {
			q.index = list.index
		}
	}
	if q.kind.name == "lookup" && q.index == nil {
		q.index = l.lib.index(q.Choices)
	}
	if q.kind.name != "lookup" && len(q.Choices) > maxChoices {
		at := q.choices
		if at.file == nil {
			at = q.listAt
		}
		l.add(at, "too_many_choices", "n", itoa(len(q.Choices)))
		q.Choices = q.Choices[:maxChoices]
	}
	q.byCode = make(map[string]int, len(q.Choices))
	all := make([]int, len(q.Choices))
	for i := range q.Choices {
		q.byCode[q.Choices[i].Code] = i
		all[i] = i
	}
	if q.kind.name != "lookup" && len(q.Choices) > 0 {
		q.reader = l.lib.reader.Choices(l.lib.options(q.Choices, all))
	}
}

// dynamic tells that the printed options depend on the doctor or on earlier answers.
func (q *Question) dynamic() bool {
	if q.Shuffle {
		return true
	}
	for i := range q.Choices {
		if q.Choices[i].When != nil {
			return true
		}
	}
	return false
}
