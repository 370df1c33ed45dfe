package flows

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

//go:embed forbidden.yaml
var forbiddenYAML []byte

// forbidden is one group of words that no text may hold, with the reason.
type forbidden struct {
	Words []string `yaml:"words"`
	Forms []form   `yaml:"forms"`
	Why   string   `yaml:"why"`
	Level string   `yaml:"level"` // "" = error, warning
}

// forbiddenList is the word list of the house rules; what is allowed is taken out of a text first.
type forbiddenList struct {
	Groups  []forbidden `yaml:"groups"`
	Allowed []string    `yaml:"allowed"`
}

var forbiddenWords = sync.OnceValue(func() *forbiddenList {
	var file forbiddenList
	if err := yaml.Unmarshal(forbiddenYAML, &file); err != nil {
		panic("reading embedded word list: " + err.Error()) // part of the program; a test reads it
	}
	return &file
})

func phrase(key string) string { return lint.Phrase(key) }

// said calls do for every text that a doctor may read.
func (c *checker) said(do func(text string, at place)) {
	for _, f := range c.lib.parts() {
		for _, s := range f.Steps {
			for _, x := range s.texts {
				do(x.src, x.at)
			}
			if q, ok := s.Body.(*Question); ok && q.List == "" {
				for i := range q.Choices {
					do(q.Choices[i].Label+" "+q.Choices[i].Text, q.Choices[i].at)
				}
			}
		}
		for _, r := range f.Remind {
			do(r.Say.src, r.Say.at)
		}
	}
	for _, name := range sortedKeys(c.lib.lists) {
		for i := range c.lib.lists[name].Items {
			item := &c.lib.lists[name].Items[i]
			do(item.Label+" "+item.Text, item.at)
		}
	}
	for _, name := range sortedKeys(c.lib.config.texts) {
		do(c.lib.config.texts[name].src, c.lib.config.texts[name].at)
	}
	for _, ls := range c.lib.config.listen {
		if ls.Say != nil {
			do(ls.Say.src, ls.Say.at)
		}
	}
	c.lib.config.Menu.walk(func(b *MenuButton, _ int) { do(b.Name+" "+b.URL, b.at) })
	for i := range c.lib.contents {
		do(c.lib.contents[i].Title+" "+c.lib.contents[i].Description, c.lib.contents[i].at)
	}
}

// checkWords: words that compliance does not allow in anything a doctor reads.
func checkWords(c *checker) {
	list := forbiddenWords()
	groups := append([]forbidden{}, list.Groups...)
	if own := c.lib.config.Forbidden; len(own) > 0 {
		groups = append(groups, forbidden{Words: own, Why: phrase("own_forbidden")})
	}
	c.said(func(text string, at place) {
		for _, w := range list.Allowed {
			text = strings.ReplaceAll(text, w, "")
		}
		for i := range groups {
			for _, w := range groups[i].within(text) {
				if groups[i].Level == "warning" {
					c.add(at.find(w), "doubtful_word", "word", w, "why", groups[i].Why)
				} else {
					c.add(at.find(w), "forbidden_word", "word", w, "why", groups[i].Why)
				}
			}
		}
	})
}

// within lists what a text holds of the group, each word once.
func (g *forbidden) within(text string) []string {
	var out []string
	for _, w := range g.Words {
		if strings.Contains(text, w) {
			out = append(out, w)
		}
	}
	for _, f := range g.Forms {
		if w := f.FindString(text); w != "" && !contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// Limits of one message.
const (
	maxMessage  = 2000 // bytes; the platform refuses more than 2,048 (reported by users of the platform, not by its documents)
	longMessage = 300  // characters that are still pleasant to read
)

var rePlaceholder = regexp.MustCompile(`\$\{[^}]*\}`)

// filled stands for a placeholder with a long value; the marks of optional parts print nothing.
func filled(p string) string {
	if p == "${end}" || strings.HasPrefix(p, "${if ") {
		return ""
	}
	return strings.Repeat("\u3007", 12)
}

// checkLength: texts that do not fit one message, with the options printed below a question.
func checkLength(c *checker) {
	for _, f := range c.lib.parts() {
		for _, s := range f.Steps {
			for _, x := range s.texts {
				text := rePlaceholder.ReplaceAllStringFunc(x.src, filled)
				if q, ok := s.Body.(*Question); ok && q.Ask == x && q.Type != "lookup" {
					for i := range q.Choices {
						text += "\n0. " + q.Choices[i].Label
					}
				}
				switch n := utf8.RuneCountInString(text); {
				case len(text) > maxMessage:
					c.add(x.at, "text_too_long", "n", itoa(len(text)), "max", itoa(maxMessage))
				case n > longMessage:
					c.add(x.at, "text_long", "n", itoa(n))
				}
			}
		}
	}
}
