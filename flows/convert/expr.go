package convert

import (
	"errors"
	"strings"
	"unicode"
)

// node is an expression of either dialect.
type node struct {
	op   string // ref, text, number, call, not, neg, empty, given, or a binary operator
	s    string // name, text or number
	args []*node
}

var errSyntax = errors.New("incomplete expression")

// token is a word of an expression: its class is the first letter of kind (n number, s text, r reference, w word, o operator).
type token struct {
	kind byte
	s    string
}

// dialect is what differs between the two languages.
type dialect struct {
	open, shut string            // around a name
	binary     map[string]string // operator or word → ours
	prefix     map[string]string
	postfix    map[string]string
	self       string // stands for the value at hand, "" = none
}

var xpath = &dialect{open: "${", shut: "}", self: ".",
	binary: map[string]string{"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "and": "and", "or": "or", "+": "+", "-": "-", "*": "*",
		"div": "/"},
	prefix: map[string]string{"-": "neg"}}

var surveyjs = &dialect{open: "{", shut: "}",
	binary: map[string]string{"=": "==", "==": "==", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "and": "and", "&&": "and", "or": "or",
		"||": "or", "+": "+", "-": "-", "*": "*", "/": "/", "contains": "has", "contain": "has", "notcontains": "lacks", "anyof": "any", "allof": "all",
		"equal": "==", "notequal": "!=", "greater": ">", "less": "<", "greaterorequal": ">=", "lessorequal": "<="},
	prefix:  map[string]string{"-": "neg", "!": "not", "not": "not"},
	postfix: map[string]string{"empty": "empty", "notempty": "given"}}

var signs = []string{"<=", ">=", "!=", "<>", "==", "&&", "||", "=", "<", ">", "+", "-", "*", "/", "(", ")", ",", "!", "[", "]", "."}

// tokens cuts an expression into words.
func (d *dialect) tokens(src string) ([]token, error) {
	var out []token
	for src = strings.TrimSpace(src); src != ""; src = strings.TrimSpace(src) {
		n := 0
		switch c := src[0]; {
		case strings.HasPrefix(src, d.open):
			end := strings.Index(src, d.shut)
			if end < 0 {
				return nil, errSyntax
			}
			out, n = append(out, token{'r', strings.TrimSpace(src[len(d.open):end])}), end+len(d.shut)
		case c == '\'' || c == '"':
			end := strings.IndexByte(src[1:], c)
			if end < 0 {
				return nil, errSyntax
			}
			out, n = append(out, token{'s', src[1 : end+1]}), end+2
		case c >= '0' && c <= '9':
			n = run(src, func(r rune) bool { return r == '.' || (r >= '0' && r <= '9') })
			out = append(out, token{'n', strings.TrimSuffix(src[:n], ".")})
		default:
			n = run(src, func(r rune) bool {
				return r == '_' || r == '-' && d == xpath || r == ':' || unicode.IsLetter(r) || unicode.IsDigit(r)
			})
			if n > 0 && unicode.IsLetter([]rune(src)[0]) {
				out = append(out, token{'w', src[:n]})
				break
			}
			if n = sign(src); n == 0 {
				return nil, errSyntax
			}
			out = append(out, token{'o', src[:n]})
		}
		src = src[n:]
	}
	return out, nil
}

func run(s string, in func(rune) bool) int {
	for i, r := range s {
		if !in(r) {
			return i
		}
	}
	return len(s)
}

func sign(s string) int {
	for _, x := range signs {
		if strings.HasPrefix(s, x) {
			return len(x)
		}
	}
	return 0
}

// power is how strongly a binary operator binds.
func power(op string) int {
	switch op {
	case "or":
		return 1
	case "and":
		return 2
	case "+", "-":
		return 4
	case "*", "/":
		return 5
	}
	return 3
}

// maxNest bounds the depth of an expression.
const maxNest = 40

type parser struct {
	d    *dialect
	ts   []token
	self string
	deep int
}

// parse reads an expression; self is the name that the value at hand goes by.
func (d *dialect) parse(src, self string) (*node, error) {
	ts, err := d.tokens(src)
	if err != nil {
		return nil, err
	}
	p := &parser{d: d, ts: ts, self: self}
	n, err := p.expr(0)
	if err == nil && len(p.ts) > 0 {
		err = errSyntax
	}
	return n, err
}

func (p *parser) next() (token, bool) {
	if len(p.ts) == 0 {
		return token{}, false
	}
	return p.ts[0], true
}

func (p *parser) take(s string) bool {
	if t, ok := p.next(); ok && t.kind == 'o' && t.s == s {
		p.ts = p.ts[1:]
		return true
	}
	return false
}

func (p *parser) expr(least int) (*node, error) {
	if p.deep++; p.deep > maxNest {
		return nil, errSyntax
	}
	defer func() { p.deep-- }()
	left, err := p.operand()
	for err == nil {
		t, ok := p.next()
		if !ok || (t.kind != 'o' && t.kind != 'w') {
			break
		}
		if op, ok := p.d.postfix[strings.ToLower(t.s)]; ok {
			p.ts, left = p.ts[1:], &node{op: op, args: []*node{left}}
			continue
		}
		op, ok := p.d.binary[strings.ToLower(t.s)]
		if !ok || power(op) <= least {
			break
		}
		p.ts = p.ts[1:]
		var right *node
		if right, err = p.expr(power(op)); err == nil {
			left = &node{op: op, args: []*node{left, right}}
		}
	}
	return left, err
}

func (p *parser) operand() (*node, error) {
	t, ok := p.next()
	if !ok {
		return nil, errSyntax
	}
	p.ts = p.ts[1:]
	switch {
	case t.kind == 'r':
		return &node{op: "ref", s: t.s}, nil
	case t.kind == 's':
		return &node{op: "text", s: t.s}, nil
	case t.kind == 'n':
		return &node{op: "number", s: t.s}, nil
	case t.kind == 'o' && t.s == p.d.self && p.self != "":
		return &node{op: "ref", s: p.self}, nil
	case t.kind == 'o' && t.s == "(":
		n, err := p.expr(0)
		if err == nil && !p.take(")") {
			err = errSyntax
		}
		return n, err
	case t.kind == 'o' && t.s == "[":
		return p.list("list", "]")
	}
	if op, ok := p.d.prefix[strings.ToLower(t.s)]; ok {
		n, err := p.expr(3)
		return &node{op: op, args: []*node{n}}, err
	}
	if t.kind != 'w' {
		return nil, errSyntax
	}
	if p.take("(") {
		return p.list(strings.ToLower(t.s), ")")
	}
	return &node{op: "text", s: t.s}, nil // a bare word is a text in both dialects' practice
}

// list reads arguments up to the closing sign.
func (p *parser) list(name, shut string) (*node, error) {
	n := &node{op: "call", s: name}
	if name == "list" {
		n.op = "list"
	}
	for !p.take(shut) {
		a, err := p.expr(0)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, a)
		if !p.take(",") {
			if p.take(shut) {
				break
			}
			return nil, errSyntax
		}
	}
	return n, nil
}
