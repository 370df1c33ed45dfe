package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/config"
)

const slipped = "\ufeffflow: f\ntitle: 甲\napproval: {no: A-1, until: 2030-12-31}\nstart: {on: [\"word:甲\"]} # 开始\nsteps:\n  - say：您好\n  - say: 第 #1 份  \n  - end: done\n"

const mended = "flow: f\ntitle: 甲\napproval: {no: A-1, until: 2030-12-31}\nstart: {on: [\"word:甲\"]} # 开始\nsteps:\n  - say: 您好\n  - say: \"第 #1 份\"\n  - end: done\n"

func flowFolder(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i+1 < len(files); i += 2 {
		name := filepath.Join(dir, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func readFlow(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "f.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestLintFix repairs a folder, keeps the file's rights, leaves nothing beside it, and has nothing to do the second time.
func TestLintFix(t *testing.T) {
	dir := flowFolder(t, "f.yaml", slipped)
	code, out, errOut := vrep(t, "", "flows", "lint", "--fix", "--dry-run", dir)
	if code != exitFine || readFlow(t, dir) != slipped || !strings.Contains(out, "-  - say：您好\n+  - say: 您好\n") || !strings.Contains(out, "-<BOM>flow: f") {
		t.Errorf("dry run: exit %d\n%s%s", code, out, errOut)
	}
	code, out, errOut = vrep(t, "", "flows", "lint", "--fix", filepath.Join(dir, "f.yaml"))
	if d := cmp.Diff(mended, readFlow(t, dir)); code != exitFine || d != "" {
		t.Errorf("exit %d\n%s%s\n%s", code, out, errOut, d)
	}
	if !strings.Contains(errOut, "f.yaml:6: ") || !strings.Contains(errOut, "[Y001]") || !strings.Contains(errOut, "[Y008]") {
		t.Errorf("what was repaired is not said: %s", errOut)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v %v", entries, err)
	}
	if info, err := entries[0].Info(); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v %v", info.Mode(), err)
	}
	if _, _, errOut = vrep(t, "", "flows", "lint", "--fix", dir); errOut != "" {
		t.Errorf("repaired again: %s", errOut)
	}
}

func TestLintFixUsage(t *testing.T) {
	for _, args := range [][]string{{"--fix"}, {"--dry-run"}, {"--format", "xml"}} {
		code, _, errOut := vrep(t, "", append([]string{"flows", "lint"}, args...)...)
		if code != exitUsage {
			t.Errorf("%v: exit %d %s", args, code, errOut)
		}
		if args[0] == "--format" && !strings.Contains(errOut, "text, json, sarif, markdown") {
			t.Errorf("%s", errOut)
		}
	}
}

// TestLintFormats: every form shows the same finding with its place.
func TestLintFormats(t *testing.T) {
	dir := flowFolder(t, "f.yaml", strings.Replace(mended, "您好", "这是首选", 1))
	for format, want := range map[string]string{"text": "f.yaml:6:12: ", "json": `"line": 6`, "sarif": `"startLine": 6`, "markdown": "f.yaml:6:12` | 错误 | C505"} {
		code, out, _ := vrep(t, "", "flows", "lint", "--format", format, dir)
		if code != exitFindings || !strings.Contains(out, want) || !strings.Contains(out, "首选") {
			t.Errorf("%s: exit %d\n%s", format, code, out)
		}
		if format == "json" {
			var rows []map[string]any
			if err := json.Unmarshal([]byte(out), &rows); err != nil || len(rows) != 1 || len(rows[0]) != 7 {
				t.Errorf("the keys of a finding are a contract: %v %v", rows, err)
			}
		}
	}
}

// TestStartLints: the start runs the rules; an approval that ran out is no reason not to serve.
func TestStartLints(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		flow, says string
		starts     bool
	}{
		"fine":          {mended, "", true},
		"approval over": {strings.Replace(mended, "2030-12-31", "2026-11-20", 1), "approval is over", true},
		"rule broken":   {strings.Replace(mended, "您好", "这是首选", 1), "", false},
		"unreadable":    {slipped, "", false},
	} {
		cfg, err := config.Load("", func(string) (string, bool) { return "", false })
		if err != nil {
			t.Fatal(err)
		}
		cfg.FlowsDir = flowFolder(t, "f.yaml", c.flow)
		var log bytes.Buffer
		lib, err := loadFlows(cfg, now, slog.New(slog.NewTextHandler(&log, nil)))
		if (err == nil) != c.starts || (lib != nil) != c.starts || !strings.Contains(log.String(), c.says) || (c.says == "") != (log.Len() == 0) {
			t.Errorf("%s: %v %s", name, err, log.String())
		}
	}
}
