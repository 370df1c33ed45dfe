package store

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Values of an observation that are no values of the field.
const (
	// TakenBack takes back the newest observation of the same voice, so that what stood before it counts again.
	TakenBack = "null"
	// Cleared says that the field is not known any more, whatever was known before.
	Cleared = `""`
)

// freshDefault is how long a value counts as fresh where nobody says otherwise. Source: known fields are confirmed, not asked again, for 180 days.
const freshDefault = 180 * 24 * time.Hour

// weight ranks sources: what a doctor or a colleague has said weighs more than a list, and a list more than what was inferred.
func weight(source string) int {
	switch source {
	case SourceAnswer, SourceRep, SourceConsole:
		return 2
	case SourceImport:
		return 1
	}
	return 0
}

// confidence is how sure a source is, in percent, when its writer does not say.
func confidence(source string) int {
	switch source {
	case SourceAnswer, SourceConsole:
		return 100
	case SourceRep:
		return 90
	case SourceImport:
		return 80
	case SourceComputed:
		return 70
	}
	return 50
}

// sameVoice tells whether two observations come from the same mouth: what a flow asked and what it computed from that is one.
func sameVoice(a, b string) bool {
	flow := func(source string) bool { return source == SourceAnswer || source == SourceComputed }
	return a == b || flow(a) && flow(b)
}

// overrides tells whether next, which is not older, takes the place of what stands: the newest wins, unless it weighs less and the standing one is fresh.
// fresh 0 = a value never gets old.
func overrides(weightNow, weightNext int, age, fresh time.Duration) bool {
	return weightNext >= weightNow || fresh > 0 && age >= fresh
}

// fold is what the observations of one field come to; false when nothing stands. They come in the order in which they were written. It is the one rule by
// which the portrait follows from them.
func fold(rows []Observation, fresh time.Duration) (Observation, bool) {
	live := make([]Observation, 0, len(rows))
	for _, o := range rows {
		if o.Value == TakenBack {
			live = takeBack(live, o)
			continue
		}
		i, _ := slices.BinarySearchFunc(live, o.At+1, func(l Observation, at int64) int { return cmp.Compare(l.At, at) })
		live = slices.Insert(live, i, o)
	}
	if len(live) == 0 {
		return Observation{}, false
	}
	stands := live[0]
	for _, o := range live[1:] {
		if overrides(weight(stands.Source), weight(o.Source), millis(o.At-stands.At), fresh) {
			stands = o
		}
	}
	return stands, true
}

// takeBack leaves out the newest observation of the voice that takes it back.
func takeBack(live []Observation, back Observation) []Observation {
	for i := len(live) - 1; i >= 0; i-- {
		if sameVoice(live[i].Source, back.Source) {
			return slices.Delete(live, i, i+1)
		}
	}
	return live
}

func millis(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// portraitOf is the row of the portrait that an observation stands for. A cleared field is unknown.
func portraitOf(o Observation) PortraitValue {
	p := PortraitValue{
		Doctor: o.Doctor, Field: o.Field, Account: o.Account, Value: o.Value, Label: o.Label, Source: o.Source, Ref: o.Ref, Detail: o.Detail, At: o.At,
		Confidence: o.Confidence, Code: codeOf(o.Value),
	}
	if o.Value == Cleared {
		p.Value = "null"
	}
	return p
}

// maxCode is the width of the column Code.
const maxCode = 64

// codeOf is a value that is one short text, else "".
func codeOf(value string) string {
	var text string
	if !strings.HasPrefix(value, `"`) || json.Unmarshal([]byte(value), &text) != nil || utf8.RuneCountInString(text) > maxCode {
		return ""
	}
	return text
}
