package lint

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// layout writes a tree out again, with the source at hand.
type layout struct {
	lines  []string
	inside []bool // by line number: a text or bracket goes on here
	keyOf  map[*yaml.Node]*yaml.Node
	flow   bool   // a flow file: header and steps have an order of keys
	done   []bool // by line number: a comment or blank line that is written already
	text   int    // lines written when the last block text ended
	kept   int    // lines written when the last block text ended whose blank lines belong to it
	out    []string

	offsetsOf int   // line whose characters stand in offsets
	offsets   []int // byte offset of each character, a long line is asked for many times
}

// place is where a node is written.
type place struct {
	indent int    // of the lines below the first
	lead   string // what stands before the first line: indentation, dash, key
	fresh  bool   // the node comes out of braces: its entries have no lines of their own
	root   bool
	step   bool // an item of steps
}

func (l *layout) put(line string) { l.out = append(l.out, strings.TrimRight(line, " \t\r")) }

// node writes a map or list in lines.
func (l *layout) node(n *yaml.Node, at place) {
	if n.Kind == yaml.SequenceNode {
		l.list(n, at)
		return
	}
	for i, p := range l.pairs(n, at) {
		lead := strings.Repeat(" ", at.indent)
		switch {
		case i > 0 || at.lead == "":
			if !at.fresh {
				l.gap(p.key.Line, p.key.Column, at.indent)
			}
		default:
			lead = at.lead
		}
		l.entry(p, place{indent: at.indent, lead: lead, fresh: at.fresh}, l.flow && (at.root || at.step) && p.key.Value == "steps", l.lined(n, p))
	}
}

// list writes the items of a list.
func (l *layout) list(n *yaml.Node, at place) {
	for i, item := range n.Content {
		lead := strings.Repeat(" ", at.indent)
		if i == 0 && at.lead != "" {
			lead = at.lead
		} else if !at.fresh {
			l.gap(l.dash(item), l.dashColumn(item), at.indent)
		}
		if !at.fresh {
			l.moved(l.dash(item), item, at)
		}
		l.value(item, place{indent: at.indent + 2, lead: lead + "- ", fresh: at.fresh, step: at.step})
	}
}

// dash is the line of an item's dash; the item itself may begin below it.
func (l *layout) dash(item *yaml.Node) int {
	for no := item.Line; no > 0; no-- {
		if strings.HasPrefix(strings.TrimLeft(l.line(no), " "), "-") {
			return no
		}
		if no < item.Line && !l.between(no) {
			break
		}
	}
	return item.Line
}

func (l *layout) dashColumn(item *yaml.Node) int {
	line := l.line(l.dash(item))
	return len(line) - len(strings.TrimLeft(line, " ")) + 1
}

// moved writes comments above a line that would stand within it otherwise: behind a lone dash, and above the key that becomes the first.
func (l *layout) moved(dash int, item *yaml.Node, at place) {
	pad := strings.Repeat(" ", at.indent)
	if dash < item.Line {
		if _, c, ok := strings.Cut(l.line(dash), "#"); ok {
			l.put(pad + "#" + c)
		}
		for no := dash + 1; no < item.Line; no++ {
			if body := strings.TrimSpace(l.line(no)); body != "" {
				l.put(pad + body)
			}
		}
	}
	if item.Kind != yaml.MappingNode || item.Style&yaml.FlowStyle != 0 {
		return
	}
	if first := l.pairs(item, at)[0].key; first != item.Content[0] {
		l.above(first.Line, at.indent)
	}
}

// entry writes one key with its value.
func (l *layout) entry(p pair, at place, steps, lined bool) {
	key := l.raw(p.key) + ":"
	v := p.value
	if !at.fresh && v.Line > p.key.Line && !empty(v) {
		l.lifted(p, at.indent)
	}
	pad := " "
	if lined && !at.fresh {
		key, v := l.end(p.key), l.start(v)
		pad = l.line(key.line)[key.at+1 : v.at]
	}
	at.lead += key
	if empty(v) {
		l.put(at.lead + l.tail(spot{p.key.Line, l.end(p.key).at + 1}))
		return
	}
	if v.Kind == yaml.ScalarNode {
		at.lead += pad
		l.scalar(v, at)
		return
	}
	if v.Style&yaml.FlowStyle != 0 && !l.opens(v, at) {
		l.bracket(v, at, pad)
		return
	}
	if v.Style&yaml.FlowStyle != 0 {
		l.put(at.lead + l.tail(l.end(v)))
		l.node(v, place{indent: at.indent + 2, fresh: true, step: steps})
		return
	}
	tail := ""
	if !at.fresh {
		tail = l.tail(spot{p.key.Line, l.end(p.key).at + 1})
	}
	l.put(at.lead + tail)
	l.node(v, place{indent: at.indent + 2, fresh: at.fresh, step: steps})
}

// empty tells a value that is not written.
func empty(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 }

// bracket writes braces that stay braces.
func (l *layout) bracket(n *yaml.Node, at place, pad string) {
	at.lead += pad
	if l.knotted(n) {
		l.asWritten(n, at)
		return
	}
	l.put(at.lead + l.braces(n) + l.tail(l.end(n)))
}

// lifted writes comments that stand between a key and its scalar or braces above the key.
func (l *layout) lifted(p pair, indent int) {
	if p.value.Kind != yaml.ScalarNode && p.value.Style&yaml.FlowStyle == 0 {
		return
	}
	lines := []string{l.tail(spot{p.key.Line, l.end(p.key).at + 1})}
	for no := p.key.Line + 1; no < p.value.Line; no++ {
		lines = append(lines, l.line(no))
	}
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			l.put(strings.Repeat(" ", indent) + line)
		}
	}
}

