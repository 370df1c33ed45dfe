package convert

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

var until = time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)

// workbook makes a spreadsheet of sheets given as lines of cells parted by |.
func workbook(t testing.TB, sheets map[string]string) []byte {
	t.Helper()
	f := excelize.NewFile()
	for name, text := range sheets {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
			cells := []any{}
			for _, c := range strings.Split(line, "|") {
				cells = append(cells, strings.TrimSpace(c))
			}
			at, err := excelize.CoordinatesToCellName(1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetSheetRow(name, at, &cells); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// surveySheet is an XLSForm with everything that has a counterpart, and some things that have none.
const surveySheet = `type | name | label::中文 (zh) | label::English | required | relevant | constraint | constraint_message | calculation | parameters | repeat_count | hint::中文 (zh) | choice_filter
start | start | | | | | | | | | |
note | intro | 您好，请协助完成**问卷**。 | Hello | | | | | | | |
select_one title | title | 您的职称是？ | Title | yes | | | | | | | 看胸牌 |
select_multiple drug | drugs | 您用过哪些药？ | Drugs | | | | | | | |
integer | years | 您从业多少年？ | Years | yes | | . >= 0 and . <= 60 | 请写 0 到 60 | | | |
decimal | dose | 常用剂量是多少毫克？ | Dose | | selected(${drugs}, 'a') | | | | | |
range | pain | 满意度打几分？ | Score | | | | | | start=0 end=10 step=1 | |
text | code | 工号是多少？ | Code | | ${title} = 'chief' and ${years} > 5 | regex(., '[A-Z]{2}[0-9]{3}') | 工号像 AB123 | | | |
date | since | 从哪天开始的？ | Since | | | . <= today() | 不能是将来 | | | |
rank reason | reasons | 请给理由排序。 | Rank | | not(selected(${drugs}, 'b')) | | | | | |
calculate | half | | | | | | | ${years} div 2 + 1 | | |
calculate | odd | | | | | | | pulldata('x', ${years}) | | |
note | echo | ${title}，一半是 ${half}，剂量 ${dose}。 | Echo | | | | | | | |
begin group | g | 关于门诊 | Clinic | | ${years} >= 1 | | | | | |
select_one city | city | 您在哪个城市？ | City | | | | | | | |
begin repeat | visit | 每次随访 | Visit | | | | | | | ${years} |
date | day | 随访日期？ | Day | | | | | | | |
integer | count | 随访人数？ | Count | | ${day} != '' | . >= 0 | | | | |
end repeat
end group
barcode | box | 扫药盒 | Box | | | | | | | |
geopoint | place | 请发位置。 | Place | | | | | | | |
image | photo | 请发图片。 | Photo | | | | | | | |
select_one none | lost | 没有列表 | Lost | | | | | | | |
acknowledge | ok | 以上属实吗？ | Ok | yes | | | | | | |`

const surveyChoices = `list_name | name | label::中文 (zh) | label::English
title | chief | 主任医师 | Chief
title | attending | 主治医师 | Attending
drug | a | 甲片 | A
drug | b | 乙片 | B
drug | 3 | 丙片 | C
reason | r1 | 疗效好 | R1
reason | r2 | 价格低 | R2
city | c1 | 北京 | c
city | c2 | 上海 | c
city | c3 | 广州 | c
city | c4 | 深圳 | c
city | c5 | 天津 | c
city | c6 | 重庆 | c
city | c7 | 成都 | c
city | c8 | 武汉 | c
city | c9 | 南京 | c
city | c10 | 西安 | c`

func TestXLSForm(t *testing.T) {
	data := workbook(t, map[string]string{"survey": surveySheet, "choices": surveyChoices, "settings": "form_title | form_id | default_language\n门诊问卷 | clinic-form | English"})
	res, err := XLSForm(data, until)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "clinic_form.txt", res)
	if res.ID != "clinic_form" {
		t.Errorf("id %s", res.ID)
	}
}

func TestSurveyJS(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "meeting.json"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := SurveyJS(data, until)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "meeting.txt", res)
}

// golden compares a result with testdata; -update writes it anew.
func golden(t *testing.T, name string, res Result) {
	t.Helper()
	got := string(res.YAML) + "---\n" + strings.Join(res.Dropped, "\n") + "\n"
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; run with -update and read the difference:\n%s", name, got)
	}
}

