package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const untidy = "steps:\n- ask: 好吗？ # 问候\n  id: a\n  type: yesno\n- end: done\nflow: f\ntitle: \"甲乙\"\napproval: {no: A-1, until: 2099-12-31}\n"

const tidy = "flow: f\ntitle: 甲乙\napproval: {no: A-1, until: 2099-12-31}\nsteps:\n  - id: a\n    ask: 好吗？ # 问候\n    type: yesno\n  - end: done\n"

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func readText(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestFlowsFmt(t *testing.T) {
	dir := folder(t, map[string]string{"f.yaml": untidy, "bad.yaml": "flow: bad\nsteps:\n  - ask：好\n", "lists/l.yaml": "list: l\nitems:\n- a: 一\n"})
	for _, flag := range []string{"--check", "--diff"} {
		code, out, errOut := vrep(t, "", "flows", "fmt", flag, dir)
		if code != exitFindings || !strings.Contains(out, "f.yaml") || !strings.Contains(out, "lists/l.yaml") || !strings.Contains(errOut, "Y001") {
			t.Errorf("%s: exit %d\n%s%s", flag, code, out, errOut)
		}
		if readText(t, dir, "f.yaml") != untidy {
			t.Fatalf("%s wrote", flag)
		}
	}
	if code, _, _ := vrep(t, "", "flows", "fmt", dir); code != exitFindings {
		t.Errorf("a folder with a bad file: exit %d", code)
	}
	if got := readText(t, dir, "f.yaml"); got != tidy {
		t.Errorf("laid out as\n%s", got)
	}
	if got := readText(t, dir, "bad.yaml"); !strings.Contains(got, "：") {
		t.Errorf("a file with mistakes was changed:\n%s", got)
	}
	if st, err := os.Stat(filepath.Join(dir, "f.yaml")); err != nil || st.Mode().Perm() != 0o640 {
		t.Errorf("mode %v %v", st.Mode(), err)
	}
	if code, out, errOut := vrep(t, "", "flows", "fmt", "--check", filepath.Join(dir, "f.yaml")); code != exitFine || out+errOut != "" {
		t.Errorf("a tidy file: exit %d %q %q", code, out, errOut)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".vrep-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	for _, folder := range [][]string{{}, {"--check", "../../flows/testdata/sample"}} {
		if code, out, errOut := vrep(t, "", append([]string{"flows", "fmt"}, folder...)...); code != exitFine {
			t.Errorf("not laid out %s: %s%s", folder, out, errOut)
		}
	}
}

func TestFlowsNew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	code, out, errOut := vrep(t, "", "flows", "new", "autumn", "--kind", "visit", "--dir", dir)
	if code != exitFine || strings.Count(out, "vrep flows ") != 3 {
		t.Fatalf("exit %d\n%s%s", code, out, errOut)
	}
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "vrep" && words[2] != "run" { // what it tells to try next works
			if code, out, errOut := vrep(t, "", words[1:]...); code != exitFine {
				t.Errorf("%s: exit %d\n%s%s", line, code, out, errOut)
			}
		}
	}
	before := readText(t, dir, "autumn.yaml")
	config := readText(t, dir, "_config.yaml")
	if code, _, errOut := vrep(t, "", "flows", "new", "autumn", "--dir", dir); code != exitUsage || !strings.Contains(errOut, "exists") {
		t.Errorf("a second time: exit %d %s", code, errOut)
	}
	if code, _, errOut := vrep(t, "", "flows", "new", "winter", "--dir", dir); code != exitFine {
		t.Errorf("a second flow: exit %d %s", code, errOut)
	}
	if readText(t, dir, "autumn.yaml") != before || readText(t, dir, "_config.yaml") != config {
		t.Error("a file was overwritten")
	}
	for _, a := range [][]string{{"9a"}, {"a b"}, {"../a"}, {"x", "--kind", "poem"}, {}} {
		if code, _, _ := vrep(t, "", append([]string{"flows", "new", "--dir", dir}, a...)...); code != exitUsage {
			t.Errorf("%v: exit %d", a, code)
		}
	}
}

// What each command does when it is asked for something that is not there, and where it writes.
func TestFlowsAuthorCommands(t *testing.T) {
	dir := folder(t, map[string]string{"f.yaml": tidy})
	old := folder(t, map[string]string{"f.yaml": strings.Replace(tidy, "好吗", "您好吗", 1), "g.yaml": strings.Replace(tidy, "flow: f", "flow: g", 1)})
	empty := t.TempDir()
	broken := folder(t, map[string]string{"f.yaml": strings.Replace(tidy, "- end: done", "- when: nope == 1\n    say: 好\n", 1)})
	unreadable := folder(t, map[string]string{"f.yaml": "flow：f\n"})
	svg := filepath.Join(t.TempDir(), "f.svg")
	html := filepath.Join(t.TempDir(), "f.html")
	for _, tt := range []struct {
		args string
		code int
		says string
	}{
		{"graph " + dir, exitFine, "甲乙"},
		{"graph first_visit", exitFine, "接诊"},
		{"graph frist_visit", exitUsage, `"first_visit"`},
		{"graph --format mermaid " + dir + "/f.yaml", exitFine, "flowchart TD"},
		{"graph --format dot " + dir, exitFine, "digraph"},
		{"graph --format svg -o " + svg + " " + dir, exitFine, ""},
		{"graph --format svg", exitUsage, "-o FOLDER"},
		{"graph --format png", exitUsage, "png"},
		{"graph " + broken, exitFine, "检查有错"},
		{"graph " + empty, exitFindings, "没有流程"},
		{"graph " + unreadable, exitFindings, "Y001"},
		{"graph --diff " + old + " " + dir, exitFine, "[改过]"},
		{"explain first_visit.values", exitFine, "试着回答"},
		{"explain first_visit.vaules", exitUsage, `"values"`},
		{"explain first_visit", exitUsage, "name a step"},
		{"explain " + dir + "/f.yaml a", exitFine, "第 1 题"},
		{"explain nosuch.thing", exitUsage, "nosuch"},
		{"print -o " + html + " " + dir, exitFine, ""},
		{"print --diff " + old + " " + dir, exitFine, "旧版有、现在没有的流程：g"},
		{"print " + empty, exitFindings, "没有流程"},
		{"print --diff no/such " + dir, exitUsage, "no/such"},
		{"diff " + old + " " + dir, exitFindings, "没有了的流程 g"},
		{"diff " + dir + " " + dir, exitFine, "没有不同"},
		{"diff " + old + "/f.yaml " + dir + "/f.yaml", exitFindings, "+ 好吗？"},
		{"diff " + old + " " + dir + "/f.yaml", exitUsage, "two folders or two files"},
		{"schema", exitFine, "2020-12"},
		{"schema --kind poem", exitUsage, "poem"},
		{"fmt no/such", exitUsage, "no/such"},
	} {
		code, out, errOut := vrep(t, "", append([]string{"flows"}, strings.Fields(tt.args)...)...)
		if code != tt.code || !strings.Contains(out+errOut, tt.says) {
			t.Errorf("vrep flows %s = %d, want %d with %q\n%s%s", tt.args, code, tt.code, tt.says, out, errOut)
		}
		if strings.Contains(out, "\x1b[") {
			t.Errorf("vrep flows %s prints colours", tt.args)
		}
	}
	if !strings.HasPrefix(readText(t, svg), "<svg ") || !strings.Contains(readText(t, html), "</html>") {
		t.Error("-o wrote something else")
	}
}
