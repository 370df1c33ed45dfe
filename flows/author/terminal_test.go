package author_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
)

// In the terminal a person talks, asks what happened, turns the clock, goes back and saves the talk as a test that passes.
func TestTalkInTheTerminal(t *testing.T) {
	dir := folder(t, map[string]string{"ward.yaml": wardFlow})
	opt := author.PreviewOptions{FS: os.DirFS(dir), Dir: dir, Place: dir, File: "ward.yaml", Now: clockAt}
	said := func(lines ...string) string {
		t.Helper()
		var out bytes.Buffer
		if err := author.Talk(strings.NewReader(strings.Join(lines, "\n")), &out, opt); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	for _, one := range []struct {
		name  string
		lines []string
		want  []string
	}{
		{"nothing", nil, []string{"  您用过吗？\n  1. 用过\n  2. 没用过\n  [used · 是非]\n> "}},
		{"help", []string{":help"}, []string{":answers", ":why", ":wait 2h", ":back", ":save", ":quit"}},
		{"an unknown command", []string{":what"}, []string{":answers", ":quit"}},
		{"why", []string{"2", ":why"}, []string{"第 12 行 跳过 patients：used == yes 不成立；used 是 no（没用过）\n", "第 18 行 问题 dept", "现在等：回复序号"}},
		{"refused", []string{"也许"}, []string{"[used · 是非 · 没答对 1 次]"}},
		{"answers", []string{"1", "三十", "肾内", ":answers"}, []string{"used = yes（用过） · 按序号", "patients = 30（30张）", "计算 busy = false"}},
		{"no answers", []string{":answers", ":why"}, []string{"还没有回答。", "第 8 行 问题 used"}},
		{"steps", []string{"2", ":steps"}, []string{"12 问题 patients 大约几张床？ [跳过]", "18 问题 dept 您在哪个科室？ [现在]"}},
		{"the clock", []string{":wait remind", ":wait", ":wait -2h", ":wait expire"},
			[]string{"过了 20 小时\n  还有两题，方便时再继续。", "请写多久", "[expired]"}},
		{"back", []string{":back", "2", ":back"}, []string{"已经在最前面了。", "[dept · 单选]\n>   您用过吗？"}},
		{"the end", []string{"2", "1", "跳过"}, []string{"谢谢您。\n  [done] 对话走完了。"}},
		{"quit", []string{":quit", "2"}, []string{"[used · 是非]\n> \n"}},
		{"no name", []string{":save"}, []string{"请写用例的名字"}},
		{"a step back after the end", []string{"2", "1", "跳过", ":back"}, []string{"还有什么想说的？"}},
	} {
		out := said(one.lines...)
		for _, want := range one.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", one.name, want, out)
			}
		}
	}
	if out := said("2", "1", "再见", ":save 说再见"); !strings.Contains(out, "已写进 "+filepath.Join(dir, "tests", "ward.test.yaml")) {
		t.Errorf("saving says\n%s", out)
	}
	lib, _ := flows.Load(opt.FS)
	if r := flows.RunTests(opt.FS, lib, flows.TestOptions{Now: clockAt()}); r.Cases != 1 || !r.OK() {
		t.Errorf("%d cases: %v", r.Cases, r.Problems)
	}
	opt.Dir = ""
	if out := said("2", ":save 只读"); !strings.Contains(out, "这个文件夹不能写") || !strings.Contains(out, "只读") {
		t.Errorf("saving nowhere says\n%s", out)
	}
}

func TestTalkRefusesMistakes(t *testing.T) {
	dir := folder(t, map[string]string{"ward.yaml": strings.Replace(wardFlow, "steps:", "stepz:", 1), "contents.yaml": "items: []\n"})
	for file, want := range map[string]error{"ward.yaml": flows.ErrLint, "nobody.yaml": author.ErrPreview} {
		err := author.Talk(strings.NewReader(""), &bytes.Buffer{}, author.PreviewOptions{FS: os.DirFS(dir), Now: clockAt, File: file})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", file, err)
		}
	}
}
