package lint

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

//go:embed messages.yaml
var messagesYAML []byte

//go:embed rules.yaml
var rulesYAML []byte

// message is one entry of the table: the text of one kind of finding.
type message struct {
	Code    string `yaml:"code"`
	Level   string `yaml:"level"` // where it differs from the rule's
	Message string `yaml:"message"`
	Advice  string `yaml:"advice"`
}

// Rule is what the authors' guide says about a rule.
type Rule struct {
	Code  string `yaml:"-"`
	Title string `yaml:"title"`
	Level string `yaml:"level"` // of its findings, unless a message says otherwise
	Why   string `yaml:"why"`   // what is wrong about it
	Cure  string `yaml:"cure"`
}

type table struct {
	Rules    map[string]Rule    `yaml:"rules"`
	Messages map[string]message `yaml:"messages"`
}

var loadTable = sync.OnceValue(func() table {
	var t table
	pages := map[string]Rule{}
	if err := errors.Join(yaml.Unmarshal(messagesYAML, &t), yaml.Unmarshal(rulesYAML, &pages)); err != nil {
		panic(fmt.Sprintf("reading embedded message table: %v", err)) // the table is part of the program; a test reads it
	}
	for code, r := range t.Rules {
		r.Code, r.Why, r.Cure = code, pages[code].Why, pages[code].Cure
		t.Rules[code] = r
	}
	return t
})

// Rules lists the rules by code.
func Rules() []Rule {
	t := loadTable()
	out := make([]Rule, 0, len(t.Rules))
	for _, code := range slices.Sorted(maps.Keys(t.Rules)) {
		out = append(out, t.Rules[code])
	}
	return out
}

// fill puts the finding's texts in place. args are name, value, name, value …
func fill(p Problem, key string, args []string) Problem {
	t := loadTable()
	m, ok := t.Messages[key]
	if !ok {
		m = message{Code: "X000", Message: key}
	}
	r := t.Rules[m.Code]
	p.Code, p.Level, p.Title = m.Code, cmp.Or(m.Level, r.Level), r.Title
	if p.Level == "" {
		p.Level = Error
	}
	p.Message, p.Advice = expand(m.Message, args), expand(m.Advice, args)
	if p.Length < 1 {
		p.Length = 1
	}
	return p
}

// expand replaces {name} by its value. A part in [[ … ]] is dropped when one of its values is empty.
func expand(s string, args []string) string {
	for {
		head, rest, ok := strings.Cut(s, "[[")
		if !ok {
			break
		}
		part, tail, ok := strings.Cut(rest, "]]")
		if !ok {
			break
		}
		if filled, whole := replace(part, args); whole {
			part = filled
		} else {
			part = ""
		}
		s = head + part + tail
	}
	s, _ = replace(s, args)
	return s
}

// replace fills the names in one go, so that a value which looks like a name stays as it is. whole is false when a value is empty.
func replace(s string, args []string) (out string, whole bool) {
	whole = true
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		name := "{" + args[i] + "}"
		if args[i+1] == "" && strings.Contains(s, name) {
			whole = false
		}
		pairs = append(pairs, name, args[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(s), whole
}

// Phrase is the text of one entry of the message table, for what is no finding: the last line of a report.
func Phrase(key string, args ...string) string {
	return expand(loadTable().Messages[key].Message, args)
}
