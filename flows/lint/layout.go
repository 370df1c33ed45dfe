package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// ErrUnreadable says that a file has mistakes that keep it from being laid out; the findings stand in FormatError.
var ErrUnreadable = errors.New("the file has mistakes")

// ErrMeaning says that laying out would have changed what a file says. The file is left as it is; it is a defect of Format, not of the author.
var ErrMeaning = errors.New("laying out would change the meaning")

// FormatError carries the findings that forbid laying a file out.
type FormatError struct{ Problems []Problem }

// Error implements error.
func (e *FormatError) Error() string { return fmt.Sprintf("%v: %d", ErrUnreadable, len(e.Problems)) }

// Unwrap implements errors.Is for ErrUnreadable.
func (e *FormatError) Unwrap() error { return ErrUnreadable }

// Format lays a file of an author out as the guide writes it: two spaces of indentation, list dashes below their key, the keys of header and steps in
// their order, quotes where YAML needs them, long or fragile braces opened. What is written well stays as it is: blank lines (one at a time), comments,
// columns that line up, the author's choice between braces and lines. The meaning never changes: the result is read again and compared before it is
// returned. A *FormatError carries the findings of a file that cannot be read.
func Format(data []byte) ([]byte, error) {
	s := &Sink{}
	f, root := Read("", data, s, isOrdered)
	if root == nil || len(Errors(s.All)) > 0 {
		return nil, &FormatError{Problems: Errors(Sort(s.All))}
	}
	var out []byte
	before, first := f, root
	for range maxLayouts {
		again := layOut(f, root)
		if out != nil && string(again) == string(out) {
			break
		}
		out = again
		if f, root = Read("", out, &Sink{}, isOrdered); root == nil {
			return nil, fmt.Errorf("reading the result of %d lines: %w", len(before.lines), ErrMeaning)
		}
	}
	return out, same(first, out)
}

// maxLayouts is how often a file is laid out until it rests: what lines up in a column depends on its neighbours, and those may move.
const maxLayouts = 4

// layOut lays a tree out once.
func layOut(f *File, root *yaml.Node) []byte {
	l := &layout{lines: f.lines, inside: make([]bool, len(f.lines)+2), done: make([]bool, len(f.lines)+2)}
	l.cover(root)
	l.flow = valueOf(root, "flow") != nil && valueOf(root, "steps") != nil
	if root.Style&yaml.FlowStyle != 0 {
		l.gap(root.Line, root.Column, 0)
		l.put(l.braces(root) + l.tail(l.end(root)))
	} else {
		l.node(root, place{indent: 0, root: true})
	}
	l.rest()
	return []byte(strings.Join(l.out, "\n") + "\n")
}

// same compares the meaning and the comments of a tree with those of a laid-out file.
func same(root *yaml.Node, out []byte) error {
	s := &Sink{}
	_, again := Read("", out, s, isOrdered)
	if again == nil || len(Errors(s.All)) > 0 {
		return fmt.Errorf("reading the result: %w", ErrMeaning)
	}
	if !equal(root, again) || !slices.Equal(comments(root), comments(again)) {
		return fmt.Errorf("comparing the result: %w", ErrMeaning)
	}
	return nil
}

// equal compares two trees; the keys of a map may stand in another order.
func equal(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || len(a.Content) != len(b.Content) || a.ShortTag() != b.ShortTag() {
		return false
	}
	if a.Kind != yaml.MappingNode {
		return slices.EqualFunc(a.Content, b.Content, equal)
	}
	for i := 0; i+1 < len(a.Content); i += 2 {
		v := valueOf(b, a.Content[i].Value)
		if v == nil || !equal(a.Content[i+1], v) {
			return false
		}
	}
	return true
}

// valueOf is the value of a key, nil when the map has none.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// comments lists the comment lines of a tree, sorted.
func comments(n *yaml.Node) []string {
	var out []string
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		for _, text := range []string{n.HeadComment, n.LineComment, n.FootComment} {
			for line := range strings.SplitSeq(text, "\n") {
				if line = strings.TrimSpace(line); line != "" {
					out = append(out, line)
				}
			}
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(n)
	slices.Sort(out)
	return out
}
