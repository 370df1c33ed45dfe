// Package master reads spreadsheets of master data — hospitals, doctors, reps, products, rounds of procurement, access, prices, invitation codes — checks
// every row, and brings them into the store.
//
// It refuses half a file: one row with a problem and nothing is written. What is wrong is said by row and column, with the cure, in Chinese.
//
// Invariants: a dry run writes nothing but its own entry in the list of imports and counts what the import in earnest would; the same file twice changes
// nothing the second time; an empty cell changes nothing that is kept; a value that names a person stands in no problem.
package master

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

//go:embed kinds.yaml
var kindsFile []byte

// Column is one column of a kind of spreadsheet.
type Column struct {
	Name    string   `yaml:"name"`
	Heads   []string `yaml:"heads"` // headers that are understood, the first one is the template's
	Type    string   `yaml:"type"`
	Choice  string   `yaml:"choice"`
	Note    string   `yaml:"note"`
	Example string   `yaml:"example"`
	Max     int      `yaml:"max"` // characters
	Low     int      `yaml:"low"`
	High    int      `yaml:"high"`
	Need    bool     `yaml:"need"`
	Known   bool     `yaml:"known"` // the hospital must be in the master data
}

// Kind is one kind of spreadsheet.
type Kind struct {
	Title   string   `yaml:"title"`
	Columns []Column `yaml:"columns"`
}

type problemWords struct {
	Says string `yaml:"says"`
	Cure string `yaml:"cure"`
}

type words struct {
	Kinds    map[string]Kind                `yaml:"kinds"`
	Choices  map[string]map[string][]string `yaml:"choices"`
	None     []string                       `yaml:"none"`
	Units    []string                       `yaml:"units"`
	Problems map[string]problemWords        `yaml:"problems"`
	Notes    map[string]string              `yaml:"notes"`
	Says     map[string]string              `yaml:"says"`
	Template struct {
		Sheet string   `yaml:"sheet"`
		Heads []string `yaml:"heads"`
		Need  string   `yaml:"need"`
		Notes []string `yaml:"notes"`
	} `yaml:"template"`

	codes map[string]map[string]string // group → spelling → code
}

// readWords reads kinds.yaml once.
var readWords = sync.OnceValues(func() (*words, error) {
	w := &words{codes: map[string]map[string]string{}}
	if err := yaml.Unmarshal(kindsFile, w); err != nil {
		return nil, fmt.Errorf("reading embedded words: %w", err)
	}
	for group, codes := range w.Choices {
		w.codes[group] = map[string]string{}
		for code, spellings := range codes {
			for _, s := range spellings {
				w.codes[group][s] = code
			}
		}
	}
	slices.SortFunc(w.Units, func(a, b string) int { return len(b) - len(a) })
	return w, nil
})

// KindNames lists the kinds in the order in which a house fills them.
func KindNames() []string {
	return []string{"hospitals", "products", "batches", "access", "prices", "reps", "doctors", "invites"}
}

// Title is what people call a kind; "" = there is none of that name.
func Title(kind string) string {
	w, err := readWords()
	if err != nil {
		return ""
	}
	return w.Kinds[kind].Title
}

// Codes lists the codes of a choice, such as level, and what people read for them.
func Codes(group string) map[string]string {
	out := map[string]string{}
	w, err := readWords()
	if err != nil {
		return out
	}
	for code, spellings := range w.Choices[group] {
		out[code] = w.label(group, code, spellings)
	}
	return out
}

// label is the first spelling that is not the code itself.
func (w *words) label(_, code string, spellings []string) string {
	for _, s := range spellings {
		if s != code {
			return s
		}
	}
	return code
}

// labels lists what may be written for a choice.
func (w *words) labels(group string) string {
	var out []string
	for code, spellings := range w.Choices[group] {
		out = append(out, w.label(group, code, spellings))
	}
	slices.Sort(out)
	return strings.Join(out, listComma)
}

// listComma parts the entries of a list that people read: the Chinese enumeration comma.
const listComma = "\u3001"

// fill puts the arguments into a text.
func fill(text string, args ...any) string {
	pairs := make([]string, 0, 2*len(args))
	for i, a := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", fmt.Sprint(a))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// place is a province or city without the word for what it is.
func (w *words) place(name string) string {
	for _, unit := range w.Units {
		if rest, cut := strings.CutSuffix(name, unit); cut && len([]rune(rest)) >= 2 {
			return rest
		}
	}
	return name
}
