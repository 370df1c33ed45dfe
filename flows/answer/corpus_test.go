package answer

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vrep/vrep/flows/cond"
)

// corpusChoices are the option lists that the corpus names.
func corpusChoices() map[string]*Choices {
	return map[string]*Choices{
		"title": titles(), "dept": departments(), "interests": interests(), "two": interests(),
		"freq":    shared.Choices([]Option{{Code: "never", Label: "没有", Key: "0", Aka: []string{"从不"}}, {Code: "some", Label: "偶尔几天", Key: "1"}, {Code: "often", Label: "经常", Key: "2"}, {Code: "daily", Label: "几乎每天", Key: "3"}}),
		"bands":   shared.Choices([]Option{{Code: "few", Label: "10位以下"}, {Code: "mid", Label: "10-30位"}, {Code: "many", Label: "31位以上"}}),
		"like":    shared.Choices([]Option{{Code: "very", Label: "非常满意"}, {Code: "fine", Label: "满意"}, {Code: "so", Label: "一般"}, {Code: "bad", Label: "不满意"}}),
		"why":     shared.Choices([]Option{{Code: "moa", Label: "作用机制"}, {Code: "evidence", Label: "循证证据", Aka: []string{"循证医学证据"}}, {Code: "access", Label: "医保与执行价格"}, {Code: "not_now", Label: "暂时不需要", Last: true, Aka: []string{"不用了", "先不"}}}),
		"serious": shared.Choices([]Option{{Code: "death", Label: "死亡"}, {Code: "life", Label: "危及生命"}, {Code: "hospital", Label: "住院或住院延长"}, {Code: "disability", Label: "残疾或功能丧失"}, {Code: "no_serious", Label: "都没有", Only: true}}),
	}
}

func corpusIndex() *Index {
	return shared.NewIndex([]Entry{{ID: "pumch", Label: "北京协和医院", Aka: []string{"协和", "协和医院"}}, {ID: "whuh", Label: "武汉协和医院", Aka: []string{"协和", "华中科技大学同济医学院附属协和医院"}},
		{ID: "chaoyang", Label: "北京朝阳医院", Aka: []string{"朝阳医院"}}, {ID: "huaxi", Label: "四川大学华西医院", Aka: []string{"华西"}}, {ID: "pku3", Label: "北京大学第三医院", Aka: []string{"北医三院"}},
		{ID: "ruijin", Label: "上海交通大学医学院附属瑞金医院", Aka: []string{"上海瑞金医院", "瑞金医院"}}, {ID: "gdph", Label: "广东省人民医院"}, {ID: "szph", Label: "深圳市人民医院"}, {ID: "trbj", Label: "北京同仁医院"}, {ID: "trnj", Label: "南京同仁医院"}})
}

// corpusReaders maps kind and options to a reading function.
func corpusReaders() func(kind, options, text string) Reading {
	lists, index := corpusChoices(), corpusIndex()
	lo, hi, least := 0.0, 10.0, 0.0
	commands := shared.Commands(map[string][]string{"help": {"帮助", "?"}, "back": {"返回", "上一题"}, "quit": {"退出", "结束"}})
	listener := shared.Listener([]string{"不良反应", "副作用", "过敏", "皮疹", "低血压"})
	labels := map[string][2]string{"plain": {"是", "否"}, "used": {"用过", "没用过"}, "invite": {"想约", "先不约"}, "neg": {"没用过", "用过"}, "prob": {"没问题", "有问题"}}
	return func(kind, options, text string) Reading {
		switch kind {
		case "one":
			return lists[options].One(text, true)
		case "many":
			if options == "two" {
				return lists[options].Many(text, 2, 3)
			}
			return lists[options].Many(text, 1, 0)
		case "rank":
			return lists[options].Rank(text, 1, 0)
		case "yesno":
			return shared.YesNo(text, labels[options])
		case "consent":
			return shared.Consent(text, "同意", "不同意")
		case "scale":
			return shared.Number(text, NumberOptions{Min: &lo, Max: &hi, Integer: true, Unit: "分"})
		case "number":
			return shared.Number(text, NumberOptions{Min: &least, Unit: "位", Count: true})
		case "percent":
			return shared.Percent(text, NumberOptions{})
		case "duration":
			return shared.Duration(text, NumberOptions{})
		case "datetime":
			return shared.DateTime(text, wednesday, DateOptions{Future: true, MaxDays: 365, Hours: [2]string{"08:00", "18:00"}})
		case "date":
			return shared.Date(text, wednesday, DateOptions{Past: true})
		case "phone":
			return shared.Phone(text, false)
		case "lookup":
			return index.Find(text, 5)
		case "name":
			return shared.Name(text)
		case "command":
			name, ok := commands.Match(text)
			return found(name, ok)
		case "listen":
			return found("hit", listener.Hear(text).Found)
		}
		panic("unknown kind " + kind)
	}
}

func found(value string, ok bool) Reading {
	if !ok {
		return Reading{Status: Unclear}
	}
	return Reading{Status: OK, Value: textValue(value)}
}

// Every row is what a doctor may type; none may be taken for a value that was
// not meant, and at least 98 % come out as expected.
func TestCorpus(t *testing.T) {
	b, err := os.ReadFile("testdata/corpus.tsv")
	if err != nil {
		t.Fatal(err)
	}
	read := corpusReaders()
	type score struct{ rows, right int }
	scores := map[string]*score{}
	rows, right := 0, 0
	var misses strings.Builder
	for i, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		if i == 0 || line == "text\tkind\toptions\texpected" || strings.HasPrefix(line, "# ") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 4 {
			t.Fatalf("line %d: %d columns", i+1, len(f))
		}
		s := scores[f[1]]
		if s == nil {
			s = &score{}
			scores[f[1]] = s
		}
		rd := read(f[1], f[2], f[0])
		got := "ask"
		if rd.Taken() {
			got = rd.Value.Str()
		}
		s.rows++
		rows++
		switch {
		case got == f[3]:
			s.right++
			right++
		case got != "ask":
			t.Errorf("line %d: %q for %s %s was taken as %s (%s), want %s", i+1, f[0], f[1], f[2], got, rd.How, f[3])
		default:
			fmt.Fprintf(&misses, "line %d: %q for %s %s: %s %s, want %s\n", i+1, f[0], f[1], f[2], rd.Status, rd.Confirm, f[3])
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(scores)) {
		t.Logf("%-9s %3d of %3d", kind, scores[kind].right, scores[kind].rows)
	}
	t.Logf("all       %3d of %3d; asked without need:\n%s", right, rows, misses.String())
	if rows < 400 || right*100 < rows*98 {
		t.Errorf("%d of %d rows right", right, rows)
	}
}

func textValue(s string) cond.Value { return cond.Text(s) }
