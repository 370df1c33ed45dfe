package lint

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Read reads one file into nodes. The root is nil when the file cannot be used; the sink then holds at least one error.
// glued tells which words are keys, so that a missing space after "ask:" is recognised.
func Read(name string, data []byte, s *Sink, glued func(string) bool) (*File, *yaml.Node) {
	f := NewFile(name, data)
	if most := MostBytes(name); len(data) > most {
		s.Add(&File{Name: name}, 1, 1, 1, "too_large", "max", fmt.Sprint(most>>20))
		return f, nil
	}
	if !utf8.Valid(data) {
		s.Add(f, badLine(data), 1, 1, "not_utf8")
		return f, nil
	}
	marks(f, data, s)
	if line, column := control(f); line > 0 {
		s.Add(f, line, column, 1, "control_character")
		return f, nil
	}
	mine := &Sink{noting: s.noting}
	prescan(f, mine, glued)
	trailing(f, s)
	exceptions(f, s)
	root, err := parse([]byte(strings.Join(f.lines, "\n")))
	if err != nil {
		syntax(f, mine, err)
		s.join(mine)
		return f, nil
	}
	bad := len(Errors(mine.All)) > 0
	s.join(mine)
	if root == nil {
		s.Add(f, 1, 1, 1, "empty_file")
		return f, nil
	}
	w := &walker{file: f, sink: s}
	w.walk(root, 0)
	if w.refused || bad {
		return f, nil
	}
	return f, root
}

func badLine(data []byte) int {
	line := 1
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			return line
		}
		if r == '\n' {
			line++
		}
		data = data[size:]
	}
	return line
}

// marks files what is invisible: byte order mark, carriage returns.
func marks(f *File, data []byte, s *Sink) {
	if strings.HasPrefix(string(data), "\ufeff") {
		s.Add(f, 1, 1, 1, "bom")
	}
	if i := strings.IndexByte(string(data), '\r'); i >= 0 {
		s.Add(f, 1+strings.Count(string(data[:i]), "\n"), 1, 1, "crlf")
	}
}

// trailing files spaces at the end of lines that are not the middle of a text.
func trailing(f *File, s *Sink) {
	for i, l := range f.lines {
		if t := strings.TrimRight(l, " \t"); t != l && !f.inside[i] {
			s.Add(f, i+1, utf8.RuneCountInString(t)+1, len(l)-len(t), "trailing_space")
		}
	}
}

// control finds the first character that no text has: NUL and its like. Tabs are looked at elsewhere.
func control(f *File) (line, column int) {
	for i, l := range f.lines {
		n := 0
		for _, r := range l {
			n++
			if (r < ' ' && r != '\t' && r != '\r') || r == 0x7f {
				return i + 1, n
			}
		}
	}
	return 0, 0
}

// parse returns the root node of the only document, nil when there is none.
func parse(data []byte) (root *yaml.Node, err error) {
	defer func() { // a parser is never trusted with an author's file
		if r := recover(); r != nil {
			root, err = nil, fmt.Errorf("reading yaml: %v", r)
		}
	}()
	if strings.TrimSpace(string(data)) == "" {
		return nil, nil
	}
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		return nil, err
	}
	if doc.Kind == yaml.DocumentNode {
		if len(doc.Content) == 0 {
			return nil, nil
		}
		return doc.Content[0], nil
	}
	return &doc, nil
}

