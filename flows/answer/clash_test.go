package answer

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestClashes(t *testing.T) {
	for _, x := range []struct {
		name string
		opts []Option
		want []Clash
	}{
		{"clean", []Option{{Label: "文献解读"}, {Label: "典型病例"}}, nil},
		{"same", []Option{{Label: "1"}, {Label: "１"}}, []Clash{{"same", 0, 1, "1", "1"}, {"shadow", 1, -1, "1", "number"}}},
		{"same aka", []Option{{Label: "心血管内科", Aka: []string{"心内"}}, {Label: "心脏内科", Aka: []string{"心内"}}}, []Clash{{"same", 0, 1, "心内", "心内"}}},
		{"prefix", []Option{{Label: "主任医师"}, {Label: "主任医师助理"}}, []Clash{{"prefix", 0, 1, "主任医师", "主任医师助理"}}},
		{"within", []Option{{Label: "主任医师"}, {Label: "副主任医师"}}, []Clash{{"within", 0, 1, "主任医师", "副主任医师"}}},
		{"number word", []Option{{Label: "二"}, {Label: "甲等"}}, []Clash{{"shadow", 0, -1, "二", "number"}}},
		{"letter", []Option{{Label: "B"}, {Label: "甲"}}, []Clash{{"shadow", 0, -1, "b", "letter"}}},
		{"none", []Option{{Label: "没有"}, {Label: "都不需要", Only: true}}, []Clash{{"shadow", 0, -1, "没有", "none"}}},
		{"all", []Option{{Label: "都要"}, {Label: "甲"}}, []Clash{{"shadow", 0, -1, "都要", "all"}}},
		{"key", []Option{{Label: "甲", Key: "1"}, {Label: "乙", Key: "1"}}, []Clash{{"key", 0, 1, "1", "1"}}},
		{"numeric", []Option{{Label: "5位以下"}, {Label: "6-30位"}}, []Clash{{"numeric", 0, -1, "5位以下", "2"}}},
	} {
		if diff := cmp.Diff(x.want, shared.Choices(x.opts).Clashes()); diff != "" {
			t.Errorf("%s: %s", x.name, diff)
		}
	}
}

func TestTextAndUnknown(t *testing.T) {
	rd := shared.Text("  有点皮疹\u200b\x00\n第二行 ", TextOptions{Min: 2, Max: 20})
	if rd.Status != OK || rd.Value.Str() != "有点皮疹\n第二行" {
		t.Errorf("%+v", rd)
	}
	if rd := shared.Text("一", TextOptions{Min: 2}); rd.Status != Short || rd.Note["got"] != "1" || rd.Note["min"] != "2" {
		t.Errorf("%+v", rd)
	}
	if rd := shared.Text("一二三", TextOptions{Max: 2}); rd.Status != Long || rd.Note["max"] != "2" {
		t.Errorf("%+v", rd)
	}
	if rd := shared.Text("   ", TextOptions{}); rd.Status != Short {
		t.Errorf("%+v", rd)
	}
	for s, want := range map[string]bool{"不清楚": true, "记不清了": true, "我不知道": true, "不方便": true, "不方便。": true, "清楚": false, "": false} {
		if shared.Unknown(s, "不方便") != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
	if Mask("13800138000") != "138****8000" || Mask("123") != "***" {
		t.Error("mask")
	}
}

// Marks are what is printed and what is typed.
func TestMarks(t *testing.T) {
	c := shared.Choices([]Option{{Code: "a", Label: "甲", Key: "0"}, {Code: "b", Label: "乙"}})
	if c.Mark(0) != "0" || c.Mark(1) != "2" || c.Len() != 2 || c.Option(1).Code != "b" {
		t.Errorf("%s %s", c.Mark(0), c.Mark(1))
	}
}
