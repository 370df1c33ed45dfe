package guard

import (
	"embed"
	"unicode/utf8"
)

//go:embed data
var dataFiles embed.FS

// class is what a word can be; a word may be several things.
type class uint64

const (
	strong class = 1 << iota
	weak
	noun
	serious
	death
	deathWeak
	neg
	but
	just
	hypo
	modal
	ask
	how
	stat
	mild
	worry
	history
	relief
	perf
	patient
	specific
	when
	take
	after
	drug
	use
	interact
	medicine
	stop
	doing
	pressure
	potassium
	pregnancy
	child
	overdose
	misuse
	noEffect
	quality
	qualityStrong
	pack
	lab
	rise
	fall
	population
	elsewhere
	offDose
	topic
	compare
	rival
	advice
	urgent
	benefit
	benefitStrong
	want
	count
	prescribe
	period
	tally
	complaint
	dose
	other
	own
	approved
	typo
)

// occurs are the words that can be an adverse event.
const occurs = strong | weak | noun | serious | death | deathWeak

// groups names the classes of the data files; words of "plain" groups only keep their parts from being heard.
var groups = map[string]class{
	"strong": strong, "weak": weak, "noun": noun, "serious": serious, "death": death, "deathweak": deathWeak, "plain": 0, "benefitplain": 0, "complaintplain": 0,
	"neg": neg, "but": but, "just": just, "hypo": hypo, "modal": modal, "ask": ask, "how": how, "stat": stat, "mild": mild, "worry": worry, "history": history,
	"relief": relief, "calm": mild, "perf": perf, "patient": patient, "specific": specific, "time": when, "take": take, "after": after, "drug": drug, "use": use,
	"interact": interact, "medicine": medicine | take, "stop": stop, "doing": doing, "pressure": pressure, "potassium": potassium, "pregnancy": pregnancy, "child": child, "overdose": overdose, "misuse": misuse,
	"no_effect": noEffect, "quality": quality, "qualitystrong": qualityStrong, "pack": pack, "lab": lab, "rise": rise, "fall": fall, "population": population,
	"elsewhere": elsewhere, "offdose": offDose, "topic": topic, "compare": compare, "rival": rival, "advice": advice, "urgent": urgent, "benefit": benefit,
	"benefitstrong": benefitStrong, "want": want, "count": count, "prescribe": prescribe, "period": period, "tally": tally, "complaint": complaint, "dose": dose, "other": other,
}

type edge struct {
	node int32
	r    rune
}

// lexicon finds words: a tree of runes. It is immutable once built.
type lexicon struct {
	next  map[edge]int32
	words []word // by node
}

type word struct {
	is    class
	ends  bool
	ascii bool // counts only between other letters
}

func newLexicon() *lexicon { return &lexicon{next: map[edge]int32{}, words: make([]word, 1)} }

// add gives a folded word a class.
func (l *lexicon) add(text string, is class) {
	at, ascii := int32(0), true
	for _, r := range text {
		ascii = ascii && r < utf8.RuneSelf
		n, ok := l.next[edge{at, r}]
		if !ok {
			n = int32(len(l.words))
			l.next[edge{at, r}] = n
			l.words = append(l.words, word{})
		}
		at = n
	}
	if at != 0 {
		w := &l.words[at]
		w.is, w.ends, w.ascii = w.is|is, true, ascii && text != "?"
	}
}

// known tells whether the word stands there.
func (l *lexicon) known(text string) bool { return l.at(text).ends }

// of is what a word is.
func (l *lexicon) of(text string) class { return l.at(text).is }

func (l *lexicon) at(text string) word {
	at := int32(0)
	for _, r := range text {
		n, ok := l.next[edge{at, r}]
		if !ok {
			return word{}
		}
		at = n
	}
	return l.words[at]
}

// longest is the longest word of the text that begins at a rune; 0 = none.
func (l *lexicon) longest(t *reading, from int) (n int, is class) {
	at := int32(0)
	for i := from; i < len(t.runes); i++ {
		next, ok := l.next[edge{at, t.runes[i]}]
		if !ok {
			break
		}
		at = next
		w := l.words[at]
		if w.ends && (!w.ascii || t.edge(from) && t.edge(i+1)) {
			n, is = i+1-from, w.is
		}
	}
	return n, is
}

// edge tells whether no Latin word goes on from one side of the place to the other.
func (t *reading) edge(i int) bool {
	return i == 0 || i >= len(t.runes) || t.gap[i] || !latin(t.runes[i-1]) || !latin(t.runes[i])
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' }

// base is what the data files hold.
type base struct {
	words   *lexicon
	asks    *lexicon // words of questions, heard inside others too
	body    *lexicon // parts of the body and what may be wrong with them
	simple  map[rune]rune
	letters map[string][]rune // sets of characters by name
	records []string          // what stands before the number of a record
	limits  map[string]limit  // by name of the laboratory
}
