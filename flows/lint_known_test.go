package flows

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vrep/vrep/flows/lint"
)

// TestPurposes: a consent is asked for a purpose that somebody looks at, or that the house registers.
func TestPurposes(t *testing.T) {
	for _, c := range []struct{ purpose, config, says string }{
		{"base", "", ""},
		{"community_visibility", "", ""},
		{"push", "", ""},
		{"pusch", "", "没有叫 pusch 的同意目的，是不是 push？"},
		{"recording", "", "没有叫 recording 的同意目的"},
		{"recording", "purposes: [recording]\n", ""},
		{"recordin", "purposes: [recording]\n", "是不是 recording？"},
	} {
		fsys := flowOf("  - id: ok\n    ask: 同意吗？\n    type: consent\n    purpose: "+c.purpose+"\n    policy: p1\n    on_fail: stop\n  - end: done\n",
			"_config.yaml", "retry: 3\n"+c.config)
		lib, ps := Load(fsys)
		ps = append(ps, Lint(lib, testNow)...)
		if c.says == "" && len(ps) > 0 || c.says != "" && (len(ps) != 1 || ps[0].Code != "R201" || ps[0].Line != 8 || !strings.Contains(ps[0].Message, c.says)) {
			t.Errorf("%+v: %s", c, text(t, ps))
		}
	}
}

// TestNoProfile: fields that are written want a profile.yaml; the finding shows the lines that it takes, and those lines do.
func TestNoProfile(t *testing.T) {
	fsys := flowOf("  - id: beds\n    ask: 几张床？\n    type: number\n    save: profile.beds\n  - id: topics\n    ask: 想看什么？\n    type: many\n"+
		"    choices: [{a: 文献}, {b: 病例}]\n    save: profile.topics\n  - set: {profile.seen: today}\n  - end: done\n", "_config.yaml", "retry: 3\n")
	lib, ps := Load(fsys)
	ps = append(ps, Lint(lib, testNow)...)
	if len(ps) != 1 || ps[0].Code != "R201" || ps[0].Level != lint.Error || ps[0].Line != 8 {
		t.Fatal(text(t, ps))
	}
	_, lines, _ := strings.Cut(ps[0].Advice, "\n")
	fsys["profile.yaml"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(lines, "\n  ", "\n")[2:] + "\n")}
	lib, ps = Load(fsys)
	if ps = append(ps, Lint(lib, testNow)...); len(ps) > 0 {
		t.Errorf("%s\n%s", fsys["profile.yaml"].Data, text(t, ps))
	}
}

// TestLowSums: a total over what may be missing is worth a word, unless the flow asks whether it was answered.
func TestLowSums(t *testing.T) {
	q := func(id, more string) string {
		return "  - id: " + id + "\n    ask: 累吗？\n    choices: [{a: {label: 不累, score: 0}}, {b: {label: 很累, score: 2}}]\n" + more
	}
	optional := "    required: false\n    on_fail: skip\n"
	say := "  - when: t > 1\n    say: 好\n  - end: done\n"
	for name, c := range map[string]struct{ steps, want string }{
		"required":         {q("x", "") + q("y", "") + "  - set: {t: \"score(x, y)\"}\n" + say, ""},
		"optional":         {q("x", "") + q("y", optional) + "  - set: {t: \"score(x, y)\"}\n" + say, "R208 13"},
		"skipped":          {q("x", "") + q("y", "    on_fail: skip\n") + "  - set: {t: \"score(x, y)\"}\n" + say, "R208 12"},
		"not asked":        {q("x", "") + q("y", "    when: x == b\n") + "  - set: {t: \"score(x, y)\"}\n" + say, "R208 12"},
		"counted":          {q("x", "") + q("y", optional) + "  - set: {n: \"count(x, y)\", t: \"score(x, y)\"}\n  - when: n < 2\n    say: 没答全\n" + say, ""},
		"asked for":        {q("x", "") + q("y", optional) + "  - when: y is not empty\n    set: {t: \"score(x, y)\"}\n  - when: (t or 0) > 1\n    say: 好\n  - end: done\n", ""},
		"in a rule":        {q("y", optional) + "  - classify: t\n    rules: [{high: score(y) > 1}, {low: else}]\n  - when: t == high\n    say: 好\n  - end: done\n", "R208 11"},
		"sum":              {"  - id: n\n    ask: 几个？\n    type: number\n" + optional + "  - set: {t: \"sum(n, 1)\"}\n" + say, "R208 10"},
		"sum with a value": {"  - id: n\n    ask: 几个？\n    type: number\n" + optional + "  - set: {t: \"sum(n or 0, 1)\"}\n" + say, ""},
	} {
		if got := strings.Join(found(t, flowOf(c.steps)), ","); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestNobodyListens: without a _config.yaml it is a warning, with one that does not listen an error; the lines of the advice are what it takes.
func TestNobodyListens(t *testing.T) {
	fsys := flowOf("  - id: a\n    ask: 给患者用药时，您最担心什么？\n    type: text\n  - end: done\n")
	check := func() []Problem {
		lib, ps := Load(fsys)
		return append(ps, Lint(lib, testNow)...)
	}
	ps := check()
	if len(ps) != 1 || ps[0].Code != "C507" || ps[0].Level != lint.Warning {
		t.Fatal(text(t, ps))
	}
	_, lines, _ := strings.Cut(ps[0].Advice, "\n  ")
	fsys["_config.yaml"] = &fstest.MapFile{Data: []byte("retry: 3\n")}
	if ps = check(); len(ps) != 1 || ps[0].Level != lint.Error {
		t.Error(text(t, ps))
	}
	fsys["_config.yaml"].Data = []byte(strings.ReplaceAll(lines, "\n  ", "\n") + "\n")
	if ps = check(); len(ps) > 0 {
		t.Errorf("%s\n%s", fsys["_config.yaml"].Data, text(t, ps))
	}
}
