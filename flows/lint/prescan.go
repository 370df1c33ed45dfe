package lint

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// The slips that Chinese authors make are looked for line by line before the YAML library reads the file: its own errors name another line, or
// there is none and the text is silently cut.

var (
	reFullColon = regexp.MustCompile(`^(?:- )*([A-Za-z_][A-Za-z0-9_.]*)\x{ff1a}`)
	reKey       = regexp.MustCompile(`^((?:- +)*)([A-Za-z0-9_.\p{Han}]+):(?: +|$)`)
	reGlued     = regexp.MustCompile(`^(?:- +)*([a-z_]+):([^\s/].*)$`)
	reDash      = regexp.MustCompile(`^-([^\s\-0-9].*)$`)
	reWideDash  = regexp.MustCompile(`^[\x{ff0d}\x{2014}\x{2013}\x{2212}]+ *(\S.*)$`)
	reWideKey   = regexp.MustCompile(`[{,] *([A-Za-z_][A-Za-z0-9_]*)\x{ff1a}`)
	reLooksKey  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*(?::|\x{ff1a})`)
	reMark      = regexp.MustCompile(`^(?:&[A-Za-z0-9_-]+(?: .*)?|\*[A-Za-z0-9_-]+ *|![!A-Za-z0-9_:,./-]*(?: .*)?)$`)
	reBlock     = regexp.MustCompile(`^[|>][0-9+-]*(?: +#.*)?$`)
)

// prescan files the slips of one file. glued tells which keys are worth a word when the space after their colon is missing.
func prescan(f *File, s *Sink, glued func(string) bool) {
	block := -1 // indentation of the key that opened a block text, -1 = none
	quote := byte(0)
	before := "" // line before that is not empty
	f.inside, f.glued = make([]bool, len(f.lines)), glued
	for i, line := range f.lines {
		body := strings.TrimLeft(line, " \t\u3000\u00a0")
		indent := utf8.RuneCountInString(line) - utf8.RuneCountInString(body)
		if strings.TrimSpace(body) == "" {
			f.inside[i] = block >= 0 || quote != 0
			continue
		}
		if block >= 0 {
			if indent > block {
				f.inside[i] = true
				continue
			}
			block = -1
		}
		if quote != 0 {
			f.inside[i] = true
			if closes(line, quote) {
				quote = 0
			}
			continue
		}
		l := &scanned{file: f, sink: s, no: i + 1, indent: indent, body: strings.TrimRight(body, " "), glued: glued, before: before}
		before = l.body
		if strings.HasPrefix(body, "#") {
			l.spaces(line)
			continue
		}
		l.spaces(line)
		value := l.structure()
		if reBlock.MatchString(value) {
			block = indent + l.dashes
			continue
		}
		quote = l.value(value)
	}
}

// scanned is one line while it is looked at.
type scanned struct {
	file   *File
	sink   *Sink
	no     int
	indent int    // characters before the body
	dashes int    // characters of "- " before the key
	body   string // without indentation
	at     int    // characters from the start of the body to the value
	glued  func(string) bool
	before string // body of the line before
}

func (l *scanned) add(column, length int, key string, args ...string) {
	l.sink.Add(l.file, l.no, column, length, key, args...)
}

func (l *scanned) spaces(line string) {
	for i, r := range []rune(line) {
		switch r {
		case ' ':
			continue
		case '\t':
			l.add(i+1, 1, "tab_indent")
		case '\u3000', '\u00a0':
			l.add(i+1, 1, "wide_indent")
		}
		return
	}
}

// structure looks at dash, key and colon and returns what stands in the value's place.
func (l *scanned) structure() string {
	if m := reFullColon.FindStringSubmatch(l.body); m != nil {
		before, _, _ := strings.Cut(l.body, "\uff1a")
		l.add(l.indent+utf8.RuneCountInString(before)+1, 1, "full_colon", "key", m[1])
		return ""
	}
	if m := reWideDash.FindStringSubmatch(l.body); m != nil &&
		(reLooksKey.MatchString(m[1]) || strings.HasSuffix(l.before, ":") || strings.HasPrefix(l.before, "- ")) {
		l.add(l.indent+1, 1, "wide_dash", "text", m[1])
		return ""
	}
	if m := reDash.FindStringSubmatch(l.body); m != nil && l.indent > 0 {
		l.add(l.indent+1, utf8.RuneCountInString(l.body), "dash_glued", "text", m[1])
		return ""
	}
	if m := reKey.FindStringSubmatchIndex(l.body); m != nil {
		l.dashes = m[3] - m[2]
		l.at = utf8.RuneCountInString(l.body[:m[1]])
		return l.body[m[1]:]
	}
	if m := reGlued.FindStringSubmatch(l.body); m != nil && l.glued(m[1]) {
		before, _, _ := strings.Cut(l.body, ":")
		l.add(l.indent+utf8.RuneCountInString(before)+1, 1, "glued_colon", "key", m[1])
		return ""
	}
	rest := strings.TrimLeft(strings.TrimPrefix(l.body, "- "), " ")
	if strings.HasPrefix(l.body, "- ") {
		l.at = utf8.RuneCountInString(l.body) - utf8.RuneCountInString(rest)
		l.dashes = l.at
		return rest
	}
	return ""
}

// value looks at a plain text; it returns the sign of a quoted text that goes on in the next line, else 0.
func (l *scanned) value(v string) byte {
	if v == "" {
		return 0
	}
	column := l.indent + l.at + 1
	if sign, half := wideBracket(v); half != "" {
		l.add(column, 1, "wide_bracket", "got", sign, "want", half)
		return 0
	}
	switch v[0] {
	case '"', '\'':
		return l.quoted(v, column)
	case '[', '{':
		l.bracket(v, column)
		return 0
	case '@', '%', '`', '*', '&', '!':
		if !reMark.MatchString(v) { // a true anchor, alias or tag is refused by the walk over the nodes
			l.add(column, 1, "leading_sign", "sign", v[:1])
		}
		return 0
	case '|', '>', '#':
		if v[0] != '#' {
			l.add(column, 1, "leading_sign", "sign", v[:1])
		}
		return 0
	}
	if i := strings.Index(v, " #"); i >= 0 {
		if after := v[i+2:]; after != "" && after[0] != ' ' && !strings.HasPrefix(after, "lint:") {
			l.add(column+utf8.RuneCountInString(v[:i])+1, utf8.RuneCountInString(v[i+1:]), "hash_cut", "lost", v[i+1:])
			return 0
		}
		v = strings.TrimRight(v[:i], " ")
	}
	if i := strings.Index(v, ": "); i >= 0 {
		l.add(column+utf8.RuneCountInString(v[:i]), 1, "second_colon")
	} else if strings.HasSuffix(v, ":") {
		l.add(column+utf8.RuneCountInString(v)-1, 1, "second_colon")
	}
	return 0
}

// quoted looks for words after the closing sign.
func (l *scanned) quoted(v string, column int) byte {
	q := v[0]
	for i := 1; i < len(v); i++ {
		switch {
		case q == '"' && v[i] == '\\':
			i++
		case v[i] == q && q == '\'' && i+1 < len(v) && v[i+1] == q:
			i++
		case v[i] == q:
			rest := strings.TrimSpace(v[i+1:])
			if rest != "" && rest[0] != '#' && rest[0] != ':' && rest[0] != ',' {
				l.add(column, 1, "leading_sign", "sign", v[:1])
			}
			return 0
		}
	}
	return q
}

// bracket looks for words after the closing bracket: the author meant a text that begins with an emoticon.
func (l *scanned) bracket(v string, column int) {
	if l.wideInside(v, column) {
		return
	}
	depth := 0
	quote := rune(0)
	for i, r := range v {
		if r == '$' && quote == 0 && strings.HasPrefix(v[i:], "${") {
			l.add(column+utf8.RuneCountInString(v[:i]), 2, "brace_inside")
			return
		}
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '[' || r == '{':
			depth++
		case r == ']' || r == '}':
			depth--
			if depth == 0 {
				rest := strings.TrimSpace(v[i+1:])
				if rest != "" && rest[0] != '#' {
					l.add(column, 1, "leading_sign", "sign", v[:1])
				}
				return
			}
		}
	}
}

