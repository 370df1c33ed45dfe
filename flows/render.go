package flows

import (
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// render fills the placeholders of a text.
func (t *turn) render(f *Frame, x *Text) string { return t.renderWith(f, x, nil) }

func (t *turn) renderWith(f *Frame, x *Text, extra map[string]labelled) string {
	return (&env{t: t, f: f, extra: extra}).render(x)
}

func (e *env) render(x *Text) string {
	if len(x.parts) == 1 && x.parts[0].lit != "" {
		return strings.TrimSpace(x.parts[0].lit)
	}
	var b strings.Builder
	for i := 0; i < len(x.parts); i++ {
		p := &x.parts[i]
		switch {
		case p.lit != "":
			b.WriteString(p.lit)
		case p.skip > 0:
			if p.when == nil || !p.when.True(e) {
				i = p.skip - 1
			}
		default:
			b.WriteString(p.print(e))
		}
	}
	return strings.TrimSpace(b.String())
}

// fill prints a fixed line with further facts: name, value, name, value …
func (t *turn) fill(line string, args ...string) string {
	if t.depth > 4 { // fixed lines may print one another, but not for ever
		return ""
	}
	t.depth++
	defer func() { t.depth-- }()
	var extra map[string]labelled
	x := t.e.lib.config.text(line)
	if len(args) > 0 {
		extra = make(map[string]labelled, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			extra[args[i]] = labelled{cond.Text(args[i+1]), args[i+1]}
		}
	}
	return t.renderWith(t.top(), x, extra)
}

func (t *turn) lineText(name string) string { return t.fill(name) }

// print is the text of one placeholder.
func (p *part) print(e *env) string {
	for i := range p.alts {
		a := &p.alts[i]
		if a.name == "" && a.expr == nil {
			return a.lit
		}
		x := labelled{}
		if a.name != "" {
			x = a.find(e)
		} else {
			x.v = a.expr.Eval(e)
		}
		if x.v.IsEmpty() && x.l == "" {
			continue
		}
		if text := p.filter(e, x, a.code); text != "" {
			return text
		}
	}
	return ""
}

func (a *alt) find(e *env) labelled {
	x := e.find(a.name, !a.code)
	if a.code {
		x.l = ""
		return x
	}
	if x.v.IsNone() && x.l == "" && e.t.isLine(a.name) {
		x.l = e.t.fill(a.name)
	}
	return x
}

// value is what an alternative stands for, with words for people where they differ.
func (a *alt) value(e *env) labelled {
	switch {
	case a.name != "":
		return e.find(a.name, !a.code)
	case a.expr != nil:
		return labelled{v: a.expr.Eval(e)}
	}
	return labelled{v: textOrNone(a.lit)}
}

// isLine tells a fixed line, which other fixed lines may print.
func (t *turn) isLine(name string) bool { return t.e.lib.config.texts[name] != nil }

// filter turns a value into words.
func (p *part) filter(e *env, x labelled, code bool) string {
	text := x.l
	if text == "" {
		text = strings.Join(x.v.Items(), e.t.e.lib.line("list_separator"))
		if x.v.Kind() != cond.KindText && x.v.Kind() != cond.KindList {
			text = x.v.Str()
		}
		if !code && looksLikeDate(text) {
			text = e.t.e.lib.reader.SayDate(text)
		}
	}
	for _, f := range p.filters {
		switch f {
		case "date":
			if raw := x.v.Str(); looksLikeDate(raw) {
				text = e.t.e.lib.reader.SayDate(raw)
			}
		case "day":
			if raw := x.v.Str(); looksLikeDate(raw) {
				text = e.t.e.lib.reader.SayDate(raw[:10])
			}
		case "time":
			if raw := x.v.Str(); looksLikeDate(raw) {
				text = e.t.e.lib.reader.SayTime(raw)
			}
		case "mask":
			text = mask(text)
		case "upper":
			text = strings.ToUpper(text)
		case "lower":
			text = strings.ToLower(text)
		case "join":
			text = strings.Join(x.v.Items(), e.t.e.lib.line("list_separator"))
		}
	}
	return text
}

// looksLikeDate tells 2026-03-11 with or without a time from other texts.
func looksLikeDate(s string) bool {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	for i, c := range s[:10] {
		if i != 4 && i != 7 && (c < '0' || c > '9') {
			return false
		}
	}
	return len(s) == 10 || s[10] == 'T' || s[10] == '/'
}

// mask hides the middle of a text: 138****8000, and all but the first character of a name.
func mask(s string) string {
	r := []rune(s)
	switch {
	case len(r) <= 1:
		return s
	case len(r) < 8:
		return string(r[0]) + strings.Repeat("*", len(r)-1)
	}
	return string(r[:3]) + "****" + string(r[len(r)-4:])
}
