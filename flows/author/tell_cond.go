package author

import (
	"regexp"
	"strings"
)

// A condition or expression in words. What cannot be read is shown as the author wrote it: telling never decides.

var reToken = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+)*|[0-9]+(?:\.[0-9]+)?|==|!=|<=|>=|[-+*/()<>,\[\]]`)

// condTeller reads one expression.
type condTeller struct {
	t    *Teller
	toks []string
	at   int
	bad  bool
}

// maxTold is the longest source that is told in words, in bytes; the language reads no longer ones.
const maxTold = 4096

// Cond tells a condition or expression in words.
func (t *Teller) Cond(src string) string {
	if len(src) > maxTold {
		return src
	}
	c := &condTeller{t: t, toks: reToken.FindAllString(src, -1)}
	if len(strings.Join(c.toks, "")) != len(strings.Join(strings.Fields(src), "")) && !strings.ContainsAny(src, `"'`) {
		return src
	}
	out := c.or()
	if c.bad || c.at < len(c.toks) || out == "" {
		return src
	}
	return out
}

func (c *condTeller) peek() string {
	if c.at < len(c.toks) {
		return c.toks[c.at]
	}
	return ""
}

// next is the token at hand; there is none behind the last.
func (c *condTeller) next() string {
	tok := c.peek()
	if c.at < len(c.toks) {
		c.at++
	}
	return tok
}

func (c *condTeller) take(tok string) bool {
	if c.peek() != tok || tok == "" {
		return false
	}
	c.at++
	return true
}

func (c *condTeller) or() string {
	out := c.and()
	for c.take("or") {
		out = phrase("cond.or", "a", out, "b", c.and())
	}
	return out
}

func (c *condTeller) and() string {
	out := c.not()
	for c.take("and") {
		out = phrase("cond.and", "a", out, "b", c.not())
	}
	return out
}

func (c *condTeller) not() string {
	if c.take("not") {
		if c.peek() != "(" {
			return phrase("cond.not", "a", c.not())
		}
		c.at++
		inner := c.or()
		c.bad = c.bad || !c.take(")")
		return phrase("cond.not", "a", inner)
	}
	return c.compare()
}

func (c *condTeller) compare() string {
	from := c.at
	left := c.sum()
	name := ""
	if c.at == from+1 {
		name = c.toks[from]
	}
	op := c.peek()
	switch op {
	case "==", "!=", "<", "<=", ">", ">=":
		c.at++
		from = c.at
		right := c.sum()
		single := c.at == from+1
		level := single && name == "doctor.level"
		switch {
		case level:
			right = phraseOf("level", right)
		case op != "==" && op != "!=":
		case single && !isNumeral(c.toks[from]):
			right = c.code(name, c.toks[from])
		default:
			op = map[string]string{"==": "=num", "!=": "!num"}[op]
		}
		return phrase("cond."+op, "a", left, "b", right)
	case "in":
		c.at++
		return phrase("cond.in", "a", left, "b", c.list(name))
	case "has":
		c.at++
		code := c.next()
		return phrase("cond.has", "a", left, "b", c.code(name, code))
	case "is":
		c.at++
		path := "cond.empty"
		if c.take("not") {
			path = "cond.filled"
		}
		c.bad = c.bad || !c.take("empty")
		return phrase(path, "a", left)
	}
	return left
}

// list tells the codes in brackets.
func (c *condTeller) list(name string) string {
	if !c.take("[") {
		return c.sum()
	}
	var items []string
	for c.peek() != "" && c.peek() != "]" {
		items = append(items, phrase("cond.item", "a", c.code(name, c.peek())))
		c.at++
		c.take(",")
	}
	c.bad = c.bad || !c.take("]")
	return strings.Join(items, phrase("cond.items"))
}

// code is the label of a value of the thing that is compared.
func (c *condTeller) code(name, code string) string {
	if text, ok := unquoted(code); ok {
		return text
	}
	return c.t.label(name, code)
}

func (c *condTeller) sum() string {
	out := c.atom()
	for c.peek() != "" && strings.Contains("+-*/", c.peek()) {
		op := c.peek()
		c.at++
		out += " " + op + " " + c.atom()
	}
	return out
}

func (c *condTeller) atom() string {
	tok := c.next()
	switch {
	case tok == "":
		c.bad = true
		return ""
	case tok == "-":
		return "-" + c.atom()
	case tok == "(":
		from := c.at
		inner := c.or()
		c.bad = c.bad || !c.take(")")
		if c.at == from+4 && c.toks[from+1] == "or" { // (x or 0)
			return c.t.name(c.toks[from])
		}
		return phrase("cond.group", "a", inner)
	case tok == "[":
		c.at--
		return c.list("")
	case c.peek() == "(":
		return c.call(tok)
	case isNumeral(tok):
		return tok
	}
	if text, ok := unquoted(tok); ok {
		return text
	}
	c.bad = c.bad || strings.ContainsAny(tok[:1], "=!<>,)]")
	return c.t.name(tok)
}

func (c *condTeller) call(f string) string {
	c.at++
	var args []string
	for c.peek() != "" && c.peek() != ")" {
		args = append(args, c.or())
		if !c.take(",") {
			break
		}
	}
	c.bad = c.bad || !c.take(")")
	switch {
	case f == "if" && len(args) == 3:
		return phrase("cond.if", "a", args[0], "b", args[1], "c", args[2])
	case f == "score" && len(args) == 1:
		return phrase("cond.score", "a", args[0])
	}
	return phrase("cond.call", "f", phraseOf("func", f), "a", strings.Join(args, phrase("cond.comma")))
}

func isNumeral(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

func unquoted(s string) (string, bool) {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1], true
	}
	return "", false
}
