package flows

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

//go:embed wording.yaml
var wordingYAML []byte

// form is a regular expression of the word list.
type form struct{ *regexp.Regexp }

// UnmarshalYAML implements yaml.Unmarshaler.
func (f *form) UnmarshalYAML(n *yaml.Node) error {
	var err error
	f.Regexp, err = regexp.Compile(n.Value)
	return err
}

// wording are the words and forms that rules about texts look for.
type wording struct {
	Quote    form `yaml:"quote"`
	Sentence form `yaml:"sentence"`
	Examples struct {
		Quoted  form `yaml:"quoted"`
		Bare    form `yaml:"bare"`
		Between form `yaml:"between"`
	} `yaml:"examples"`
	Claims struct {
		Forms  []form   `yaml:"forms"`
		Unless []string `yaml:"unless"`
	} `yaml:"claims"`
	Counting []form   `yaml:"counting"`
	Clinical []string `yaml:"clinical"`
	Identity struct {
		Asks   form     `yaml:"asks"`
		Unless []string `yaml:"unless"`
	} `yaml:"identity"`
	Callback  []string `yaml:"callback"`
	Other     []string `yaml:"other"`
	None      []string `yaml:"none"`
	NoneCodes []string `yaml:"none_codes"`
	ToldApart []string `yaml:"told_apart"`
	OddKeys   []string `yaml:"odd_keys"`

	BannedTags []string `yaml:"banned_tags"`
}

var theWording = sync.OnceValue(func() *wording {
	var w wording
	if err := yaml.Unmarshal(wordingYAML, &w); err != nil {
		panic("reading embedded wording: " + err.Error()) // part of the program; a test reads it
	}
	return &w
})

// holdsAny returns the first of the words that a text holds, "" = none.
func holdsAny(text string, words []string) string {
	for _, w := range words {
		if w != "" && strings.Contains(text, w) {
			return w
		}
	}
	return ""
}

// ownWords is a text without what stands in quotes: words that somebody else is to say.
func (w *wording) ownWords(text string) string { return w.Quote.ReplaceAllString(text, "") }
