package answer

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/vrep/vrep/flows/cond"
)

// corpusChoices are the option lists that the corpus names.
func corpusChoices() map[string]*Choices {
	return map[string]*Choices{
		"title": titles(), "dept": departments(), "interests": interests(), "two": interests(),
		"freq":    shared.Choices([]Option{{Code: "never", Label: "没有", Key: "0", Aka: []string{"从不"}}, {Code: "some", Label: "偶尔几天", Key: "1"}, {Code: "often", Label: "经常", Key: "2"}, {Code: "daily", Label: "几乎每天", Key: "3"}}),
		"signs":   shared.Choices([]Option{{Code: "tired", Label: "乏力", Key: "0"}, {Code: "fever", Label: "发热", Key: "1"}, {Code: "cough", Label: "咳嗽", Key: "2"}}),
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

// row is one line of a table of answers.
type row struct{ text, kind, options, want string }

// tableRows reads a table of answers.
func tableRows(t *testing.T, file string) []row {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for i, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		if line == "text\tkind\toptions\texpected" || strings.HasPrefix(line, "# ") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 4 {
			t.Fatalf("%s line %d: %d columns", file, i+1, len(f))
		}
		rows = append(rows, row{f[0], f[1], f[2], f[3]})
	}
	return rows
}

// score counts rows: taken as expected (or asked as expected), offered with
// the right value for a yes, all others asked without need.
type score struct{ Rows, Right, Offered int }

func (s score) String() string {
	return fmt.Sprintf("%d | %d | %.1f %% | %d | %.1f %%", s.Rows, s.Right, 100*float64(s.Right)/float64(s.Rows), s.Offered, 100*float64(s.Right+s.Offered)/float64(s.Rows))
}

// readTable reads every row; a value that was not meant fails the test.
func readTable(t *testing.T, rows []row, read func(kind, options, text string) Reading) (byKind map[string]score, all score, misses string) {
	t.Helper()
	byKind = map[string]score{}
	var out strings.Builder
	for _, x := range rows {
		rd := read(x.kind, x.options, x.text)
		got := "ask"
		if rd.Taken() {
			got = rd.Value.Str()
		}
		s := byKind[x.kind]
		s.Rows++
		switch {
		case got == x.want:
			s.Right++
		case got != "ask":
			t.Errorf("%q for %s %s was taken as %s (%s), want %s", x.text, x.kind, x.options, got, rd.How, x.want)
		case rd.Status == Offer && rd.Value.Str() == x.want:
			s.Offered++
			fmt.Fprintf(&out, "%q for %s %s: offered (%s), want %s\n", x.text, x.kind, x.options, rd.Confirm, x.want)
		default:
			fmt.Fprintf(&out, "%q for %s %s: %s %s, want %s\n", x.text, x.kind, x.options, rd.Status, rd.Confirm, x.want)
		}
		byKind[x.kind] = s
	}
	for _, s := range byKind {
		all.Rows, all.Right, all.Offered = all.Rows+s.Rows, all.Right+s.Right, all.Offered+s.Offered
	}
	return byKind, all, out.String()
}

func textValue(s string) cond.Value { return cond.Text(s) }