// TestUnreadable: files that are something else get a reason in the author's language.
func TestUnreadable(t *testing.T) {
	for name, read := range map[string]func() error{
		"no spreadsheet": func() error { _, err := XLSForm([]byte("hello"), until); return err },
		"no survey": func() error {
			_, err := XLSForm(workbook(t, map[string]string{"other": "a | b"}), until)
			return err
		},
		"empty survey": func() error {
			_, err := XLSForm(workbook(t, map[string]string{"survey": "type | name | label\nstart | s |"}), until)
			return err
		},
		"no json":      func() error { _, err := SurveyJS([]byte("{"), until); return err },
		"no questions": func() error { _, err := SurveyJS([]byte(`{"pages": [{"elements": []}]}`), until); return err },
		"too large":    func() error { _, err := SurveyJS(make([]byte, MaxFile+1), until); return err },
	} {
		if err := read(); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestExpressions: both dialects in words of the flow language.
func TestExpressions(t *testing.T) {
	f := newForm("test")
	f.put(nil, &item{kind: "ask", name: "one", typ: "one", choices: []choice{{value: "1", label: "甲"}, {value: "b", label: "乙"}}})
	f.put(nil, &item{kind: "ask", name: "many", typ: "many", choices: []choice{{value: "1"}, {value: "b"}}})
	f.put(nil, &item{kind: "ask", name: "n", typ: "number"})
	f.put(nil, &item{kind: "ask", name: "need", typ: "number", needed: true})
	f.put(nil, &item{kind: "ask", name: "yes_no", typ: "yesno"})
	f.put(nil, &item{kind: "ask", name: "txt", typ: "text"})
	for _, c := range []struct {
		d         *dialect
		src, want string
	}{
		{xpath, "${one} = '1'", "one == v1"},
		{xpath, "${one} != 'b' or ${n} > 3", "one != b or n > 3"},
		{xpath, "selected(${many}, 'b') and not(selected(${many}, '1'))", "many has b and not (many has v1)"},
		{xpath, "${txt} = ''", "txt is empty"},
		{xpath, "'' != ${txt}", "txt is not empty"},
		{xpath, "${n} * 2 + ${need} div 3 > 10", "(n or 0) * 2 + need / 3 > 10"},
		{xpath, "(${n} + 1) * 2 < 5", "((n or 0) + 1) * 2 < 5"},
		{xpath, "if(${n} > 1, 'a', 'c')", `if(n > 1, "a", "c")`},
		{xpath, "count-selected(${many}) >= 2", "count(many) >= 2"},
		{xpath, "round(${n}, 0) = 3", "round(n) == 3"},
		{xpath, "-${need} < -5", "(0 - need) < (0 - 5)"},
		{surveyjs, "{one} = '1' and {n} >= 5", "one == v1 and n >= 5"},
		{surveyjs, "{many} contains 'b' || {yes_no} = true", "many has b or yes_no == yes"},
		{surveyjs, "{many} anyof ['1', 'b']", "(many has v1 or many has b)"},
		{surveyjs, "{many} notcontains 'b'", "not (many has b)"},
		{surveyjs, "{txt} notempty and !({n} empty)", "txt is not empty and not (n is empty)"},
		{surveyjs, "iif({n} > 1, 2, 3)", "if(n > 1, 2, 3)"},
		{surveyjs, "{txt} = 'abc'", `txt == "abc"`},
		{surveyjs, "{panel.n} > 1", "n > 1"},
	} {
		if got := f.render(c.d, &item{}, clause{"when", c.src}); got != c.want {
			t.Errorf("%s: %s, want %s", c.src, got, c.want)
		}
	}
	if len(f.dropped) > 0 {
		t.Errorf("dropped: %v", f.dropped)
	}
	for _, src := range []string{"${lost} = 1", "${one} =", "(${n}", "weird(${n})", "${one} = 'nothing'", "'", strings.Repeat("(", 60) + "1"} {
		if got := f.render(xpath, &item{}, clause{"when", src}); got != "" {
			t.Errorf("%s: %s", src, got)
		}
	}
	if len(f.dropped) != 7 {
		t.Errorf("%d dropped: %v", len(f.dropped), f.dropped)
	}
}

func FuzzSurveyJS(f *testing.F) {
	f.Add([]byte(`{"pages":[{"elements":[{"type":"text","name":"a","visibleIf":"{b} = 1"}]}]}`))
	f.Add([]byte(`{"elements":[{"type":"checkbox","name":"a","choices":["x",{"value":1}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		res, err := SurveyJS(data, until)
		if err != nil && !errors.Is(err, ErrUnreadable) || err == nil && len(res.YAML) == 0 {
			t.Errorf("%v", err)
		}
	})
}

func FuzzExpression(f *testing.F) {
	f.Add("selected(${a}, 'b') and not(. > 3)")
	f.Add("{a} anyof ['1'] || !({b} empty)")
	f.Fuzz(func(t *testing.T, src string) {
		for _, d := range []*dialect{xpath, surveyjs} {
			if n, err := d.parse(src, "x"); err == nil && n == nil {
				t.Error("neither an expression nor an error")
			}
		}
	})
}
