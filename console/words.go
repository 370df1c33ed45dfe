package console

import (
	_ "embed"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

//go:embed words.yaml
var wordsFile []byte

//go:embed tones.yaml
var tonesFile []byte

// words translates codes of the database into Chinese: group → code → word.
type words map[string]map[string]string

// badge is a coloured word.
type badge struct{ Text, Tone string }

func readWords(file []byte) (words, error) {
	var w words
	if err := yaml.Unmarshal(file, &w); err != nil {
		return nil, fmt.Errorf("reading words: %w", err)
	}
	return w, nil
}

// word gives the word of a code; a code without one is shown as it is.
func (w words) word(group string, code any) string {
	return w.orSame(group, fmt.Sprint(code))
}

// orSame gives the word of a code that may also be a text of people, which is given back.
func (w words) orSame(group, code string) string {
	if text, ok := w[group][code]; ok {
		return text
	}
	return code
}

// has tells whether a code is in the list of its group.
func (w words) has(group, code string) bool {
	_, ok := w[group][code]
	return ok
}

// event is the word for a message kind or an event of the platform, whose names come in any case.
func (w words) event(code string) string { return w.word("event", strings.ToLower(code)) }
