package flows

import (
	"cmp"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

// edit is an expected text that is to be taken from the flows.
type edit struct {
	file string
	node *yaml.Node
	text string
}

// rewrite writes expected texts into test files, each in its place: nothing else of a file changes. What cannot be replaced safely is named and left.
func rewrite(fsys fs.FS, edits []edit, sink *lint.Sink) map[string][]byte {
	out := map[string][]byte{}
	byFile := map[string][]edit{}
	for _, e := range edits {
		byFile[e.file] = append(byFile[e.file], e)
	}
	for _, name := range sortedKeys(byFile) {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			sink.Add(lint.NewFile(name, nil), 1, 1, 1, "unreadable", "error", err.Error())
			continue
		}
		if changed := updateFile(name, string(data), byFile[name], sink); changed != "" {
			out[name] = []byte(changed)
		}
	}
	return out
}

// updateFile replaces from the last text to the first, so that places stay right; "" when nothing could be replaced.
func updateFile(name, data string, edits []edit, sink *lint.Sink) string {
	lines := strings.SplitAfter(data, "\n")
	slices.SortFunc(edits, func(a, b edit) int {
		return -cmp.Or(cmp.Compare(a.node.Line, b.node.Line), cmp.Compare(a.node.Column, b.node.Column))
	})
	done := 0
	for _, e := range edits {
		if i := e.node.Line - 1; i >= 0 && i < len(lines) && replaceScalar(&lines[i], e) {
			done++
			continue
		}
		sink.Add(lint.NewFile(name, []byte(data)), e.node.Line, e.node.Column, lint.Width(e.node), "test_no_update")
	}
	changed := strings.Join(lines, "")
	var root yaml.Node
	if done == 0 || yaml.Unmarshal([]byte(changed), &root) != nil {
		return ""
	}
	return changed
}

// replaceScalar replaces a text that stands on one line.
func replaceScalar(line *string, e edit) bool {
	from := byteColumn(*line, e.node.Column)
	if from < 0 {
		return false
	}
	source := (*line)[from:]
	length := -1
	switch e.node.Style &^ yaml.TaggedStyle {
	case yaml.DoubleQuotedStyle:
		length = quotedLength(source, '"')
	case yaml.SingleQuotedStyle:
		length = quotedLength(source, '\'')
	case 0:
		if strings.HasPrefix(source, e.node.Value) {
			length = len(e.node.Value)
		}
	}
	if length < 0 {
		return false
	}
	*line = (*line)[:from] + strconv.Quote(e.text) + source[length:] // its escapes are those of YAML
	return true
}

// byteColumn is where a column, counted in characters from 1, begins; -1 when the line is shorter.
func byteColumn(line string, column int) int {
	at := 0
	for n := 1; n < column; n++ {
		_, size := utf8.DecodeRuneInString(line[at:])
		if size == 0 {
			return -1
		}
		at += size
	}
	return at
}

// quotedLength is how long a quoted text is that begins here; -1 when it does not end on this line.
func quotedLength(s string, quote byte) int {
	for i := 1; i < len(s); i++ {
		switch {
		case quote == '"' && s[i] == '\\':
			i++
		case s[i] == quote && quote == '\'' && i+1 < len(s) && s[i+1] == quote:
			i++
		case s[i] == quote:
			return i + 1
		}
	}
	return -1
}
