package cond

import (
	"slices"
	"strconv"
	"strings"
)

func compile(src string, scope Scope, funcs map[string]Function, condition bool) (*Expr, []Problem) {
	if len(src) > MaxSource {
		return nil, []Problem{{Length: len(src), Code: ProblemTooLong, Args: map[string]string{"max": strconv.Itoa(MaxSource)}}}
	}
	if strings.TrimSpace(src) == "" {
		return nil, []Problem{{Length: len(src), Code: ProblemEmpty}}
	}
	toks, bad := lex(src)
	if bad != nil {
		return nil, []Problem{*bad}
	}
	p := parser{toks: toks}
	root := p.expr()
	if p.bad == nil && p.peek().kind != tokEnd {
		p.unexpected("operator")
	}
	if p.bad != nil {
		return nil, []Problem{*p.bad}
	}
	c := checker{scope: scope, funcs: funcs}
	c.check(root)
	c.finish(root, condition)
	if len(c.bad) > 0 {
		return nil, c.bad
	}
	names := collectNames(root, nil)
	slices.Sort(names)
	return &Expr{src: src, typ: root.typ, names: slices.Compact(names), eval: build(root), root: root}, nil
}

// finish settles the whole expression: a condition where one is wanted, and
// no bare word that looks like a misspelt name.
func (c *checker) finish(root *node, condition bool) {
	if len(c.bad) > 0 {
		return
	}
	if condition {
		c.wantCondition(root)
		return
	}
	if !loose(root) {
		return
	}
	if Nearest(root.word, c.scope.Names()) != "" && len(root.word) > 3 {
		c.unknownName(root)
		return
	}
	root.op = opText
}

func collectNames(n *node, names []string) []string {
	if n.op == opName {
		names = append(names, n.word)
	}
	for _, k := range n.kids {
		names = collectNames(k, names)
	}
	return names
}
