package bot

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
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
