package answer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostPlainName is the longest name, in characters, that is not read back
// when it begins with a family name of one character.
const mostPlainName = 3

// noName reports that a text is a department, a rank, an institution, a place
// or a turn of speech, or names one beside something that is no short name.
func (r *Reader) noName(core string) bool {
	if containsWhole(core, r.w.NameOthers) || containsWhole(cutAnySuffix(core, r.w.NameWards), r.w.NameOthers) || containsAny(core, r.w.NameTitles) {
		return true
	}
	return (containsAny(core, r.w.NameOthers) || containsAny(core, r.w.NameDoubts)) && !r.shortName(core)
}

// looksLikeName reports that a name needs no read-back: a family name with a
// given name and nothing doubtful, a name with a middle dot, or two or more
// words in capitals.
func (r *Reader) looksLikeName(core, value string) bool {
	if containsAny(core, r.w.NameOthers) || containsAny(core, r.w.NameDoubts) {
		return false
	}
	if strings.ContainsAny(core, "\u00b7\u2022") || r.shortName(core) {
		return true
	}
	words := strings.Fields(value)
	small := slices.ContainsFunc(words, func(w string) bool {
		c, _ := utf8.DecodeRuneInString(w)
		return !unicode.IsUpper(c)
	})
	return len(words) > 1 && !small
}

// shortName reports a family name with one or two characters behind it, or a
// familiar form of a family name.
func (r *Reader) shortName(core string) bool {
	if !isHan(core) {
		return false
	}
	size := utf8.RuneCountInString(core)
	if isWithin(size, 3, 4) && stripOne(core, r.w.SurnamePairs) != core {
		return true
	}
	if front := stripOne(core, r.w.SurnameFronts); size == minName && front != core {
		core = front
	}
	c, _ := utf8.DecodeRuneInString(core)
	return isWithin(size, minName, mostPlainName) && strings.ContainsRune(r.w.Surnames, c)
}

func isWithin(n, low, high int) bool { return low <= n && n <= high }
