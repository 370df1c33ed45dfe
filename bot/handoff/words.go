package handoff

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

//go:embed words.yaml
var wordsFile []byte

// Option is one choice of a form or card: Code is stored, Label is shown.
type Option struct {
	Code  string
	Label string
}

// options is a list of choices, written in YAML as one "code: label" a line.
type options []Option

// UnmarshalYAML keeps the order of the file.
func (o *options) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a list of choices is written as code: label", n.Line)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		*o = append(*o, Option{Code: n.Content[i].Value, Label: n.Content[i+1].Value})
	}
	return nil
}

// label gives the words for a code, and the code itself when there are none.
func (o options) label(code string) string {
	for _, opt := range o {
		if opt.Code == code {
			return opt.Label
		}
	}
	return code
}

// labels gives the words for codes as one text.
func (w *words) labels(o options, codes []string) string {
	said := make([]string, len(codes))
	for i, c := range codes {
		said[i] = o.label(c)
	}
	return strings.Join(said, w.Between)
}

func (o options) has(code string) bool {
	for _, opt := range o {
		if opt.Code == code {
			return true
		}
	}
	return false
}

// words is everything that people read.
type words struct {
	Surnames []string `yaml:"surnames"` // family names of two characters
	Doctor   string   `yaml:"doctor"`   // how a doctor without a name is called
	Safety   struct {
		Flows     []string `yaml:"flows"`     // answers of these flows belong to the safety desk only
		Questions []string `yaml:"questions"` // so do the answers to these questions
	} `yaml:"safety"`
	Unquoted []string `yaml:"unquoted"` // questions that a brief does not quote
	Telling  []string `yaml:"telling"`  // questions that a brief quotes first
	Between  string   `yaml:"between"`  // separates the items of a list
	Card     struct {
		Source, Title, Subtitle                            string
		Kind, Why, Wish, Due, Quiet, Accept, Decline, Link string
		Reason                                             string
	} `yaml:"card"`
	Says     map[string]string `yaml:"says"`     // texts to reps and doctors
	Problems map[string]string `yaml:"problems"` // by code
	Board    map[string]string `yaml:"board"`    // reasons on the leads board
	Promises options           `yaml:"promises"` // what the house still owes a doctor
	Outcomes options           `yaml:"outcomes"`
	Kinds    options           `yaml:"kinds"`
	Statuses options           `yaml:"statuses"`
	Events   options           `yaml:"events"`
	Sources  options           `yaml:"sources"`
	Reasons  options           `yaml:"reasons"` // of a decline
	Channels options           `yaml:"channels"`
	Results  options           `yaml:"results"`
	Prefers  options           `yaml:"prefers"`
	Topics   options           `yaml:"topics"`
	Ladder   options           `yaml:"ladder"`
	Barriers options           `yaml:"barriers"`
	YesNo    options           `yaml:"yesno"`
	Actors   options           `yaml:"actors"` // who moves leads beside reps
	Traits   options           `yaml:"traits"` // portrait fields that a brief shows, in order
	Fields   options           `yaml:"fields"` // fields of a report
	Donts    []string          `yaml:"donts"`
	DontAE   string            `yaml:"dont_ae"`
	Quiet    string            `yaml:"quiet"` // the doctor has opted out of messages
}

// mustWords reads the embedded file.
func mustWords() *words {
	var w words
	if err := yaml.Load(wordsFile, &w, yaml.WithKnownFields()); err != nil {
		panic(fmt.Sprintf("reading words.yaml: %v", err))
	}
	return &w
}

// say fills the {name} places of a text.
func (w *words) say(key string, pairs ...string) string {
	text, ok := w.Says[key]
	if !ok {
		return key
	}
	return fill(text, pairs...)
}

// fill replaces {name} by its value; pairs alternate name and value.
func fill(text string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// surname is the family name: two characters when they are one of the known double names, else the first character; of a name that is not written in
// Chinese the first word.
func (w *words) surname(name string) string {
	name = strings.TrimSpace(name)
	if name == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(name)
	if !unicode.Is(unicode.Han, first) {
		return strings.Fields(name)[0]
	}
	for _, double := range w.Surnames {
		if strings.HasPrefix(name, double) && len(name) > len(double) {
			return double
		}
	}
	return name[:size]
}

// quiet takes what could identify the doctor out of a line that goes onto a card: the full name becomes the surname, runs of seven digits and more
// become dots.
func (w *words) quiet(line, name string) string {
	if name = strings.TrimSpace(name); utf8.RuneCountInString(name) > 1 {
		line = strings.ReplaceAll(line, name, w.surname(name))
	}
	var out, run strings.Builder
	flush := func() {
		if run.Len() >= 7 {
			out.WriteString("…")
		} else {
			out.WriteString(run.String())
		}
		run.Reset()
	}
	for _, r := range line {
		if r >= '0' && r <= '9' {
			run.WriteRune(r)
			continue
		}
		flush()
		out.WriteRune(r)
	}
	flush()
	return out.String()
}
