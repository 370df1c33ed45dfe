package lint

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

func itoa(n int) string { return strconv.Itoa(n) }

// mend repairs the line of a finding; false = it needs the author.
func (f *File) mend(n note) (out string, ok bool) {
	if n.line < 1 || n.line > len(f.lines) {
		return "", false
	}
	switch n.key {
	case "full_colon", "glued_colon":
		out, ok = mendColon(f, n)
	case "wide_indent", "tab_indent":
		out, ok = mendIndent(f, n)
	case "wide_dash":
		out, ok = mendWideDash(f, n)
	case "wide_bracket":
		out, ok = mendBracket(f, n)
	case "wide_comma":
		out, ok = mendComma(f, n)
	case "dash_glued":
		out, ok = mendDash(f, n)
	case "hash_cut", "second_colon", "leading_sign":
		out, ok = mendValue(f, n)
	case "brace_inside", "comma_in_braces", "colon_in_braces":
		out, ok = mendBraces(f, n)
	case "cond_full_width":
		out, ok = mendSign(f, n)
	}
	return out, ok && out != f.Line(n.line)
}

// mendable reports whether a finding can be repaired by Fix.
func (f *File) mendable(n note) bool {
	if n.key == "bom" || n.key == "crlf" || n.key == "trailing_space" {
		return true
	}
	_, ok := f.mend(n)
	return ok
}

// mendSign writes the sign that a condition wants.
func mendSign(f *File, n note) (string, bool) {
	before, after := cut(f.Line(n.line), n.column)
	got, want := "", ""
	for i := 0; i+1 < len(n.args); i += 2 {
		switch n.args[i] {
		case "got":
			got = n.args[i+1]
		case "want":
			want = n.args[i+1]
		}
	}
	rest, ok := strings.CutPrefix(after, got)
	return before + want + rest, ok && got != "" && want != ""
}

// cut parts a line before a column.
func cut(line string, column int) (before, after string) {
	rs := []rune(line)
	at := min(max(column-1, 0), len(rs))
	return string(rs[:at]), string(rs[at:])
}

// mendColon writes a colon and a space behind the key that begins at or before the column.
func mendColon(f *File, n note) (string, bool) {
	before, after := cut(f.Line(n.line), n.column)
	i := strings.IndexAny(after, ":\uff1a")
	if i < 0 {
		return "", false
	}
	_, size := utf8.DecodeRuneInString(after[i:])
	rest := strings.TrimLeft(after[i+size:], " \u3000")
	if rest != "" {
		rest = " " + rest
	}
	return before + after[:i] + ":" + rest, true
}

// mendIndent turns tabs and wide spaces at the start of a line into as many spaces as make it stand below its sister or its parent.
func mendIndent(f *File, n note) (string, bool) {
	line := f.Line(n.line)
	body := strings.TrimLeft(line, " \t\u3000\u00a0")
	lead := strings.TrimSuffix(line, body)
	columns, child := f.above(n.line, strings.HasPrefix(body, "- "))
	for _, w := range []struct{ tab, wide int }{{2, 2}, {4, 2}, {2, 1}, {8, 2}, {1, 1}} {
		width := 0
		for _, r := range lead {
			switch r {
			case '\t':
				width += w.tab
			case '\u3000':
				width += w.wide
			default:
				width++
			}
		}
		if child >= 0 && width > child || columns[width] {
			return strings.Repeat(" ", width) + body, true
		}
	}
	return "", false
}

// above looks at the lines before one: the columns at which a line (or an item of a list) may begin, and, where the line before opens a new level, the column that the
// new level must pass (-1 = it opens none).
func (f *File) above(line int, item bool) (columns map[int]bool, child int) {
	columns, child = map[int]bool{}, -1
	first := true
	for i := line - 2; i >= 0; i-- {
		body := strings.TrimLeft(f.lines[i], " ")
		if body == "" || strings.HasPrefix(body, "#") || (i < len(f.inside) && f.inside[i]) {
			continue
		}
		if strings.ContainsAny(body[:1], "\t") || strings.HasPrefix(body, "\u3000") || strings.HasPrefix(body, "\u00a0") {
			return columns, child // not mended yet
		}
		indent := len(f.lines[i]) - len(body)
		key := strings.TrimLeft(body, "- ")
		content := indent + len(body) - len(key)
		if !item {
			columns[content] = true
		} else if strings.HasPrefix(body, "- ") || strings.HasSuffix(strings.TrimRight(body, " "), ":") {
			columns[indent] = true
		}
		if first && strings.HasSuffix(strings.TrimRight(body, " "), ":") {
			child = content
		}
		first = false
		if indent == 0 {
			break
		}
	}
	return columns, child
}

