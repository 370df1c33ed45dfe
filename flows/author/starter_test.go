package author

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
)

// TestStarter: what a new author gets passes every check at once, is laid out as fmt writes it, and its tests run.
func TestStarter(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))
	all := fstest.MapFS{}
	for _, kind := range StarterKinds() {
		files, err := Starter(kind, "my_"+kind)
		if err != nil {
			t.Fatal(err)
		}
		fsys := fstest.MapFS{}
		for _, f := range files {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			all[f.Name] = fsys[f.Name]
			laid, err := lint.Format(f.Data)
			if err != nil || string(laid) != string(f.Data) {
				t.Errorf("%s is not laid out: %v\n%s", f.Name, err, LineDiff(f.Name, string(f.Data), string(laid)))
			}
			if strings.Contains(string(f.Data), "NAME") {
				t.Errorf("%s holds the place of the name", f.Name)
			}
		}
		passes(t, kind, fsys, now)
	}
	passes(t, "all in one folder", all, now)
	if _, err := Starter("poem", "x"); !errors.Is(err, ErrNoStarter) {
		t.Errorf("a poem: %v", err)
	}
}

func passes(t *testing.T, what string, fsys fstest.MapFS, now time.Time) {
	t.Helper()
	lib, problems := flows.Load(fsys)
	problems = append(problems, flows.Lint(lib, now)...)
	for _, p := range problems {
		t.Errorf("%s: %s", what, p.Text())
	}
	report := flows.RunTests(fsys, lib, flows.TestOptions{Now: now})
	if !report.OK() || report.Cases == 0 {
		var b strings.Builder
		if err := report.Text(&b); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s: %s", what, b.String())
	}
}
