package flows

import (
	"os"
	"testing"

	"github.com/vrep/vrep/flows/lint"
)

// TestSample: a whole folder, with an older version, lists, contents and prices, has no finding, and its cases reach every step, branch, choice and refusal.
func TestSample(t *testing.T) {
	fsys := os.DirFS("testdata/sample")
	lib, ps := Load(fsys)
	if lib == nil {
		t.Fatalf("%s", text(t, ps))
	}
	if ps = append(ps, Lint(lib, testNow)...); len(ps) > 0 {
		t.Errorf("findings:\n%s", text(t, ps))
	}
	r := RunTests(fsys, lib, TestOptions{Now: testNow})
	if len(lint.Errors(r.Problems)) > 0 || r.Cases < 100 {
		t.Errorf("%d cases, %d failed:\n%s", r.Cases, r.Failed, text(t, r.Problems))
	}
}
