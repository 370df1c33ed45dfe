package cond

import (
	"strconv"
	"strings"
	"time"
)

// maxDays is the longest span that can be written: a hundred years.
const maxDays = 36500

// asDays takes a word like 90d for the number of days that it says; where a span is wanted, it is no code.
func asDays(n *node) bool {
	days, ok := days(n)
	if ok {
		n.op, n.num, n.typ = opNumber, float64(days), Type{Kind: KindNumber}
	}
	return ok
}

func isDays(n *node) bool {
	_, ok := days(n)
	return ok
}

func days(n *node) (int, bool) {
	figures, ok := strings.CutSuffix(n.word, "d")
	if n.op != opWord || !ok || figures == "" || figures[0] == '+' || figures[0] == '-' {
		return 0, false
	}
	days, err := strconv.Atoi(figures)
	return days, err == nil && days <= maxDays
}

// shiftsDate settles a date plus or minus a span: today - 30d.
func (c *checker) shiftsDate(n *node) bool {
	if n.op != opAdd && n.op != opSub || n.kids[0].typ.Kind != KindDate || !asDays(n.kids[1]) {
		return false
	}
	n.typ = Type{Kind: KindDate, Missing: n.kids[0].typ.Missing}
	return true
}

// shiftDate moves a date by days; the time of the day is dropped.
func shiftDate(v Value, days int) Value {
	day, ok := dayOf(v.str)
	if !ok {
		return None()
	}
	return Text(time.Unix(int64(day+days)*86400, 0).UTC().Format(dayForm))
}
