package lint

import (
	"strings"
	"unicode/utf8"
)

// Limits of one file.
const (
	MaxFile  = 8 << 20 // bytes; a list of 40,000 hospitals fits
	MaxDepth = 24      // nested maps and lists

	maxFindings = 200 // of one file: what follows is a consequence, and a hostile file costs bounded time
)

// File is one file of an author: its name as shown and its lines.
type File struct {
	Name  string
	lines []string
	found int
}

// NewFile cuts data into lines, without a byte order mark and carriage returns.
func NewFile(name string, data []byte) *File {
	s := strings.TrimPrefix(string(data), "\ufeff")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return &File{Name: name, lines: strings.Split(s, "\n")}
}

// Line returns a line, "" when there is none.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	return f.lines[n-1]
}

// Sink collects findings.
type Sink struct {
	All []Problem
}

// Add files a finding about a place. Lines and columns count from 1, columns in characters; args are name, value pairs for the message.
func (s *Sink) Add(f *File, line, column, length int, key string, args ...string) {
	if f.found++; f.found > maxFindings {
		return
	}
	if line < 1 {
		line, column = 1, 1
	}
	src := f.Line(line)
	if most := utf8.RuneCountInString(src) - column + 1; length > most {
		length = most
	}
	p := fill(Problem{File: f.Name, Line: line, Column: max(column, 1), Length: length, Source: src}, key, args)
	if !f.ignores(line, p.Code) {
		s.All = append(s.All, p)
	}
}

// ignores reports an exception of the author for one rule, with its reason: "# lint: ignore C505 reason" on the line or the one before. Mistakes of
// reading and of structure cannot be excepted.
func (f *File) ignores(line int, code string) bool {
	if code == "" || strings.ContainsAny(code[:1], "YSX") {
		return false
	}
	for _, n := range []int{line, line - 1} {
		_, rest, ok := strings.Cut(f.Line(n), "# lint: ignore ")
		if !ok {
			continue
		}
		if reason, named := strings.CutPrefix(strings.TrimSpace(rest), code); named && strings.TrimSpace(reason) != "" {
			return true
		}
	}
	return false
}

// errorUpTo reports whether a finding of level error was filed at or before a line.
func (s *Sink) errorUpTo(line int) bool {
	for _, p := range s.All {
		if p.Level == Error && p.Line <= line {
			return true
		}
	}
	return false
}
