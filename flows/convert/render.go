package convert

import (
	"errors"
	"strconv"
	"strings"
)

// dropError says why an expression has no counterpart.
type dropError struct {
	key  string
	name string
}

func (e *dropError) Error() string { return word(e.key, "name", e.name) }

// render turns a clause into an expression of the flow language; "" and a note when it cannot.
func (f *form) render(d *dialect, it *item, c clause) string {
	if strings.TrimSpace(c.src) == "" {
		return ""
	}
	n, err := d.parse(c.src, it.name)
	if err == nil {
		var text string
		if text, err = f.expr(n, 0); err == nil {
			return text
		}
	}
	why := word("why_syntax")
	if e := (*dropError)(nil); errors.As(err, &e) {
		why = e.Error()
	}
	f.drop(it.at, "drop_expression", "key", c.key, "text", c.src, "why", why)
	return ""
}

// functions are the calls that both languages have, by the foreign name.
var functions = map[string]string{"round": "round", "abs": "abs", "min": "min", "max": "max", "sum": "sum", "count": "count", "count-selected": "count",
	"countselected": "count", "string-length": "len", "exp": "exp", "log": "ln", "ln": "ln", "pow": "pow"}

// expr writes an expression; least is how strongly the operator around it binds.
func (f *form) expr(n *node, least int) (string, error) {
	switch n.op {
	case "ref":
		it := f.find(refName(n.s))
		if it == nil {
			return "", &dropError{"why_name", n.s}
		}
		return it.id, nil
	case "number":
		return n.s, nil
	case "text":
		if yes, ok := truth(n.s); ok {
			return yes, nil
		}
		return strconv.Quote(n.s), nil
	case "call":
		return f.call(n)
	case "not":
		a, err := f.expr(n.args[0], 0)
		return "not (" + a + ")", err
	case "neg":
		a, err := f.number(n.args[0], 6)
		return "(0 - " + a + ")", err
	case "empty", "given":
		a, err := f.expr(n.args[0], 3)
		if n.op == "given" {
			return a + " is not empty", err
		}
		return a + " is empty", err
	}
	if n.op == "list" || len(n.args) != 2 {
		return "", &dropError{"why_syntax", ""}
	}
	return f.binary(n, least)
}

func (f *form) binary(n *node, least int) (string, error) {
	text, err := f.comparison(n)
	if err != nil || text != "" {
		return text, err
	}
	p := power(n.op)
	side := f.expr
	if strings.Contains("+-*/", n.op) {
		side = f.number
	}
	left := p
	if p == 3 {
		left = 4 // comparisons do not follow one another
	}
	a, err := side(n.args[0], left)
	if err != nil {
		return "", err
	}
	b, err := side(n.args[1], p+1)
	if err != nil {
		return "", err
	}
	text = a + " " + n.op + " " + b
	if p < least {
		text = "(" + text + ")"
	}
	return text, nil
}

// number writes an operand of arithmetic: an answer that may be missing counts as 0, as it does in both dialects.
func (f *form) number(n *node, least int) (string, error) {
	text, err := f.expr(n, least)
	if it := f.find(refName(n.s)); err == nil && n.op == "ref" && it != nil && !it.sure() {
		text = "(" + text + " or 0)"
	}
	return text, err
}

// comparison writes what compares a question with one of its choices or with nothing; "" when it is another expression.
func (f *form) comparison(n *node) (string, error) {
	ref, lit := n.args[0], n.args[1]
	if lit.op == "ref" && ref.op != "ref" {
		ref, lit = lit, ref
	}
	if ref.op != "ref" {
		return "", nil
	}
	it := f.find(refName(ref.s))
	if it == nil {
		return "", &dropError{"why_name", ref.s}
	}
	if (n.op == "any" || n.op == "all") && lit.op == "list" {
		return f.several(it, n.op, lit.args)
	}
	if lit.op == "text" && lit.s == "" && (n.op == "==" || n.op == "!=") {
		return it.id + map[string]string{"==": " is empty", "!=": " is not empty"}[n.op], nil
	}
	if n.op == "has" || n.op == "lacks" || n.op == "==" || n.op == "!=" {
		return f.equals(it, n.op, lit)
	}
	return "", nil
}

// equals compares a question with a value of it.
func (f *form) equals(it *item, op string, lit *node) (string, error) {
	if lit.op != "text" && lit.op != "number" {
		return "", nil
	}
	value := ""
	if c := it.choice(lit.s); c != nil {
		value = c.code
	} else if yes, ok := truth(lit.s); ok && it.typ == "yesno" {
		value = yes
	}
	many := it.typ == "many" || it.typ == "rank"
	switch {
	case value == "" && len(it.choices) > 0:
		return "", &dropError{"why_name", lit.s}
	case value == "" && (op == "has" || op == "lacks"):
		return "", &dropError{"why_function", "contains"}
	case value == "":
		return "", nil
	case many && (op == "has" || op == "=="):
		return it.id + " has " + value, nil
	case many:
		return "not (" + it.id + " has " + value + ")", nil
	case op == "has" || op == "==":
		return it.id + " == " + value, nil
	}
	return it.id + " != " + value, nil
}

// several is SurveyJS' anyof and allof.
func (f *form) several(it *item, op string, values []*node) (string, error) {
	var parts []string
	for _, v := range values {
		s, err := f.equals(it, "has", v)
		if err != nil {
			return "", err
		}
		parts = append(parts, s)
	}
	if len(parts) == 0 {
		return "", &dropError{"why_syntax", ""}
	}
	word := " or "
	if op == "all" {
		word = " and "
	}
	return "(" + strings.Join(parts, word) + ")", nil
}

func (f *form) call(n *node) (string, error) {
	switch {
	case n.s == "selected" && len(n.args) == 2:
		return f.comparison(&node{op: "has", args: n.args})
	case n.s == "not" && len(n.args) == 1:
		return f.expr(&node{op: "not", args: n.args}, 0)
	case (n.s == "true" || n.s == "false") && len(n.args) == 0:
		yes, _ := truth(n.s)
		return yes, nil
	case (n.s == "number" || n.s == "int" || n.s == "string") && len(n.args) == 1:
		return f.expr(n.args[0], 6)
	case n.s == "coalesce" && len(n.args) == 2:
		return f.join(" or ", n.args)
	case (n.s == "if" || n.s == "iif") && len(n.args) == 3:
		text, err := f.join(", ", n.args)
		return "if" + text, err
	}
	if (n.s == "today" || n.s == "now") && len(n.args) == 0 {
		return n.s, nil
	}
	name, ok := functions[n.s]
	if !ok {
		return "", &dropError{"why_function", n.s}
	}
	if name == "round" && len(n.args) == 2 && n.args[1].s == "0" {
		n.args = n.args[:1]
	}
	text, err := f.join(", ", n.args)
	return name + text, err
}

// join writes arguments in parentheses.
func (f *form) join(between string, args []*node) (string, error) {
	var parts []string
	for _, a := range args {
		s, err := f.expr(a, 0)
		if err != nil {
			return "", err
		}
		parts = append(parts, s)
	}
	return "(" + strings.Join(parts, between) + ")", nil
}

func truth(s string) (string, bool) {
	switch strings.ToLower(s) {
	case "true", "yes":
		return "yes", true
	case "false", "no":
		return "no", true
	}
	return "", false
}

// refName is the question that a reference means: SurveyJS puts the panel or the row in front.
func refName(s string) string {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "panel."), "row.")
	return s
}
