package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFlowsRunSaysWhy: a talk that cannot be played because of another file says so, with its place.
func TestFlowsRunSaysWhy(t *testing.T) {
	flow := "flow: f\ntitle: 甲\napproval: {no: A-1, until: 2030-12-31}\nsteps:\n  - id: h\n    ask: 哪个院区？\n    choices: sites\n  - end: done\n"
	for name, text := range map[string]string{
		"lists/sites.yaml": "list: sites\nitems:\n  - a: 东院\n  - a: 西院\n",
		"_config.yaml":     "comands: {x: 1}\n",
	} {
		dir := t.TempDir()
		write := func(file, data string) {
			t.Helper()
			path := filepath.Join(dir, filepath.FromSlash(file))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		write("f.yaml", flow)
		write("lists/sites.yaml", "list: sites\nitems:\n  - a: 东院\n  - b: 西院\n")
		write(name, text)
		code, _, errOut := vrep(t, "", "flows", "run", filepath.Join(dir, "f.yaml"))
		if code != 1 || !strings.Contains(errOut, filepath.ToSlash(filepath.Join(dir, name))+":") {
			t.Errorf("%s: exit %d\n%s", name, code, errOut)
		}
	}
}
