package bot

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vrep/vrep/flows"
)

func TestPackJoinsAndCutsAtTextBoundaries(t *testing.T) {
	cases := []struct {
		name  string
		says  []string
		limit int
		want  []string
	}{
		{"nothing", nil, 20, nil},
		{"only blanks", []string{"", " \n "}, 20, nil},
		{"joined by a blank line", []string{"一", "二"}, 20, []string{"一\n\n二"}},
		{"exactly the limit", []string{"abc", "def"}, 8, []string{"abc\n\ndef"}},
		{"one over the limit", []string{"abc", "defg"}, 8, []string{"abc", "defg"}},
		{"order is kept", []string{"aaaaaa", "b", "cccccc"}, 9, []string{"aaaaaa\n\nb", "cccccc"}},
		{"cut at a line", []string{"第一行\n第二行"}, 12, []string{"第一行", "第二行"}},
		{"cut at a sentence", []string{"今天下雨。明天晴"}, 20, []string{"今天下雨。", "明天晴"}},
		{"cut between characters", []string{"甲乙丙丁戊"}, 7, []string{"甲乙", "丙丁", "戊"}},
		{"the tail is joined with the next text", []string{"甲乙丙", "丁"}, 8, []string{"甲乙", "丙\n\n丁"}},
		{"a character wider than the limit", []string{"甲乙"}, 2, []string{"甲", "乙"}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, pack(c.says, "", c.limit)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func FuzzPackLosesNothing(f *testing.F) {
	f.Add("您好。请问贵姓？", "1 主任医师\n2 副主任医师", 30)
	f.Add(strings.Repeat("长", 1500), "", MaxText)
	f.Add("\xff\xfe。", "a", 4)
	f.Fuzz(func(t *testing.T, a, b string, limit int) {
		limit = 4 + abs(limit)%MaxText
		var got strings.Builder
		for _, piece := range pack([]string{a, b}, "", limit) {
			if len(piece) > limit && utf8.ValidString(a+b) {
				t.Fatalf("a piece of %d bytes, limit %d", len(piece), limit)
			}
			if piece == "" {
				t.Fatal("an empty piece")
			}
			got.WriteString(piece)
		}
		if squeeze(got.String()) != squeeze(a+b) {
			t.Fatalf("packed %q and %q into %q", a, b, got.String())
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// TestPackProperty: no message is too long, no text is lost, no link is parted and the printed options stay together.
func TestPackProperty(t *testing.T) {
	words := rapid.SampledFrom([]string{"今天", "查房。", "ab ", "，", "\n", "🙂", "说明书", "https://content.example.com/a?b=1 ", `<a href="https://e.cn/x y">点这里</a>`})
	option := rapid.StringMatching(`[甲乙丙丁a-c ]{1,9}[甲乙]`)
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(120, 400).Draw(t, "limit")
		var lines []string
		for i, o := range rapid.SliceOfN(option, 0, 5).Draw(t, "options") {
			lines = append(lines, flows.Option{Mark: strconv.Itoa(i + 1), Label: strings.TrimSpace(o)}.Line())
		}
		list := strings.Join(lines, "\n")
		says := []string{strings.Join(rapid.SliceOfN(words, 0, 120).Draw(t, "say"), ""), "问" + strings.Join(rapid.SliceOfN(words, 0, 120).Draw(t, "ask"), "") + "？\n" + list}
		got := pack(says, list, limit)
		whole := ""
		for _, m := range got {
			if len(m) > limit || m == "" || !utf8.ValidString(m) {
				t.Fatalf("a message of %d bytes, limit %d: %q", len(m), limit, m)
			}
			for _, word := range []string{"<a", "</a>", "https://content"} {
				if strings.Count(m, "<a") != strings.Count(m, "</a>") || strings.Count(m, "https://content") != strings.Count(m, "https://content.example.com/a?b=1") {
					t.Fatalf("%s parted in %q", word, m)
				}
			}
			whole += m
		}
		if squeeze(whole) != squeeze(strings.Join(says, "")) {
			t.Fatalf("packed %q into %q", says, got)
		}
		last := got[len(got)-1]
		if len(list) < limit/2-20 && (!strings.HasSuffix(last, list) || list != "" && last == list) {
			t.Fatalf("the options %q do not stand whole below the end of their question: %q", list, last)
		}
	})
}
