package lint

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

const (
	maxFix    = 1 << 20 // bytes; larger files are master data that nobody writes by hand
	maxPasses = 40      // a line with several slips is mended one slip a pass
)

// Fix repairs what can be repaired without guessing: full-width signs, missing quotes, "-" without a space, invisible characters. It never changes
// what a readable file means, keeps comments, and a second run changes nothing. read files what is wrong in a version of the file (Read, or a reader
// that knows more). fixed are the findings repaired, with their places at that moment; the file has no more mistakes of form than before.
func Fix(name string, data []byte, read func(data []byte, s *Sink)) (out []byte, fixed []Problem) {
	if len(data) > maxFix || !utf8.Valid(data) {
		return data, nil
	}
	out, fixed = fixInvisible(name, data)
	found := &Sink{noting: true}
	read(out, found)
	for range maxPasses {
		next, ps := fixSlips(name, out, found.notes)
		if len(ps) == 0 {
			break
		}
		now := &Sink{noting: true}
		if read(next, now); now.mistakes(name) > found.mistakes(name) {
			break
		}
		out, fixed, found = next, append(fixed, ps...), now
	}
	return out, fixed
}

// mistakes counts the mistakes of form in a file.
func (s *Sink) mistakes(name string) int {
	n := 0
	for _, p := range s.All {
		if p.File == name && p.Level == Error && strings.HasPrefix(p.Code, "Y") {
			n++
		}
	}
	return n
}

// fixInvisible takes out byte order mark, carriage returns, and spaces at the end of lines that are no text.
func fixInvisible(name string, data []byte) ([]byte, []Problem) {
	f, s := NewFile(name, data), &Sink{}
	prescan(f, &Sink{}, func(string) bool { return false })
	f.found = 0
	marks(f, data, s)
	whole := strings.Join(f.lines, "\n")
	lines := slices.Clone(f.lines)
	for i, l := range lines {
		if !f.inside[i] {
			lines[i] = strings.TrimRight(l, " \t")
		}
	}
	trimmed := strings.Join(lines, "\n")
	if sameMeaning(whole, trimmed) {
		trailing(f, s)
	} else {
		trimmed = whole
	}
	if trimmed == string(data) {
		return data, nil
	}
	return []byte(trimmed), s.All
}

// sameMeaning compares two files as YAML reads them; what cannot be read means nothing.
func sameMeaning(a, b string) bool {
	x, errX := parse([]byte(a))
	y, errY := parse([]byte(b))
	if errX != nil {
		return true
	}
	return errY == nil && sameNode(x, y)
}

func sameNode(a, b *yaml.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || a.Value != b.Value || a.Tag != b.Tag || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !sameNode(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

// fixSlips mends the first slip of every line.
func fixSlips(name string, data []byte, notes []note) ([]byte, []Problem) {
	slices.SortStableFunc(notes, func(a, b note) int { return cmp.Compare(a.line, b.line) })
	lines := strings.Split(string(data), "\n")
	var fixed []Problem
	last := 0
	for _, n := range notes {
		if n.file.Name != name || n.line == last || n.line > len(lines) {
			continue
		}
		mended, ok := n.file.mend(n)
		if !ok {
			continue
		}
		last = n.line
		lines[n.line-1] = mended
		fixed = append(fixed, n.problem)
	}
	if len(fixed) == 0 {
		return data, nil
	}
	return []byte(strings.Join(lines, "\n")), fixed
}

// note is a finding that may be mended, with the entry of the message table.
type note struct {
	file         *File
	line, column int
	key          string
	args         []string
	problem      Problem
}

// Diff shows the lines that differ between two versions of a file, for --dry-run; lines are never added or taken away by Fix.
func Diff(name string, before, after []byte) string {
	if bytes.Equal(before, after) {
		return ""
	}
	a, b := strings.Split(string(before), "\n"), strings.Split(string(after), "\n")
	var out strings.Builder
	out.WriteString("--- " + name + "\n+++ " + name + "\n")
	for i := 0; i < max(len(a), len(b)); i++ {
		old, now := lineAt(a, i), lineAt(b, i)
		if old == now {
			continue
		}
		n := itoa(i + 1)
		out.WriteString("@@ -" + n + " +" + n + " @@\n-" + visible(old) + "\n+" + visible(now) + "\n")
	}
	return out.String()
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// visible shows what an author cannot see at the end of a line and at the start of a file.
func visible(s string) string {
	return strings.NewReplacer("\ufeff", "<BOM>", "\r", "<CR>").Replace(s)
}
