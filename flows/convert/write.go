package convert

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// write makes the flow file. until is the last day of the placeholder approval.
func (f *form) write(d *dialect, until time.Time) (Result, error) {
	if f.count == 0 {
		return Result{}, unreadable(word("no_question"))
	}
	id := legal(f.id, "form")
	title := f.title
	if title == "" {
		title = word("untitled")
	}
	top := &yaml.Node{Kind: yaml.MappingNode, HeadComment: "# " + word("header", "from", f.from)}
	put(top, "flow", id)
	put(top, "title", title)
	put(top, "owner", word("owner"))
	approval := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	put(approval, "no", word("approval"))
	put(approval, "until", until.Format(time.DateOnly))
	add(top, "approval", approval)
	put(top, "lang", "zh-CN")
	steps := f.steps(d, f.items)
	if f.thanks == "" {
		f.thanks = word("thanks")
	}
	steps.Content = append(steps.Content, pair("say", f.words(f.thanks)), pair("end", "done"))
	add(top, "steps", steps)
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(top); err != nil {
		return Result{}, unreadable(err.Error())
	}
	return Result{YAML: b.Bytes(), ID: id, Dropped: f.dropped}, nil
}

func (f *form) steps(d *dialect, items []*item) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, it := range items {
		if n := f.step(d, it); n != nil {
			list.Content = append(list.Content, n)
		}
	}
	return list
}

func (f *form) step(d *dialect, it *item) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	when := f.when(d, it)
	switch it.kind {
	case "say":
		put(n, "say", f.words(it.text))
	case "set":
		value := f.render(d, it, it.value)
		if value == "" {
			return nil
		}
		m := &yaml.Node{Kind: yaml.MappingNode}
		put(m, it.id, value)
		add(n, "set", m)
	case "block":
		return f.block(d, it, when)
	default:
		f.question(d, it, n)
	}
	if when != "" {
		put(n, "when", when)
	}
	return n
}

// when joins the conditions of an item, its own and those of the groups around it.
func (f *form) when(d *dialect, it *item) string {
	var parts []string
	for _, c := range it.when {
		if s := f.render(d, it, c); s != "" {
			parts = append(parts, s)
		}
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	for i, p := range parts {
		if strings.Contains(p, " or ") {
			parts[i] = "(" + p + ")"
		}
	}
	return strings.Join(parts, " and ")
}

func (f *form) block(d *dialect, it *item, when string) *yaml.Node {
	inner := f.steps(d, it.items)
	if len(inner.Content) == 0 {
		return nil
	}
	loop := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	if times := f.render(d, it, it.times); times != "" {
		put(loop, "times", times)
	} else {
		put(loop, "another", word("another"))
	}
	most := it.most
	if most == "" {
		most = "10"
	}
	put(loop, "max", most)
	n := &yaml.Node{Kind: yaml.MappingNode}
	add(n, "block", loop)
	put(n, "id", it.id)
	if when != "" {
		put(n, "when", when)
	}
	add(n, "steps", inner)
	return n
}

func (f *form) question(d *dialect, it *item, n *yaml.Node) {
	put(n, "ask", f.words(it.text))
	put(n, "id", it.id)
	if it.typ != "one" || it.inline {
		put(n, "type", it.typ)
	}
	if it.typ == "yesno" && len(it.ends[0]) > 0 {
		n.Content = append(n.Content, scalar("labels"), flow(it.ends[:]))
	}
	if len(it.choices) > 0 {
		add(n, "choices", f.choiceNodes(d, it))
	}
	if it.least != "" || it.most != "" {
		key := "pick"
		if it.typ == "text" {
			key = "length"
		}
		put(n, key, it.least+".."+it.most)
	}
	if it.low != "" || it.high != "" {
		put(n, "range", it.low+".."+it.high)
	}
	if it.step != "" {
		put(n, "step", it.step)
	}
	if it.typ == "scale" && it.ends[0] != "" && it.ends[1] != "" {
		n.Content = append(n.Content, scalar("ends"), flow(it.ends[:]))
	}
	if it.pattern != "" {
		put(n, "pattern", it.pattern)
	}
	if !it.needed {
		put(n, "required", "false")
	}
	f.checks(d, it, n)
	if it.help != "" {
		put(n, "help", f.words(it.help))
	}
}

func (f *form) checks(d *dialect, it *item, n *yaml.Node) {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, c := range it.check {
		cond := f.render(d, it, c)
		if cond == "" {
			continue
		}
		m := &yaml.Node{Kind: yaml.MappingNode}
		put(m, "when", "not ("+cond+")")
		put(m, "say", f.words(it.say))
		list.Content = append(list.Content, m)
	}
	if len(list.Content) > 0 {
		add(n, "check", list)
	} else if it.pattern != "" && it.say != "" {
		add(n, "retry", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{scalar(f.words(it.say))}})
	}
}

func (f *form) choiceNodes(d *dialect, it *item) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, c := range it.choices {
		label := plain(c.label)
		when := f.render(d, it, c.when)
		if when == "" && !c.only && !c.open {
			list.Content = append(list.Content, pair(c.code, label))
			continue
		}
		m := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		put(m, "label", label)
		if c.only && it.typ != "one" {
			put(m, "only", "true")
		}
		if c.open {
			put(m, "text", word("other_text"))
		}
		if c.only || c.open {
			put(m, "last", "true")
		}
		if when != "" {
			put(m, "when", when)
		}
		o := &yaml.Node{Kind: yaml.MappingNode}
		add(o, c.code, m)
		list.Content = append(list.Content, o)
	}
	return list
}

var (
	reRef  = regexp.MustCompile(`\$?\{\s*([^{}\s]+)\s*\}`)
	reTag  = regexp.MustCompile(`<[^<>]*>`)
	reMark = regexp.MustCompile(`(\*\*|__)`)
)

// words makes a text for doctors: names become placeholders with something to print when there is no answer, formatting goes.
func (f *form) words(s string) string {
	s = strings.TrimSpace(reMark.ReplaceAllString(reTag.ReplaceAllString(s, ""), ""))
	return reRef.ReplaceAllStringFunc(s, func(m string) string {
		it := f.find(refName(reRef.FindStringSubmatch(m)[1]))
		switch {
		case it == nil:
			return ""
		case it.sure():
			return "${" + it.id + "}"
		}
		return "${" + it.id + " or " + strconv.Quote(word("unanswered")) + "}"
	})
}

// plain makes a label, which is the same for everyone.
func plain(s string) string {
	return strings.TrimSpace(reRef.ReplaceAllString(reMark.ReplaceAllString(reTag.ReplaceAllString(s, ""), ""), ""))
}

func scalar(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: s}
	if strings.Contains(s, "\n") {
		n.Style = yaml.LiteralStyle
	}
	return n
}

func flow(items []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, s := range items {
		n.Content = append(n.Content, scalar(s))
	}
	return n
}

func pair(key, value string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	put(n, key, value)
	return n
}

func put(n *yaml.Node, key, value string) { add(n, key, scalar(value)) }

func add(n *yaml.Node, key string, value *yaml.Node) {
	n.Content = append(n.Content, scalar(key), value)
}

// Rename gives a converted flow another id: that of the file it is written to.
func Rename(data []byte, id, file string) []byte {
	name := legal(strings.TrimSuffix(file, ".yaml"), "form")
	return bytes.Replace(data, []byte("\nflow: "+id+"\n"), []byte("\nflow: "+name+"\n"), 1)
}
