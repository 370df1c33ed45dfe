package lint

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// spot is a position in the source: a line from 1 and a byte offset in it.
type spot struct{ line, at int }

// start is where a node begins.
func (l *layout) start(n *yaml.Node) spot {
	if l.offsetsOf != n.Line || l.offsets == nil {
		l.offsetsOf, l.offsets = n.Line, l.offsets[:0]
		for at := range l.line(n.Line) {
			l.offsets = append(l.offsets, at)
		}
		l.offsets = append(l.offsets, len(l.line(n.Line)))
	}
	return spot{n.Line, l.offsets[min(n.Column, len(l.offsets))-1]}
}

func (l *layout) line(no int) string {
	if no < 1 || no > len(l.lines) {
		return ""
	}
	return l.lines[no-1]
}

// end is where a node ends, behind its last character.
func (l *layout) end(n *yaml.Node) spot {
	from := l.start(n)
	switch {
	case n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		no, _, _ := l.block(n)
		return spot{no, len(l.line(no))}
	case n.Kind == yaml.ScalarNode && n.Style&yaml.DoubleQuotedStyle != 0:
		return l.closing(from, '"')
	case n.Kind == yaml.ScalarNode && n.Style&yaml.SingleQuotedStyle != 0:
		return l.closing(from, '\'')
	case n.Kind == yaml.ScalarNode:
		return l.plainEnd(from, n.Value)
	case n.Style&yaml.FlowStyle != 0:
		return l.bracketEnd(from)
	case len(n.Content) == 0:
		return from
	}
	return l.end(n.Content[len(n.Content)-1])
}

// closing finds the end of a quoted text.
func (l *layout) closing(p spot, quote byte) spot {
	at := p.at + 1
	for no := p.line; no <= len(l.lines); no, at = no+1, 0 {
		line := l.line(no)
		for i := at; i < len(line); i++ {
			switch {
			case quote == '"' && line[i] == '\\':
				i++
			case line[i] == quote && quote == '\'' && i+1 < len(line) && line[i+1] == quote:
				i++
			case line[i] == quote:
				return spot{no, i + 1}
			}
		}
	}
	return spot{len(l.lines), len(l.line(len(l.lines)))}
}

// plainEnd finds the end of a text without quotes; over several lines its pieces were joined by spaces.
func (l *layout) plainEnd(p spot, value string) spot {
	if strings.HasPrefix(l.line(p.line)[p.at:], value) {
		return spot{p.line, p.at + len(value)}
	}
	rest, at := value, p.at
	for no := p.line; no <= len(l.lines); no, at = no+1, 0 {
		line := l.line(no)
		at += len(line[at:]) - len(strings.TrimLeft(line[at:], " "))
		piece := line[at:]
		if strings.HasPrefix(piece, rest) {
			return spot{no, at + len(rest)}
		}
		if piece = strings.TrimRight(piece, " "); piece != "" && !strings.HasPrefix(rest, piece) {
			return spot{no, at} // not as expected: the comparison of meaning decides
		}
		rest = strings.TrimLeft(strings.TrimPrefix(rest, piece), " \n")
	}
	return p
}

// bracketEnd finds the bracket that closes the one at p.
func (l *layout) bracketEnd(p spot) spot {
	depth, at := 0, p.at
	before := byte(' ')
	for no := p.line; no <= len(l.lines); no, at = no+1, 0 {
		for line := l.line(no); at < len(line); at++ {
			c := line[at]
			switch {
			case c == '{' || c == '[':
				depth++
			case c == '}' || c == ']':
				if depth--; depth == 0 {
					return spot{no, at + 1}
				}
			case (c == '"' || c == '\'') && strings.IndexByte(" {[,:", before) >= 0:
				q := l.closing(spot{no, at}, c)
				if q.line != no {
					no, line = q.line, l.line(q.line)
				}
				at = q.at - 1
			case c == '#' && before == ' ':
				at = len(line)
				continue
			}
			before = line[at]
		}
		before = ' '
	}
	return p
}

var reHeader = regexp.MustCompile(`^[|>]([1-9]?)([+-]?)([1-9]?)`)

// block is the extent of a block text: its last line, its head as written and the indentation of its lines.
func (l *layout) block(n *yaml.Node) (last int, head string, indent int) {
	p := l.start(n)
	m := reHeader.FindStringSubmatch(l.line(n.Line)[p.at:])
	head, indent = m[0], -1
	if digit := m[1] + m[3]; digit != "" {
		indent = l.parentIndent(n) + int(digit[0]-'0')
	}
	last = n.Line
	for no := n.Line + 1; no <= len(l.lines); no++ {
		line := l.line(no)
		if strings.TrimSpace(line) == "" {
			if m[2] == "+" {
				last = no
			}
			continue
		}
		here := len(line) - len(strings.TrimLeft(line, " "))
		if indent < 0 {
			if here <= l.parentIndent(n) {
				break
			}
			indent = here
		}
		if here < indent {
			break
		}
		last = no
	}
	if m[2] == "+" && last == len(l.lines) && l.line(last) == "" {
		last-- // what follows the last line break is no line
	}
	return last, head, max(indent, 0)
}

// parentIndent is the indentation of the map or list that holds the block text: that of the last key or dash before it.
func (l *layout) parentIndent(n *yaml.Node) int {
	if k := l.keyOf[n]; k != nil {
		return k.Column - 1
	}
	line := l.line(n.Line)
	dash := strings.LastIndex(line[:l.start(n).at], "-")
	return max(dash, -1)
}

// cover marks the lines in which a text or a bracket goes on: nothing in them is a comment or a blank line of the file.
func (l *layout) cover(n *yaml.Node) {
	if l.keyOf == nil {
		l.keyOf = map[*yaml.Node]*yaml.Node{}
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 {
			l.keyOf[c] = n.Content[i-1]
		}
		l.cover(c)
	}
	if n.Kind == yaml.ScalarNode || n.Style&yaml.FlowStyle != 0 {
		for no := n.Line + 1; no <= l.end(n).line && no < len(l.inside); no++ {
			l.inside[no] = true
		}
	}
}

// between reports whether a line holds no content: blank, only a comment, or the mark at the head of a document.
func (l *layout) between(no int) bool {
	if no < 1 || no > len(l.lines) || l.inside[no] {
		return false
	}
	body := strings.TrimLeft(l.line(no), " \t")
	return body == "" || body[0] == '#' || strings.TrimRight(body, " ") == "---"
}
