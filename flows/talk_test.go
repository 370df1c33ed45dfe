package flows

import (
	"os"
	"testing"

	"github.com/vrep/vrep/flows/lint"
)

func talkLibrary(t testing.TB) *Library {
	t.Helper()
	lib, ps := Load(os.DirFS("testdata/talk"))
	for _, p := range append(ps, Lint(lib, testNow)...) {
		t.Error("\n" + p.Text())
	}
	if t.Failed() {
		t.FailNow()
	}
	return lib
}

// TestTalk runs the talks of testdata/talk, which hold every behaviour of the engine that an author can see.
func TestTalk(t *testing.T) {
	r := RunTests(os.DirFS("testdata/talk"), talkLibrary(t), TestOptions{Now: testNow})
	if r.Files < 5 || r.Cases < 45 {
		t.Errorf("%d files, %d cases", r.Files, r.Cases)
	}
	for _, p := range lint.Errors(r.Problems) {
		t.Error("\n" + p.Text())
	}
}