var reWideDashes = regexp.MustCompile(`^([ ]*)[\x{ff0d}\x{2014}\x{2013}\x{2212}]+[ \x{3000}]*`)

func mendWideDash(f *File, n note) (string, bool) {
	line := f.Line(n.line)
	out := reWideDashes.ReplaceAllString(line, "$1- ")
	return out, out != line
}

func mendDash(f *File, n note) (string, bool) {
	before, after := cut(f.Line(n.line), n.column)
	rest, ok := strings.CutPrefix(after, "-")
	return before + "- " + rest, ok
}

func mendComma(f *File, n note) (string, bool) {
	before, after := cut(f.Line(n.line), n.column)
	rest, ok := strings.CutPrefix(after, "\uff0c")
	return before + ", " + strings.TrimLeft(rest, " "), ok
}

// mendBracket writes the half-width bracket; around a whole value also the other one, with half-width commas between the items.
func mendBracket(f *File, n note) (string, bool) {
	before, after := cut(f.Line(n.line), n.column)
	for _, b := range [][4]string{{"\uff3b", "\uff3d", "[", "]"}, {"\uff5b", "\uff5d", "{", "}"}} {
		if inner, ok := strings.CutPrefix(after, b[0]); ok {
			inner, ok = strings.CutSuffix(strings.TrimRight(inner, " "), b[1])
			return before + b[2] + strings.NewReplacer("\uff0c", ", ", "\u3001", ", ").Replace(inner) + b[3], ok
		}
		if rest, ok := strings.CutPrefix(after, b[1]); ok {
			return before + b[3] + rest, true
		}
	}
	return "", false
}

// mendValue puts the text that stands in a value's place between quotes. A comment behind it stays one.
func mendValue(f *File, n note) (string, bool) {
	line := f.Line(n.line)
	body := strings.TrimLeft(line, " \t\u3000\u00a0")
	l := &scanned{file: &File{Name: f.Name}, sink: &Sink{}, indent: utf8.RuneCountInString(line) - utf8.RuneCountInString(body),
		body: strings.TrimRight(body, " "), glued: func(string) bool { return false }}
	value := l.structure()
	if value == "" || f.structured(value) {
		return "", false
	}
	comment := ""
	if i := strings.Index(value, " # "); i >= 0 && n.key != "hash_cut" {
		value, comment = strings.TrimRight(value[:i], " "), value[i:]
	}
	head, _ := cut(line, l.indent+l.at+1)
	return head + quoted(value) + comment, true
}

// structured reports a value that is rather a piece of structure than a text: another key or an item on the same line, a list with something behind it.
func (f *File) structured(value string) bool {
	if strings.HasPrefix(value, "- ") {
		return true
	}
	if m := reKey.FindStringSubmatch(value); m != nil && f.glued != nil && f.glued(m[2]) {
		return true
	}
	if value[0] == '[' || value[0] == '{' {
		inner, _, ok := strings.Cut(value, map[byte]string{'[': "]", '{': "}"}[value[0]])
		return !ok || strings.ContainsAny(inner, ",:")
	}
	return false
}

