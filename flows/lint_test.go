package flows

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/vrep/vrep/flows/lint"
	"golang.org/x/tools/txtar"
)

// sampleOf reads a sample: one file that becomes sample.yaml, or a folder in a txtar.
func sampleOf(t *testing.T, path string) (fstest.MapFS, string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		if data, err = os.ReadFile(strings.TrimSuffix(path, ".yaml") + ".txtar"); err != nil {
			t.Fatal(err)
		}
		fsys := fstest.MapFS{}
		for _, f := range txtar.Parse(data).Files {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		return fsys, string(data)
	}
	return fstest.MapFS{"sample.yaml": {Data: data}}, string(data)
}

// findings loads a sample and runs every rule.
func findings(t *testing.T, path string) []Problem {
	t.Helper()
	fsys, _ := sampleOf(t, path)
	lib, ps := Load(fsys)
	if lib != nil {
		ps = append(ps, Lint(lib, testNow)...)
	}
	if before, err := os.ReadFile(filepath.Join(filepath.Dir(path), "old", filepath.Base(path))); err == nil { // the version before, with three doctors on every question
		old := mustLoad(t, fstest.MapFS{"sample.yaml": {Data: before}})
		standing := map[string]int{}
		for _, id := range questionIDs(old.Flow("sample")) {
			standing["sample."+id] = 3
		}
		ps = append(ps, LintAgainst(old, lib, standing)...)
	}
	return lint.Sort(ps)
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

func text(t *testing.T, ps []Problem) string {
	t.Helper()
	var b strings.Builder
	if err := lint.Text(&b, ps); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestBadSamples wants, for every rule that a flow file can break, a sample that breaks it.
func TestBadSamples(t *testing.T) {
	for _, r := range lint.Rules() {
		code := r.Code
		if inside(code) { // see their own tests
			continue
		}
		t.Run(code, func(t *testing.T) {
			ps := findings(t, filepath.Join("testdata", "bad", code+".yaml"))
			if !slices.ContainsFunc(ps, func(p Problem) bool { return p.Code == code }) {
				t.Errorf("no finding of %s in its sample:\n%s", code, text(t, ps))
			}
			golden(t, filepath.Join("testdata", "bad", code+".txt"), text(t, ps))
		})
	}
}

// TestSlips holds the findings for the slips that authors make.
func TestSlips(t *testing.T) {
	files, err := filepath.Glob("testdata/slips/*.yaml")
	if err != nil || len(files) < 20 {
		t.Fatalf("slips: %d files, %v", len(files), err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".yaml")
		t.Run(name, func(t *testing.T) {
			ps := findings(t, f)
			errs := len(lint.Errors(ps))
			if fine := strings.HasSuffix(name, "_fine") || name == "bom"; fine != (errs == 0) {
				t.Errorf("%d errors", errs)
			}
			golden(t, strings.TrimSuffix(f, ".yaml")+".txt", text(t, ps))
		})
	}
}
