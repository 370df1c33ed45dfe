package cond

import (
	"math"
	"unicode/utf8"
)

// builtin is a function of the language itself.
type builtin struct {
	min, max int // number of arguments
	check    func(c *checker, n *node)
	build    func(args []evalFunc) evalFunc
}

// builtinNames lists what builtinOf knows, for advice on spelling.
var builtinNames = [...]string{"abs", "count", "days_between", "exp", "if", "len", "ln", "max", "min", "now", "pow", "round", "sum", "today"}

func builtinOf(name string) (builtin, bool) {
	switch name {
	case "if":
		return builtin{3, 3, checkIf, buildIf}, true
	case "min":
		return builtin{1, MaxSource, checkExtreme, extreme(math.Min)}, true
	case "max":
		return builtin{1, MaxSource, checkExtreme, extreme(math.Max)}, true
	case "round":
		return builtin{1, 2, checkNumbers, buildRound}, true
	case "abs":
		return builtin{1, 1, checkNumbers, single(math.Abs)}, true
	case "ln":
		return builtin{1, 1, checkNumbers, single(math.Log)}, true
	case "exp":
		return builtin{1, 1, checkNumbers, single(math.Exp)}, true
	case "pow":
		return builtin{2, 2, checkNumbers, pair(math.Pow)}, true
	case "len":
		return builtin{1, 1, checkLen, buildLen}, true
	case "count":
		return builtin{1, MaxSource, checkCount, buildCount}, true
	case "sum":
		return builtin{1, MaxSource, checkSum, buildSum}, true
	case "days_between":
		return builtin{2, 2, checkDays, buildDays}, true
	default:
		return builtin{}, false
	}
}

func checkNumbers(c *checker, n *node) {
	for _, k := range n.kids {
		c.wantNumber(k, n.word)
	}
	n.typ = Type{Kind: KindNumber}
}

// checkExtreme takes numbers and lists of numbers; there is no result when all
// of them are lists without items.
func checkExtreme(c *checker, n *node) {
	n.typ = Type{Kind: KindNumber, Missing: true}
	for _, k := range n.kids {
		if k.typ.Kind != KindList {
			c.wantNumber(k, n.word)
			n.typ.Missing = false
			continue
		}
		if k.typ.Of != KindNumber && (k.typ.Of != KindNone || k.typ.Codes != nil) {
			c.problem(k, ProblemTypeClash, "op", n.word, "left", KindList.String(), "right", KindNumber.String())
		}
		n.typ.Missing = n.typ.Missing && k.typ.Missing
	}
}

func checkLen(c *checker, n *node) {
	k := n.kids[0]
	n.typ = Type{Kind: KindNumber}
	if k.typ.Kind != KindList {
		c.wantKind(k, KindText, n.word)
	}
}

func checkCount(c *checker, n *node) {
	for _, k := range n.kids {
		c.wantKnown(k)
	}
	n.typ = Type{Kind: KindNumber}
}

// checkSum takes numbers and lists; missing answers are left out.
func checkSum(c *checker, n *node) {
	for _, k := range n.kids {
		if k.typ.Kind != KindList {
			c.wantKind(k, KindNumber, n.word)
		}
	}
	n.typ = Type{Kind: KindNumber}
}

func checkDays(c *checker, n *node) {
	n.typ = Type{Kind: KindNumber}
	for _, k := range n.kids {
		c.wantKind(k, KindDate, n.word)
		n.typ.Missing = n.typ.Missing || k.typ.Missing
	}
}

// checkIf settles the two branches against each other: a bare word beside a
// bare word is a code even if a name of another kind is spelt the same.
func checkIf(c *checker, n *node) {
	a, b := n.kids[1], n.kids[2]
	c.wantCondition(n.kids[0])
	asCode(a, b)
	asCode(b, a)
	for _, k := range []*node{a, b} {
		if !loose(k) {
			continue
		}
		if other := a.typ.Kind; k == b && other != KindText && other != KindNone {
			c.wantKnown(k)
			continue
		}
		if other := b.typ.Kind; k == a && other != KindText && other != KindNone {
			c.wantKnown(k)
			continue
		}
		k.op = opText
	}
	n.typ = join(a.typ, b.typ)
	if x, y := a.typ.Kind, b.typ.Kind; x != y && x != KindNone && y != KindNone {
		c.problem(n, ProblemTypeClash, "op", n.word, "left", x.String(), "right", y.String())
	}
}

