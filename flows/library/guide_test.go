package library_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/flows"
)

// Marks in the first line of a YAML block of the guide: a file of the example folder, or a file with slips whose findings follow as a text block.
const (
	markFile = "# 文件："
	markSlip = "# 错误示例："
)

var update = flag.Bool("update", false, "rewrite the findings that the guide shows")

type block struct {
	lang, body string
}

func guidePath() string { return filepath.Join("..", "..", "docs", "guide-authors.zh.md") }

// pieces cuts the guide at its fences: words and blocks by turns.
func pieces(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(guidePath())
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(data), "\n```")
}

func guide(t *testing.T) []block {
	t.Helper()
	var out []block
	for i, piece := range pieces(t) {
		if i%2 == 1 {
			lang, body, _ := strings.Cut(piece, "\n")
			out = append(out, block{lang, body + "\n"})
		}
	}
	return out
}

// marked returns the name behind a mark in the first line of a YAML block.
func (b block) marked(mark string) (name string, ok bool) {
	first, _, _ := strings.Cut(b.body, "\n")
	if b.lang != "yaml" {
		return "", false
	}
	return strings.CutPrefix(first, mark)
}

// TestGuideExamples loads, checks and tests the folder that the guide's examples make together.
func TestGuideExamples(t *testing.T) {
	folder := fstest.MapFS{}
	for _, b := range guide(t) {
		if name, ok := b.marked(markFile); ok {
			folder[name] = &fstest.MapFile{Data: []byte(b.body)}
		} else if _, slip := b.marked(markSlip); b.lang == "yaml" && !slip {
			t.Errorf("a YAML block of the guide has no mark:\n%s", b.body)
		}
	}
	if len(folder) < 8 {
		t.Fatalf("the guide has %d example files", len(folder))
	}
	now := time.Now().In(zone())
	lib, ps := flows.Load(folder)
	if lib != nil {
		ps = append(ps, flows.Lint(lib, now)...)
	}
	if len(ps) > 0 {
		t.Fatalf("findings in the examples:\n%s", text(t, ps))
	}
	if r := flows.RunTests(folder, lib, flows.TestOptions{Now: now}); !r.OK() || r.Cases == 0 {
		t.Fatalf("tests of the examples (%d):\n%s", r.Cases, text(t, r.Problems))
	}
}

// TestGuideSlips compares the findings that the guide shows with those that its slips give; -update writes them into the guide.
func TestGuideSlips(t *testing.T) {
	blocks, parts := guide(t), pieces(t)
	slips := 0
	for i, b := range blocks {
		name, ok := b.marked(markSlip)
		if !ok {
			continue
		}
		slips++
		if i+1 >= len(blocks) || blocks[i+1].lang != "text" {
			t.Errorf("%s: no findings follow the slip:\n%s", name, b.body)
			continue
		}
		lib, ps := flows.Load(fstest.MapFS{name: &fstest.MapFile{Data: []byte(b.body)}})
		if lib != nil {
			ps = append(ps, flows.Lint(lib, time.Now().In(zone()))...)
		}
		got := strings.TrimSpace(text(t, ps))
		if *update {
			parts[2*(i+1)+1] = "text\n" + got
			continue
		}
		if d := cmp.Diff(strings.TrimSpace(blocks[i+1].body), got); d != "" {
			t.Errorf("findings of %s (-guide +got):\n%s", name, d)
		}
	}
	if slips < 5 {
		t.Errorf("the guide shows %d slips", slips)
	}
	if *update {
		if err := os.WriteFile(guidePath(), []byte(strings.Join(parts, "\n```")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
