package flows

import (
	"math/rand/v2"
	"regexp/syntax"
	"strings"
	"unicode"
)

// maxRepeat bounds what a pattern without an upper limit repeats.
const maxRepeat = 8

// matching makes a text that an author's pattern takes; "" when the pattern asks for more than this knows.
func matching(pattern string, r *rand.Rand) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	var b strings.Builder
	write(&b, re, r)
	return b.String()
}

func write(b *strings.Builder, re *syntax.Regexp, r *rand.Rand) {
	times := 1
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
		return
	case syntax.OpCharClass:
		b.WriteRune(oneOf(re.Rune, r))
		return
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteRune(rune('a' + r.IntN(26)))
		return
	case syntax.OpAlternate:
		write(b, re.Sub[r.IntN(len(re.Sub))], r)
		return
	case syntax.OpStar:
		times = r.IntN(4)
	case syntax.OpPlus:
		times = 1 + r.IntN(3)
	case syntax.OpQuest:
		times = r.IntN(2)
	case syntax.OpRepeat:
		high := re.Max
		if high < 0 {
			high = re.Min + maxRepeat
		}
		times = re.Min + r.IntN(high-re.Min+1)
	}
	for range times {
		for _, sub := range re.Sub {
			write(b, sub, r)
		}
	}
}

// oneOf picks a rune of a class: a common Chinese character, a letter or a digit where the class has one.
func oneOf(class []rune, r *rand.Rand) rune {
	in := func(c rune) bool {
		for i := 0; i+1 < len(class); i += 2 {
			if c >= class[i] && c <= class[i+1] {
				return true
			}
		}
		return false
	}
	for range 20 {
		if c := rune(0x4e00 + r.IntN(0x9fa5-0x4e00)); in(c) && unicode.Is(unicode.Han, c) {
			return c
		}
		if c := rune('0' + r.IntN(75)); in(c) && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
			return c
		}
	}
	if len(class) == 0 {
		return ' '
	}
	i := 2 * r.IntN(len(class)/2)
	return class[i] + rune(r.IntN(int(class[i+1]-class[i])+1))
}
