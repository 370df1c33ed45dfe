// Package answer reads what doctors type, in Chinese, and turns it into the
// values of questions: choices, yes and no, consent, numbers, dates, phones,
// names, institutions, commands and words to listen for.
//
// It refuses to guess. Every reading comes from a ladder of strict rungs; what
// no rung takes is Unclear, what several take is Ambiguous, what is likely but
// not certain is an Offer that needs a yes. It knows no flows, no clock and no
// I/O.
//
// Invariants: the same text, options and time give the same Reading; no input
// panics; all words it knows are in the embedded data files, none in the code;
// a Reader is immutable and safe for concurrent use.
package answer

import (
	"embed"
	"fmt"
	"hash/maphash"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

//go:embed data
var dataFS embed.FS

// maxText is the longest text, in characters, that is read as an answer; a
// longer one is Unclear (except for Text, which has its own limit).
const maxText = 200

// wordTable is data/words.yaml.
type wordTable struct {
	LeadIns     []string `yaml:"lead_ins"`
	Particles   []string `yaml:"particles"`
	Questions   []string `yaml:"question_ends"`
	Negation    []string `yaml:"negation"`
	NotNegation []string `yaml:"not_negation"`
	Modifiers   []string `yaml:"modifiers"`
	Fillers     []string `yaml:"fillers"`

	TooGeneral []string `yaml:"too_general"`
	Degrees    []string `yaml:"degrees"`

	PlaceBefore   []string `yaml:"place_before"`
	OrdinalBefore []string `yaml:"ordinal_before"`
	OrdinalAfter  []string `yaml:"ordinal_after"`
	NumberSign    []string `yaml:"number_sign"`
	LetterAfter   []string `yaml:"letter_after"`
	LastWords     []string `yaml:"last_words"`
	Former        []string `yaml:"former"`
	Latter        []string `yaml:"latter"`
	FirstBefore   []string `yaml:"first_before"`
	FinalBefore   []string `yaml:"final_before"`
	FewAfter      []string `yaml:"few_after"`

	ListMark     string   `yaml:"list_mark"`
	Separators   []string `yaml:"separators"`
	Either       []string `yaml:"either"`
	RangeWords   []string `yaml:"range_words"`
	RankWords    []string `yaml:"rank_words"`
	All          []string `yaml:"all"`
	RestAll      []string `yaml:"rest_all"`
	None         []string `yaml:"none"`
	ExceptBefore []string `yaml:"except_before"`
	ExceptAfter  []string `yaml:"except_after"`
	ManyAfter    []string `yaml:"many_after"`

	Yes        []string          `yaml:"yes"`
	No         []string          `yaml:"no"`
	NotYesNo   []string          `yaml:"not_yesno"`
	NotConsent []string          `yaml:"not_consent"`
	SameWords  map[string]string `yaml:"same_words"`
	Pronouns   []string          `yaml:"pronouns"`
	NoLeads    []string          `yaml:"no_leads"`
	Amounts    []string          `yaml:"amounts"`
	HeardOf    []string          `yaml:"heard_of"`
	Unknown    []string          `yaml:"unknown"`
	Any        []string          `yaml:"any"`

	NameLeads  []string `yaml:"name_leads"`
	NameTitles []string `yaml:"name_titles"`
	NameStop   []string `yaml:"name_stop"`
	NameTails  []string `yaml:"name_tails"`
	NameDoubts []string `yaml:"name_doubts"`
	NameWards  []string `yaml:"name_wards"`
	NameOthers []string `yaml:"name_others"`

	Surnames      string   `yaml:"surnames"` // one character each
	SurnamePairs  []string `yaml:"surname_pairs"`
	SurnameFronts []string `yaml:"surname_fronts"`

	PhoneLeads []string `yaml:"phone_leads"`
	PhoneTails []string `yaml:"phone_tails"`
	PhoneNotes []string `yaml:"phone_notes"`

	IndexGeneric  []string `yaml:"index_generic"`
	IndexSuffixes []string `yaml:"index_suffixes"`
	IndexFillers  []string `yaml:"index_fillers"`
	IndexWards    []string `yaml:"index_wards"`
	IndexOthers   []string `yaml:"index_others"`
	PlaceTails    []string `yaml:"place_tails"`

	Greetings      []string `yaml:"greetings"`
	Farewells      []string `yaml:"farewells"`
	Corrections    []string `yaml:"corrections"`
	CorrectedLeads []string `yaml:"corrected_leads"`
	NotThis        []string `yaml:"not_this"`
	ButThat        []string `yaml:"but_that"`
	RejectBefore   []string `yaml:"reject_before"`
	RejectBehind   []string `yaml:"reject_behind"`
	Contrasts      []string `yaml:"contrasts"`
	Formerly       []string `yaml:"formerly"`
	Nowadays       []string `yaml:"nowadays"`
	NoSlips        []string `yaml:"no_slips"`

	ListenNegation    []string `yaml:"listen_negation"`
	ListenNotNegation []string `yaml:"listen_not_negation"`
}

// Reader reads answers. Make one with New and share it.
type Reader struct {
	simple  map[rune]rune // traditional to simplified
	w       wordTable
	n       numberTable
	d       dateTable
	sets    wordSets
	fillers *spanSet
	ixFill  *spanSet
	phoned  *spanSet
	firsts  [256]bool // bytes that a lead-in may begin with
	lasts   [256]bool // bytes that a particle may end with
	ranges  []labelRange
	num     numberIndex
	date    dateIndex
	memo    *memo
}

// wordSets are the lists that are looked up whole.
type wordSets struct {
	yes, no, notConsent, all, none, unknown, any map[string]bool
}

// New loads the embedded tables. An error means that they are damaged.
func New() (*Reader, error) {
	r := &Reader{simple: map[rune]rune{}, memo: &memo{seed: maphash.MakeSeed()}}
	if err := r.loadSimple(); err != nil {
		return nil, err
	}
	for name, into := range map[string]any{"words": &r.w, "numbers": &r.n, "dates": &r.d} {
		b, err := dataFS.ReadFile("data/" + name + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("reading answer tables: %w", err)
		}
		if err := yaml.Unmarshal(b, into); err != nil {
			return nil, fmt.Errorf("reading answer table %s: %w", name, err)
		}
	}
	r.prepareWords()
	if err := r.prepareNumbers(); err != nil {
		return nil, err
	}
	r.prepareDates()
	return r, nil
}

func (r *Reader) loadSimple() error {
	b, err := dataFS.ReadFile("data/traditional.txt")
	if err != nil {
		return fmt.Errorf("reading answer tables: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, pair := range strings.Fields(line) {
			rs := []rune(pair)
			if len(rs) != 2 {
				return fmt.Errorf("reading answer table traditional: pair of %d characters", len(rs))
			}
			r.simple[rs[0]] = rs[1]
		}
	}
	return nil
}

func (r *Reader) prepareWords() {
	w := &r.w
	for _, list := range []*[]string{&w.LeadIns, &w.Particles, &w.Questions, &w.Negation, &w.NotNegation, &w.Modifiers, &w.Fillers, &w.Degrees, &w.TooGeneral,
		&w.PlaceBefore, &w.OrdinalBefore, &w.OrdinalAfter, &w.NumberSign, &w.LetterAfter, &w.LastWords, &w.Former, &w.Latter, &w.FirstBefore, &w.FinalBefore, &w.FewAfter,
		&w.Separators, &w.RangeWords, &w.RankWords, &w.All, &w.RestAll, &w.None, &w.ExceptBefore, &w.ExceptAfter, &w.ManyAfter,
		&w.Yes, &w.No, &w.NotConsent, &w.Pronouns, &w.Unknown, &w.Any, &w.NameLeads, &w.NameTitles, &w.NameStop, &w.NameTails, &w.NameDoubts, &w.NameWards, &w.NameOthers, &w.SurnamePairs, &w.SurnameFronts,
		&w.PhoneLeads, &w.PhoneTails, &w.IndexSuffixes, &w.NotYesNo, &w.IndexGeneric, &w.IndexFillers, &w.ListenNegation, &w.ListenNotNegation,
		&w.Either, &w.NoLeads, &w.Amounts, &w.HeardOf, &w.PhoneNotes, &w.IndexWards, &w.IndexOthers, &w.PlaceTails, &w.Greetings, &w.Farewells, &w.Corrections,
		&w.CorrectedLeads, &w.NotThis, &w.ButThat, &w.RejectBefore, &w.RejectBehind, &w.Contrasts, &w.Formerly, &w.Nowadays} {
		r.tidy(*list)
	}
	r.sets = wordSets{yes: setOf(w.Yes), no: setOf(w.No), notConsent: setOf(w.NotConsent), all: setOf(w.All),
		none: setOf(w.None), unknown: setOf(w.Unknown), any: setOf(w.Any)}
	for _, lead := range w.LeadIns {
		r.firsts[lead[0]] = true
	}
	for _, particle := range w.Particles {
		r.lasts[particle[len(particle)-1]] = true
	}
	r.fillers = newSpanSet(w.Fillers, w.LeadIns, w.Particles)
	r.ixFill = newSpanSet(w.IndexFillers)
	r.phoned = newSpanSet(w.PhoneNotes, w.PhoneTails, w.Particles)
}

// tidy normalises a list in place, longest first.
func (r *Reader) tidy(list []string) {
	for i, s := range list {
		list[i] = r.Normalise(s)
	}
	longestFirst(list)
}

func longestFirst(list []string) {
	sort.SliceStable(list, func(i, j int) bool { return len(list[i]) > len(list[j]) })
}

func setOf(list []string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, s := range list {
		m[s] = true
	}
	return m
}

// labelRange is a form of label that stands for a range of numbers.
type labelRange struct {
	re   *regexp.Regexp
	kind string
}

// spanSet tells whether a text is made of known words only.
type spanSet struct {
	words map[string]bool
	most  int // bytes of the longest word
}

func newSpanSet(lists ...[]string) *spanSet {
	s := &spanSet{words: map[string]bool{}}
	for _, list := range lists {
		for _, w := range list {
			s.words[w] = true
			s.most = max(s.most, len(w))
		}
	}
	return s
}

// covers reports whether text can be cut into words of the set, digits,
// spaces and punctuation.
func (s *spanSet) covers(text string) bool {
	ok := make([]bool, len(text)+1)
	ok[0] = true
	for i, c := range text {
		if !ok[i] {
			continue
		}
		if (c >= '0' && c <= '9') || isPunct(c) || c == ' ' {
			ok[i+utf8.RuneLen(c)] = true
		}
		for j := i + 1; j <= len(text) && j-i <= s.most; j++ {
			if (j == len(text) || utf8.RuneStart(text[j])) && s.words[text[i:j]] {
				ok[j] = true
			}
		}
	}
	return ok[len(text)]
}
