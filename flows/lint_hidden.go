package flows

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// simple is a comparison of one name with numbers or codes: the values for which it holds.
type simple struct {
	name      string
	low, high float64 // numbers between, with the ends unless open
	lowOpen   bool
	highOpen  bool
	number    bool
	codes     []string
}

var (
	reCompare = regexp.MustCompile(`^([A-Za-z_][\w.]*) ?(==|<=|>=|<|>) ?("[^"]*"|'[^']*'|-?[\w.]+)$`)
	reTurned  = regexp.MustCompile(`^(-?\d+(?:\.\d+)?) ?(==|<=|>=|<|>) ?([A-Za-z_][\w.]*)$`)
	reInList  = regexp.MustCompile(`^([A-Za-z_][\w.]*) in ?\[([^\[\]]*)\]$`)
)

// simpleOf reads a condition as a simple comparison.
func simpleOf(src string) (simple, bool) {
	src = oneSpace(src)
	if m := reInList.FindStringSubmatch(src); m != nil {
		out := simple{name: m[1]}
		for _, item := range strings.Split(m[2], ",") {
			out.codes = append(out.codes, strings.Trim(strings.TrimSpace(item), `"'`))
		}
		return out, true
	}
	name, op, value := "", "", ""
	if m := reCompare.FindStringSubmatch(src); m != nil {
		name, op, value = m[1], m[2], strings.Trim(m[3], `"'`)
	} else if m := reTurned.FindStringSubmatch(src); m != nil {
		name, op, value = m[3], map[string]string{"==": "==", "<": ">", ">": "<", "<=": ">=", ">=": "<="}[m[2]], m[1]
	} else {
		return simple{}, false
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return simple{name: name, codes: []string{value}}, op == "=="
	}
	out := simple{name: name, number: true, low: math.Inf(-1), high: math.Inf(1)}
	switch op {
	case "==":
		out.low, out.high = n, n
	case "<", "<=":
		out.high, out.highOpen = n, op == "<"
	default:
		out.low, out.lowOpen = n, op == ">"
	}
	return out, true
}

// covers reports whether a holds wherever b holds.
func (a simple) covers(b simple) bool {
	if a.name != b.name {
		return false
	}
	if !a.number && !b.number {
		return !slices.ContainsFunc(b.codes, func(c string) bool { return !slices.Contains(a.codes, c) })
	}
	if a.number && !b.number { // numbers in a list
		return !slices.ContainsFunc(b.codes, func(c string) bool {
			n, err := strconv.ParseFloat(c, 64)
			return err != nil || !a.covers(simple{name: a.name, number: true, low: n, high: n})
		})
	}
	if !a.number {
		return b.low == b.high && slices.ContainsFunc(a.codes, func(c string) bool {
			n, err := strconv.ParseFloat(c, 64)
			return err == nil && n == b.low
		})
	}
	low := a.low < b.low || (a.low == b.low && (!a.lowOpen || b.lowOpen))
	high := a.high > b.high || (a.high == b.high && (!a.highOpen || b.highOpen))
	return low && high
}
