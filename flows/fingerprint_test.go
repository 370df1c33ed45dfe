package flows

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const printed = `flow: q
title: 问卷
version: "1"
approval: {no: T-1, until: 2030-12-31}
start: {on: ["word:开始"]}
steps:
  - id: title
    ask: 您的职称是？
    choices:
      - chief: 主任医师
      - other: {label: 其他职称, aka: [别的]}
  - id: used
    ask: 用过吗？
    type: yesno
    when: title == chief and (title != other)
  - set: {a: 1, b: 2}
  - call: sub
    id: sub_call
  - id: color
    ask: 颜色？
    choices: colors
  - say: 谢谢。
  - end: done
`

const printedSub = "flow: sub\napproval: {no: T-2, until: 2030-12-31}\nsteps:\n  - id: n\n    ask: 几位？\n    type: number\n  - end: done\n"

func printedFiles(flow, sub, list string) fstest.MapFS {
	return fstest.MapFS{"q.yaml": {Data: []byte(flow)}, "sub.yaml": {Data: []byte(sub)}, "lists/colors.yaml": {Data: []byte(list)}}
}

const printedList = "list: colors\nitems:\n  - red: 红\n  - blue: 蓝\n"

// TestFingerprints: what belongs to the shape, what to the text and what to neither.
func TestFingerprints(t *testing.T) {
	was := mustLoad(t, printedFiles(printed, printedSub, printedList)).Flow("q")
	for _, c := range []struct{ name, old, new, want string }{
		{"comment", "steps:\n", "# ein Wort\nsteps: # noch eins\n", ""},
		{"quotes", "ask: 用过吗？", "ask: \"用过吗？\"", ""},
		{"key order", "    ask: 用过吗？\n    type: yesno\n", "    type: yesno\n    ask: 用过吗？\n", ""},
		{"key order of set", "{a: 1, b: 2}", "{b: 2, a: 1}", ""},
		{"white space", "title == chief and (title != other)", "title  ==  chief   and  ( title!=other )", ""},
		{"short form", "      - chief: 主任医师", "      - chief: {label: 主任医师}", ""},
		{"default", "    type: yesno\n", "    type: yesno\n    required: true\n    known: ask\n    inside: true\n", ""},
		{"note", "  - say: 谢谢。\n", "  - say: 谢谢。\n    note: 结尾\n", ""},
		{"owner", "title: 问卷\n", "title: 问卷\nowner: 市场部\n", ""},
		{"migrate", "steps:\n", "migrate:\n  - {from: any, policy: pin}\nsteps:\n", ""},

		{"question", "用过吗？", "您用过吗？", "text"},
		{"label", "主任医师", "主任", "text"},
		{"aka", "[别的]", "[别的, 其它]", "text"},
		{"say", "谢谢。", "谢谢您。", "text"},
		{"title", "title: 问卷", "title: 新问卷", "text"},
		{"version", `version: "1"`, `version: "2"`, "text"},
		{"approval", "T-1", "T-9", "text"},
		{"retry", "    type: yesno\n", "    type: yesno\n    retry: [请答是或否。]\n", "text"},
		{"help", "    type: yesno\n", "    type: yesno\n    help: 帮帮。\n", "text"},

		{"code", "chief: 主任医师", "head: 主任医师", "shape"},
		{"id", "id: used", "id: uses", "shape"},
		{"condition", "title == chief and", "title == other and", "shape"},
		{"computed", "{a: 1, b: 2}", "{a: 1, b: 3}", "shape"},
		{"use of a value", "{a: 1, b: 2}", "{a: 1, b: a + 1}", "shape"},
		{"required", "    type: yesno\n", "    type: yesno\n    required: false\n", "shape"},
		{"save", "    type: yesno\n", "    type: yesno\n    save: profile.used\n", "shape"},
		{"start", "word:开始", "word:来吧", "shape"},
		{"order of options", "      - chief: 主任医师\n      - other: {label: 其他职称, aka: [别的]}\n", "      - other: {label: 其他职称, aka: [别的]}\n      - chief: 主任医师\n", "shape"},
		{"goto", "other: {label: 其他职称,", "other: {label: 其他职称, goto: color,", "shape"},
	} {
		flow := strings.Replace(printed, c.old, c.new, 1)
		if flow == printed {
			t.Fatalf("%s: nothing replaced", c.name)
		}
		if strings.HasPrefix(c.name, "code") {
			flow = strings.ReplaceAll(flow, "== chief", "== head")
		}
		is := mustLoad(t, printedFiles(flow, printedSub, printedList)).Flow("q")
		if got := changed(was, is); got != c.want {
			t.Errorf("%s changes %q, want %q\n%s", c.name, got, c.want, cmp.Diff(was.Canonical(), is.Canonical()))
		}
	}
	for _, c := range []struct{ name, sub, list, want string }{
		{"words of a called flow", strings.Replace(printedSub, "几位？", "有几位？", 1), printedList, "text"},
		{"shape of a called flow", strings.Replace(printedSub, "type: number", "type: text", 1), printedList, "shape"},
		{"words of a list", printedSub, strings.Replace(printedList, "红", "大红", 1), "text"},
		{"codes of a list", printedSub, strings.Replace(printedList, "red", "crimson", 1), "shape"},
	} {
		is := mustLoad(t, printedFiles(printed, c.sub, c.list)).Flow("q")
		if got := changed(was, is); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func changed(a, b *Flow) string {
	switch {
	case a.Shape() != b.Shape():
		return "shape"
	case a.TextHash() != b.TextHash():
		return "text"
	case a.Hash() != b.Hash() || a.Canonical() != b.Canonical():
		return "hash"
	}
	return ""
}

// TestHashHalves: a hash is shape and text.
func TestHashHalves(t *testing.T) {
	f := mustLoad(t, printedFiles(printed, printedSub, printedList)).Flow("q")
	if len(f.Hash()) != 32 || ShapeOf(f.Hash()) != f.Shape() || f.Hash() != f.Shape()+f.TextHash() || ShapeOf("abc") != "abc" {
		t.Errorf("hash %q shape %q text %q", f.Hash(), f.Shape(), f.TextHash())
	}
}

// TestOrderOfValues: the order of computed values counts where one uses another.
func TestOrderOfValues(t *testing.T) {
	load := func(set string) *Flow {
		return mustLoad(t, fstest.MapFS{"q.yaml": {Data: []byte("flow: q\nsteps:\n  - set: " + set + "\n  - end: done\n")}}).Flow("q")
	}
	if a, b := load("{a: 1, b: (a or 0) + 1, c: 3}"), load("{c: 3, a: 1, b: (a or 0) + 1}"); a.Hash() != b.Hash() {
		t.Error("an order that means nothing counts")
	}
	if a, b := load("{a: 1, b: (a or 0) + 1}"), load("{b: (a or 0) + 1, a: 1}"); a.Shape() == b.Shape() {
		t.Error("an order that means something does not count")
	}
}

// TestCanonicalOfTalk: the canonical form of the talks of the tests is one line per fact and names every step and option.
func TestCanonicalOfTalk(t *testing.T) {
	for _, f := range talkLibrary(t).Flows() {
		seen := map[string]bool{}
		for _, line := range strings.Split(strings.TrimSpace(f.Canonical()), "\n") {
			if seen[line] || (!strings.Contains(line, " = ") && !strings.Contains(line, " ~ ")) {
				t.Errorf("%s: line %q", f.ID, line)
			}
			seen[line] = true
		}
		f.Walk(func(_ *Flow, s *Step) {
			if s.ID != "" && !strings.Contains(f.Canonical(), s.ID+" = "+s.Kind) {
				t.Errorf("%s: step %s is missing", f.ID, s.ID)
			}
		})
	}
}

// TestOldBundle: a version that was stored under the sum of its bytes loads, keeps its hash, and a changed one is refused.
func TestOldBundle(t *testing.T) {
	lib := talkLibrary(t)
	b, err := lib.Bundle("booking")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for name, text := range b.Files {
		files[name] = []byte(text)
	}
	stored := Bundle{Flow: b.Flow, Hash: contentHash(files, sortedKeys(files)), Files: b.Files}
	old, ps := LoadBundle(stored)
	if old == nil || old.Flow("booking").Hash() != stored.Hash || old.Flow("booking").Shape() != lib.Flow("booking").Shape() {
		t.Fatalf("an old version: %v", ps)
	}
	stored.Files["booking.yaml"] += "# changed\n"
	if l, _ := LoadBundle(stored); l != nil {
		t.Error("a changed old version was taken")
	}
	b.Label = "2026-11-22"
	if l, ps := LoadBundle(b); l != nil {
		t.Errorf("a changed version was taken: %v", ps)
	}
	b, _ = lib.Bundle("booking")
	b.Hash, b.Label = "00112233445566778899aabbccddeeff", "2026-11-22" // a later program makes another fingerprint of it
	l, ps := LoadBundle(b)
	if l == nil || l.Flow("booking").Hash() != b.Hash || l.Flow("booking").Version != b.Label {
		t.Errorf("a version of an earlier program: %v", ps)
	}
}

// FuzzCanonical: whatever loads has a canonical form that does not change when it is made again.
func FuzzCanonical(f *testing.F) {
	f.Add(printed)
	for _, name := range []string{"visit", "booking", "loop", "misc"} {
		data, err := os.ReadFile("testdata/talk/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<14 {
			return
		}
		files := map[string][]byte{"q.yaml": []byte(text)}
		one, _ := loadFiles(files, false)
		two, _ := loadFiles(files, true)
		if one == nil || two == nil {
			return
		}
		for _, x := range one.Flows() {
			if y := two.Flow(x.ID); y == nil || y.Canonical() != x.Canonical() || y.Hash() != x.Hash() || len(x.Hash()) != 32 {
				t.Error("the same file gave two canonical forms")
			}
		}
	})
}
