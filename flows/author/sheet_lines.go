package author

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// How the value of a key is told. Keys that are not listed are shown as they are written.
var (
	textKeys = []string{"say", "ask", "retry", "confirm", "help", "wish", "why", "product", "another", "probe", "title", "label", "text", "unit", "code", "note"}
	condKeys = []string{"when", "serious", "until", "level", "prefer", "topics", "times", "for_each", "within", "set", "rules"}
	jumpKeys = []string{"goto", "on_fail", "on_range", "low", "high"}
	codeKeys = map[string]string{"type": "type", "known": "value.known", "again": "value.again", "kind": "value.kind", "on_expire": "value.on_expire",
		"method": "value.method", "required": "value.flag", "only": "value.flag", "last": "value.flag", "shuffle": "value.flag", "inside": "value.flag",
		"pii": "value.flag", "landline": "value.flag", "explicit": "value.flag", "commands": "value.flag", "past": "value.flag", "future": "value.flag", "purpose": "purpose", "end": "ended"}
)

// lines tells the value of a key, in as many lines as it has facts. where is the kind of map that the key stands in.
func (t *Teller) lines(where, key, path string, v *yaml.Node) []Line {
	label := title(where, key)
	switch {
	case key == "next":
		return t.branches(label, path, v)
	case key == "check":
		return t.checks(label, path, v)
	case key == "rules":
		return t.rules(label, path, v)
	case v.Kind == yaml.SequenceNode && allScalar(v) && !slices.Contains(textKeys, key):
		items := make([]string, 0, len(v.Content))
		for _, c := range v.Content {
			items = append(items, t.scalar(key, c.Value))
		}
		return []Line{{Path: path, Label: label, Text: strings.Join(items, phrase("cond.items")), Raw: strings.Join(raws(v), "\n")}}
	case v.Kind == yaml.SequenceNode:
		return t.numbered(where, key, label, path, v)
	case v.Kind == yaml.MappingNode:
		return t.mapped(key, label, path, v)
	}
	text := t.scalar(key, v.Value)
	if key == "send" {
		text = t.content(v.Value)
	}
	return []Line{{Path: path, Label: label, Text: text, Raw: strings.TrimRight(v.Value, "\n")}}
}

func allScalar(n *yaml.Node) bool {
	return !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.Kind != yaml.ScalarNode })
}

func raws(n *yaml.Node) []string {
	var out []string
	for _, c := range n.Content {
		out = append(out, c.Value)
	}
	return out
}

// scalar tells one written value.
func (t *Teller) scalar(key, v string) string {
	switch group, coded := codeKeys[key]; {
	case slices.Contains(textKeys, key):
		return t.Text(v)
	case slices.Contains(condKeys, key):
		return t.Cond(v)
	case slices.Contains(jumpKeys, key):
		return t.Target(v)
	case coded:
		return phraseOf(group, v)
	case key == "save":
		return t.name(v)
	case key == "call":
		if f := t.lib.Flow(v); f != nil && f.Title != "" {
			return f.Title + " (" + v + ")"
		}
	case key == "on":
		return t.Trigger(v)
	}
	return v
}

// Trigger tells what begins a flow: "menu:VISIT".
func (t *Teller) Trigger(v string) string {
	kind, x, _ := strings.Cut(v, ":")
	x = strings.TrimSpace(x)
	if f := t.lib.Flow(x); kind == "after" && f != nil {
		x = cmp.Or(f.Title, x)
	}
	if _, ok := phrases()["trigger."+kind]; !ok {
		return v
	}
	return phrase("trigger."+kind, "x", x)
}

// content tells what is sent.
func (t *Teller) content(id string) string {
	if id == "fit" {
		return phrase("content.fit")
	}
	for _, c := range t.lib.Contents() {
		if c.ID == strings.TrimPrefix(id, "content.") {
			return c.Title + " (" + c.ID + ")"
		}
	}
	return id
}

// numbered tells a list of texts or maps one by one.
func (t *Teller) numbered(where, key, label, path string, v *yaml.Node) []Line {
	var out []Line
	for i, c := range v.Content {
		n := itoa(i + 1)
		for _, l := range t.lines(where, key, path+"["+n+"]", c) {
			switch {
			case len(v.Content) == 1:
			case key == "retry":
				l.Label = phrase("line.nth", "a", l.Label, "n", n)
			case key == "say" && c.Kind == yaml.ScalarNode:
				l.Label = phrase("line.variant", "a", l.Label, "n", n)
			default:
				l.Label = phrase("line.path", "a", label, "b", strings.TrimPrefix(l.Label, label+phrase("text.dot")))
			}
			out = append(out, l)
		}
	}
	return out
}