func asCode(word, other *node) {
	if word.op == opName && loose(other) && word.typ.Kind != KindText && word.typ.Kind != KindNone {
		word.op, word.typ = opText, Type{Kind: KindText, Codes: []string{word.word}}
	}
}

func buildIf(args []evalFunc) evalFunc {
	cond, yes, no := args[0], args[1], args[2]
	return func(env Env) Value {
		if cond(env).Truth() {
			return yes(env)
		}
		return no(env)
	}
}

func single(f func(float64) float64) func([]evalFunc) evalFunc {
	return func(args []evalFunc) evalFunc {
		a := args[0]
		return func(env Env) Value {
			v := a(env)
			if v.kind != KindNumber {
				return None()
			}
			return Number(f(v.num))
		}
	}
}

func pair(f func(a, b float64) float64) func([]evalFunc) evalFunc {
	return func(args []evalFunc) evalFunc {
		l, r := args[0], args[1]
		return func(env Env) Value {
			a, b := l(env), r(env)
			if a.kind != KindNumber || b.kind != KindNumber {
				return None()
			}
			return Number(f(a.num, b.num))
		}
	}
}

// extreme folds numbers and the items of lists that are numbers. A missing
// number is a missing result, a list without numbers says nothing.
func extreme(f func(a, b float64) float64) func([]evalFunc) evalFunc {
	return func(args []evalFunc) evalFunc {
		return func(env Env) Value {
			acc := None()
			see := func(n float64) {
				if acc.kind == KindNumber {
					n = f(acc.num, n)
				}
				acc = Number(n)
			}
			for _, a := range args {
				switch v := a(env); v.kind {
				case KindNumber:
					see(v.num)
				case KindList:
					for _, it := range v.Items() {
						if n, ok := number(it); ok {
							see(n)
						}
					}
				default:
					return None()
				}
			}
			return acc
		}
	}
}

// buildRound rounds halves away from zero, to 0 digits or to a given number
// of digits between -9 and 9.
func buildRound(args []evalFunc) evalFunc {
	return func(env Env) Value {
		v, scale := args[0](env), 1.0
		if v.kind != KindNumber {
			return None()
		}
		if len(args) == 2 {
			d := args[1](env)
			if d.kind != KindNumber {
				return None()
			}
			scale = math.Pow(10, max(-9, min(9, math.Round(d.num))))
		}
		if math.IsInf(v.num*scale, 0) { // beyond its last digit anyway
			return v
		}
		return Number(math.Round(v.num*scale) / scale)
	}
}

func buildLen(args []evalFunc) evalFunc {
	return func(env Env) Value {
		switch v := args[0](env); v.kind {
		case KindList:
			return Number(v.num)
		case KindText:
			return Number(float64(utf8.RuneCountInString(v.str)))
		default:
			return Number(0)
		}
	}
}

// buildCount counts the items of lists and the other values that are there.
func buildCount(args []evalFunc) evalFunc {
	return func(env Env) Value {
		n := 0.0
		for _, a := range args {
			v := a(env)
			switch {
			case v.kind == KindList:
				n += v.num
			case !v.IsEmpty():
				n++
			}
		}
		return Number(n)
	}
}

// buildSum adds numbers and the items of lists that are numbers.
func buildSum(args []evalFunc) evalFunc {
	return func(env Env) Value {
		total := 0.0
		for _, a := range args {
			total += a(env).Sum()
		}
		return Number(total)
	}
}

// buildDays counts the days from the first date to the second.
func buildDays(args []evalFunc) evalFunc {
	from, to := args[0], args[1]
	return func(env Env) Value {
		a, okA := dayOf(from(env).str)
		b, okB := dayOf(to(env).str)
		if !okA || !okB {
			return None()
		}
		return Number(float64(b - a))
	}
}
