package answer

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// numberTable is data/numbers.yaml.
type numberTable struct {
	Digits      map[string]int     `yaml:"digits"`
	Counting    []string           `yaml:"counting"`
	PhoneDigits map[string]int     `yaml:"phone_digits"`
	Multipliers map[string]float64 `yaml:"multipliers"`
	Latin       map[string]float64 `yaml:"latin"`
	Whole       map[string]float64 `yaml:"whole"`
	Point       string             `yaml:"point"`
	ZeroDigit   string             `yaml:"zero_digit"`
	Minus       []string           `yaml:"minus"`
	Half        []string           `yaml:"half"`

	Leads       []string            `yaml:"leads"`
	Tails       []string            `yaml:"tails"`
	RoughTails  []string            `yaml:"rough_tails"`
	RoughLeads  []string            `yaml:"rough_leads"`
	VagueLeads  []string            `yaml:"vague_leads"`
	VagueTails  []string            `yaml:"vague_tails"`
	Vague       []string            `yaml:"vague"`
	RangeMarks  []string            `yaml:"range_marks"`
	Periods     []string            `yaml:"periods"`
	PeriodWords map[string][]string `yaml:"period_words"`
	RangeOnly   []string            `yaml:"range_only"`
	Zero        []string            `yaml:"zero"`
	Full        []string            `yaml:"full"`
	Fraction    string              `yaml:"fraction"`
	PercentMark []string            `yaml:"percent_marks"`

	PercentBefore  []string           `yaml:"percent_before"`
	PermilleBefore []string           `yaml:"permille_before"`
	PercentWhole   map[string]float64 `yaml:"percent_whole"`
	Tenth          string             `yaml:"tenth"`
	TenthHalf      string             `yaml:"tenth_half"`
	Discount       string             `yaml:"discount"`
	HalfWords      []string           `yaml:"half_words"`

	Units     map[string][]string `yaml:"units"`
	FreeUnits []string            `yaml:"free_units"`
	Ranges    []struct {
		Form string `yaml:"form"`
		Kind string `yaml:"kind"`
	} `yaml:"ranges"`

	DurationHour       []string `yaml:"duration_hour"`
	DurationMinute     []string `yaml:"duration_minute"`
	DurationSecond     []string `yaml:"duration_second"`
	DurationQuarter    []string `yaml:"duration_quarter"`
	DurationHalf       string   `yaml:"duration_half"`
	DurationAnd        []string `yaml:"duration_and"`
	DurationClassifier string   `yaml:"duration_classifier"`
}

// numberIndex is what is prepared from the table.
type numberIndex struct {
	digit, mult  map[rune]float64
	whole        map[rune]float64
	latin        map[rune]float64
	point        rune
	unitGroup    map[string]string
	unitsLongest []string
	zero, full   map[string]bool
	free         map[string]bool // units that are taken without one being asked for
}

func (ix *numberIndex) isDigit(c rune) bool {
	_, ok := ix.digit[c]
	return ok
}

func (r *Reader) prepareNumbers() error {
	n := &r.n
	for _, list := range []*[]string{&n.Minus, &n.Half, &n.Leads, &n.Tails, &n.RoughTails, &n.RoughLeads, &n.VagueLeads, &n.VagueTails, &n.Vague,
		&n.Periods, &n.Zero, &n.Full, &n.PercentMark, &n.PercentBefore, &n.PermilleBefore, &n.HalfWords,
		&n.RangeOnly, &n.DurationHour, &n.DurationMinute, &n.DurationSecond, &n.DurationQuarter, &n.DurationAnd} {
		r.tidy(*list)
	}
	longestFirst(n.RangeMarks)
	for _, words := range n.PeriodWords {
		r.tidy(words)
	}
	ix := numberIndex{digit: map[rune]float64{}, mult: firstRunes(n.Multipliers), whole: firstRunes(n.Whole), latin: firstRunes(n.Latin),
		unitGroup: map[string]string{}, zero: setOf(n.Zero), full: setOf(n.Full), free: map[string]bool{}}
	for k, v := range n.Digits {
		c, _ := utf8.DecodeRuneInString(k)
		ix.digit[c] = float64(v)
	}
	ix.point, _ = utf8.DecodeRuneInString(n.Point)
	for _, group := range slices.Sorted(maps.Keys(n.Units)) {
		for _, u := range n.Units[group] {
			u = r.Normalise(u)
			if slices.Contains(n.FreeUnits, group) {
				ix.free[u] = true
			}
			if _, taken := ix.unitGroup[u]; !taken {
				ix.unitGroup[u] = group
				ix.unitsLongest = append(ix.unitsLongest, u)
			}
		}
	}
	longestFirst(ix.unitsLongest)
	for _, f := range n.Ranges {
		re, err := regexp.Compile(f.Form)
		if err != nil {
			return fmt.Errorf("reading answer table numbers: %w", err)
		}
		r.ranges = append(r.ranges, labelRange{re, f.Kind})
	}
	r.num = ix
	return nil
}

