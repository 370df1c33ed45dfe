// Package sample makes the sample world of the demo — hospitals, reps, doctors with their portraits, behaviours, leads and visits of the last 180 days — and
// writes it through the functions of the store that the real paths use. Everything is invented, and the same seed makes the same world.
//
// It refuses to run on data that is not its own: a store with hospitals of the house gets no sample.
package sample

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

//go:embed words.yaml
var wordsFile []byte

// option is one answer that is drawn.
type option struct {
	Code   string `yaml:"code"`
	Label  string `yaml:"label"`
	Tag    string `yaml:"tag"`
	Of     string `yaml:"of"` // of a position: the title that goes with it
	Weight int    `yaml:"weight"`
}

type question struct {
	Field    string   `yaml:"field"`
	Question string   `yaml:"question"`
	Asked    string   `yaml:"asked"`
	Options  []option `yaml:"options"`
	Number   [2]int   `yaml:"number"` // a number is drawn instead
	Pick     int      `yaml:"pick"`
	List     bool     `yaml:"list"`
	Verified bool     `yaml:"verified"` // asked of verified doctors only
}

type thing struct {
	ID     string   `yaml:"id"`
	Topics []string `yaml:"topics"`
}

type words struct {
	Families  []string `yaml:"families"`
	Given     []string `yaml:"given"`
	Places    struct{ First, Last []string }
	Provinces []struct {
		Name, Team string
		Weight     int
	}
	Hospitals []struct {
		Name, Alias, Level, Grade, Kind, Ownership string
		Weight, Doctors                            int
	}
	Reception   struct{ Days, Times, Places, Contacts, Channels []string }
	Departments []option
	Titles      []option
	Pharmacists map[string]string
	Positions   []option
	Head        string `yaml:"pharmacy_head"`
	Professions struct{ Doctor, Pharmacist string }
	Questions   []question
	Community   []question
	Academic    struct {
		Tiers map[string][]option
		Roles []option
	}
	Consent struct {
		Base, Portrait, Push, Agree, Deleted string
		Share                                string `yaml:"share_with_rep"`
	}
	Contents, Meetings []thing
	Leads              []struct{ Kind, Level, Why, Note, Wish string }
	Visit              struct{ Next, Notes []string }
	Products           []struct{ ID, Name, Generic, Lifecycle string }
	Batches            []struct {
		ID, Product, Name, Kind, Status string
		Share                           int
		Provinces                       []string
	}
	Price struct {
		Spec, Package, Unit, Policy, Approved string
		Amounts, Expired, Missing             []string
	}
	Blockers               []string
	Employer, Filing, Note string
}

var readWords = sync.OnceValues(func() (*words, error) {
	w := &words{}
	if err := yaml.Unmarshal(wordsFile, w); err != nil {
		return nil, fmt.Errorf("reading embedded words: %w", err)
	}
	return w, nil
})

// Size says how large the world is.
type Size struct{ Hospitals, Reps, Doctors int }

// Whole is the world of the demo.
func Whole() Size { return Size{Hospitals: 120, Reps: 25, Doctors: 2000} }

// dice draws from one seed.
type dice struct{ *rand.Rand }

func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 20261122))} }

func (d dice) of(list []string) string { return list[d.IntN(len(list))] }

// chance is true p times of 100.
func (d dice) chance(p int) bool { return d.IntN(100) < p }

// weighted draws an index by weight.
func (d dice) weighted(n int, weight func(int) int) int {
	total := 0
	for i := range n {
		total += weight(i)
	}
	at := d.IntN(total)
	for i := range n {
		if at -= weight(i); at < 0 {
			return i
		}
	}
	return n - 1
}

func (d dice) option(list []option) option {
	return list[d.weighted(len(list), func(i int) int { return list[i].Weight })]
}

// fill puts a word into a text.
func fill(text, word string) string { return strings.ReplaceAll(text, "{0}", word) }
