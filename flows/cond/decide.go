package cond

// Verdict is a truth of which not everything may be known.
type Verdict uint8

// Verdicts. Open means that it hangs on something that was not given.
const (
	Open Verdict = iota
	Never
	Always
)

// Decider tells whether a condition holds when only some names have a value. Lint tries conditions with it. It is immutable.
type Decider struct {
	kids  []*Decider
	op    op       // opAnd, opOr, opNot; else a comparison
	names []string // what a comparison reads
	plain bool     // a comparison of one name with constants
	holds truthFunc
}

// Decider prepares an expression that is used as a condition.
func (e *Expr) Decider() *Decider { return decider(e.root) }

func decider(n *node) *Decider {
	d := &Decider{op: n.op}
	switch n.op {
	case opAnd, opOr, opNot:
		for _, k := range n.kids {
			d.kids = append(d.kids, decider(k))
		}
		return d
	}
	d.op, d.names = opName, collectNames(n, nil)
	_, d.plain = plain(n)
	eval := build(n)
	d.holds = func(env Env) bool { return eval(env).Truth() }
	return d
}

// Decide asks env for the names that known allows. A comparison that does more than hold one name against constants stays open.
func (d *Decider) Decide(env Env, known func(name string) bool) Verdict {
	switch d.op {
	case opNot:
		return d.kids[0].Decide(env, known).not()
	case opAnd:
		return d.all(env, known, Never)
	case opOr:
		return d.all(env, known, Always)
	}
	if !d.plain {
		return Open
	}
	for _, n := range d.names {
		if !known(n) {
			return Open
		}
	}
	if d.holds(env) {
		return Always
	}
	return Never
}

// all joins the parts: one part of the verdict breaker settles the whole.
func (d *Decider) all(env Env, known func(string) bool, breaker Verdict) Verdict {
	out := breaker.not()
	for _, k := range d.kids {
		switch v := k.Decide(env, known); v {
		case breaker:
			return breaker
		case Open:
			out = Open
		}
	}
	return out
}

func (v Verdict) not() Verdict {
	switch v {
	case Never:
		return Always
	case Always:
		return Never
	}
	return Open
}

// Compared calls do for every constant that a plain comparison holds against a name; v is None where nothing but the presence of a value is asked.
func (e *Expr) Compared(do func(name string, t Type, v Value)) { compared(e.root, do) }

func compared(n *node, do func(string, Type, Value)) {
	switch n.op {
	case opAnd, opOr, opNot:
		for _, k := range n.kids {
			compared(k, do)
		}
		return
	}
	name, ok := plain(n)
	if !ok {
		return
	}
	do(name.word, name.typ, None())
	for _, v := range constants(n, nil) {
		do(name.word, name.typ, v)
	}
}

// plain finds the one name of a comparison with constants.
func plain(n *node) (name *node, ok bool) {
	kids := n.kids
	switch n.op {
	case opName:
		kids = []*node{n}
	case opHas:
		if kids[1].op != opText { // a list of numbers or dates
			return nil, false
		}
	case opEq, opNe, opLt, opLe, opGt, opGe, opEmpty:
	case opIn:
		if kids[1].op != opList {
			return nil, false
		}
		kids = append([]*node{kids[0]}, kids[1].kids...)
	default:
		return nil, false
	}
	for _, k := range kids {
		if k.op == opCoalesce && len(k.kids) == 2 && isConstant(k.kids[1]) {
			k = k.kids[0]
		}
		switch {
		case isConstant(k):
		case k.op != opName || name != nil:
			return nil, false
		default:
			name = k
		}
	}
	if name == nil || name.typ.Kind == KindNone || name.typ.Kind == KindDate || name.typ.Kind == KindRef {
		return nil, false
	}
	if name.typ.Kind == KindList && n.op != opHas && n.op != opEmpty {
		return nil, false
	}
	return name, true
}

func isConstant(n *node) bool {
	return n.op == opNumber || n.op == opText || n.op == opBool || (n.op == opNeg && n.kids[0].op == opNumber)
}

func constants(n *node, out []Value) []Value {
	if isConstant(n) {
		return append(out, build(n)(nil))
	}
	for _, k := range n.kids {
		out = constants(k, out)
	}
	return out
}