// syntax files what the YAML library says, unless a slip found before explains it.
func syntax(f *File, s *Sink, err error) {
	line, column := 1, 1
	var le *yaml.LoadError
	if errors.As(err, &le) {
		if le.Mark.Line > 0 {
			line, column = le.Mark.Line, le.Mark.Column
		}
	}
	if s.errorUpTo(line) {
		return
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "multiple"), strings.Contains(text, "document start"):
		s.Add(f, line, column, 1, "many_documents")
	case strings.Contains(text, "unknown anchor"):
		s.Add(f, line, column, 1, "alias")
	case strings.Contains(text, "quoted scalar"):
		s.Add(f, le.ContextMark.Line, le.ContextMark.Column, 1, "open_quote")
	case strings.Contains(text, "no documents"):
		s.Add(f, 1, 1, 1, "empty_file")
	case strings.Contains(text, "flow sequence"), strings.Contains(text, "flow mapping"):
		line, column := max(le.ContextMark.Line, 1), max(le.ContextMark.Column, 1)
		if at, text := f.colonInside(line, column); text != "" {
			s.Add(f, line, at, utf8.RuneCountInString(text), "colon_in_braces", "text", text)
			return
		}
		s.Add(f, line, column, 1, "open_bracket")
	case strings.Contains(text, "did not find expected"), strings.Contains(text, "mapping values"):
		s.Add(f, line, column, 1, "bad_indent")
	default:
		s.Add(f, line, column, 1, "syntax")
	}
}

// walker refuses what a flow file may not contain and files silent misreadings.
type walker struct {
	file    *File
	sink    *Sink
	refused bool
	nodes   int
}

const maxNodes = 600_000

func (w *walker) add(n *yaml.Node, key string, args ...string) {
	w.sink.Add(w.file, n.Line, n.Column, Width(n), key, args...)
}

func (w *walker) refuse(n *yaml.Node, key string, args ...string) {
	w.refused = true
	w.add(n, key, args...)
}

func (w *walker) walk(n *yaml.Node, depth int) {
	w.nodes++
	switch {
	case w.refused && w.nodes > maxNodes:
		return
	case depth > MaxDepth:
		w.refuse(n, "too_deep", "max", fmt.Sprint(MaxDepth))
		return
	case w.nodes > maxNodes:
		w.refuse(n, "too_many_items", "max", fmt.Sprint(maxNodes))
		return
	case n.Kind == yaml.AliasNode:
		w.refuse(n, "alias")
		return
	case n.Anchor != "":
		w.refuse(n, "anchor", "name", n.Anchor)
	case n.Style&yaml.TaggedStyle != 0:
		w.refuse(n, "tag", "tag", n.Tag)
	}
	if n.Kind == yaml.MappingNode {
		w.keys(n)
	}
	for _, c := range n.Content {
		w.walk(c, depth+1)
	}
}

func (w *walker) keys(n *yaml.Node) {
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		switch {
		case k.Kind != yaml.ScalarNode:
			w.refuse(k, "odd_key")
			continue
		case k.Value == "<<" && k.Style == 0:
			w.refuse(k, "merge_key")
			continue
		}
		if v := n.Content[i+1]; n.Style&yaml.FlowStyle != 0 && v.Kind == yaml.ScalarNode && v.Value == "" && v.Style == 0 && v.Line == k.Line &&
			!strings.HasPrefix(w.after(k), ":") {
			w.unmeant(k)
			continue
		}
		if first, ok := seen[k.Value]; ok {
			w.add(k, "duplicate_key", "key", k.Value, "first", fmt.Sprint(first))
		} else {
			seen[k.Value] = k.Line
		}
	}
}

// unmeant files a word in braces that is no "name: value": the text before it had a comma, or a space is missing after its colon.
func (w *walker) unmeant(k *yaml.Node) {
	w.refused = true
	name, _, colon := strings.Cut(k.Value, ":")
	switch {
	case colon && reLooksKey.MatchString(k.Value):
		w.add(k, "glued_colon", "key", name)
	case !reWideKey.MatchString("{"+k.Value) || !w.sink.errorUpTo(k.Line): // a full-width colon behind a key is filed already
		w.add(k, "comma_in_braces", "text", k.Value)
	}
}

// after is what follows a plain key on its line.
func (w *walker) after(k *yaml.Node) string {
	rs := []rune(w.file.Line(k.Line))
	at := min(k.Column-1+Width(k), len(rs))
	return strings.TrimLeft(string(rs[at:]), " ")
}

// Width is the number of characters to underline for a node.
func Width(n *yaml.Node) int {
	if n.Kind != yaml.ScalarNode || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return 1
	}
	w := utf8.RuneCountInString(n.Value)
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		w += 2
	}
	return w
}
