package master

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// record is one row with the means to read its cells and to say what is wrong with them.
type record struct {
	p     *plan
	line  int
	cells []string
}

// raw is the cell of a column, "" when the file has no such column.
func (r *record) raw(column string) string {
	i, there := r.p.header.at[column]
	if !there || i >= len(r.cells) {
		return ""
	}
	return r.cells[i]
}

// wrong reports the cell of a column.
func (r *record) wrong(c Column, code string, args ...any) {
	i, there := r.p.header.at[c.Name]
	if !there {
		r.p.report.problem(r.p.words, code, r.line, 0, c.Heads[0], args...)
		return
	}
	r.p.report.problem(r.p.words, code, r.line, i+1, c.Heads[0], args...)
}

// text reads a column as it was typed, and refuses what no column may hold.
func (r *record) text(name string) (string, Column) {
	c := r.p.columns[name]
	text := r.raw(name)
	switch {
	case text == "":
		if c.Need {
			r.wrong(c, "needed", c.Heads[0])
		}
		return "", c
	case strings.ContainsRune(text, utf8.RuneError):
		r.wrong(c, "unreadable", c.Heads[0])
		return "", c
	case strings.ContainsFunc(text, privateUse):
		r.wrong(c, "private_use", c.Heads[0])
		return "", c
	case c.Max > 0 && c.Type != "list" && utf8.RuneCountInString(text) > c.Max:
		r.wrong(c, "too_long", c.Heads[0], c.Max)
		return "", c
	}
	return norm.NFC.String(text), c
}

// privateUse tells characters that only the fonts of one machine have.
func privateUse(r rune) bool {
	return r >= 0xe000 && r <= 0xf8ff || r >= 0xf0000
}

// words reads a plain text.
func (r *record) words(name string) string {
	text, _ := r.text(name)
	return text
}

// id reads a code of the house: full-width letters and digits count as the plain ones.
func (r *record) id(name string) string {
	text, c := r.text(name)
	text = norm.NFKC.String(text)
	if n, err := strconv.ParseFloat(text, 64); err == nil && strings.ContainsAny(text, "eE") && n == float64(int64(n)) {
		text = strconv.FormatInt(int64(n), 10) // a long number in a number cell
	}
	if strings.ContainsFunc(text, func(x rune) bool { return unicode.IsSpace(x) || strings.ContainsRune(",;'\"~", x) }) {
		r.wrong(c, "not_id", c.Heads[0], text)
		return ""
	}
	return text
}

// dots are what people type between the parts of a name.
var dots = strings.NewReplacer("\u30fb", "\u00b7", "\u2022", "\u00b7", "\u2027", "\u00b7", "\uff0e", "\u00b7", "\u00b7", "\u00b7")

// person reads a name: letters of any script, however rare, parted by dots or blanks.
func (r *record) person(name string) string {
	text, c := r.text(name)
	text = strings.Join(strings.Fields(dots.Replace(text)), " ")
	if han := strings.ReplaceAll(text, " ", ""); !strings.ContainsFunc(han, func(x rune) bool { return !unicode.Is(unicode.Han, x) }) {
		text = han // two characters set apart by a blank, to line up with three
	}
	bad := func(x rune) bool {
		return !unicode.IsLetter(x) && !unicode.IsMark(x) && !strings.ContainsRune("\u00b7 .'-", x)
	}
	if text != "" && (strings.ContainsFunc(text, bad) || !strings.ContainsFunc(text, unicode.IsLetter)) {
		r.wrong(c, "not_name", c.Heads[0])
		return ""
	}
	return text
}

// choice reads a word of a closed set as its code.
func (r *record) choice(name string) string {
	text, c := r.text(name)
	group := c.Choice
	if c.Type == "yesno" {
		group = "yesno"
	}
	code, ok := r.p.words.codes[group][strings.ToLower(norm.NFKC.String(text))]
	if text != "" && !ok {
		r.wrong(c, "not_choice", c.Heads[0], text, r.p.words.labels(group))
	}
	return code
}

// commas part the entries of a list.
func commas(x rune) bool { return strings.ContainsRune(",;|\uff0c\uff1b\u3001", x) }

// list reads several texts of one cell, each once.
func (r *record) list(name string) []string {
	text, c := r.text(name)
	var out []string
	seen := map[string]bool{}
	for _, part := range strings.FieldsFunc(text, commas) {
		part = strings.TrimSpace(part)
		if part == "" || seen[part] {
			continue
		}
		if utf8.RuneCountInString(part) > c.Max {
			r.wrong(c, "too_long", c.Heads[0], c.Max)
			return nil
		}
		seen[part] = true
		out = append(out, part)
	}
	return out
}

// dateForms are the spellings of a day; the Chinese ones are written with the characters for year, month and day.
var dateForms = []string{"2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006\u5e741\u67082\u65e5", "2006-1-2 15:04:05", "2006/1/2 15:04:05"}

// date reads the beginning of a day, unix ms; 0 = empty or wrong.
func (r *record) date(name string) int64 {
	text, c := r.text(name)
	if text == "" {
		return 0
	}
	day := norm.NFKC.String(text)
	if n, err := strconv.ParseFloat(day, 64); err == nil && n > 0 && n < 100_000 {
		if serial, err := r.p.file.Serial(n); err == nil {
			day = serial
		}
	}
	for _, form := range dateForms {
		t, err := time.ParseInLocation(form, day, r.p.opt.Zone)
		if err != nil {
			continue
		}
		if t.Year() < 1990 || t.Year() > 2100 {
			r.wrong(c, "far_date", c.Heads[0], text)
			return 0
		}
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, r.p.opt.Zone).UnixMilli()
	}
	r.wrong(c, "not_date", c.Heads[0], text)
	return 0
}

// until reads a last day: the moment at which it is over.
func (r *record) until(name string) int64 {
	at := r.date(name)
	if at == 0 {
		return 0
	}
	return time.UnixMilli(at).In(r.p.opt.Zone).AddDate(0, 0, 1).UnixMilli()
}

// ordered reports an end that comes before its beginning.
func (r *record) ordered(from, until string, a, b int64) {
	if a != 0 && b != 0 && b <= a {
		c := r.p.columns[until]
		r.wrong(c, "date_order", c.Heads[0], r.p.columns[from].Heads[0])
	}
}

// whole reads a number within the bounds of the column; none when it is empty or wrong.
func (r *record) whole(name string, none int) int {
	text, c := r.text(name)
	if text == "" {
		return none
	}
	n, err := strconv.ParseFloat(strings.TrimSuffix(norm.NFKC.String(text), "%"), 64)
	if err != nil || n != float64(int(n)) || int(n) < c.Low || int(n) > c.High {
		r.wrong(c, "not_whole", c.Heads[0], text, c.Low, c.High)
		return none
	}
	return int(n)
}

var decimalForm = regexp.MustCompile(`^\d{1,9}(\.\d{1,4})?$`)

// amount reads a price in yuan.
func (r *record) amount(name string) string {
	text, c := r.text(name)
	plain := norm.NFKC.String(text)
	if n, err := strconv.ParseFloat(plain, 64); err == nil && len(plain) > 12 { // 28.499999999999996 of a number cell
		plain = strconv.FormatFloat(n, 'f', 4, 64)
		plain = strings.TrimRight(strings.TrimRight(plain, "0"), ".")
	}
	if text != "" && (!decimalForm.MatchString(plain) || strings.Trim(plain, "0.") == "") {
		r.wrong(c, "not_price", c.Heads[0], text)
		return ""
	}
	return plain
}
