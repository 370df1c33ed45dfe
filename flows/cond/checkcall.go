package cond

import (
	"slices"
	"strconv"
)

func (c *checker) checkCall(n *node) {
	b, builtin := builtinOf(n.word)
	if f, ok := c.funcs[n.word]; ok && (!builtin || f.fits(n)) {
		n.call = &f
		c.checkArgs(n, f)
		n.typ = f.Result
		return
	}
	if !builtin {
		c.problem(n, ProblemUnknownFunc, "name", n.word, "near", Nearest(n.word, c.functionNames()))
		return
	}
	if len(n.kids) < b.min || len(n.kids) > b.max {
		c.argCount(n, b.min, b.max)
		return
	}
	b.check(c, n)
}

// fits tells whether a call of a function that shares its name with a built-in one means this one: a span stands where it wants one.
func (f Function) fits(n *node) bool {
	if len(n.kids) != len(f.Args) {
		return false
	}
	for i, k := range n.kids {
		if f.Args[i].Kind == KindDays && !isDays(k) {
			return false
		}
	}
	return true
}

func (c *checker) functionNames() []string {
	names := append(make([]string, 0, len(c.funcs)+len(builtinNames)), builtinNames[:]...)
	for f := range c.funcs {
		names = append(names, f)
	}
	slices.Sort(names)
	return names
}

func (c *checker) argCount(n *node, least, most int) {
	want := strconv.Itoa(least)
	if most > least {
		want += ".."
		if most < MaxSource {
			want += strconv.Itoa(most)
		}
	}
	c.problem(n, ProblemArgCount, "name", n.word, "want", want, "got", strconv.Itoa(len(n.kids)))
}

func (c *checker) checkArgs(n *node, f Function) {
	most := len(f.Args)
	if f.Variadic {
		most = MaxSource
	}
	if len(n.kids) < len(f.Args) || len(n.kids) > most {
		c.argCount(n, len(f.Args), most)
		return
	}
	for i, k := range n.kids {
		want := f.Args[min(i, len(f.Args)-1)]
		switch {
		case want.Kind == KindRef:
			if k.op != opName && !loose(k) {
				c.problem(k, ProblemTypeClash, "op", n.word, "left", k.typ.Kind.String(), "right", KindRef.String())
			} else {
				c.wantKnown(k)
			}
		case want.Kind == KindDays:
			if !asDays(k) {
				c.problem(k, ProblemTypeClash, "op", n.word, "left", k.typ.Kind.String(), "right", KindDays.String())
			}
		case want.Kind == KindNone || want.Kind == KindText:
			if !c.settleOne(k, n, want) {
				continue
			}
			fallthrough
		default:
			c.wantKind(k, want.Kind, n.word)
		}
	}
}

func (c *checker) wantKind(n *node, k Kind, by string) {
	if !c.wantKnown(n) || k == KindNone || n.typ.Kind == KindNone || n.typ.Kind == k || (k == KindDate && isDateText(n)) {
		return
	}
	if k == KindBool && n.typ.Condition() {
		return
	}
	c.problem(n, ProblemTypeClash, "op", by, "left", n.typ.Kind.String(), "right", k.String())
}
