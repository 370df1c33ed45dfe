package lint

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// gap writes the comments and blank lines above a line of the source whose content begins at a column. Several blank lines become one; a comment that
// stands deeper belongs to what came before and keeps its distance.
func (l *layout) gap(line, column, indent int) {
	from := line
	for l.between(from-1) && !l.done[from-1] {
		from--
	}
	behindText := l.text == len(l.out) // a deeper comment would become a part of the text
	for no := from; no < line; no++ {
		l.done[no] = true
		body := strings.TrimSpace(l.line(no))
		if body == "" || body == "---" {
			l.blank(body)
			continue
		}
		deeper := 0
		if !behindText {
			deeper = max(len(l.line(no))-len(strings.TrimLeft(l.line(no), " "))-(column-1), 0)
		}
		l.put(strings.Repeat(" ", indent+deeper) + body)
	}
}

// blank writes one blank line where one means something: not twice, not at the top and not below an opening key.
func (l *layout) blank(body string) {
	if n := len(l.out); body == "" && n > 0 && l.out[n-1] != "" && !strings.HasSuffix(l.out[n-1], ":") {
		l.put("")
		if l.text == n {
			l.text++
		}
	}
}

// above writes the comments over a key that is moved to the head of its step.
func (l *layout) above(line, indent int) {
	from := line
	for l.between(from-1) && !l.done[from-1] {
		from--
	}
	for no := from; no < line; no++ {
		l.done[no] = true
		if body := strings.TrimSpace(l.line(no)); body != "" {
			l.put(strings.Repeat(" ", indent) + body)
		}
	}
}

// rest writes the comments below the last line of content.
func (l *layout) rest() {
	from := len(l.lines) + 1
	for l.between(from - 1) {
		from--
	}
	for no := from; no <= len(l.lines); no++ {
		if body := strings.TrimSpace(l.line(no)); body == "" || body == "---" {
			l.blank(body)
		} else {
			l.put(l.line(no))
		}
	}
	for len(l.out) > 0 && l.out[len(l.out)-1] == "" && l.kept < len(l.out) {
		l.out = l.out[:len(l.out)-1]
	}
}

// tail is the comment behind a value with the space before it, "" when there is none.
func (l *layout) tail(p spot) string {
	line := l.line(p.line)
	if p.at > len(line) {
		return ""
	}
	if rest := line[p.at:]; strings.HasPrefix(strings.TrimLeft(rest, " "), "#") {
		return rest
	}
	return ""
}

// lined reports that the author set the values of a map one below the other.
func (l *layout) lined(n *yaml.Node, p pair) bool {
	column := func(k, v *yaml.Node) int {
		if v.Line != k.Line {
			return -1
		}
		return v.Column
	}
	mine := column(p.key, p.value)
	if mine < 0 {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k != p.key && column(k, v) == mine {
			return true
		}
	}
	return false
}