func firstRunes(m map[string]float64) map[rune]float64 {
	out := make(map[rune]float64, len(m))
	for k, v := range m {
		c, _ := utf8.DecodeRuneInString(k)
		out[c] = v
	}
	return out
}

// figure is a number as it was written.
type figure struct {
	val     float64
	ok      bool // one certain number
	likely  bool // val is likely, to be offered (three digits in a row)
	numeral bool // written in Chinese numerals, at least in part
}

// piece is one part of a written number.
type piece struct {
	kind byte // d digit, a Arabic number, u multiplier, w whole (twenty), p point
	val  float64
	text string
}

// takeFigure reads the number at the start of s and returns it with the rest.
// A start that is no number gives a figure with no rest taken.
func (r *Reader) takeFigure(s string) (figure, string) {
	ps, rest := r.pieces(s)
	if len(ps) == 0 {
		return figure{}, s
	}
	f := figure{}
	for _, p := range ps {
		f.numeral = f.numeral || p.kind != 'a'
	}
	f.val, f.ok, f.likely = valueOf(ps)
	return f, rest
}

// wholeFigure reads s as one number and nothing else.
func (r *Reader) wholeFigure(s string) (figure, bool) {
	f, rest := r.takeFigure(s)
	return f, f.ok && rest == ""
}

// pieces cuts the longest start of s that is written like a number.
func (r *Reader) pieces(s string) ([]piece, string) {
	var ps []piece
	for s != "" {
		c, size := utf8.DecodeRuneInString(s)
		if (c >= '0' && c <= '9') || (c == '.' && len(ps) == 0) {
			p, rest := takeArabic(s)
			if rest == s {
				break
			}
			ps, s = append(ps, p), rest
			continue
		}
		p, ok := r.pieceOf(c, ps, s[size:])
		if !ok {
			break
		}
		ps, s = append(ps, p), s[size:]
	}
	return ps, s
}

func (r *Reader) pieceOf(c rune, before []piece, rest string) (piece, bool) {
	if v, ok := r.num.digit[c]; ok {
		return piece{'d', v, string(c)}, true
	}
	if v, ok := r.num.mult[c]; ok {
		return piece{'u', v, string(c)}, true
	}
	if v, ok := r.num.whole[c]; ok {
		return piece{'w', v, string(c)}, true
	}
	if len(before) == 0 {
		return piece{}, false
	}
	last := before[len(before)-1]
	next, _ := utf8.DecodeRuneInString(rest)
	if v, ok := r.num.latin[c]; ok && last.kind == 'a' && (next < 'a' || next > 'z') {
		return piece{'u', v, string(c)}, true
	}
	_, digitNext := r.num.digit[next]
	if c == r.num.point && digitNext && last.kind != 'p' && last.kind != 'a' {
		return piece{'p', 0, string(c)}, true
	}
	return piece{}, false
}

var (
	thousands = regexp.MustCompile(`^\d{1,3}(,\d{3})+(\.\d+)?`)
	plain     = regexp.MustCompile(`^(\d+(\.\d+)?|\.\d+)`)
)

// takeArabic reads digits with a decimal point or thousands separators; a
// form that is neither (1,20 or 1.2.3) is left alone.
func takeArabic(s string) (piece, string) {
	got := thousands.FindString(s)
	if got == "" {
		got = plain.FindString(s)
	}
	rest := s[len(got):]
	if got == "" || len(got) > 18 || (rest != "" && (rest[0] == ',' || rest[0] == '.') && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9') {
		return piece{}, s
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(got, ",", ""), 64)
	if err != nil {
		return piece{}, s
	}
	return piece{'a', v, got}, rest
}