// mapped tells the entries of a map: names of the author as "name: value", keys of the language with their titles.
func (t *Teller) mapped(key, label, path string, v *yaml.Node) []Line {
	var out []Line
	for i := 0; i+1 < len(v.Content); i += 2 {
		k, value := v.Content[i].Value, v.Content[i+1]
		at := path + "." + k
		switch key {
		case "set":
			text := phrase("line.pair", "a", t.name(k), "b", t.Cond(value.Value))
			out = append(out, Line{Path: at, Label: label, Text: text, Raw: value.Value})
		case "with":
			out = append(out, Line{Path: at, Label: label, Text: phrase("line.pair", "a", k, "b", t.Text(value.Value)), Raw: value.Value})
		case "commands":
			name := phrase("line.path", "a", label, "b", title("flowCommands", k))
			if value.Kind == yaml.ScalarNode {
				out = append(out, Line{Path: at, Label: name, Text: phraseOf("value.switch", value.Value), Raw: value.Value})
				continue
			}
			for _, l := range t.lines("flowCommands", k, at, value) {
				l.Label = name
				out = append(out, l)
			}
		case "arms", "rename":
			out = append(out, Line{Path: at, Label: label, Text: phrase("line.pair", "a", k, "b", value.Value), Raw: value.Value})
		default:
			for _, l := range t.lines(key, k, at, value) {
				if key != "unknown" || k != "label" {
					l.Label = phrase("line.path", "a", label, "b", l.Label)
				} else {
					l.Label = label
				}
				out = append(out, l)
			}
		}
	}
	return out
}

// branches tells next: where the talk goes under which condition.
func (t *Teller) branches(label, path string, v *yaml.Node) []Line {
	var out []Line
	for i, c := range listOf(v) {
		when, to := scalarAt(c, "when"), scalarAt(c, "goto")
		out = append(out, Line{Path: path + "[" + itoa(i+1) + "]", Label: label, Raw: when + "\n" + to,
			Text: phrase("line.branch", "cond", t.Cond(when), "to", t.Target(to))})
	}
	return out
}

// checks tells the author's own refusals.
func (t *Teller) checks(label, path string, v *yaml.Node) []Line {
	var out []Line
	for i, c := range listOf(v) {
		when, words := scalarAt(c, "when"), scalarAt(c, "say")
		at := path + "[" + itoa(i+1) + "]"
		out = append(out, Line{Path: at + ".when", Label: label, Raw: when, Text: t.Cond(when)},
			Line{Path: at + ".say", Label: phrase("line.path", "a", label, "b", title("check", "say")), Raw: words, Text: t.Text(words)})
	}
	return out
}

// rules tells the rules of a class.
func (t *Teller) rules(label, path string, v *yaml.Node) []Line {
	var out []Line
	for _, c := range listOf(v) {
		if c.Kind != yaml.MappingNode || len(c.Content) != 2 {
			continue
		}
		name, when := c.Content[0].Value, c.Content[1].Value
		told := t.Cond(when)
		if when == "else" {
			told = phrase("cond.else")
		}
		out = append(out, Line{Path: path + "." + name, Label: label, Raw: when, Text: phrase("line.pair", "a", name, "b", told)})
	}
	return out
}

func listOf(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

func scalarAt(n *yaml.Node, key string) string {
	if n.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1].Value
		}
	}
	return ""
}

// header tells the header of the flow.
func (t *Teller) header() []Line {
	n := t.flow.Node()
	var out []Line
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i].Value, n.Content[i+1]
		switch {
		case key == "flow" || key == "steps" || key == "migrate":
		case key == "approval" && v.Kind == yaml.MappingNode:
			no, until := scalarAt(v, "no"), scalarAt(v, "until")
			out = append(out, Line{Path: key, Label: title("flow", key), Text: phrase("line.approval", "no", no, "until", until), Raw: no + "\n" + until})
		case key == "inputs" && v.Kind == yaml.MappingNode:
			for j := 0; j+1 < len(v.Content); j += 2 {
				typ, def := scalarAt(v.Content[j+1], "type"), scalarAt(v.Content[j+1], "default")
				text := phrase("line.pair", "a", v.Content[j].Value, "b", phrase("line.default", "type", phraseOf("type", typ), "default", cmp.Or(def, phrase("line.no_answer"))))
				out = append(out, Line{Path: "inputs." + v.Content[j].Value, Label: title("flow", key), Text: text, Raw: typ + "\n" + def})
			}
		default:
			out = append(out, t.lines("flow", key, key, v)...)
		}
	}
	return out
}
