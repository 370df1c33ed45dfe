package library_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// mutant is one slip of an author: a line that is gone, or one thing on it that is different.
type mutant struct {
	file string
	line int // from 1
	kind string
	text string // of the line now; "" for a line that is gone
	data string // of the whole file
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d %s: %s", m.file, m.line, m.kind, strings.TrimSpace(m.text))
}

// mutations are the kinds of change, besides deleting the line. Each returns "" where the line has nothing of the kind.
var mutations = []struct {
	kind  string
	alter func(line string) string
}{
	{"id", alterName},
	{"code", alterCode},
	{"number", alterNumber},
	{"operator", alterOperator},
	{"keyword", alterKeyword},
	{"words", alterWords},
}

var (
	reName     = regexp.MustCompile(`\b(id|goto|call|list|choices|save|flow|on_fail|element|purpose|policy|prefer|send|kind): *([a-z][a-z0-9_.]*)`)
	reCode     = regexp.MustCompile(`^(\s*- )([a-z][A-Za-z0-9_]*)(: )`)
	reNumber   = regexp.MustCompile(`[0-9]+`)
	reOperator = regexp.MustCompile(` (==|!=|>=|<=|>|<|and|or|has|in|not) `)
	reKeyword  = regexp.MustCompile(`: *(true|false|yesno|many|text|skip|human|hot|warm|confirm|current|date|stop|done|always|urgent)\b`)
)

// leading are the words that begin a step: they are not codes.
var leading = []string{"id", "say", "ask", "send", "set", "classify", "tag", "untag", "do", "call", "block", "split", "end", "when", "after", "goto", "note"}

func alterName(line string) string {
	m := reName.FindStringSubmatchIndex(line)
	if m == nil {
		return ""
	}
	return line[:m[5]] + "x" + line[m[5]:]
}

func alterCode(line string) string {
	m := reCode.FindStringSubmatchIndex(line)
	if m == nil || slices.Contains(leading, line[m[4]:m[5]]) {
		return ""
	}
	return line[:m[5]] + "x" + line[m[5]:]
}

// alterNumber raises the first number, days of approvals excepted: they only have to lie ahead.
func alterNumber(line string) string {
	if strings.Contains(line, "approval:") || strings.Contains(line, "version:") {
		return ""
	}
	m := reNumber.FindStringIndex(line)
	if m == nil {
		return ""
	}
	last := line[m[1]-1]
	next := "0123456789"[(last-'0'+1)%10]
	return line[:m[1]-1] + string(next) + line[m[1]:]
}

func alterOperator(line string) string {
	m := reOperator.FindStringSubmatchIndex(line)
	if m == nil {
		return ""
	}
	other := map[string]string{"==": "!=", "!=": "==", ">=": "<", "<": ">=", "<=": ">", ">": "<=", "and": "or", "or": "and", "has": "==", "in": "not in", "not": ""}
	return line[:m[2]] + other[line[m[2]:m[3]]] + line[m[3]:]
}

func alterKeyword(line string) string {
	m := reKeyword.FindStringSubmatchIndex(line)
	if m == nil {
		return ""
	}
	other := map[string]string{"true": "false", "false": "true", "yesno": "text", "many": "one", "text": "number", "skip": "stop", "human": "skip",
		"hot": "warm", "warm": "hot", "confirm": "ask", "current": "other", "date": "text", "stop": "done", "done": "stop", "always": "never", "urgent": "normal"}
	return line[:m[2]] + other[line[m[2]:m[3]]] + line[m[3]:]
}

// alterWords changes the last Chinese character of the first run of them: one wrong character, as typing makes it.
func alterWords(line string) string {
	runes := []rune(line)
	for i, r := range runes {
		if unicode.Is(unicode.Han, r) && (i+1 == len(runes) || !unicode.Is(unicode.Han, runes[i+1])) {
			other := '某'
			if r == other {
				other = '甲'
			}
			return string(runes[:i]) + string(other) + string(runes[i+1:])
		}
	}
	return ""
}

// mutants lists every change of the flow files of a folder, in order.
func mutants(t *testing.T, fsys fs.FS) []mutant {
	t.Helper()
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lists, err := fs.Glob(fsys, "lists/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out []mutant
	for _, name := range append(names, lists...) {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, mutantsOf(name, string(data))...)
	}
	return out
}

func mutantsOf(name, data string) []mutant {
	var out []mutant
	lines := strings.SplitAfter(data, "\n")
	with := func(i int, line string) string {
		return strings.Join(lines[:i], "") + line + strings.Join(lines[i+1:], "")
	}
	for i, line := range lines {
		body, comment, _ := strings.Cut(line, " #")
		if s := strings.TrimSpace(line); s == "" || strings.HasPrefix(s, "#") {
			continue
		}
		out = append(out, mutant{name, i + 1, "delete", line, with(i, "")})
		if comment != "" {
			comment = " #" + comment
		}
		for _, m := range mutations {
			if changed := m.alter(body); changed != "" && changed != body {
				out = append(out, mutant{name, i + 1, m.kind, changed, with(i, changed+comment)})
			}
		}
	}
	return out
}