// wideBracket knows the full-width brackets that stand for half-width ones: around the whole value, with several items inside. A text may begin with one.
func wideBracket(v string) (sign, half string) {
	for _, b := range [][3]string{{"\uff3b", "\uff3d", "["}, {"\uff5b", "\uff5d", "{"}} {
		if strings.HasPrefix(v, b[0]) && strings.HasSuffix(v, b[1]) && strings.ContainsAny(v, ",:\uff0c\uff1a\u3001") {
			return b[0], b[2]
		}
	}
	return "", ""
}

// wideInside looks for full-width signs where brackets want half-width ones: a comma beside a bracket or a quote, a colon behind a key, a bracket that
// should have closed. A full-width comma within a text is a comma of the text.
func (l *scanned) wideInside(v string, column int) bool {
	if m := reWideKey.FindStringSubmatchIndex(v); m != nil {
		l.add(column+utf8.RuneCountInString(v[:m[3]]), 1, "full_colon", "key", v[m[2]:m[3]])
		return true
	}
	rs := []rune(v)
	beside := func(i, step int, signs string) bool {
		for i += step; i >= 0 && i < len(rs) && rs[i] == ' '; i += step {
		}
		return i >= 0 && i < len(rs) && strings.ContainsRune(signs, rs[i])
	}
	depth := 0
	for i, r := range rs {
		switch r {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case 0xff0c:
			if beside(i, -1, "]}\"") && beside(i, 1, "[{\"") {
				l.add(column+i, 1, "wide_comma")
				return true
			}
		}
	}
	if depth <= 0 {
		return false
	}
	for i, r := range rs {
		if half := map[rune]string{0xff3d: "]", 0xff5d: "}"}[r]; half != "" {
			l.add(column+i, 1, "wide_bracket", "got", string(r), "want", half)
			return true
		}
	}
	return false
}

// closes reports whether a line ends a quoted text.
func closes(line string, q byte) bool {
	for i := 0; i < len(line); i++ {
		switch {
		case q == '"' && line[i] == '\\':
			i++
		case line[i] == q && q == '\'' && i+1 < len(line) && line[i+1] == q:
			i++
		case line[i] == q:
			return true
		}
	}
	return false
}
