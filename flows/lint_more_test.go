package flows

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vrep/vrep/flows/lint"
)

// found is what the rules say about a folder, as "code line", errors and warnings only. That a small example uses nothing of what it computes, or
// has no listener, is not worth a word here.
func found(t *testing.T, fsys fstest.MapFS) []string {
	t.Helper()
	lib, ps := Load(fsys)
	if lib != nil {
		ps = append(ps, Lint(lib, testNow)...)
	}
	out := []string{}
	for _, p := range lint.Sort(ps) {
		if p.Level != lint.Hint && p.Code != "R206" && p.Code != "C507" {
			out = append(out, p.Code+" "+itoa(p.Line))
		}
	}
	return out
}

// TestFindings: one slip each, and what lies close to it and is none. Steps begin in line 5.
func TestFindings(t *testing.T) {
	n := "  - id: n\n    ask: 数\n    type: number\n"
	opt := "  - id: n\n    ask: 数\n    type: number\n    required: false\n"
	yes := "  - id: y\n    ask: 有吗\n    type: yesno\n"
	b := "  - id: b\n    when: y == yes\n    ask: 几个\n    type: number\n"
	end := "  - end: done\n"
	long := "  - say: " + strings.Repeat("很长的话", 60) + "\n"
	for name, c := range map[string]struct{ steps, want string }{
		// R203: what may be missing
		"optional":            {opt + "  - say: 数${n}\n" + end, "R203 9"},
		"optional fallback":   {opt + "  - say: 数${n or \"若干\"}\n" + end, ""},
		"optional guarded":    {opt + "  - say: ${if n is not empty}数${n}${end}好\n" + end, ""},
		"optional compared":   {opt + "  - when: n > 3\n    say: 数${n}\n" + end, ""},
		"optional unequal":    {opt + "  - when: n != 3\n    say: 数${n}\n" + end, "R203 10"},
		"jumped":              {n + "    next: [{when: n > 1, goto: z}]\n  - id: m\n    ask: 乙\n    type: number\n  - id: z\n    set: {s: m + 1}\n  - say: ${s}\n" + end, "R203 13"},
		"jumped text":         {n + "    next: [{when: n > 1, goto: z}]\n  - id: m\n    ask: 乙\n    type: number\n  - id: z\n    say: 乙是${m}\n" + end, "R203 13"},
		"choice jumps":        {"  - id: c\n    ask: 选\n    choices: [{x: {label: 苹果, goto: z}}, {y: 香蕉}]\n" + n + "  - id: z\n    say: ${n}\n" + end, "R203 12"},
		"jumped to end":       {n + "    next: [{when: n > 1, goto: end}]\n  - id: m\n    ask: 乙\n    type: number\n  - say: ${m}${n}\n" + end, ""},
		"skipped by when":     {yes + b + "  - say: ${b}\n" + end, "R203 12"},
		"same when":           {yes + b + "  - when: y == yes\n    say: ${b}\n" + end, ""},
		"same when, more":     {yes + b + "  - when: y == yes and b > 2\n    set: {s: b + 1}\n" + end, ""},
		"same when in text":   {yes + b + "  - say: 好${if y == yes}${b}${end}\n" + end, ""},
		"other when":          {yes + b + "  - when: y == no\n    say: ${b}\n" + end, "R203 13"},
		"failed":              {n + "    on_fail: skip\n  - say: ${n}\n" + end, "R203 9"},
		"unknown":             {n + "    unknown: 不清楚\n  - say: ${n}\n" + end, ""},
		"unknown code":        {n + "    unknown: 不清楚\n  - say: ${n.value}\n" + end, "R203 9"},
		"unknown in formula":  {n + "    unknown: 不清楚\n  - set: {s: n + 1}\n" + end, "R203 9"},
		"own confirm":         {opt + "    confirm: 是${n}吗？\n" + end, ""},
		"profile":             {"  - say: ${profile.name}您好\n" + end, "R203 5"},
		"profile saved":       {"  - id: a\n    ask: 姓名\n    type: text\n    save: profile.name\n  - say: ${profile.name}您好\n" + end, "R201 8"},
		"rep's note":          {opt + "  - do: lead\n    kind: x\n    note: ${n}\n" + end, ""},
		"set under condition": {yes + "  - when: y == yes\n    set: {s: 1}\n  - say: ${s}\n" + end, "R203 10"},
		"set on both ways":    {yes + "  - set: {s: 1}\n  - when: y == yes\n    set: {s: 2}\n  - say: ${s}\n" + end, ""},
		// paths
		"round of words":     {"  - id: a\n    say: 甲\n    max_visits: 5\n  - say: 乙\n    goto: a\n" + end, "P303 5,P304 9,P301 10"},
		"round with counter": {"  - id: a\n    set: {i: (i or 0) + 1}\n    max_visits: 5\n  - when: i < 3\n    say: 乙\n    goto: a\n" + end, ""},
		"never ends":         {n + "    max_visits: 3\n    goto: n\n", "P303 5"},
		// classes
		"hidden":         {n + "  - classify: s\n    rules: [{a: n > 5}, {b: n > 10}, {c: else}]\n" + end, "P307 9"},
		"hidden turned":  {n + "  - classify: s\n    rules: [{a: n <= 5}, {b: \"3 > n\"}, {c: else}]\n" + end, "P307 9"},
		"not hidden":     {n + "  - classify: s\n    rules: [{a: n > 10}, {b: n > 5}, {d: n == 5}, {c: else}]\n" + end, ""},
		"open end":       {n + "  - classify: s\n    rules: [{a: n > 5}, {b: n >= 5}, {c: else}]\n" + end, ""},
		"list hides":     {yes + "  - classify: s\n    rules: [{a: \"y in [yes, no]\"}, {b: y == no}, {c: else}]\n" + end, "P307 9"},
		"list part":      {yes + "  - classify: s\n    rules: [{a: y == no}, {b: \"y in [yes, no]\"}, {c: else}]\n" + end, ""},
		"hidden unequal": {n + "  - classify: s\n    rules: [{a: n != 5}, {b: n != 5}, {c: else}]\n" + end, "P307 9"},
		// length of a stretch
		"stretch":           {long + long + long + end, "W602 7"},
		"stretch with end":  {long + long + n + long + end, ""},
		"stretch of values": {yes + strings.ReplaceAll(long, "say", "when: y == yes\n    say") + strings.ReplaceAll(long, "say", "when: y == no\n    say") + long + end, ""},
		"stretch by value":  {yes + strings.Repeat(strings.ReplaceAll(long, "say", "when: y == yes\n    say"), 3) + end, "W602 12"},
		// references and words
		"content":           {"  - send: content.nox\n" + end, "R201 5"},
		"moustache":         {n + "  - say: 您好{{n}}\n" + end, "S105 8"},
		"label placeholder": {n + "  - id: a\n    ask: 甲\n    choices:\n      - x: 是${n}\n      - y: 香蕉\n" + end, "S105 11"},
		"labels":            {"  - id: y\n    ask: 有吗\n    type: yesno\n    labels: [\"${x}\", 否]\n" + end, "S105 8"},
		"choices as map":    {"  - id: a\n    ask: 甲\n    choices:\n      x: 苹果\n      y: 香蕉\n" + end, "S105 8"},
		"choices as words":  {"  - id: a\n    ask: 甲\n    choices: [苹果, 香蕉]\n" + end, "S105 7,S105 7"},
		"choice twice":      {"  - id: a\n    ask: 甲\n    choices:\n      - x: 苹果\n      - x: 香蕉\n" + end, "S101 9"},
		"numbers as labels": {"  - id: a\n    ask: 甲\n    choices:\n      - x: \"2\"\n      - y: \"1\"\n" + end, "M404 8,M404 9"},
		// signs
		"wide dash":          {"  －say: 您好\n" + end, "Y001 5"},
		"long dash":          {"  — say: 您好\n" + end, "Y001 5"},
		"long dash item":     {"  - id: a\n    ask: 甲\n    choices:\n      —x: 苹果\n      - y: 香蕉\n" + end, "Y001 8"},
		"dash in text":       {"  - say: |\n      甲\n      ——乙\n" + end, ""},
		"comma in braces":    {"  - id: a\n    ask: 甲\n    choices:\n      - x: {label: 有, say: 好的, 谢谢}\n      - y: 香蕉\n" + end, "Y002 8"},
		"comma in formula":   {n + "  - set: {s: sum(n, 1)}\n" + end, "Y002 8"},
		"glued in braces":    {"  - id: a\n    ask: 甲\n    choices: [{x:苹果}, {y: 香蕉}]\n" + end, "Y001 7"},
		"wide comma":         {"  - id: a\n    ask: 好\n    choices: [{x: 苹果}，{y: 香蕉}]\n" + end, "Y001 7"},
		"wide brace":         {"  - id: a\n    ask: 好\n    choices: [{x: 苹果｝, {y: 香蕉}]\n" + end, "Y001 7"},
		"wide bracket":       {"  - id: a\n    ask: 好\n    choices: ［苹果，香蕉］\n" + end, "Y001 7"},
		"wide bracket text":  {"  - say: ［通知］明天开会，请到场。\n" + end, ""},
		"wide colon inside":  {"  - id: a\n    ask: 好\n    choices: [{x：苹果}, {y: 香蕉}]\n" + end, "Y001 7"},
		"wide comma in text": {"  - say: [您好，老师。, 再见，老师。]\n" + end, ""},
		"control":            {"  - say: a\x00b\n" + end, "Y000 5"},
	} {
		want := []string{}
		if c.want != "" {
			want = strings.Split(c.want, ",")
		}
		if got := found(t, flowOf(c.steps)); strings.Join(got, ",") != strings.Join(want, ",") {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// TestFindingsOfFolders: what only shows in a folder of files.
func TestFindingsOfFolders(t *testing.T) {
	plain := func(id, more string) string {
		return "flow: " + id + "\ntitle: 甲\napproval: {no: A, until: 2030-01-01}\n" + more + "steps:\n  - say: 您好\n  - end: done\n"
	}
	two := func(a, b string) fstest.MapFS {
		return fstest.MapFS{"a.yaml": {Data: []byte(plain("a", a))}, "b.yaml": {Data: []byte(plain("b", b))}}
	}
	config := func(s string) fstest.MapFS {
		return fstest.MapFS{"_config.yaml": {Data: []byte(s)}, "a.yaml": {Data: []byte(plain("a", ""))}}
	}
	listen := "listen:\n  - id: ae\n    do: report\n    when_text: "
	for name, c := range map[string]struct {
		fsys fstest.MapFS
		want string
	}{
		"one word":         {two("start: {on: [\"word:你好\"]}\n", "start: {on: [\"word:你好。\"]}\n"), "S101 4"},
		"follow":           {two("start: {on: follow}\n", "start: {on: follow}\n"), "S101 4"},
		"by priority":      {two("start: {on: follow}\n", "start: {on: follow, priority: 2}\n"), ""},
		"by condition":     {two("start: {on: follow, when: doctor.level == 0}\n", "start: {on: follow}\n"), ""},
		"different":        {two("start: {on: \"menu:A\"}\n", "start: {on: \"menu:B\"}\n"), ""},
		"no title":         {fstest.MapFS{"a.yaml": {Data: []byte(strings.Replace(plain("a", ""), "title: 甲\n", "", 1))}}, "S104 1"},
		"empty":            {fstest.MapFS{}, "S104 1"},
		"form":             {config(listen + "[\"/血压 ?[0-9]{2,3}/\", 皮疹]\n    on_refuse: notify_pv\n"), ""},
		"form without end": {config(listen + "\"血压[0-9]+\"\n"), "S105 4"},
		"broken form":      {config(listen + "\"/血压(/\"\n"), "S105 4"},
		"form for all":     {config(listen + "\"/a*/\"\n"), "S105 4"},
		"form too long":    {config(listen + "\"/" + strings.Repeat("a", 300) + "/\"\n"), "S105 4"},
		"on_refuse":        {config(listen + "皮疹\n    on_refuse: nothing\n"), "S105 5"},
		"remind":           {fstest.MapFS{"a.yaml": {Data: []byte(strings.Replace(plain("a", ""), "steps:\n", "remind: [{after: 1h, say: \"${n}还在吗\"}]\nsteps:\n  - {id: n, ask: 数, type: number}\n", 1))}}, "R203 4"},
	} {
		if got := strings.Join(found(t, c.fsys), ","); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestTypeClashInChinese: kinds are named in the author's language, with what may be written.
func TestTypeClashInChinese(t *testing.T) {
	lib, ps := Load(flowOf("  - id: c\n    ask: 选\n    choices: [{x: 苹果}, {y: 香蕉}]\n  - say: 好\n    when: c == 5\n  - say: 好\n    when: c\n  - end: done\n"))
	if lib == nil || len(ps) != 2 || ps[0].Message != "类型不合：== 的左边是文字，右边是数字" || !strings.Contains(ps[0].Advice, "c 可以写：x,y") ||
		ps[1].Message != "这里要写条件，现在是文字" {
		t.Errorf("%+v", ps)
	}
}

// TestListenForm: a form hears what it matches, as typed and as folded.
func TestListenForm(t *testing.T) {
	lib := mustLoad(t, flowOf("  - id: n\n    ask: 数\n    type: text\n  - end: done\n", "_config.yaml", "listen:\n  - {id: bp, when_text: \"/血压 ?[0-9]{2,3}/\", do: answer, say: 听到了。}\n"))
	k := newTalker(t, &Engine{lib: lib, solo: true})
	k.step(Input{Kind: InStart, Key: "f"})
	for text, heard := range map[string]bool{"他血压180": true, "血壓１８０": true, "血压高": false} {
		st := k.st
		if out := k.say(text); strings.Contains(out.Reply(), "听到了") != heard {
			t.Errorf("%s: %s", text, out.Reply())
		}
		k.st = st
	}
}

// TestPlaySaysWhy: what forbids playing may stand in any file that the flow needs.
func TestPlaySaysWhy(t *testing.T) {
	ask := "  - id: h\n    ask: 院\n    choices: hs\n  - end: done\n"
	plain := "  - say: 您好\n  - end: done\n"
	for file, fsys := range map[string]fstest.MapFS{
		"lists/hs.yaml": flowOf(ask, "lists/hs.yaml", "list: hs\nitems:\n  - x: 一院\n  - x: 二院\n"),
		"_config.yaml":  flowOf(plain, "_config.yaml", "comands: {x: 1}\n"),
		"profile.yaml":  flowOf(plain, "profile.yaml", "profile:\n  x: {type: word}\n"),
		"contents.yaml": flowOf(plain, "contents.yaml", "contents:\n  x: {title: 甲}\n"),
		"g.yaml":        flowOf("  - call: g\n  - end: done\n", "g.yaml", "flow: g\ntitle: 乙\nsteps:\n  - say: ${zz}\n  - end: done\n"),
	} {
		var out bytes.Buffer
		err := Play(strings.NewReader(""), &out, PlayOptions{FS: fsys, File: "f.yaml", Now: testNow})
		var pe *PlayError
		if !errors.As(err, &pe) || len(pe.Problems) == 0 || pe.Problems[0].File != file {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestNoTests: a folder without tests passes with a word about it.
func TestNoTests(t *testing.T) {
	fsys := flowOf("  - say: 您好\n  - end: done\n")
	r := RunTests(fsys, mustLoad(t, fsys), TestOptions{Now: testNow})
	if !r.OK() || len(r.Problems) != 1 || r.Problems[0].Code != "T903" || r.Problems[0].Level != lint.Warning {
		t.Errorf("%+v", r)
	}
}
