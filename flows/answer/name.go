package answer

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/vrep/vrep/flows/cond"
)

// Lengths of a person's name, in characters.
const (
	minName = 2
	maxName = 20
)

// Name reads a person's name of 2 to 20 characters; words that introduce it
// and titles behind it are stripped. Digits, questions, yes and no, a
// department, a rank, an institution and anything else that is no name are
// refused; what may be a name, but does not look like most, is offered. The
// value keeps the characters as they were typed.
func (r *Reader) Name(text string) Reading {
	folded := r.fold(text)
	n := trimOuter(folded)
	if n == "" || utf8.RuneCountInString(n) > maxText || r.asked(folded) {
		return Reading{Status: Unclear}
	}
	if containsWhole(n, r.w.Greetings) || containsWhole(n, r.w.Farewells) || r.sets.yes[n] || r.sets.no[n] || r.sets.unknown[n] || r.sets.any[n] {
		return Reading{Status: Unclear}
	}
	core := r.nameCore(n)
	for _, c := range core {
		if unicode.IsDigit(c) {
			return refuse(Pattern, "reason", "digits")
		}
		if !unicode.IsLetter(c) && c != ' ' && c != 0xb7 && c != 0x2022 && c != '.' && c != '-' && c != '\'' {
			return refuse(Pattern, "reason", "characters")
		}
	}
	size := utf8.RuneCountInString(core)
	switch {
	case containsAny(core, r.w.NameStop), r.noName(core):
		return Reading{Status: Unclear}
	case size < minName:
		return refuse(Short, "got", strconv.Itoa(size), "min", strconv.Itoa(minName))
	case size > maxName || (isHan(core) && size > 6 && !strings.ContainsAny(core, "\u00b7\u2022")):
		return refuse(Long, "got", strconv.Itoa(size), "max", strconv.Itoa(maxName))
	}
	value := typed([]rune(trimOuter(plainText(text))), n, core)
	rd := Reading{Status: OK, Value: cond.Text(value), Label: value, How: "name"}
	if !r.looksLikeName(core, value) {
		return asOffer(rd, "doubt")
	}
	return rd
}

// nameCore is a normalised text without what is said around a name.
func (r *Reader) nameCore(n string) string {
	core, _ := r.bare(n)
	for range 2 {
		core = stripOne(core, r.w.NameLeads)
	}
	core = strings.TrimLeft(core, ": ")
	core = cutAnySuffix(core, r.w.NameTails)
	core = cutAnySuffix(core, append(append([]string{}, r.w.Particles...), r.w.NameTitles...))
	return cutAnySuffix(core, r.w.NameTitles)
}

// typed returns the part of the raw text that became core, or core itself
// where the characters do not line up.
func typed(raw []rune, n, core string) string {
	at := strings.Index(n, core)
	if at < 0 || len(raw) != utf8.RuneCountInString(n) {
		return core
	}
	from := utf8.RuneCountInString(n[:at])
	return strings.TrimSpace(string(raw[from : from+utf8.RuneCountInString(core)]))
}

func isHan(s string) bool {
	for _, c := range s {
		if !unicode.Is(unicode.Han, c) {
			return false
		}
	}
	return true
}

// TextOptions limits a free text.
type TextOptions struct {
	Min, Max int            // characters; 0 = 1 and 1000
	Pattern  *regexp.Regexp // must match the whole trimmed text; nil = anything
}

// Text takes a free text as it is, trimmed, without control characters.
func (r *Reader) Text(text string, opt TextOptions) Reading {
	s := strings.TrimSpace(plainText(text))
	least, most := opt.Min, opt.Max
	if least <= 0 {
		least = 1
	}
	if most <= 0 {
		most = 1000
	}
	size := utf8.RuneCountInString(s)
	got := strconv.Itoa(size)
	switch {
	case size < least:
		return refuse(Short, "got", got, "min", strconv.Itoa(least))
	case size > most:
		return refuse(Long, "got", got, "max", strconv.Itoa(most))
	case opt.Pattern != nil && opt.Pattern.FindString(s) != s:
		// Codes are typed in full width, and recognised speech ends with a full stop.
		s = strings.TrimFunc(norm.NFKC.String(s), func(c rune) bool { return unicode.IsSpace(c) || unicode.IsPunct(c) })
		if opt.Pattern.FindString(s) != s {
			return refuse(Pattern)
		}
	}
	return Reading{Status: OK, Value: cond.Text(s), Label: s, How: "text"}
}

// plainText drops invalid bytes, control and zero-width characters, and keeps
// line breaks.
func plainText(s string) string {
	return strings.Map(func(c rune) rune {
		if (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || c == unicode.ReplacementChar || (dropped(c) && c >= 0x2000 && c != 0xfe0f && c != 0x200d && c < 0x1f000) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, ""))
}
