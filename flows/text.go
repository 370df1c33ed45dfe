package flows

import (
	"strings"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/cond"
)

// Text is a text for doctors: words and placeholders ${…}, nothing else.
type Text struct {
	src   string
	at    place
	parts []part
}

// Source is the text as written.
func (x *Text) Source() string {
	if x == nil {
		return ""
	}
	return x.src
}

// part is a run of words, a placeholder, or the head of a part that may be absent (${if …} … ${end}).
type part struct {
	lit     string
	alts    []alt
	filters []string
	when    *cond.Expr
	skip    int // with when: the part to go on with if it does not hold
}

// alt is one of the alternatives of a placeholder, in order; the first that is not empty is printed.
type alt struct {
	name string // printed with its label
	code bool   // ${x.value}: the code instead of the label
	lit  string
	expr *cond.Expr
}

var textFilters = []string{"date", "time", "day", "mask", "upper", "lower", "join"}

// link reads the placeholders and checks them against the names in scope.
func (x *Text) link(sc cond.Scope, funcs map[string]cond.Function, report func(at place, key string, args ...string)) {
	x.parts = nil
	var open []int
	rest := x.src
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			break
		}
		end := closingBrace(rest[i+2:])
		if end < 0 {
			report(x.where(rest[i:]), "open_placeholder")
			return
		}
		if i > 0 {
			x.parts = append(x.parts, part{lit: rest[:i]})
		}
		raw := rest[i : i+2+end+1]
		body := strings.TrimSpace(rest[i+2 : i+2+end])
		rest = rest[i+2+end+1:]
		switch {
		case body == "":
			report(x.where(raw), "empty_placeholder")
		case body == "end":
			if len(open) == 0 {
				report(x.where(raw), "stray_end")
				continue
			}
			x.parts[open[len(open)-1]].skip = len(x.parts)
			open = open[:len(open)-1]
		case strings.HasPrefix(body, "if "):
			e, ps := cond.CompileCondition(body[3:], sc, funcs)
			if len(ps) > 0 {
				condProblems(ps, body[3:], x.where(raw), raw, report)
			}
			open = append(open, len(x.parts))
			x.parts = append(x.parts, part{when: e})
		default:
			x.parts = append(x.parts, x.placeholder(body, raw, sc, funcs, report))
		}
	}
	if rest != "" {
		x.parts = append(x.parts, part{lit: rest})
	}
	for _, i := range open {
		x.parts[i].skip = len(x.parts)
		report(x.at, "missing_end")
	}
}

// closingBrace finds the } that ends a placeholder, outside quotes.
func closingBrace(s string) int {
	quote := rune(0)
	for i, r := range s {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '}':
			return i
		}
	}
	return -1
}

func (x *Text) placeholder(body, raw string, sc cond.Scope, funcs map[string]cond.Function, report func(place, string, ...string)) part {
	pieces := splitOutside(body, "|")
	p := part{}
	for _, f := range pieces[1:] {
		f = strings.TrimSpace(f)
		if !contains(textFilters, f) {
			report(x.where(raw), "unknown_filter", "name", f, "near", cond.Nearest(f, textFilters), "allowed", strings.Join(textFilters, listMark))
			continue
		}
		p.filters = append(p.filters, f)
	}
	for _, src := range splitOutside(pieces[0], " or ") {
		src = strings.TrimSpace(src)
		if lit, ok := literal(src); ok {
			p.alts = append(p.alts, alt{lit: lit})
			continue
		}
		name := src
		if _, ok := sc.Lookup(name); !ok {
			if base, cut := strings.CutSuffix(name, ".value"); cut {
				if _, ok := sc.Lookup(base); ok {
					p.alts = append(p.alts, alt{name: base, code: true})
					continue
				}
			}
		} else {
			p.alts = append(p.alts, alt{name: name})
			continue
		}
		e, ps := cond.Compile(src, sc, funcs)
		if len(ps) > 0 {
			condProblems(ps, src, x.where(raw), raw, report)
		}
		if e == nil {
			continue
		}
		if len(e.Names()) == 0 && !strings.ContainsAny(src, "( ") && isWordName(src) {
			report(x.where(raw), "cond_unknown_name", "name", src, "near", cond.Nearest(src, sc.Names()))
		}
		p.alts = append(p.alts, alt{expr: e})
	}
	return p
}

// isWordName tells a bare word, which the expression language would take as a code, from a number or a text.
func isWordName(s string) bool {
	return isName(strings.ReplaceAll(s, ".", "_")) && !contains([]string{"now", "today", "true", "false"}, s)
}

func literal(s string) (string, bool) {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1], true
	}
	return "", false
}

// splitOutside cuts at a separator that stands outside quotes and parentheses.
func splitOutside(s, sep string) []string {
	var out []string
	depth, start := 0, 0
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 0 && strings.HasPrefix(s[i:], sep):
			out = append(out, s[start:i])
			i += len(sep) - 1
			start = i + 1
		}
	}
	return append(out, s[start:])
}

// where finds the place of a piece of the text in the file.
func (x *Text) where(piece string) place { return x.at.find(piece) }

// find looks for a piece from a place on, at most some lines down, because a block text begins below its key.
func (p place) find(piece string) place {
	if p.file == nil {
		return p
	}
	first, _, _ := strings.Cut(piece, "\n")
	for i := range 60 {
		line := p.file.Line(p.line + i)
		from := 0
		if i == 0 {
			from = len(string([]rune(line)[:min(max(p.column-1, 0), utf8.RuneCountInString(line))]))
		}
		if j := strings.Index(line[from:], first); j >= 0 {
			return place{p.file, p.line + i, utf8.RuneCountInString(line[:from+j]) + 1, utf8.RuneCountInString(first)}
		}
	}
	return p
}

// condProblems files the mistakes of an expression at their place; within is the text around it in the file.
func condProblems(ps []cond.Problem, src string, at place, within string, report func(place, string, ...string)) {
	for _, p := range ps {
		pos := at
		start := strings.Index(within, src)
		if start >= 0 && p.Offset <= len(src) {
			pos.column += utf8.RuneCountInString(within[:start+p.Offset])
			pos.width = max(1, utf8.RuneCountInString(src[p.Offset:min(p.Offset+p.Length, len(src))]))
		}
		args := make([]string, 0, 2*len(p.Args)+4)
		for k, v := range p.Args {
			if k == "left" || k == "right" {
				v = phrase("kind_" + v)
			}
			args = append(args, k, v)
		}
		if p.Args["allowed"] == "" {
			args = append(args, "of", p.Args["of"], "allowed", "")
		}
		code := p.Code
		if p.Args["op"] == "condition" {
			code = "not_condition"
		}
		report(pos, "cond_"+code, args...)
	}
}
