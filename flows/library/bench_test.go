package library_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/library"
	"github.com/vrep/vrep/flows/lint"
)

// manyFlows is the shipped folder with its flows several times over, under other names, until there are at least n.
func manyFlows(tb testing.TB, n int) fstest.MapFS {
	tb.Helper()
	out := fstest.MapFS{}
	shipped := map[string]string{}
	err := fs.WalkDir(library.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") || strings.HasPrefix(name, "tests/") {
			return err
		}
		data, err := fs.ReadFile(library.FS, name)
		if strings.HasPrefix(string(data), "flow: ") || strings.Contains(string(data), "\nflow: ") {
			shipped[strings.TrimSuffix(name, ".yaml")] = string(data)
		}
		out[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	called := regexp.MustCompile(`(flow: |call: |after:)([a-z_]+)`)
	for k := 1; k*len(shipped) < n; k++ {
		for id, text := range shipped {
			text = called.ReplaceAllString(text, fmt.Sprintf("${1}${2}_%d", k))
			text = strings.NewReplacer(`"word:`, fmt.Sprintf(`"word:%d`, k), "menu:", fmt.Sprintf("menu:M%d", k), "[follow, ", "[").Replace(text)
			out[fmt.Sprintf("%s_%d.yaml", id, k)] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return out
}

// BenchmarkLint reads and checks 50 flows; the goal is under a second for both.
func BenchmarkLint(b *testing.B) {
	fsys := manyFlows(b, 50)
	now := time.Date(2026, 11, 18, 10, 0, 0, 0, zone())
	lib, ps := flows.Load(fsys)
	if lib == nil || len(lib.Flows()) < 50 {
		b.Fatalf("no flows: %v", ps)
	}
	if ps = append(ps, flows.Lint(lib, now)...); len(lint.Errors(ps)) > 0 {
		b.Fatalf("%d errors, first: %+v", len(ps), ps[0])
	}
	for b.Loop() {
		lib, _ := flows.Load(fsys)
		flows.Lint(lib, now)
	}
	perFifty := b.Elapsed().Seconds() / float64(b.N) / float64(len(lib.Flows())) * 50
	b.ReportMetric(perFifty, "s/50-flows")
	b.ReportMetric(1/perFifty, "times-inside-1s")
}
