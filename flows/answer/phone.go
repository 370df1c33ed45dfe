package answer

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/cond"
)

// Sizes of Chinese telephone numbers.
const (
	mobileDigits = 11
	maskedFrom   = 3
	maskedTo     = 7
)

// Phone reads a mobile number of mainland China (11 digits, 1 and 3 to 9), and
// a landline with area code if landline is set. The value is the digits, the
// label the masked number.
func (r *Reader) Phone(text string, landline bool) Reading {
	folded := r.fold(text)
	if utf8.RuneCountInString(folded) > 2*maxText {
		return Reading{Status: Unclear}
	}
	read := func(s string) Reading { return r.phoneOnce(s, landline) }
	return r.mend(folded, read(folded), read, nil)
}

func (r *Reader) phoneOnce(folded string, landline bool) Reading {
	n := trimOuter(folded)
	if n == "" || utf8.RuneCountInString(n) > maxText {
		return Reading{Status: Unclear}
	}
	for range 2 {
		n = stripOne(n, r.w.PhoneLeads)
	}
	if head, note, ok := strings.Cut(n, ","); ok && r.phoned.covers(note) && !strings.ContainsAny(note, "0123456789") {
		n = trimOuter(head)
	}
	n = cutAnySuffix(r.stripBack(n), r.w.PhoneTails)
	n = strings.TrimLeft(r.stripBack(n), ": ")
	digits, ok := r.phoneDigits(n)
	if !ok || digits == "" {
		return Reading{Status: Unclear}
	}
	switch {
	case isMobile(digits):
		return phoneReading(digits, "mobile")
	case landline && isLandline(digits):
		return phoneReading(digits, "landline")
	case landline && digits[0] != '1' || len(digits) == mobileDigits || len(digits) < maskedTo:
		return refuse(Pattern, "got", strconv.Itoa(len(digits)))
	case len(digits) < mobileDigits:
		return refuse(Short, "got", strconv.Itoa(len(digits)), "missing", strconv.Itoa(mobileDigits-len(digits)))
	default:
		return refuse(Long, "got", strconv.Itoa(len(digits)), "extra", strconv.Itoa(len(digits)-mobileDigits))
	}
}

// phoneDigits collects the digits of a number written in figures or spoken
// digits, and drops the country code. Anything else than digits and the usual
// separators is refused.
func (r *Reader) phoneDigits(n string) (string, bool) {
	var b strings.Builder
	for i, c := range n {
		switch {
		case c >= '0' && c <= '9':
			b.WriteRune(c)
		case c == ' ' || c == '-' || c == '(' || c == ')' || c == '.' || c == 0xb7 || c == 0x2014 || c == 0x2013 || c == '+' && i == 0:
		default:
			d, ok := r.num.digit[c]
			if v, spoken := r.n.PhoneDigits[string(c)]; spoken {
				d, ok = float64(v), true
			}
			if !ok || containsAny(string(c), r.n.Counting) {
				return "", false
			}
			b.WriteByte('0' + byte(d))
		}
	}
	s := b.String()
	for _, code := range []string{"0086", "86"} {
		if rest, ok := strings.CutPrefix(s, code); ok && len(rest) >= mobileDigits-1 {
			return rest, true
		}
	}
	return s, true
}

func isMobile(d string) bool {
	return len(d) == mobileDigits && d[0] == '1' && d[1] >= '3'
}

// isLandline accepts an area code of three or four digits beginning with 0 and
// a number of seven or eight that does not begin with 0 or 1.
func isLandline(d string) bool {
	if len(d) < 10 || len(d) > 12 || d[0] != '0' || d[1] == '0' {
		return false
	}
	area := 4
	if d[1] == '1' || d[1] == '2' {
		area = 3
	}
	number := d[area:]
	return (len(number) == 7 || len(number) == 8) && number[0] >= '2'
}

func phoneReading(d, how string) Reading {
	return Reading{Status: OK, Value: cond.Text(d), Label: Mask(d), How: how}
}

// Mask hides the middle of a telephone number: 138****8000.
func Mask(digits string) string {
	if len(digits) <= maskedTo {
		return strings.Repeat("*", len(digits))
	}
	return digits[:maskedFrom] + strings.Repeat("*", maskedTo-maskedFrom) + digits[maskedTo:]
}
