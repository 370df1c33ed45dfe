package lint

import (
	"iter"
	"strings"
	"unicode/utf8"
)

// Limits of one file.
const (
	MaxFile  = 1 << 20 // bytes
	MaxList  = 8 << 20 // bytes of a file of lists/; 40,000 hospitals fit
	MaxDepth = 24      // nested maps and lists

	maxFindings = 200 // of one file: what follows is a consequence, and a hostile file costs bounded time
)

// MostBytes is how large a file of a folder may be, by its name in the folder.
func MostBytes(name string) int {
	if strings.HasPrefix(name, "lists/") {
		return MaxList
	}
	return MaxFile
}

// File is one file of an author: its name as shown and its lines.
type File struct {
	Name  string
	lines []string
	found int

	inside []bool            // per line: the middle of a text over several lines; filled by prescan
	glued  func(string) bool // which words are keys
}

// comments yields the numbers of the lines that may hold a comment.
func (f *File) comments() iter.Seq[int] {
	if f.inside == nil {
		scratch := &File{Name: f.Name, lines: f.lines}
		prescan(scratch, &Sink{}, func(string) bool { return false })
		f.inside = scratch.inside
	}
	return func(yield func(int) bool) {
		for i := range f.lines {
			if !f.inside[i] && !yield(i+1) {
				return
			}
		}
	}
}

// NewFile cuts data into lines, without a byte order mark and carriage returns.
func NewFile(name string, data []byte) *File {
	s := strings.TrimPrefix(string(data), "\ufeff")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return &File{Name: name, lines: strings.Split(s, "\n")}
}

// Fresh is the same file without findings: for what is found while talks run, side by side, which does not count among the findings of reading it.
func (f *File) Fresh() *File { return &File{Name: f.Name, lines: f.lines} }

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

	noting bool // keep what Fix needs of every finding
	notes  []note
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
	if f.ignores(line, p.Code) {
		return
	}
	n := note{file: f, line: line, column: max(column, 1), key: key, args: args, problem: p}
	if f.mendable(n) {
		p.Message += Phrase("fixable")
		n.problem = p
	}
	s.All = append(s.All, p)
	if s.noting {
		s.notes = append(s.notes, n)
	}
}

// join takes over what another sink collected.
func (s *Sink) join(o *Sink) {
	s.All, s.notes = append(s.All, o.All...), append(s.notes, o.notes...)
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
