package cond

import (
	"slices"
	"strings"
)

type checker struct {
	scope Scope
	funcs map[string]Function
	bad   []Problem
}

func (c *checker) problem(n *node, code string, args ...string) {
	m := make(map[string]string, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	c.bad = append(c.bad, Problem{Offset: n.pos, Length: n.end - n.pos, Code: code, Args: m})
}

// loose reports a bare word that no scope knows: it may still become a code.
func loose(n *node) bool { return n.op == opWord }

// check types n bottom up. A bare unknown word is left loose for the parent.
func (c *checker) check(n *node) {
	for _, k := range n.kids {
		c.check(k)
	}
	switch n.op {
	case opNumber:
		n.typ = Type{Kind: KindNumber}
	case opText:
		n.typ = Type{Kind: KindText, Codes: []string{n.word}}
	case opBool:
		n.typ = Type{Kind: KindBool}
	case opNow, opToday:
		n.typ = Type{Kind: KindDate}
	case opWord:
		c.checkWord(n)
	case opList:
		n.typ = Type{Kind: KindList}
	case opCall:
		c.checkCall(n)
	case opOr:
		c.checkOr(n)
	case opAnd, opNot:
		for _, k := range n.kids {
			c.wantCondition(k)
		}
		n.typ = Type{Kind: KindBool}
	case opEq, opNe, opLt, opLe, opGt, opGe:
		c.checkCompare(n)
	case opIn:
		c.checkIn(n)
	case opHas:
		c.checkHas(n)
	case opEmpty:
		c.wantKnown(n.kids[0])
		n.typ = Type{Kind: KindBool}
	case opAdd, opSub, opMul, opDiv, opNeg:
		if c.shiftsDate(n) {
			return
		}
		for _, k := range n.kids {
			c.wantNumber(k, n.word)
		}
		n.typ = Type{Kind: KindNumber}
	}
}

func (c *checker) checkWord(n *node) {
	if t, ok := c.scope.Lookup(n.word); ok {
		n.op, n.typ = opName, t
		return
	}
	n.typ = Type{Kind: KindText, Codes: []string{n.word}}
	if strings.Contains(n.word, ".") && n.word[0] > '9' {
		c.unknownName(n)
		n.op, n.typ = opName, Type{} // reported; say no more about it
	}
}

func (c *checker) unknownName(n *node) {
	c.problem(n, ProblemUnknownName, "name", n.word, "near", Nearest(n.word, c.scope.Names()))
}

// wantKnown reports a bare word where only a name makes sense.
func (c *checker) wantKnown(n *node) bool {
	if !loose(n) {
		return true
	}
	c.unknownName(n)
	n.op, n.typ = opName, Type{}
	return false
}

func (c *checker) wantCondition(n *node) {
	if loose(n) && (n.word == "yes" || n.word == "no") {
		n.op = opText
		return
	}
	if c.wantKnown(n) && !n.typ.Condition() {
		c.problem(n, ProblemTypeClash, "op", "condition", "left", n.typ.Kind.String(), "right", KindBool.String())
	}
}

func (c *checker) wantNumber(n *node, by string) {
	if !c.wantKnown(n) {
		return
	}
	if n.typ.Kind != KindNumber && n.typ.Kind != KindNone {
		c.problem(n, ProblemTypeClash, "op", by, "left", n.typ.Kind.String(), "right", KindNumber.String())
		return
	}
	if n.typ.Missing {
		c.problem(n, ProblemMaybeMissing, "name", nameOf(n), "op", by)
	}
}

func nameOf(n *node) string {
	if n.op == opName {
		return n.word
	}
	return ""
}

// checkOr settles "or": truth of conditions, else the first value that is there.
func (c *checker) checkOr(n *node) {
	l, r := n.kids[0], n.kids[1]
	yesno := loose(r) && (r.word == "yes" || r.word == "no")
	if c.wantKnown(l) && l.typ.Kind != KindNone && l.typ.Condition() {
		if loose(r) && !yesno {
			c.wantKnown(r)
		} else if yesno {
			r.op = opText
		}
		if r.typ.Condition() {
			n.typ = Type{Kind: KindBool}
			return
		}
	}
	if loose(r) {
		r.op = opText
	}
	n.op, n.typ = opCoalesce, join(l.typ, r.typ)
	n.typ.Missing = r.typ.Missing
}

// join is the type of a value that is one or the other.
func join(a, b Type) Type {
	t := Type{Missing: a.Missing || b.Missing}
	if a.Kind != b.Kind {
		return t
	}
	t.Kind = a.Kind
	if a.Codes != nil && b.Codes != nil {
		t.Codes = slices.Clone(a.Codes)
		for _, code := range b.Codes {
			if !slices.Contains(t.Codes, code) {
				t.Codes = append(t.Codes, code)
			}
		}
	}
	return t
}

func (c *checker) checkCompare(n *node) {
	l, r := n.kids[0], n.kids[1]
	n.typ = Type{Kind: KindBool}
	order := n.op != opEq && n.op != opNe
	if order {
		if c.wantKnown(l) && c.wantKnown(r) {
			c.wantOrder(n, l, r)
		}
		return
	}
	if !c.settle(l, r) {
		return
	}
	if !mayEqual(l, r) {
		c.clash(n, l, r)
	}
}

func (c *checker) clash(n, l, r *node) {
	args := []string{"op", n.word, "left", l.typ.Kind.String(), "right", r.typ.Kind.String()}
	for _, side := range []*node{l, r} {
		if side.op == opName && len(side.typ.Codes) > 0 {
			args = append(args, "of", side.word, "allowed", strings.Join(side.typ.Codes, ","))
			break
		}
	}
	c.problem(n, ProblemTypeClash, args...)
}

func (c *checker) wantOrder(n, l, r *node) {
	ok := func(a *node, k Kind) bool {
		return a.typ.Kind == KindNone || a.typ.Kind == k || (k == KindDate && isDateText(a))
	}
	if (ok(l, KindNumber) && ok(r, KindNumber)) || (ok(l, KindDate) && ok(r, KindDate)) {
		return
	}
	c.clash(n, l, r)
}

func isDateText(n *node) bool {
	_, ok := dayOf(n.word)
	return n.op == opText && ok
}

// mayEqual reports whether == between both can ever hold.
func mayEqual(l, r *node) bool {
	a, b := l.typ.Kind, r.typ.Kind
	return a == KindNone || b == KindNone || a == b || (a == KindDate && isDateText(r)) || (b == KindDate && isDateText(l))
}

// settle decides for bare words on either side whether they are names or codes
// of the other side; false means that a problem was reported.
func (c *checker) settle(l, r *node) bool {
	if loose(l) && loose(r) {
		return c.wantKnown(l)
	}
	return c.settleOne(r, l, l.typ) && c.settleOne(l, r, r.typ)
}

// settleOne settles word against the type t of the other side.
func (c *checker) settleOne(word, other *node, t Type) bool {
	if other.op == opText || loose(other) { // a literal types nothing
		t = Type{Kind: KindText}
	}
	closed := t.Codes != nil && (t.Kind == KindText || t.Kind == KindList)
	switch word.op {
	case opName:
		if closed && slices.Contains(t.Codes, word.word) {
			if word.typ.Kind == KindText || word.typ.Kind == KindNone {
				c.problem(word, ProblemAmbiguousWord, "word", word.word, "of", nameOf(other))
				return false
			}
			word.op, word.typ = opText, Type{Kind: KindText, Codes: []string{word.word}}
		}
	case opText, opWord:
		if closed && !slices.Contains(t.Codes, word.word) {
			c.problem(word, ProblemUnknownValue, "value", word.word, "near", Nearest(word.word, t.Codes),
				"of", nameOf(other), "allowed", strings.Join(t.Codes, ","))
			return false
		}
		if loose(word) {
			if t.Kind != KindText && t.Kind != KindList && t.Kind != KindNone {
				return c.wantKnown(word)
			}
			word.op = opText
		}
	}
	return true
}

func (c *checker) checkIn(n *node) {
	l, r := n.kids[0], n.kids[1]
	n.typ = Type{Kind: KindBool}
	if !c.wantKnown(l) || !c.wantKnown(r) {
		return
	}
	if r.op != opList {
		if !mayHold(r.typ, l.typ.Kind) {
			c.clash(n, l, r)
		}
		return
	}
	for _, k := range r.kids {
		if c.settleOne(k, l, l.typ) && !mayEqual(l, k) {
			c.clash(n, l, k)
		}
	}
}

func (c *checker) checkHas(n *node) {
	l, r := n.kids[0], n.kids[1]
	n.typ = Type{Kind: KindBool}
	if !c.wantKnown(l) || !c.settleOne(r, l, l.typ) {
		return
	}
	if !mayHold(l.typ, r.typ.Kind) {
		c.clash(n, l, r)
	}
}

// mayHold reports whether a list may have an item of a kind: texts, dates as
// they are written, and numbers where the list is one of numbers.
func mayHold(list Type, item Kind) bool {
	if list.Kind != KindList && list.Kind != KindNone {
		return false
	}
	switch item {
	case KindNone:
		return true
	case KindNumber:
		return list.Kind == KindNone || list.Of == KindNumber || list.Of == KindNone && list.Codes == nil
	case KindDate:
		return list.Of == KindDate
	default:
		return item == KindText && list.Of != KindNumber
	}
}
