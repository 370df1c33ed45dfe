package cond

import (
	"strconv"
	"strings"
)

// Canonical writes an expression with the usual spaces and double quotes around texts, so that two ways of writing the same expression give the same
// line. What cannot be cut into words comes back with single spaces.
func Canonical(src string) string {
	toks, p := lex(src)
	if p != nil {
		return strings.Join(strings.Fields(src), " ")
	}
	var b strings.Builder
	for i, t := range toks[:len(toks)-1] {
		if i > 0 && spaced(toks[i-1], t) {
			b.WriteByte(' ')
		}
		switch t.kind {
		case tokText:
			b.WriteString(strconv.Quote(t.text))
		case tokNumber:
			b.WriteString(strconv.FormatFloat(t.num, 'g', -1, 64))
		default:
			b.WriteString(t.text)
		}
	}
	return b.String()
}

// spaced reports whether a space stands between two tokens.
func spaced(a, b token) bool {
	switch {
	case a.kind == tokSign && (a.text == "(" || a.text == "["):
		return false
	case b.kind != tokSign:
		return true
	case b.text == ")" || b.text == "]" || b.text == ",":
		return false
	case b.text == "(":
		return a.kind != tokWord || Reserved(a.text)
	}
	return true
}
