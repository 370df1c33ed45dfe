package cond

import "strconv"

type op uint8

const (
	opNumber op = iota
	opText      // quoted text, or a bare word that the checker took as a code
	opBool
	opWord // bare word, not yet settled by the checker
	opName // bare word that is a name
	opNow
	opToday
	opList
	opCall
	opOr
	opAnd
	opNot
	opEq
	opNe
	opLt
	opLe
	opGt
	opGe
	opIn
	opHas
	opEmpty
	opAdd
	opSub
	opMul
	opDiv
	opNeg
	opCoalesce // "or" between values that are no conditions
)

type node struct {
	op       op
	kids     []*node
	word     string // word, text, function name, operator as written
	num      float64
	typ      Type
	call     *Function // nil for built-in functions
	pos, end int
}

// keywords may not be used as names or bare codes where an operand stands.
var keywords = map[string]bool{"and": true, "or": true, "not": true, "in": true, "has": true, "is": true, "empty": true}

// Reserved reports whether a word means something in the language, so that no
// question or value may be called so. Functions are called with a parenthesis
// and leave their names free.
func Reserved(word string) bool {
	return keywords[word] || word == "if" || word == "now" || word == "today" || word == "true" || word == "false" || word == "else"
}

type parser struct {
	toks  []token
	at    int
	depth int
	bad   *Problem
}

func (p *parser) peek() token { return p.toks[p.at] }

func (p *parser) next() token {
	t := p.toks[p.at]
	if t.kind != tokEnd {
		p.at++
	}
	return t
}

func (p *parser) isWord(w string) bool { t := p.peek(); return t.kind == tokWord && t.text == w }
func (p *parser) isSign(s string) bool { t := p.peek(); return t.kind == tokSign && t.text == s }

func (p *parser) fail(t token, code string, args map[string]string) *node {
	if p.bad == nil {
		p.bad = &Problem{Offset: t.pos, Length: t.end - t.pos, Code: code, Args: args}
	}
	return &node{op: opText, pos: t.pos, end: t.end}
}

func (p *parser) unexpected(want string) *node {
	t := p.peek()
	return p.fail(t, ProblemUnexpected, map[string]string{"got": t.text, "want": want})
}

func (p *parser) enter() bool {
	p.depth++
	if p.depth > MaxDepth {
		p.fail(p.peek(), ProblemTooDeep, map[string]string{"max": strconv.Itoa(MaxDepth)})
		return false
	}
	return p.bad == nil
}

func binary(o op, word string, l, r *node) *node {
	return &node{op: o, word: word, kids: []*node{l, r}, pos: l.pos, end: r.end}
}

func (p *parser) expr() *node {
	n := p.and()
	for p.bad == nil && p.isWord("or") {
		p.next()
		n = binary(opOr, "or", n, p.and())
	}
	return n
}

func (p *parser) and() *node {
	n := p.not()
	for p.bad == nil && p.isWord("and") {
		p.next()
		n = binary(opAnd, "and", n, p.not())
	}
	return n
}

func (p *parser) not() *node {
	if !p.isWord("not") {
		return p.compare()
	}
	t := p.next()
	defer func() { p.depth-- }()
	if !p.enter() {
		return &node{}
	}
	k := p.not()
	return &node{op: opNot, word: "not", kids: []*node{k}, pos: t.pos, end: k.end}
}

var comparisons = map[string]op{"==": opEq, "!=": opNe, "<": opLt, "<=": opLe, ">": opGt, ">=": opGe}

func (p *parser) compare() *node {
	l := p.sum()
	n := p.compareRest(l)
	if n == l || p.bad != nil {
		return n
	}
	if t := p.peek(); (t.kind == tokSign && comparisons[t.text] != 0) || p.isWord("in") || p.isWord("has") || p.isWord("is") {
		return p.fail(t, ProblemChain, map[string]string{"got": t.text})
	}
	return n
}

func (p *parser) compareRest(l *node) *node {
	t := p.peek()
	switch {
	case p.bad != nil:
		return l
	case t.kind == tokSign && comparisons[t.text] != 0:
		p.next()
		return binary(comparisons[t.text], t.text, l, p.sum())
	case p.isWord("in"):
		p.next()
		return binary(opIn, "in", l, p.sum())
	case p.isWord("has"):
		p.next()
		return binary(opHas, "has", l, p.sum())
	case p.isWord("not"):
		p.next()
		if !p.isWord("in") {
			return p.unexpected("in")
		}
		p.next()
		n := binary(opIn, "not in", l, p.sum())
		return &node{op: opNot, word: "not", kids: []*node{n}, pos: n.pos, end: n.end}
	case p.isWord("is"):
		return p.isEmpty(l)
	default:
		return l
	}
}

