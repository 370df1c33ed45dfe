package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// TestAuditVerifyCommand: exit code 0 on a log that nobody touched, 1 and the place on one that somebody did, 2 on a wrong use.
func TestAuditVerifyCommand(t *testing.T) {
	data := t.TempDir()
	for k, v := range map[string]string{"VREP_DATA_DIR": data, "VREP_SECRET_KEY": strings.Repeat("k", 40)} {
		t.Setenv(k, v)
	}
	vrep := func(want int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if code := run(t.Context(), args, nil, &out, &out); code != want {
			t.Fatalf("%v: exit code %d, want %d\n%s", args, code, want, out.String())
		}
		return out.String()
	}
	vrep(exitFine, "migrate", "up")
	vrep(exitFine, "user", "add", "wang", "--role", "safety")
	vrep(exitUsage, "user", "add", "li", "--role", "rep")
	vrep(exitUsage, "user", "add", "li", "--role", "manager")
	vrep(exitFine, "user", "add", "li", "--role", "manager", "--team", "east")
	if out := vrep(exitFine, "user", "list"); !strings.Contains(out, "manager") || !strings.Contains(out, "east") {
		t.Errorf("list: %s", out)
	}
	if out := vrep(exitFine, "audit", "verify"); !strings.Contains(out, "2 rows in 2 chains") || !strings.Contains(out, "nothing was changed") {
		t.Errorf("untouched: %s", out)
	}
	storetest.Exec(t, store.Options{DataDir: data}, "UPDATE audit SET actor = 'nobody' WHERE object = 'user:wang'")
	if out := vrep(exitFindings, "audit", "verify"); !strings.Contains(out, "row 1") || !strings.Contains(out, "was changed") {
		t.Errorf("touched: %s", out)
	}
	vrep(exitFindings, "audit", "verify", "--checkpoints", filepath.Join(data, "nothing"))
	vrep(exitUsage, "audit", "mend")
	vrep(exitUsage, "audit", "verify", "it")
}
