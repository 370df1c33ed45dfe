package author

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// ErrTestFile says that a case cannot be added to a test file.
var ErrTestFile = errors.New("no test file of this flow")

// AppendCase adds a case that RecordCase wrote to a test file of a flow, behind the cases that stand there; everything else of the file stays as it is.
// A nil file makes a new one. A name that is taken gets a number. It returns ErrTestFile when the file is not one of this flow.
func AppendCase(file []byte, flow, text string) ([]byte, error) {
	if len(strings.TrimSpace(string(file))) == 0 {
		return []byte("test: " + flow + "\n\ncases:\n" + text), nil
	}
	var root yaml.Node
	if err := yaml.Unmarshal(file, &root); err != nil {
		return nil, fmt.Errorf("adding a case: %w: %w", ErrTestFile, err)
	}
	cases, end, ok := casesOf(&root, flow)
	if !ok {
		return nil, fmt.Errorf("adding a case for %s: %w", flow, ErrTestFile)
	}
	lines := strings.SplitAfter(strings.ReplaceAll(string(file), "\r\n", "\n"), "\n")
	if end > len(lines) || end == 0 {
		end = len(lines) + 1
	}
	at := end - 1 // lines before the next key
	for at > 0 && (strings.TrimSpace(lines[at-1]) == "" || strings.HasPrefix(lines[at-1], "#")) {
		at--
	}
	if at > 0 && !strings.HasSuffix(lines[at-1], "\n") {
		lines[at-1] += "\n"
	}
	text = indented(unique(text, cases), cases)
	out := strings.Join(lines[:at], "") + "\n" + text + strings.Join(lines[at:], "")
	if err := yaml.Unmarshal([]byte(out), &root); err != nil {
		return nil, fmt.Errorf("adding a case: %w: %w", ErrTestFile, err)
	}
	if after, _, ok := casesOf(&root, flow); !ok || len(after.Content) != len(cases.Content)+1 {
		return nil, fmt.Errorf("adding a case behind the others: %w", ErrTestFile)
	}
	return []byte(out), nil
}

// casesOf finds the list of cases and the line of the key behind it, 0 when it is the last one.
func casesOf(root *yaml.Node, flow string) (cases *yaml.Node, end int, ok bool) {
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		return nil, 0, false
	}
	named := false
	keys := root.Content[0].Content
	for i := 0; i+1 < len(keys); i += 2 {
		switch keys[i].Value {
		case "test":
			named = keys[i+1].Value == flow
		case "cases":
			cases = keys[i+1]
			if i+2 < len(keys) {
				end = keys[i+2].Line
			}
		}
	}
	return cases, end, named && cases != nil && cases.Kind == yaml.SequenceNode && cases.Style&yaml.FlowStyle == 0
}

// unique gives a case a name that no other case has.
func unique(text string, cases *yaml.Node) string {
	taken := map[string]bool{}
	for _, c := range cases.Content {
		for i := 0; i+1 < len(c.Content); i += 2 {
			if c.Content[i].Value == "name" {
				taken[c.Content[i+1].Value] = true
			}
		}
	}
	var one []struct {
		Name string `yaml:"name"`
	}
	if err := yaml.Unmarshal([]byte(text), &one); err != nil || len(one) != 1 || !taken[one[0].Name] {
		return text
	}
	n := 2
	for taken[fmt.Sprintf("%s %d", one[0].Name, n)] {
		n++
	}
	_, rest, _ := strings.Cut(text, "\n")
	return "  - name: " + scalar(fmt.Sprintf("%s %d", one[0].Name, n)) + "\n" + rest
}

// indented moves a case to the column in which the file has its cases.
func indented(text string, cases *yaml.Node) string {
	column := cases.Column - 1
	if len(cases.Content) == 0 || column == 2 {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.Repeat(" ", column) + strings.TrimPrefix(line, "  "))
	}
	return b.String()
}
