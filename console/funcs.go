package console

import (
	"encoding/json"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// funcs are what templates may call.
func (c *Console) funcs() template.FuncMap {
	return template.FuncMap{
		"word":   func(group string, code any) string { return c.words.word(group, code) },
		"wordOr": c.words.orSame,
		"badge":  c.badge,
		"when":   c.when,
		"day":    func(ms int64) string { return c.clock(ms, time.DateOnly) },
		"hour":   func(ms int64) string { return c.clock(ms, "15:04") },
		"iso":    func(ms int64) string { return c.clock(ms, time.RFC3339) },
		"ago":    c.ago,
		"spoken": c.spoken,
		"past":   func(ms int64) bool { return ms > 0 && ms < c.now().UnixMilli() },
		"asset":  func(name string) string { return c.assets.address(name) },
		"first":  firstRune,
		"list":   func(items ...string) []string { return items },
		"points": scoreLines,
		"labels": jsonLabels,
		"join":   strings.Join,
		"kv":     pairs,
		"query":  url.QueryEscape,
		"long":   long,
		"terse":  terse,
		"reason": func(text string) string { return c.words.orSame("leadreason", text) },
		"unsent": c.sendWhy,
		"brief":  brief,
		"term":   c.term,
		"tier":   c.tier,
		"few":    few,
		"yuan":   yuan,
		"signed": signed,
		"part":   partText,
		"share":  shareText,
		"caret":  caret,
		"down":   func(n int) int { return -n },
		"opens":  func(sc store.Scene) bool { return sc.Opens(c.now().UnixMilli()) },
	}
}

// spoken is a time of RFC 3339 as people write it, in the zone that it has.
func (c *Console) spoken(at string) string {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return at
	}
	return t.Format(c.words.word("value", "date") + " 15:04")
}

// term is the word of the house for a derived value, by the labels of its rules.
func (c *Console) term(kind, value string) string {
	lib := c.libraryNow()
	if lib == nil {
		return value
	}
	return lib.Word(kind, value)
}

// caret underlines what a finding is about, below the line that it stands in. Wide characters take two columns.
func caret(p flows.Problem) string {
	var b strings.Builder
	for i, r := range []rune(p.Source) {
		sign := " "
		switch column := i + 1; {
		case column >= p.Column+max(p.Length, 1):
			return b.String()
		case column == p.Column:
			sign = "^"
		case column > p.Column:
			sign = "~"
		}
		if r == '\t' && sign == " " {
			sign = "\t"
		} else if r >= 0x1100 {
			sign += sign[:1]
		}
		b.WriteString(sign)
	}
	return b.String()
}

// badge is a code as a coloured word.
func (c *Console) badge(group string, code any) badge {
	tone, ok := c.tones[group][fmt.Sprint(code)]
	if !ok {
		tone = "plain"
	}
	return badge{Text: c.words.word(group, code), Tone: tone}
}

// clock writes a time of the database in the house's time zone; "" for never.
func (c *Console) clock(ms int64, layout string) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(c.zone).Format(layout)
}

// when is a time for people: to the minute, without the year when it is this year's.
func (c *Console) when(ms int64) string {
	if ms == 0 {
		return ""
	}
	t := time.UnixMilli(ms).In(c.zone)
	if t.Year() == c.now().In(c.zone).Year() {
		return t.Format("01-02 15:04")
	}
	return t.Format("2006-01-02 15:04")
}

// ago is the age of something, in the largest unit that fits.
func (c *Console) ago(ms int64) string {
	if ms == 0 {
		return ""
	}
	age := c.now().Sub(time.UnixMilli(ms))
	switch {
	case age < time.Minute:
		return c.words.word("ago", "now")
	case age < time.Hour:
		return fmt.Sprintf("%d %s", int(age.Minutes()), c.words.word("ago", "minute"))
	case age < 24*time.Hour:
		return fmt.Sprintf("%d %s", int(age.Hours()), c.words.word("ago", "hour"))
	}
	return fmt.Sprintf("%d %s", int(age.Hours()/24), c.words.word("ago", "day"))
}

// startOfDay is the last midnight in the house's time zone, unix ms.
func (c *Console) startOfDay() int64 {
	t := c.now().In(c.zone)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, c.zone).UnixMilli()
}

// brief shortens a hash to what tells versions apart: the beginnings of its shape and of its text.
func brief(hash string) string {
	shape := flows.ShapeOf(hash)
	if text := cut(hash[len(shape):], 4); text != "" {
		return cut(shape, 8) + "-" + text
	}
	return cut(shape, 8)
}

// longText is the number of characters that a remark on a page may have before it is folded.
const longText = 80

// long tells whether a text takes more than a few lines.
func long(text string) bool {
	return utf8.RuneCountInString(text) > longText || strings.Count(text, "\n") > 1
}

// terse tells whether words say nothing by themselves: the number of a choice, a mark.
func terse(words string) bool { return !strings.ContainsFunc(words, unicode.IsLetter) }

// firstRune stands for a person in a round mark.
func firstRune(name string) string {
	r, size := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if size == 0 || r == utf8.RuneError {
		return ""
	}
	return string(r)
}

// scoreLines reads the reasons of a score; broken ones are none.
func scoreLines(text string) []store.ScoreLine {
	var lines []store.ScoreLine
	if json.Unmarshal([]byte(text), &lines) != nil {
		return nil
	}
	return lines
}

// jsonLabels reads a JSON array of texts; a broken one is none.
func jsonLabels(text string) []string {
	var items []string
	if json.Unmarshal([]byte(text), &items) != nil {
		return nil
	}
	return items
}

// pairs hands several values to a part: name, value, name, value …
func pairs(items ...any) map[string]any {
	m := make(map[string]any, len(items)/2)
	for i := 0; i+1 < len(items); i += 2 {
		m[fmt.Sprint(items[i])] = items[i+1]
	}
	return m
}
