package answer

import "github.com/vrep/vrep/flows/cond"

// Status says what became of a typed text.
type Status string

// Statuses. Only OK may be stored at once. Offer carries a value that may be
// stored after the doctor has said yes to it, never before. Everything else
// is a refusal; the doctor is asked again.
const (
	OK        Status = "ok"
	Offer     Status = "offer"      // Value, Label, Candidates and Confirm are set: ask whether this is meant
	Ambiguous Status = "ambiguous"  // several fit: Candidates, or Note day1, day2
	Unclear   Status = "unclear"    // nothing fits
	NotOption Status = "not_option" // a number or letter outside the list; Note got, max
	TooMany   Status = "too_many"   // Note got, max, and chosen (labels by comma); Candidates are what was understood
	TooFew    Status = "too_few"    // Note got, min, chosen; Candidates
	Conflict  Status = "conflict"   // parts contradict; Note reason: only, pair, repeat, weekday
	Range     Status = "range"      // outside min..max; Note got, min, max
	Fraction  Status = "fraction"   // a whole number is wanted; Note got
	Unit      Status = "unit"       // another unit or period than asked; Note got, want
	NoSuchDay Status = "no_such_day"
	DayNeeded Status = "day_needed" // a month, a holiday or only a time of day; Note time when one was said
	TimeClash Status = "time"       // an hour that may be meant twice or lies outside; Note from, to
	WrongSide Status = "wrong_side" // past where future is wanted or the reverse; Note got, side (past or future wanted)
	Lunar     Status = "lunar"      // a lunar date
	Short     Status = "short"      // Note got, min, missing (phone digits)
	Long      Status = "long"       // Note got, max, extra (phone digits)
	Pattern   Status = "pattern"    // text does not have the wanted form
	Generic   Status = "generic"    // a look-up word that fits too many entries; Note got
)

// Reading is the result of reading one text.
type Reading struct {
	Status Status
	// Value is set for OK and Offer.
	Value cond.Value
	// Label is the value as people read it (labels by list separator, number
	// with unit, date in Chinese form, masked phone).
	Label string
	// How names the rung of the ladder that matched: number, letter, label,
	// alias, pair, prefix, inside, part, fuzzy, all, none, except, first,
	// range, run, word, figure, numeral, any, exact, short …
	How string
	// Candidates are indexes of options (or of index entries): what was taken
	// for OK and Offer, what is possible for Ambiguous and Conflict.
	Candidates []int
	// Confirm is set when the reading should be read back: with Offer it must
	// be (fuzzy, rough, in_range, doubt, sentence …), with OK it is wise
	// (range, rolled, half_day).
	Confirm string
	// Note holds facts for the refusal text.
	Note map[string]string
}

// Taken reports whether the value may be stored at once.
func (rd Reading) Taken() bool { return rd.Status == OK }

func refuse(s Status, note ...string) Reading {
	rd := Reading{Status: s}
	if len(note) > 0 {
		rd.Note = make(map[string]string, len(note)/2)
		for i := 0; i+1 < len(note); i += 2 {
			rd.Note[note[i]] = note[i+1]
		}
	}
	return rd
}
