package cond

type evalFunc func(Env) Value

type truthFunc func(Env) bool

// build turns a checked node into a closure.
func build(n *node) evalFunc {
	switch n.op {
	case opNumber:
		return constant(Number(n.num))
	case opText, opWord:
		return constant(Text(n.word))
	case opBool:
		return constant(Bool(n.word == "true"))
	case opName:
		name := n.word
		return func(env Env) Value { return env.Value(name) }
	case opNow:
		return func(env Env) Value { return Text(env.Now().Format(minuteForm)) }
	case opToday:
		return func(env Env) Value { return Text(env.Now().Format(dayForm)) }
	case opList:
		return buildList(n)
	case opCall:
		return buildCall(n)
	case opCoalesce:
		return buildCoalesce(n)
	case opAdd, opSub, opMul, opDiv, opNeg:
		return buildArithmetic(n)
	default:
		t := buildTruth(n)
		return func(env Env) Value { return Bool(t(env)) }
	}
}

func constant(v Value) evalFunc { return func(Env) Value { return v } }

func buildAll(nodes []*node) []evalFunc {
	out := make([]evalFunc, len(nodes))
	for i, n := range nodes {
		out[i] = build(n)
	}
	return out
}

func buildList(n *node) evalFunc {
	kids := buildAll(n.kids)
	return func(env Env) Value {
		items := make([]string, 0, len(kids))
		for _, k := range kids {
			if v := k(env); !v.IsNone() {
				items = append(items, v.Str())
			}
		}
		return List(items...)
	}
}

func buildCall(n *node) evalFunc {
	if n.call == nil {
		b, _ := builtinOf(n.word)
		return b.build(buildAll(n.kids))
	}
	f := n.call
	kids := make([]evalFunc, len(n.kids))
	for i, k := range n.kids {
		if f.Args[min(i, len(f.Args)-1)].Kind == KindRef {
			kids[i] = constant(Text(k.word))
			continue
		}
		kids[i] = build(k)
	}
	return func(env Env) Value {
		args := make([]Value, len(kids))
		for i, k := range kids {
			args[i] = k(env)
		}
		return f.Call(env, args)
	}
}

func buildCoalesce(n *node) evalFunc {
	l, r := build(n.kids[0]), build(n.kids[1])
	return func(env Env) Value {
		v := l(env)
		if v.IsEmpty() || (v.kind == KindBool && v.num == 0) {
			return r(env)
		}
		return v
	}
}

func buildArithmetic(n *node) evalFunc {
	l := build(n.kids[0])
	if n.op == opNeg {
		return func(env Env) Value {
			v := l(env)
			if v.kind != KindNumber {
				return None()
			}
			return Number(-v.num)
		}
	}
	r, o := build(n.kids[1]), n.op
	if n.typ.Kind == KindDate {
		days := int(n.kids[1].num)
		if o == opSub {
			days = -days
		}
		return func(env Env) Value { return shiftDate(l(env), days) }
	}
	return func(env Env) Value {
		a, b := l(env), r(env)
		if a.kind != KindNumber || b.kind != KindNumber {
			return None()
		}
		switch o {
		case opAdd:
			return Number(a.num + b.num)
		case opSub:
			return Number(a.num - b.num)
		case opMul:
			return Number(a.num * b.num)
		default:
			return Number(a.num / b.num) // by zero: infinite or NaN, so None
		}
	}
}

func buildTruth(n *node) truthFunc {
	switch n.op {
	case opOr:
		l, r := buildTruth(n.kids[0]), buildTruth(n.kids[1])
		return func(env Env) bool { return l(env) || r(env) }
	case opAnd:
		l, r := buildTruth(n.kids[0]), buildTruth(n.kids[1])
		return func(env Env) bool { return l(env) && r(env) }
	case opNot:
		k := buildTruth(n.kids[0])
		return func(env Env) bool { return !k(env) }
	case opEq:
		return buildEqual(n)
	case opNe:
		eq := buildEqual(n)
		return func(env Env) bool { return !eq(env) }
	case opLt, opLe, opGt, opGe:
		return buildOrder(n)
	case opIn:
		return buildIn(n)
	case opHas:
		return buildHas(n)
	case opEmpty:
		k := build(n.kids[0])
		return func(env Env) bool { return k(env).IsEmpty() }
	default:
		k := build(n)
		return func(env Env) bool { return k(env).Truth() }
	}
}

func buildEqual(n *node) truthFunc {
	l, r := build(n.kids[0]), build(n.kids[1])
	if n.kids[0].typ.Kind == KindDate || n.kids[1].typ.Kind == KindDate {
		return func(env Env) bool {
			c, ok := CompareDates(l(env).str, r(env).str)
			return ok && c == 0
		}
	}
	if n.kids[1].op == opText {
		want := n.kids[1].word
		return func(env Env) bool { v := l(env); return v.kind == KindText && v.str == want }
	}
	return func(env Env) bool {
		a, b := l(env), r(env)
		return a.kind != KindNone && a.Equal(b)
	}
}

func buildOrder(n *node) truthFunc {
	l, r, o := build(n.kids[0]), build(n.kids[1]), n.op
	return func(env Env) bool {
		a, b := l(env), r(env)
		if a.kind == KindText && b.kind == KindText {
			c, ok := CompareDates(a.str, b.str)
			return ok && holds(o, c < 0, c == 0)
		}
		if a.kind != KindNumber || b.kind != KindNumber {
			return false
		}
		same := nearly(a.num, b.num)
		return holds(o, a.num < b.num && !same, same)
	}
}

func holds(o op, less, same bool) bool {
	switch o {
	case opLt:
		return less
	case opLe:
		return less || same
	case opGt:
		return !less && !same
	default:
		return !less
	}
}

func buildIn(n *node) truthFunc {
	l, list := build(n.kids[0]), n.kids[1]
	if list.op != opList {
		r := build(list)
		return func(env Env) bool {
			v := l(env)
			return v.item() && r(env).Has(v.Str())
		}
	}
	items, dates := buildAll(list.kids), n.kids[0].typ.Kind == KindDate
	return func(env Env) bool {
		v := l(env)
		if v.kind == KindNone {
			return false
		}
		for _, it := range items {
			w := it(env)
			if v.Equal(w) {
				return true
			}
			if c, ok := CompareDates(v.str, w.str); dates && ok && c == 0 {
				return true
			}
		}
		return false
	}
}

func buildHas(n *node) truthFunc {
	l, r := build(n.kids[0]), build(n.kids[1])
	return func(env Env) bool {
		v := r(env)
		return v.item() && l(env).Has(v.Str())
	}
}
