// Package convert turns questionnaires of other systems (XLSForm, SurveyJS) into a flow file and names what it had to drop.
//
// It refuses to know the engine: it reads a foreign file and writes YAML text; whether that passes is for the linter to say.
//
// Invariants: nothing of the foreign file disappears silently; reading never panics and its size is bounded (MaxFile, maxItems). The two dialects of
// expressions follow the XLSForm reference (xlsform.org) and the SurveyJS form library's documentation.
package convert

import (
	_ "embed"
	"errors"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

// ErrUnreadable says that a file is no questionnaire of the kind that was named; the text says why, in the author's language.
var ErrUnreadable = errors.New("not a questionnaire")

// MaxFile is the largest file that is read, in bytes.
const MaxFile = 16 << 20

// maxItems is the most questions that are read.
const maxItems = 500

//go:embed words.yaml
var wordsYAML []byte

var words = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	if err := yaml.Unmarshal(wordsYAML, &out); err != nil {
		panic("reading embedded words: " + err.Error()) // the file is part of the program; a test reads it
	}
	return out
})

// word returns a text of the word list with its {names} filled: name, value, name, value …
func word(key string, args ...string) string {
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+args[i]+"}", args[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(words()[key])
}
