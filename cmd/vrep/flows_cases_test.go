package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testFolder is a folder with one flow and, if wanted, its tests.
func testFolder(t *testing.T, tests string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	flow := "flow: f\ntitle: 甲\napproval: {no: A-1, until: 2030-12-31}\nsteps:\n  - id: h\n    ask: 哪个院区？\n    choices:\n      - east: 东院\n      - west: 西院\n    on_fail: skip\n  - say: 谢谢。\n  - end: done\n"
	files := map[string]string{"f.yaml": flow}
	if tests != "" {
		files["tests/f.test.yaml"] = tests
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const oneCase = "test: f\ncases:\n  - name: 甲\n    start: f\n    chat:\n      - bot: [哪个院区]\n      - me: 东院\n      - bot: =多谢。\n      - end: done\n"

// TestFlowsTestFlags: what each flag changes, and the exit codes.
func TestFlowsTestFlags(t *testing.T) {
	dir := testFolder(t, oneCase)
	junit := filepath.Join(t.TempDir(), "report.xml")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{dir}, exitFindings, "回复应为“多谢。”"},
		{[]string{"--junit", junit, dir}, exitFindings, "1 个失败"},
		{[]string{"--format", "json", dir}, exitFindings, `"ok": false`},
		{[]string{"--format", "markdown", dir}, exitFindings, "流程测试没有通过"},
		{[]string{"--run", "没有这个名字", dir}, exitFine, "0 个用例"},
		{[]string{"--run", "(", dir}, exitUsage, "--run"},
		{[]string{"--format", "xml", dir}, exitUsage, "xml"},
		{[]string{"--shuffle-seeds", "0", dir}, exitUsage, "--shuffle-seeds"},
		{[]string{"--update"}, exitUsage, "--update"},
		{[]string{"--update", dir}, exitFine, "通过"},
		{[]string{"--shuffle-seeds", "7", "--cover", dir}, exitFine, "选项 h west"},
		{[]string{"--cover", dir}, exitFine, "f.yaml:5 追问 h 答错到底"},
		{[]string{filepath.Join(dir, "f.yaml")}, exitFine, "1 个用例"},
		{[]string{"--cover", filepath.Join(dir, "tests", "f.test.yaml")}, exitFine, "f.yaml:5 追问 h 答错到底"},
		{[]string{junit}, exitUsage, "neither a flow nor a file of cases"},
		{[]string{filepath.Join(dir, "f.test.yaml")}, exitUsage, "no such file"},
	} {
		code, out, errOut := vrep(t, "", append([]string{"flows", "test"}, c.args...)...)
		if code != c.code || !strings.Contains(out+errOut, c.says) {
			t.Errorf("flows test %v: exit %d, want %d with %q\n%s%s", c.args, code, c.code, c.says, out, errOut)
		}
	}
	text := readText(t, junit)
	for _, part := range []string{`failures="1"`, `name="甲"`, "回复应为“多谢。”", "f.test.yaml:8:9: 错误"} {
		if !strings.Contains(text, part) {
			t.Errorf("the report lacks %q:\n%s", part, text)
		}
	}
	if text := readText(t, dir, "tests", "f.test.yaml"); text != strings.Replace(oneCase, "=多谢。", `"=谢谢。"`, 1) {
		t.Errorf("updated:\n%s", text)
	}
}

// TestFlowsRunRecords: a talk in the terminal becomes a case that passes, in a new file and behind the cases of an old one.
func TestFlowsRunRecords(t *testing.T) {
	dir := testFolder(t, "")
	file := filepath.Join(dir, "tests", "f.test.yaml")
	for _, more := range [][]string{nil, {"--exact"}} {
		args := append([]string{"flows", "run", "--record", file, filepath.Join(dir, "f.yaml")}, more...)
		if code, out, errOut := vrep(t, "随便\n2\n", args...); code != exitFine || !strings.Contains(errOut, "recorded 3 turns") {
			t.Fatalf("exit %d\n%s%s", code, out, errOut)
		}
	}
	text := readText(t, file)
	if strings.Count(text, "- name:") != 2 || strings.Count(text, "answers: {h: west}") != 2 || !strings.Contains(text, `"=哪个院区？`) {
		t.Errorf("recorded:\n%s", text)
	}
	if code, out, _ := vrep(t, "", "flows", "test", dir); code != exitFine || !strings.Contains(out, "2 个用例") {
		t.Errorf("exit %d\n%s", code, out)
	}
	for _, args := range [][]string{{"--record", filepath.Join(dir, "notes.txt")}, {"--exact"}} {
		if code, _, _ := vrep(t, "", append([]string{"flows", "run", filepath.Join(dir, "f.yaml")}, args...)...); code != exitUsage {
			t.Errorf("%v: exit %d", args, code)
		}
	}
}

// TestFlowsWalk: folders, files and shipped names can be walked; what goes wrong comes with a test case.
func TestFlowsWalk(t *testing.T) {
	dir := testFolder(t, "")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--talks", "50", dir}, exitFine, "没有发现问题：50 次对话"},
		{[]string{"--talks", "50", filepath.Join(dir, "f.yaml")}, exitFine, "f  "},
		{[]string{"--talks", "20", "hello"}, exitFine, "20 次对话"},
		{[]string{"--talks", "20", "--cover", dir}, exitFine, "步骤"},
		{[]string{"--talks", "0", dir}, exitUsage, "--talks"},
		{[]string{"no_such_flow"}, exitUsage, "no_such_flow"},
	} {
		code, out, errOut := vrep(t, "", append([]string{"flows", "walk"}, c.args...)...)
		if code != c.code || !strings.Contains(out+errOut, c.says) {
			t.Errorf("flows walk %v: exit %d, want %d with %q\n%s%s", c.args, code, c.code, c.says, out, errOut)
		}
	}
	bad := "flow: g\ntitle: 乙\napproval: {no: A-1, until: 2030-12-31}\nsteps:\n  - id: n\n    ask: 几个？\n    type: number\n    range: 1..3\n    check: [{when: n > 0, say: 不行。}]\n    on_fail: skip\n  - end: done\n"
	if err := os.WriteFile(filepath.Join(dir, "g.yaml"), []byte(bad), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, _ := vrep(t, "", "flows", "walk", "--talks", "200", filepath.Join(dir, "g.yaml"))
	if code != exitFindings || !strings.Contains(out, "n 怎么答都不接受") || !strings.Contains(out, "  - name: ") {
		t.Errorf("exit %d\n%s", code, out)
	}
	_, found, _ := strings.Cut(out, "  - name: ")
	for _, part := range []string{"start: g", "chat:", "- at: n"} {
		if !strings.Contains(found, part) {
			t.Errorf("the case lacks %q:\n%s", part, found)
		}
	}
}