// quoted writes a text as YAML reads it back.
func quoted(s string) string {
	if !strings.ContainsAny(s, "\"\\") {
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

var rePiece = regexp.MustCompile(`^( *)([A-Za-z_][A-Za-z0-9_.]*): +(.*?)( *)$`)

// mendBraces quotes the texts with commas or placeholders inside the brackets around the column. Brackets over several lines need the author.
func mendBraces(f *File, n note) (string, bool) {
	line := f.Line(n.line)
	before, _ := cut(line, n.column)
	open, end := brackets(line, len(before))
	if open < 0 || end < 0 {
		return "", false
	}
	var out []string
	for _, p := range pieces(line[open+1 : end]) {
		if len(out) > 0 && line[open] == '{' && !rePiece.MatchString(p) {
			out[len(out)-1] += "," + p // the text goes on behind its comma
			continue
		}
		out = append(out, p)
	}
	for i, p := range out {
		var ok bool
		if out[i], ok = quotePiece(p, line[open] == '{'); !ok {
			return "", false
		}
	}
	return line[:open+1] + strings.Join(out, ",") + line[end:], true
}

// quotePiece quotes the text of one item where it holds what brackets do not take.
func quotePiece(p string, inMap bool) (string, bool) {
	head, text, tail := "", strings.TrimSpace(p), ""
	if inMap {
		m := rePiece.FindStringSubmatch(p)
		if m == nil {
			return p, strings.TrimSpace(p) == ""
		}
		head, text, tail = m[1]+m[2]+": ", m[3], m[4]
	} else if strings.HasPrefix(p, " ") {
		head = " "
	}
	if text == "" || strings.ContainsAny(text[:1], "[{\"'") || !strings.ContainsAny(text, ",$") && !(inMap && hasColon(text)) {
		return p, true
	}
	return head + quoted(text) + tail, true
}

// hasColon reports a text that YAML takes for a key of its own.
func hasColon(text string) bool { return strings.Contains(text, ": ") || strings.HasSuffix(text, ":") }

// colonInside finds the text with a second colon in the braces that open at a column and end on the same line, "" = there is none.
func (f *File) colonInside(no, column int) (at int, text string) {
	line := f.Line(no)
	before, _ := cut(line, column)
	open, end := brackets(line, len(before)+1)
	if open < 0 || end < 0 || line[open] != '{' {
		return 0, ""
	}
	start := open + 1
	for _, p := range pieces(line[start:end]) {
		if m := rePiece.FindStringSubmatchIndex(p); m != nil {
			if text := p[m[6]:m[7]]; text != "" && !strings.ContainsAny(text[:1], "[{\"'") && hasColon(text) {
				return utf8.RuneCountInString(line[:start+m[6]]) + 1, text
			}
		}
		start += len(p) + 1
	}
	return 0, ""
}

// brackets finds the innermost brackets around a byte of a line, outside quotes and placeholders; -1 = there are none, or they do not end here.
func brackets(line string, at int) (open, end int) {
	var stack []int
	found := -1
	end = -1
	scanFlow(line, func(i int, c byte) bool {
		if i >= at && found < 0 {
			if len(stack) == 0 {
				return false
			}
			found = stack[len(stack)-1]
		}
		switch c {
		case '[', '{':
			stack = append(stack, i)
		case ']', '}':
			if len(stack) == 0 {
				return false
			}
			if stack[len(stack)-1] == found {
				end = i
				return false
			}
			stack = stack[:len(stack)-1]
		}
		return true
	})
	return found, end
}

// maxPlaceholder is the longest placeholder that is stepped over, in bytes.
const maxPlaceholder = 300

// scanFlow visits the bytes outside quotes and placeholders until visit says no. A placeholder counts as one byte, its "$".
func scanFlow(s string, visit func(i int, c byte) bool) {
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
			continue
		case (c == '"' || c == '\'') && i > 0 && strings.IndexByte(" [{,:", s[i-1]) >= 0:
			quote = c
			continue
		}
		if !visit(i, c) {
			return
		}
		if c == '$' && strings.HasPrefix(s[i:], "${") {
			if j := strings.IndexByte(s[i:min(i+maxPlaceholder, len(s))], '}'); j > 0 {
				i += j
			}
		}
	}
}

// pieces cuts at the commas outside quotes, placeholders and inner brackets.
func pieces(s string) []string {
	var out []string
	depth, start := 0, 0
	scanFlow(s, func(i int, c byte) bool {
		switch c {
		case '[', '{', '(':
			depth++
		case ']', '}', ')':
			depth--
		case ',':
			if depth <= 0 {
				out = append(out, s[start:i])
				start = i + 1
			}
		}
		return true
	})
	return append(out, s[start:])
}
