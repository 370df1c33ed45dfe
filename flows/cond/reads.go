package cond

import "slices"

// Handed lists the names that calls of some functions are handed as they are, in order; a name with a fallback (x or 0) is not among them.
func (e *Expr) Handed(funcs ...string) []string {
	var out []string
	e.root.each(func(n *node) {
		if n.op != opCall || !slices.Contains(funcs, n.word) {
			return
		}
		for _, k := range n.kids {
			if k.op == opName {
				out = append(out, k.word)
			}
		}
	})
	return out
}

// Doubted lists the names of which the expression asks whether there is an answer at all: count(x), x is empty, x is not empty.
func (e *Expr) Doubted() []string {
	out := e.Handed("count")
	e.root.each(func(n *node) {
		if n.op == opEmpty {
			out = collectNames(n, out)
		}
	})
	return out
}

// each calls do for a node and everything below it.
func (n *node) each(do func(*node)) {
	do(n)
	for _, k := range n.kids {
		k.each(do)
	}
}
