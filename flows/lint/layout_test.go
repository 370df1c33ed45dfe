package lint

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormat(t *testing.T) {
	flow := func(steps string) string { return "flow: f\nsteps:\n" + steps }
	for name, c := range map[string]struct{ in, want string }{
		"indentation and dashes": {flow("- id: a\n  ask: 好吗？\n  choices:\n  - x: 好\n  -   y: 不好\n"),
			flow("  - id: a\n    ask: 好吗？\n    choices:\n      - x: 好\n      - y: 不好\n")},
		"order of keys": {"steps:\n  - ask: 几位？\n    goto: b\n    on_fail: skip\n    range: 1..5\n    type: number\n    id: a\n    when: x\nflow: f\n",
			flow("  - id: a\n    when: x\n    ask: 几位？\n    type: number\n    range: 1..5\n    on_fail: skip\n    goto: b\n")},
		"a do step keeps its say behind": {flow("  - say: 好\n    do: handoff\n"), flow("  - do: handoff\n    say: 好\n")},
		"comments move with their key": {flow("  # 步骤\n  - goto: b # 去 b\n    # 谁\n    id: a\n    say: 好 # 问候\n"),
			flow("  # 步骤\n  # 谁\n  - id: a\n    say: 好 # 问候\n    goto: b # 去 b\n")},
		"blank lines": {"\n\nflow: f\n\n\nsteps:\n\n  - say: 好\n\n\n  - end: done\n\n\n", "flow: f\n\nsteps:\n  - say: 好\n\n  - end: done\n"},
		"quotes":      {flow("  - say: \"您好，老师\"\n  - say: '好 # 的'\n  - say: \"yes\"\n  - say: \"1\"\n  - say: '说\"好\"'\n"), flow("  - say: 您好，老师\n  - say: \"好 # 的\"\n  - say: \"yes\"\n  - say: \"1\"\n  - say: '说\"好\"'\n")},
		"fragile braces": {flow("  - id: a\n    check:\n      - {when: x, say: \"先, 再\"}\n    choices:\n      - b: {label: 好, aka: [行]}\n"),
			flow("  - id: a\n    check:\n      - when: x\n        say: \"先, 再\"\n    choices:\n      - b: {label: 好, aka: [行]}\n")},
		"braces over lines":              {flow("  - id: a\n    choices: [\n      {x: 好},\n      {y: 坏}\n    ]\n"), flow("  - id: a\n    choices: [{x: 好}, {y: 坏}]\n")},
		"braces with a comment stay":     {flow("  - id: a\n    choices: [\n      {x: 好}, # 一\n      {y: 坏}\n    ]\n"), flow("  - id: a\n    choices: [\n      {x: 好}, # 一\n      {y: 坏}\n      ]\n")},
		"block text":                     {flow("- say: |\n        一\n          二\n\n        三\n  id: a\n"), flow("  - id: a\n    say: |\n      一\n        二\n\n      三\n")},
		"text on next line":              {flow("  - say:\n      您好\n  - say: 一\n      二\n"), flow("  - say: 您好\n  - say: 一\n      二\n")},
		"columns that line up":           {"profile:\n    a:    {type: text}\n    name: {type: text}\n    b:  {type: text}\n", "profile:\n  a:    {type: text}\n  name: {type: text}\n  b: {type: text}\n"},
		"other files keep their order":   {"list: x\nitems:\n- goto: 一\n- id: 二\n", "list: x\nitems:\n  - goto: 一\n  - id: 二\n"},
		"mark, carriage returns, spaces": {"\ufeffflow: f  \r\nsteps:\r\n  - end: done\r\n", "flow: f\nsteps:\n  - end: done\n"},
		"comment below a lone dash":      {flow("  -   # 一\n    say: 好\n"), flow("  # 一\n  - say: 好\n")},
		"comment at the end":             {flow("  - end: done\n# 完\n"), flow("  - end: done\n# 完\n")},
		"deeper comment stays":           {flow("  - id: a\n    choices:\n      - x: 好\n      # - y: 坏\n  - end: done\n"), flow("  - id: a\n    choices:\n      - x: 好\n      # - y: 坏\n  - end: done\n")},
	} {
		got, err := Format([]byte(c.in))
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, got)
			continue
		}
		if diff := cmp.Diff(c.want, string(got)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		again, err := Format(got)
		if err != nil || string(again) != string(got) {
			t.Errorf("%s: a second time gives %v\n%s", name, err, again)
		}
	}
}

func TestFormatRefuses(t *testing.T) {
	for _, in := range []string{"flow: f\nsteps:\n  - say：您好\n", "a: [1\n", "", "a: &x 1\n", "a: 1\na: 2\n"} {
		_, err := Format([]byte(in))
		var bad *FormatError
		if !errors.Is(err, ErrUnreadable) || !errors.As(err, &bad) || len(bad.Problems) == 0 {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// samples are all YAML files of authors in the tree, and the samples of slips.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, dir := range []string{"../library", "../testdata"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
				return err
			}
			data, err := os.ReadFile(path)
			out[path] = data
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestFormatFiles: every file that can be read can be laid out, keeps its meaning (Format compares) and stays as it is the second time.
func TestFormatFiles(t *testing.T) {
	n := 0
	for path, data := range samples(t) {
		once, err := Format(data)
		if errors.Is(err, ErrUnreadable) {
			continue
		}
		if n++; err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		twice, err := Format(once)
		if err != nil || string(twice) != string(once) {
			t.Errorf("%s: not at rest: %v\n%s", path, err, cmp.Diff(string(once), string(twice)))
		}
	}
	if n < 60 {
		t.Errorf("only %d files laid out", n)
	}
}

// FuzzFormat: no panic; what is laid out once stays as it is.
func FuzzFormat(f *testing.F) {
	for _, data := range samples(f) {
		if len(data) < 4000 {
			f.Add(data)
		}
	}
	f.Add([]byte("a: |+\n  x\n\n\nb: >2\n    y\n"))
	f.Add([]byte("# c\n---\n- - a\n  - {b: [c, 'd']}\n-\n  # e\n  f: \"g\\\n    h\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		once, err := Format(data)
		if err != nil {
			return
		}
		twice, err := Format(once)
		if err != nil || string(twice) != string(once) {
			t.Errorf("not at rest: %v\n%q\n%q", err, once, twice)
		}
	})
}
