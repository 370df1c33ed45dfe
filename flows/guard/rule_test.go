package guard

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestWordsAreReadable: the embedded files hold what the code asks for.
func TestWordsAreReadable(t *testing.T) {
	b, err := readBase()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{"perfect", "asking", "inside", "many", "few", "surnames", "called", "behind"} {
		if len(b.letters[set]) == 0 {
			t.Errorf("no letters %s", set)
		}
	}
	if len(b.words.words) < 3000 || len(b.records) == 0 || len(b.simple) == 0 {
		t.Errorf("%d nodes, %d records, %d characters", len(b.words.words), len(b.records), len(b.simple))
	}
}

// TestAnyText: whatever comes in, the guard answers, always the same, with places that lie in the text on borders of characters.
func TestAnyText(t *testing.T) {
	g := sample()
	parts := []string{"患者", "吃了", "后", "皮疹", "没有", "如果", "，", "。", "？", " ", "死亡", "示例沙坦", "110101196001011234", "13812345678", "张伟", "a", "\xff", "\u200b", "過敏", "Ｋ６.5", "\n"}
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(parts), rapid.String()), 0, 40).Draw(r, "parts"), "")
		found := g.Detect(text, Context{Product: rapid.Bool().Draw(r, "product"), Own: rapid.Bool().Draw(r, "own")})
		for _, f := range found {
			if f.From < 0 || f.To > len(text) || f.From >= f.To || f.Kind == "" || f.Why == "" {
				r.Fatalf("%q: %+v", text, f)
			}
			if utf8.ValidString(text) && (!utf8.RuneStart(text[f.From]) || f.To < len(text) && !utf8.RuneStart(text[f.To])) {
				r.Fatalf("%q: %+v cuts a character", text, f)
			}
		}
		if masked := Mask(text, found); utf8.ValidString(text) && utf8.RuneCountInString(masked) != utf8.RuneCountInString(text) {
			r.Fatalf("%q became %q", text, masked)
		}
	})
}

// TestLongText: a page that was pasted is looked at as far as anybody types.
func TestLongText(t *testing.T) {
	g := sample()
	if !g.Detect("患者用药后皮疹"+strings.Repeat("啊", 1<<16), Context{})[0].OpensCase() {
		t.Error("the beginning of a long text is not heard")
	}
}

// TestWeight: seriousness and death are heard with the event.
func TestWeight(t *testing.T) {
	for text, want := range map[string][2]bool{
		"患者用药后皮疹": {false, false}, "有个病人吃了以后全身皮疹住院了": {true, false}, "患者用药后死亡": {true, true}, "过敏性休克，抢救中": {true, false}, "病人没抢救过来，吃的你们的药": {true, true},
	} {
		var got [2]bool
		for _, f := range sample().Detect(text, Context{}) {
			got[0], got[1] = got[0] || f.Serious, got[1] || f.Death
		}
		if got != want {
			t.Errorf("%s: serious, death %v, want %v", text, got, want)
		}
	}
}

// TestMask: of a patient nothing stays that shows who it is; the doctor's own data does.
func TestMask(t *testing.T) {
	g := sample()
	for text, want := range map[string]string{
		"患者张伟，男，56岁，用药后皮疹":           "患者张*，男，56岁，用药后皮疹",
		"病人叫李建国，电话13812345678，吃药后头晕": "病人叫李**，电话***********，吃药后头晕",
		"住院号123456的病人用药后黄疸":          "住院号******的病人用药后黄疸",
		"身份证32010119800101123X":      "身份证******************",
		"我的电话13812345678":            "我的电话13812345678",
	} {
		if diff := cmp.Diff(want, Mask(text, g.Detect(text, Context{}))); diff != "" {
			t.Error(diff)
		}
	}
	phone := "我是家属代留13812345678"
	if got := Mask(phone, g.Detect(phone, Context{Own: true})); got != phone {
		t.Errorf("the number that was asked for became %q", got)
	}
}

// TestHouseWords: the house's medicines and what they are approved for change what is heard.
func TestHouseWords(t *testing.T) {
	bare, house := New(Options{}), New(Options{Products: []string{"安泰新"}, Uses: []string{"心衰"}})
	if k := kinds(house.Detect("安泰新怎么吃", Context{})); len(k) != 1 || k[0] != "label" {
		t.Errorf("a question about the house's medicine: %v", k)
	}
	if k := kinds(bare.Detect("安泰新怎么保存", Context{})); len(k) != 0 {
		t.Errorf("a question about nobody's medicine: %v", k)
	}
	if k := kinds(house.Detect("安泰新能治心衰吗", Context{})); len(k) != 1 || k[0] != "label" {
		t.Errorf("an approved use: %v", k)
	}
}

// BenchmarkDetect is the cost of one message of usual length.
func BenchmarkDetect(b *testing.B) {
	g := sample()
	all := rows(b, "labelled.tsv")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		g.Detect(all[i%len(all)].text, Context{})
	}
}
