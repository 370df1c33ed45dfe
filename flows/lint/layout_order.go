package lint

import (
	"slices"

	"go.yaml.in/yaml/v4"
)

// The order in which keys are written. Keys of one row keep the author's order among themselves; keys that are not listed stand with the row "form".
// The lists only sort: which keys exist, and what they mean, is the business of package flows.
var (
	headerOrder = [][]string{
		{"flow"}, {"title"}, {"version"}, {"owner"}, {"approval"}, {"lang", "also", "kind"}, {"start"},
		{"inputs", "remind", "expire", "on_expire", "commands"}, {"steps"}, {"outputs", "migrate"},
	}
	leading    = []string{"do", "say", "ask", "send", "set", "classify", "tag", "untag", "call", "block", "split", "end"}
	stepOrder  = [][]string{{"id"}, {"when"}, {leadRow}, {"type"}, {formRow}, dialogue, {"next"}, {"goto", "max_visits"}, {"steps"}}
	dialogue   = []string{"required", "retry", "max_retry", "on_fail", "confirm", "save", "known", "fresh", "help"}
	formKeys   = []string{"choices", "range", "length", "label", "aka", "rules", "with", "unknown", "check", "pick", "list"}
	listenKeys = []string{"when_text", "unless_in"}
)

const (
	leadRow = "<lead>"
	formRow = "<form>"
)

// isOrdered knows the keys after which a missing space is worth a word.
func isOrdered(s string) bool {
	for _, rows := range [][][]string{headerOrder, stepOrder, {leading, formKeys, listenKeys}} {
		for _, row := range rows {
			if slices.Contains(row, s) {
				return true
			}
		}
	}
	return false
}

// pair is one entry of a map.
type pair struct{ key, value *yaml.Node }

// pairs lists the entries of a map in the order in which they are written: the header's and the steps' own order, else the author's.
func (l *layout) pairs(n *yaml.Node, at place) []pair {
	out := make([]pair, 0, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		out = append(out, pair{n.Content[i], n.Content[i+1]})
	}
	var rank func(string) int
	switch {
	case !l.flow:
		return out
	case at.root:
		rank = func(key string) int { return row(headerOrder, key, len(headerOrder)) }
	case at.step:
		lead := leadOf(n)
		rank = func(key string) int {
			if key == lead {
				return row(stepOrder, leadRow, 0)
			}
			return row(stepOrder, key, row(stepOrder, formRow, 0))
		}
	default:
		return out
	}
	slices.SortStableFunc(out, func(a, b pair) int { return rank(a.key.Value) - rank(b.key.Value) })
	return out
}

// leadOf is the key that says what a step is; a step with do has its say and the like as details.
func leadOf(n *yaml.Node) string {
	for _, key := range leading {
		if valueOf(n, key) != nil {
			return key
		}
	}
	return ""
}

func row(rows [][]string, key string, other int) int {
	for i, r := range rows {
		if slices.Contains(r, key) {
			return i
		}
	}
	return other
}
