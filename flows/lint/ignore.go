package lint

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// An exception of the author for one rule stands in a comment, on the line of the finding or the one before:
//
//	# lint: ignore C505 reason
//
// Mistakes of reading and of structure cannot be excepted; an exception without a reason has no effect and is itself a finding.
var reIgnore = regexp.MustCompile(`^#[ \t]*lint:[ \t]*ignore(?:[ \t]+(\S+))?[ \t]*(.*)$`)

// Exception is one exception of an author, for the console's list.
type Exception struct {
	File   string
	Line   int // from 1
	Code   string
	Title  string // short name of the rule
	Reason string
}

// exception reads the exception on a line.
func (f *File) exception(line int) (code, reason string, column int, ok bool) {
	s := f.Line(line)
	if !strings.Contains(s, "lint:") {
		return "", "", 0, false
	}
	at := comment(s)
	if at < 0 {
		return "", "", 0, false
	}
	m := reIgnore.FindStringSubmatch(s[at:])
	if m == nil {
		return "", "", 0, false
	}
	return m[1], strings.TrimSpace(m[2]), utf8.RuneCountInString(s[:at]) + 1, true
}

// comment finds the byte at which a line's comment begins, outside quotes; -1 = there is none.
func comment(line string) int {
	found := -1
	scanFlow(line, func(i int, c byte) bool {
		if c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			found = i
		}
		return found < 0
	})
	return found
}

// ignores reports an exception that holds for a finding.
func (f *File) ignores(line int, code string) bool {
	if !mayIgnore(code) {
		return false
	}
	for _, n := range []int{line, line - 1} {
		if c, reason, _, ok := f.exception(n); ok && c == code && reason != "" {
			return true
		}
	}
	return false
}

func mayIgnore(code string) bool { return code != "" && !strings.ContainsAny(code[:1], "YSX") }

// exceptions files what is wrong with the exceptions of a file. They are looked for outside texts only.
func exceptions(f *File, s *Sink) {
	for n := range f.comments() {
		code, reason, column, ok := f.exception(n)
		if !ok {
			continue
		}
		width := utf8.RuneCountInString(f.Line(n)) - column + 1
		_, known := loadTable().Rules[code]
		switch {
		case !known:
			s.Add(f, n, column, width, "ignore_rule", "rule", code)
		case !mayIgnore(code):
			s.Add(f, n, column, width, "ignore_never", "rule", code)
		case reason == "":
			s.Add(f, n, column, width, "ignore_reason", "rule", code)
		}
	}
}

// Ignored lists the exceptions of one file that have an effect, with their reasons.
func Ignored(name string, data []byte) []Exception {
	f := NewFile(name, data)
	var out []Exception
	for n := range f.comments() {
		code, reason, _, ok := f.exception(n)
		if r, known := loadTable().Rules[code]; ok && known && reason != "" && mayIgnore(code) {
			out = append(out, Exception{File: name, Line: n, Code: code, Title: r.Title, Reason: reason})
		}
	}
	return out
}
