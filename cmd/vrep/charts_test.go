package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/bot/handoff"
)

var update = flag.Bool("update", false, "write the charts into ARCHITECTURE.md")

// The charts in ARCHITECTURE.md are drawn from the tables that the code uses.
func TestChartsAreCurrent(t *testing.T) {
	path := filepath.Join(root, "ARCHITECTURE.md")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := string(data)
	for name, chart := range map[string]string{"conversation": bot.Chart(), "lead": handoff.Chart()} {
		want = between(t, want, name, "```mermaid\n"+strings.TrimSpace(chart)+"\n```\n")
	}
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("the charts are stale; run make golden\n%s", diff)
	}
}

func between(t *testing.T, text, name, middle string) string {
	t.Helper()
	begin, end := "<!-- "+name+":begin -->\n", "<!-- "+name+":end -->"
	i, j := strings.Index(text, begin), strings.Index(text, end)
	if i < 0 || j < i {
		t.Fatalf("ARCHITECTURE.md lacks the marks of %s", name)
	}
	return text[:i+len(begin)] + middle + text[j:]
}
