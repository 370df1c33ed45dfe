package answer

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzRead gives any text to every kind: no panic, the same reading twice, a
// value where and only where one is claimed.
func FuzzRead(f *testing.F) {
	b, err := os.ReadFile("testdata/corpus.tsv")
	if err != nil {
		f.Fatal(err)
	}
	for i, line := range strings.Split(string(b), "\n") {
		if text, _, ok := strings.Cut(line, "\t"); ok && i%5 == 0 {
			f.Add(text)
		}
	}
	for _, s := range []string{"\xff\xfe", "一万万万万", "①②1️⃣0️⃣", "1-", "-", "除了", "2026-00-00", "99999999999999999999", "\ue000\ue001", strings.Repeat("一", 300), strings.Repeat("1,", 150), "第", "/", "24点", "下下周"} {
		f.Add(s)
	}
	read := corpusReaders()
	kinds := [][2]string{{"one", "title"}, {"one", "freq"}, {"one", "bands"}, {"many", "interests"}, {"many", "two"}, {"rank", "interests"}, {"yesno", "plain"}, {"yesno", "used"}, {"consent", "plain"}, {"scale", "ten"}, {"number", "patients"}, {"percent", "any"},
		{"duration", "any"}, {"datetime", "future"}, {"date", "past"}, {"phone", "mobile"}, {"lookup", "hospitals"}, {"name", "plain"}, {"command", "words"}, {"listen", "ae"}}
	f.Fuzz(func(t *testing.T, text string) {
		n := shared.Normalise(text)
		if !utf8.ValidString(n) || shared.Normalise(n) != n {
			t.Fatalf("not stable: %q, %q", n, shared.Normalise(n))
		}
		for _, k := range kinds {
			a, b := read(k[0], k[1], text), read(k[0], k[1], text)
			if a.Status != b.Status || a.Value != b.Value || a.Label != b.Label {
				t.Fatalf("%s: two readings", k[0])
			}
			if a.Status == "" || (a.Status == OK || a.Status == Offer) == a.Value.IsNone() {
				t.Fatalf("%s: %+v", k[0], a)
			}
		}
		shared.Text(text, TextOptions{})
		shared.Unknown(text, "不清楚")
	})
}

// FuzzChoices prepares options from any text and reads any text with them.
func FuzzChoices(f *testing.F) {
	f.Add("主任医师\n副主任医师", "主任")
	f.Add("A\nB\n1\n\n", "1、a")
	f.Add("10-30位\n>30", "20")
	f.Add("和\n、\n/", "和、/")
	f.Fuzz(func(t *testing.T, labels, text string) {
		var opts []Option
		for i, l := range strings.Split(labels, "\n") {
			if i == 20 {
				break
			}
			opts = append(opts, Option{Code: string(rune('a' + i)), Label: l, Only: i == 3, Text: i == 2})
		}
		c := shared.Choices(opts)
		for _, rd := range []Reading{c.One(text, true), c.One(text, false), c.Many(text, 1, 2), c.Rank(text, 1, 0)} {
			for _, i := range rd.Candidates {
				if i < 0 || i >= c.Len() {
					t.Fatalf("candidate %d of %d", i, c.Len())
				}
			}
		}
		c.Clashes()
		shared.NewIndex([]Entry{{ID: "a", Label: labels}, {ID: "b", Label: text}}).Find(text, 3)
		shared.Listener(strings.Split(labels, "\n")).Hear(text)
		shared.Commands(map[string][]string{"a": strings.Split(labels, "\n")}).Match(text)
	})
}
