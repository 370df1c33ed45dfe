package answer

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// dateTable is data/dates.yaml.
type dateTable struct {
	Relative     map[string]int    `yaml:"relative"`
	RelativePart map[string][]any  `yaml:"relative_part"`
	WeekBefore   []string          `yaml:"week_before"`
	WeekDays     map[string]int    `yaml:"week_days"`
	WeekShift    map[string]int    `yaml:"week_shift"`
	MonthShift   map[string]int    `yaml:"month_shift"`
	YearShift    map[string]int    `yaml:"year_shift"`
	Year         string            `yaml:"year"`
	Month        []string          `yaml:"month"`
	Day          []string          `yaml:"day"`
	OffsetUnits  map[string]int    `yaml:"offset_units"`
	OffsetMonths []string          `yaml:"offset_months"`
	OffsetAfter  []string          `yaml:"offset_after"`
	OffsetBefore []string          `yaml:"offset_before"`
	Lunar        []string          `yaml:"lunar"`
	Vague        []string          `yaml:"vague"`
	Leads        []string          `yaml:"leads"`
	Tails        []string          `yaml:"tails"`
	Hedges       []string          `yaml:"hedges"`
	About        []string          `yaml:"about"`
	Busy         []string          `yaml:"busy"`
	Free         []string          `yaml:"free"`
	Parts        map[string]string `yaml:"parts"`
	PartLabels   map[string]string `yaml:"part_labels"`
	PartHours    map[string]string `yaml:"part_hours"`
	Night        []string          `yaml:"night"`
	Hour         []string          `yaml:"hour"`
	Half         string            `yaml:"half"`
	Quarters     map[string]int    `yaml:"quarters"`
	Minute       []string          `yaml:"minute"`
	LatinParts   map[string]string `yaml:"latin_parts"`
	AnyLabel     string            `yaml:"any_label"`
	Format       string            `yaml:"format"`
	Weekdays     []string          `yaml:"weekdays"`
	Months       []string          `yaml:"-"` // names of months, where the language of Spoken writes them
}

// dayForm is one written form of a day; its groups are named y, m and d.
type dayForm struct{ re *regexp.Regexp }

// dateIndex is what is prepared from the table.
type dateIndex struct {
	forms        []dayForm
	monthOnly    *regexp.Regexp
	week         *regexp.Regexp
	offset       *regexp.Regexp
	offsetMonth  *regexp.Regexp
	clock        *regexp.Regexp
	hour         *regexp.Regexp
	relative     []string
	relativePart []string
	monthShift   []string
	yearShift    []string
	parts        []string
}

func (r *Reader) prepareDates() {
	d := &r.d
	for _, list := range []*[]string{&d.WeekBefore, &d.Month, &d.Day, &d.OffsetMonths, &d.OffsetAfter, &d.OffsetBefore, &d.Lunar, &d.Vague, &d.Leads, &d.Tails, &d.Hedges, &d.About, &d.Busy, &d.Free, &d.Night, &d.Hour, &d.Minute} {
		r.tidy(*list)
	}
	month, day := alternatives(d.Month), alternatives(d.Day)
	ix := &r.date
	for _, form := range []string{
		`^(?P<y>\d{4})\s?[-/.]\s?(?P<m>\d{1,2})\s?[-/.]\s?(?P<d>\d{1,2})(?:` + day + `)?`,
		`^(?P<y>\d{4}|\d{2})` + d.Year + `\s?(?P<m>\d{1,2})` + month + `\s?(?P<d>\d{1,2})(?:` + day + `)?`,
		`^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})`,
		`^(?P<m>\d{1,2})` + month + `\s?(?P<d>\d{1,2})(?:` + day + `)?`,
		`^(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})`,
		`^(?P<d>\d{1,2})` + day,
		`^(?P<m>\d{2})(?P<d>\d{2})$`,
	} {
		ix.forms = append(ix.forms, dayForm{regexp.MustCompile(form)})
	}
	ix.monthOnly = regexp.MustCompile(`^(?:\d{4}` + d.Year + `)?\d{1,2}` + month + `$|^\d{4}[-/.]\d{1,2}$|^\d{4}` + d.Year + `$`)
	ix.week = regexp.MustCompile(`^(` + alternatives(keys(d.WeekShift)) + `)?` + alternatives(d.WeekBefore) + `(` + alternatives(keys(d.WeekDays)) + `)`)
	ix.offset = regexp.MustCompile(`^(\d{1,3})(` + alternatives(keys(d.OffsetUnits)) + `)(?:(` + alternatives(d.OffsetAfter) + `)|` + alternatives(d.OffsetBefore) + `)`)
	ix.offsetMonth = regexp.MustCompile(`^(\d{1,2})` + alternatives(d.OffsetMonths) + `(?:(` + alternatives(d.OffsetAfter) + `)|` + alternatives(d.OffsetBefore) + `)`)
	ix.clock = regexp.MustCompile(`^(\d{1,2}):(\d{2})`)
	ix.hour = regexp.MustCompile(`^(\d{1,2})` + alternatives(d.Hour) + `(?:(` + d.Half + `)|(` + alternatives(keys(d.Quarters)) + `)|(\d{1,2})(?:` + alternatives(d.Minute) + `)?)?`)
	ix.relative, ix.relativePart = keys(d.Relative), keys(d.RelativePart)
	ix.monthShift, ix.yearShift, ix.parts = keys(d.MonthShift), keys(d.YearShift), keys(d.Parts)
}

// keys lists the keys of a table, longest first, in a fixed order.
func keys[V any](m map[string]V) []string {
	list := slices.Sorted(maps.Keys(m))
	longestFirst(list)
	return list
}

// alternatives makes a group of a regular expression out of words.
func alternatives(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = regexp.QuoteMeta(w)
	}
	return "(?:" + strings.Join(quoted, "|") + ")"
}

// arabic rewrites Chinese numerals in a text as figures, so that the forms of
// dates need only one spelling. The day after a word for week stands alone.
func (r *Reader) arabic(s string) string {
	var b strings.Builder
	for s != "" {
		if w := r.weekWord(s); w != "" {
			b.WriteString(w)
			s = s[len(w):]
			if c, size := utf8.DecodeRuneInString(s); r.d.WeekDays[string(c)] > 0 {
				b.WriteString(strconv.Itoa(r.d.WeekDays[string(c)]))
				s = s[size:]
			}
			continue
		}
		run := r.numeralRun(s)
		if run == "" {
			_, size := utf8.DecodeRuneInString(s)
			b.WriteString(s[:size])
			s = s[size:]
			continue
		}
		if f, ok := r.wholeFigure(run); ok && f.val < 1e8 {
			b.WriteString(strconv.Itoa(int(f.val)))
		} else {
			b.WriteString(run)
		}
		s = s[len(run):]
	}
	return b.String()
}

func (r *Reader) weekWord(s string) string {
	for _, w := range r.d.WeekBefore {
		if strings.HasPrefix(s, w) {
			return w
		}
	}
	return ""
}

// numeralRun is the longest start of s in Chinese numerals below a thousand.
func (r *Reader) numeralRun(s string) string {
	for i, c := range s {
		_, digit := r.num.digit[c]
		m, mult := r.num.mult[c]
		_, whole := r.num.whole[c]
		if !digit && !whole && (!mult || m > 100) {
			return s[:i]
		}
	}
	return s
}
