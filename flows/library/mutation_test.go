package library_test

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/library"
)

// A mutation run asks whether anybody would notice: it deletes and alters the lines of the flows one by one and counts how often lint or a test case
// does. Over the whole shipped folder: go test ./flows/library -run Mutations -mutations -1 -v
var (
	mutationCount = flag.Int("mutations", 48, "how many mutants to try, spread over the folder; -1 = all")
	mutationDir   = flag.String("folder", "", "folder of flows to mutate, with its tests/; empty = the shipped one")
	mutationLeast = flag.Float64("least", 60, "percent of the mutants that must be caught")
)

func TestMutations(t *testing.T) {
	folder := fs.FS(library.FS)
	if *mutationDir != "" {
		folder = os.DirFS(*mutationDir)
	}
	files := folderFiles(t, folder)
	before, failed := verdict(files)
	if failed > 0 {
		t.Fatalf("%d cases of the folder fail without any mutation", failed)
	}
	all := mutants(t, folder)
	if n := *mutationCount; n >= 0 && n < len(all) {
		some := make([]mutant, 0, n)
		for i := range n {
			some = append(some, all[i*len(all)/n])
		}
		all = some
	}
	caught := make([]bool, len(all))
	var next atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(all); i = int(next.Add(1)) - 1 {
				caught[i] = noticed(files, all[i], before)
			}
		})
	}
	group.Wait()
	if share := report(t, all, caught); share < *mutationLeast {
		t.Errorf("lint and tests noticed %.1f %% of the mutants, want %.0f %%", share, *mutationLeast)
	}
}

func folderFiles(t *testing.T, folder fs.FS) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		data, err := fs.ReadFile(folder, path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// noticed tries one mutant: a finding that was not there before, or a case that fails.
func noticed(files fstest.MapFS, m mutant, before map[string]int) bool {
	changed := maps.Clone(files)
	changed[m.file] = &fstest.MapFile{Data: []byte(m.data)}
	findings, failed := verdict(changed)
	if failed > 0 {
		return true
	}
	for text, n := range findings {
		if n > before[text] {
			return true
		}
	}
	return false
}

// verdict counts the findings of a folder by rule and words, and its failing cases; cases run only when nothing forbids it.
func verdict(files fstest.MapFS) (findings map[string]int, failed int) {
	now := time.Now().In(zone())
	lib, ps := flows.Load(files)
	if lib != nil {
		ps = append(ps, flows.Lint(lib, now)...)
	}
	findings = map[string]int{}
	broken := lib == nil
	for _, p := range ps {
		findings[p.File+" "+p.Code+" "+p.Message]++
		broken = broken || p.Level == "error"
	}
	if broken {
		return findings, 0
	}
	r := flows.RunTests(files, lib, flows.TestOptions{Now: now})
	for _, p := range r.Problems {
		if p.Level == "error" {
			failed++
		}
	}
	return findings, failed
}

// report prints what was caught, by kind and by file, and what survived.
func report(t *testing.T, all []mutant, caught []bool) float64 {
	t.Helper()
	sum := map[string][2]int{}
	count := func(key string, yes bool) {
		c := sum[key]
		if c[1]++; yes {
			c[0]++
		}
		sum[key] = c
	}
	var alive []string
	for i, m := range all {
		count("total", caught[i])
		count("kind "+m.kind, caught[i])
		count("file "+m.file, caught[i])
		if !caught[i] {
			alive = append(alive, m.String())
		}
	}
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(sum)) {
		c := sum[key]
		fmt.Fprintf(&b, "%-32s %4d of %4d  %5.1f %%\n", key, c[0], c[1], 100*float64(c[0])/float64(c[1]))
	}
	t.Logf("mutants caught:\n%ssurvivors:\n%s", b.String(), strings.Join(alive, "\n"))
	return 100 * float64(sum["total"][0]) / float64(max(sum["total"][1], 1))
}

// TestMutants holds what a mutation is.
func TestMutants(t *testing.T) {
	var got []string
	for _, m := range mutantsOf("f.yaml", "# 注\n\n  - id: a # 题\n      - yes1: {label: 好的, score: 2}\n    when: a == 3 and b\n    required: false\n") {
		got = append(got, m.kind+" "+strings.TrimSpace(m.text))
		if strings.Count(m.data, "\n") < 5 {
			t.Errorf("%v lost lines:\n%s", m, m.data)
		}
	}
	want := []string{"delete - id: a # 题", "id - id: ax", "delete - yes1: {label: 好的, score: 2}", "code - yes1x: {label: 好的, score: 2}", "number - yes2: {label: 好的, score: 2}",
		"words - yes1: {label: 好某, score: 2}", "delete when: a == 3 and b", "number when: a == 4 and b", "operator when: a != 3 and b", "delete required: false", "keyword required: true"}
	if !slices.Equal(got, want) {
		t.Errorf("mutants:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