// value writes an item of a list.
func (l *layout) value(n *yaml.Node, at place) {
	switch {
	case empty(n):
		l.put(at.lead)
	case n.Kind == yaml.ScalarNode:
		l.scalar(n, at)
	case n.Style&yaml.FlowStyle != 0 && !l.opens(n, at):
		l.bracket(n, at, "")
	case n.Style&yaml.FlowStyle != 0:
		if t := l.tail(l.end(n)); t != "" && !at.fresh {
			l.put(strings.Repeat(" ", at.indent-2) + strings.TrimSpace(t))
		}
		at.fresh = true
		l.node(n, at)
	default:
		l.node(n, at)
	}
}

// scalar writes a text.
func (l *layout) scalar(n *yaml.Node, at place) {
	pad := strings.Repeat(" ", at.indent+2)
	if strings.HasSuffix(at.lead, "- ") {
		pad = strings.Repeat(" ", at.indent)
	}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		last, head, indent := l.block(n)
		p := l.start(n)
		l.put(at.lead + head + l.tail(spot{p.line, p.at + len(head)}))
		for no := n.Line + 1; no <= last; no++ {
			line := l.line(no)
			l.put(pad + line[min(indent, len(line)):])
			if strings.TrimSpace(line) == "" {
				l.out[len(l.out)-1] = ""
			}
		}
		if l.text = len(l.out); strings.Contains(head, "+") {
			l.kept = l.text
		}
		return
	}
	end := l.end(n)
	if end.line == n.Line {
		l.put(at.lead + l.raw(n) + l.tail(end))
		return
	}
	p := l.start(n)
	l.put(at.lead + l.line(p.line)[p.at:])
	for no := p.line + 1; no <= end.line; no++ {
		line := strings.TrimLeft(l.line(no), " ")
		if line == "" {
			l.put("")
			continue
		}
		l.put(pad + line)
	}
}

var (
	reSimple = regexp.MustCompile(`^[\p{Han}A-Za-z][\p{Han}A-Za-z0-9_ \x{3001}\x{3002}\x{ff0c}\x{ff1b}\x{ff1f}\x{ff01}\x{ff08}\x{ff09}\x{201c}\x{201d}]*$`)
	reBool   = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|null|y|n)$`)
)

// raw is a text on one line: as written, without quotes that say nothing, with double quotes where single ones are not needed.
func (l *layout) raw(n *yaml.Node) string {
	p, q := l.start(n), l.end(n)
	text := l.line(p.line)
	if q.line == p.line {
		text = text[p.at:q.at]
	} else {
		text = text[p.at:]
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 {
		return text
	}
	if reSimple.MatchString(n.Value) && !reBool.MatchString(n.Value) && !strings.HasSuffix(n.Value, " ") {
		return n.Value
	}
	if n.Style&yaml.SingleQuotedStyle != 0 && !strings.ContainsAny(n.Value, `"\`) && !strings.ContainsFunc(n.Value, unicode.IsControl) {
		return `"` + n.Value + `"`
	}
	return text
}

// braces writes a map or list in one line.
func (l *layout) braces(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return l.raw(n)
	}
	var items []string
	if n.Kind == yaml.SequenceNode {
		for _, c := range n.Content {
			items = append(items, l.braces(c))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		v := l.braces(n.Content[i+1])
		if v != "" {
			v = " " + v
		}
		items = append(items, l.raw(n.Content[i])+":"+v)
	}
	return "{" + strings.Join(items, ", ") + "}"
}

// maxBraces is the widest line, in columns of a terminal, on which braces stay.
const maxBraces = 180

// opens reports whether braces are better written in lines: too wide, or with texts whose marks are easily lost between braces.
func (l *layout) opens(n *yaml.Node, at place) bool {
	return len(n.Content) > 0 && !l.knotted(n) && (fragile(n) || columns(at.lead+" "+l.braces(n)) > maxBraces)
}

// knotted tells braces that are left as they are: over several lines with a comment, or with a text that goes on in the next line.
func (l *layout) knotted(n *yaml.Node) bool {
	end := l.end(n)
	if end.line == n.Line {
		return false
	}
	if len(comments(n)) > 0 {
		return true
	}
	for _, c := range n.Content {
		if l.knotted(c) || (c.Kind == yaml.ScalarNode && l.end(c).line > c.Line) {
			return true
		}
	}
	return false
}

// asWritten writes knotted braces line by line.
func (l *layout) asWritten(n *yaml.Node, at place) {
	p, q := l.start(n), l.end(n)
	l.put(at.lead + l.line(p.line)[p.at:])
	for no := p.line + 1; no <= q.line; no++ {
		l.put(strings.Repeat(" ", at.indent+2) + strings.TrimLeft(l.line(no), " "))
	}
}

// fragile finds a Chinese text in braces that holds a half-width mark with a meaning there.
func fragile(n *yaml.Node) bool {
	for i, c := range n.Content {
		if c.Kind != yaml.ScalarNode {
			if fragile(c) {
				return true
			}
			continue
		}
		marked := strings.ContainsAny(c.Value, ",?") || strings.Contains(c.Value, ": ")
		if n.Kind == yaml.MappingNode && i%2 == 1 && marked && strings.ContainsFunc(c.Value, isHan) {
			return true
		}
	}
	return false
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// columns is the width of a line in a terminal.
func columns(s string) int {
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		if wide(r) {
			n++
		}
	}
	return n
}
