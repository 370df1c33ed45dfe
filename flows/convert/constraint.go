package convert

import (
	"regexp"
	"strings"
)

var (
	reLow     = regexp.MustCompile(`^\.\s*>=\s*(-?[0-9.]+)$`)
	reHigh    = regexp.MustCompile(`^\.\s*<=\s*(-?[0-9.]+)$`)
	reMatches = regexp.MustCompile(`^regex\(\s*\.\s*,\s*['"](.*)['"]\s*\)$`)
	reAnd     = regexp.MustCompile(`\s+and\s+`)
)

// constraint reads limits and patterns where the language has keys for them; the rest becomes a check.
func (x *xlsform) constraint(it *item, src string) {
	if src = strings.TrimSpace(src); src == "" {
		return
	}
	if m := reMatches.FindStringSubmatch(src); m != nil && it.typ == "text" {
		if _, err := regexp.Compile(m[1]); err == nil {
			it.pattern = anchored(m[1])
			return
		}
	}
	if it.typ == "number" || it.typ == "scale" {
		if low, high, ok := limits(src); ok {
			it.low, it.high = low, high
			return
		}
	}
	if it.say == "" {
		it.say = word("check_failed")
	}
	it.check = append(it.check, clause{"constraint", src})
}

// anchored makes a pattern match the whole answer, as XLSForm does.
func anchored(p string) string {
	return "^(" + strings.TrimSuffix(strings.TrimPrefix(p, "^"), "$") + ")$"
}

func limits(src string) (low, high string, ok bool) {
	for _, part := range reAnd.Split(src, -1) {
		part = strings.Trim(strings.TrimSpace(part), "()")
		if m := reLow.FindStringSubmatch(part); m != nil {
			low = m[1]
		} else if m := reHigh.FindStringSubmatch(part); m != nil {
			high = m[1]
		} else {
			return "", "", false
		}
	}
	return low, high, true
}