func (p *parser) isEmpty(l *node) *node {
	p.next()
	negated := p.isWord("not")
	if negated {
		p.next()
	}
	t := p.peek()
	if !p.isWord("empty") {
		return p.unexpected("empty")
	}
	p.next()
	n := &node{op: opEmpty, word: "is empty", kids: []*node{l}, pos: l.pos, end: t.end}
	if negated {
		n = &node{op: opNot, word: "not", kids: []*node{n}, pos: n.pos, end: n.end}
	}
	return n
}

func (p *parser) sum() *node {
	n := p.product()
	for p.bad == nil && (p.isSign("+") || p.isSign("-")) {
		t := p.next()
		o := opAdd
		if t.text == "-" {
			o = opSub
		}
		n = binary(o, t.text, n, p.product())
	}
	return n
}

func (p *parser) product() *node {
	n := p.unary()
	for p.bad == nil && (p.isSign("*") || p.isSign("/")) {
		t := p.next()
		o := opMul
		if t.text == "/" {
			o = opDiv
		}
		n = binary(o, t.text, n, p.unary())
	}
	return n
}

func (p *parser) unary() *node {
	if !p.isSign("-") {
		return p.primary()
	}
	t := p.next()
	defer func() { p.depth-- }()
	if !p.enter() {
		return &node{}
	}
	k := p.unary()
	return &node{op: opNeg, word: "-", kids: []*node{k}, pos: t.pos, end: k.end}
}

func (p *parser) primary() *node {
	t := p.peek()
	switch {
	case p.bad != nil:
		return &node{}
	case t.kind == tokNumber:
		p.next()
		return &node{op: opNumber, num: t.num, word: t.text, pos: t.pos, end: t.end}
	case t.kind == tokText:
		p.next()
		return &node{op: opText, word: t.text, pos: t.pos, end: t.end}
	case t.kind == tokWord && !keywords[t.text]:
		p.next()
		if p.isSign("(") {
			return p.callArgs(t)
		}
		return wordNode(t)
	case p.isSign("("):
		return p.group()
	case p.isSign("["):
		p.next()
		kids, end := p.listUntil("]", t)
		return &node{op: opList, kids: kids, pos: t.pos, end: end}
	default:
		return p.unexpected("value")
	}
}

func wordNode(t token) *node {
	n := &node{op: opWord, word: t.text, pos: t.pos, end: t.end}
	switch t.text {
	case "now":
		n.op = opNow
	case "today":
		n.op = opToday
	case "true", "false":
		n.op = opBool
	}
	return n
}

func (p *parser) group() *node {
	open := p.next()
	defer func() { p.depth-- }()
	if !p.enter() {
		return &node{}
	}
	n := p.expr()
	if p.bad == nil && !p.isSign(")") {
		p.closeProblem(open, ")")
	}
	end := p.next().end
	c := *n
	c.pos, c.end = open.pos, end
	return &c
}

func (p *parser) callArgs(name token) *node {
	open := p.next()
	kids, end := p.listUntil(")", open)
	if name.text == "now" || name.text == "today" {
		if len(kids) > 0 {
			p.fail(name, ProblemArgCount, map[string]string{"name": name.text, "want": "0", "got": strconv.Itoa(len(kids))})
		}
		n := wordNode(name)
		n.end = end
		return n
	}
	return &node{op: opCall, word: name.text, kids: kids, pos: name.pos, end: end}
}

// listUntil reads expressions by comma up to the closing sign.
func (p *parser) listUntil(closing string, open token) ([]*node, int) {
	defer func() { p.depth-- }()
	if !p.enter() {
		return nil, open.end
	}
	var kids []*node
	if p.isSign(closing) {
		return nil, p.next().end
	}
	for p.bad == nil {
		kids = append(kids, p.expr())
		if p.bad == nil && p.isSign(",") {
			p.next()
			continue
		}
		break
	}
	if p.bad == nil && !p.isSign(closing) {
		p.closeProblem(open, closing)
	}
	return kids, p.next().end
}

// closeProblem reports a bracket that is never closed, or a surprise before it is.
func (p *parser) closeProblem(open token, closing string) {
	if p.peek().kind == tokEnd {
		p.fail(open, ProblemUnclosed, map[string]string{"what": open.text})
		return
	}
	p.unexpected(closing)
}
