package wechat

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ErrFields is returned for template fields that are not a list of field=value, whose field has no known type, or whose value does not fit the type.
var ErrFields = errors.New("wechat: template fields")

// fieldType is what the platform takes in one type of template field; 47003 is its answer to anything else. Source: the platform's page on the limits of
// template parameters. Types whose values the template itself lists (const, enum) cannot be filled from words.
type fieldType struct {
	most int             // characters
	fits func(rune) bool // nil: any
	time bool            // a moment
	none string          // when nothing is left
}

var fieldTypes = map[string]fieldType{
	"thing":            {most: 20, none: "-"},
	"phrase":           {most: 5, fits: han},
	"name":             {most: 10, fits: func(r rune) bool { return han(r) || latin(r) || r == '\u00b7' }},
	"character_string": {most: 32, fits: func(r rune) bool { return r > ' ' && r < 0x7f }, none: "-"},
	"letter":           {most: 32, fits: latin},
	"number":           {most: 32, fits: figure, none: "0"},
	"phone_number":     {most: 17, fits: func(r rune) bool { return figure(r) || r == '+' || r == '-' }},
	"time":             {time: true},
	"date":             {time: true},
}

func han(r rune) bool   { return unicode.Is(unicode.Han, r) }
func latin(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// figure tells the Western digits.
func figure(r rune) bool { return r >= '0' && r <= '9' }

// fieldKey is a field as the platform names it: its type and a number.
var fieldKey = regexp.MustCompile(`^([a-z_]+?)([0-9]{1,3})$`)

// sources are what a field can show.
var sources = map[string]func(n notice) string{
	"title":   func(n notice) string { return n.title },
	"summary": func(n notice) string { return cmp.Or(n.summary, n.title) },
	"company": func(n notice) string { return n.company },
	"bot":     func(n notice) string { return n.bot },
	"hotline": func(n notice) string { return n.hotline },
	"time":    nil, // the moment of sending
}

// notice is what a template is filled from.
type notice struct {
	title, summary, url   string
	company, bot, hotline string
	at                    time.Time // in the account's zone
}

// slot is one field of a template.
type slot struct{ key, kind, source string }

// Template is a template of the account with what fills its fields.
type Template struct {
	ID     string // as the account's list of templates shows it; "" = none
	Fields string // such as thing1=title,thing2=summary,time3=time
}

// filled is a Template that was checked.
type filled struct {
	id    string
	slots []slot
}

// readTemplate checks a template. The error is ErrFields and says what is wrong.
func readTemplate(t Template) (filled, error) {
	f := filled{id: t.ID}
	for part := range strings.SplitSeq(t.Fields, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		key, source, _ := strings.Cut(part, "=")
		shape := fieldKey.FindStringSubmatch(key)
		if shape == nil {
			return filled{}, fmt.Errorf("%w: %q is not field=value with a field such as thing1", ErrFields, part)
		}
		kind, known := fieldTypes[shape[1]]
		value, ok := sources[source]
		switch {
		case !known:
			return filled{}, fmt.Errorf("%w: %q: no type %s", ErrFields, part, shape[1])
		case !ok:
			return filled{}, fmt.Errorf("%w: %q: no value %q", ErrFields, part, source)
		case kind.time != (value == nil):
			return filled{}, fmt.Errorf("%w: %q: %s does not fit a %s", ErrFields, part, source, shape[1])
		}
		f.slots = append(f.slots, slot{key, shape[1], source})
	}
	if t.ID != "" && len(f.slots) == 0 {
		return filled{}, fmt.Errorf("%w: template without fields", ErrFields)
	}
	return f, nil
}

// fill renders the fields of a template.
func (f filled) fill(n notice) map[string]string {
	out := map[string]string{}
	for _, d := range f.slots {
		kind := fieldTypes[d.kind]
		if kind.time {
			out[d.key] = n.at.Format("2006-01-02 15:04")
			continue
		}
		out[d.key] = kind.cut(sources[d.source](n))
	}
	return out
}

// cut makes a value that the platform takes: one line, only the characters of the type, not too long. What does not fit is left out; a cut is marked
// where the type allows it.
func (k fieldType) cut(value string) string {
	value = strings.Join(strings.FieldsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if k.fits != nil {
		value = strings.Map(func(r rune) rune {
			if k.fits(r) {
				return r
			}
			return -1
		}, value)
	}
	if utf8.RuneCountInString(value) > k.most {
		runes := []rune(value)
		if value = string(runes[:k.most]); k.fits == nil {
			value = string(runes[:k.most-1]) + "\u2026"
		}
	}
	return cmp.Or(value, k.none)
}

// templateField is a field in the content of a template.
var templateField = regexp.MustCompile(`\{\{([a-z_0-9]+)\.DATA\}\}`)

// wants compares the fields with those in the content of the template and lists the latter when they differ.
func (f filled) wants(content string) string {
	var want, have []string
	for _, m := range templateField.FindAllStringSubmatch(content, -1) {
		want = append(want, m[1])
	}
	for _, d := range f.slots {
		have = append(have, d.key)
	}
	slices.Sort(have)
	if slices.Equal(slices.Sorted(slices.Values(want)), have) {
		return ""
	}
	return strings.Join(want, ", ")
}
