package flows

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func byKind(changes []Change) map[ChangeKind][]string {
	out := map[ChangeKind][]string{}
	for _, c := range changes {
		what := strings.Trim(c.Step+">"+c.To+" "+c.Value, " ")
		if c.Covered {
			what += " covered"
		}
		out[c.Kind] = append(out[c.Kind], what)
	}
	delete(out, OtherShape)
	delete(out, OtherText)
	return out
}

// TestCompare: what changed, with the entry of migrate and without.
func TestCompare(t *testing.T) {
	old := edition(t, "", oldSteps).Flow("q")
	got := byKind(Compare(old, edition(t, "", newSteps).Flow("q")))
	want := map[ChangeKind][]string{
		Renamed: {"dept>department"}, QuestionGone: {"color>"}, QuestionNew: {">rooms covered"}, CodeRenamed: {"title>title zhuren"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("without an entry (-want +got):\n%s", d)
	}
	got = byKind(Compare(old, edition(t, moveAll, newSteps).Flow("q")))
	want = map[ChangeKind][]string{QuestionGone: {"color> covered"}, QuestionNew: {">rooms covered"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("with an entry (-want +got):\n%s", d)
	}
	if c := Compare(old, old); len(c) != 0 {
		t.Errorf("the same version: %v", c)
	}
}

// TestComparePlaces: a change stands where the new file has it, or at its head.
func TestComparePlaces(t *testing.T) {
	for _, c := range Compare(edition(t, "", oldSteps).Flow("q"), edition(t, "", newSteps).Flow("q")) {
		if c.File != "q.yaml" || c.Line < 1 {
			t.Errorf("%s %s>%s is at %s:%d", c.Kind, c.Step, c.To, c.File, c.Line)
		}
		if c.Kind == Renamed && c.Line != 6 {
			t.Errorf("the renamed question is at line %d", c.Line)
		}
	}
}

// TestCompareFacts: words are told from what decides how a talk goes; a mere change of order is told too.
func TestCompareFacts(t *testing.T) {
	old := edition(t, "", oldSteps).Flow("q")
	for _, c := range []struct {
		name, steps string
		want        ChangeKind
	}{
		{"words", strings.Replace(oldSteps, "您在哪个科室", "您是哪个科室", 1), OtherText},
		{"limit", strings.Replace(oldSteps, "    type: number\n", "    type: number\n    range: 1..9\n", 1), OtherShape},
		{"order", strings.Replace(strings.Replace(oldSteps, "  - set: {size: \"if(beds > 100, big, small)\"}\n", "", 1), "  - end: done\n", "  - set: {size: \"if(beds > 100, big, small)\"}\n  - end: done\n", 1), OtherShape},
	} {
		changes := Compare(old, edition(t, "", c.steps).Flow("q"))
		if len(changes) == 0 {
			t.Errorf("%s: nothing has changed", c.name)
		}
		for _, x := range changes {
			if x.Kind != c.want {
				t.Errorf("%s: %+v", c.name, x)
			}
		}
	}
}

// TestLintAgainst: which changes need a word in migrate, with the number of doctors who stand there.
func TestLintAgainst(t *testing.T) {
	old := edition(t, "", oldSteps)
	for _, c := range []struct {
		name, header, steps string
		standing            map[string]int
		want                []string
	}{
		{"nobody stands there", "", newSteps, nil, []string{"V802", "V802"}},
		{"doctors on what is gone", "", newSteps, map[string]int{"q.color": 4, "q.dept": 2}, []string{"V801 4 位", "V801 2 位", "V802"}},
		{"all said", moveAll, newSteps, map[string]int{"q.color": 4, "q.dept": 2}, nil},
		{"pinned", "migrate:\n  - {from: any, policy: pin}\n", newSteps, map[string]int{"q.color": 4}, nil},
		{"again", "migrate:\n  - {from: any, policy: restart}\n", newSteps, map[string]int{"q.color": 4}, nil},
		{"another version", strings.Replace(moveAll, "any", "2020-01-01", 1), newSteps, map[string]int{"q.color": 4}, []string{"V801 4 位", "V802", "V802"}},
		{"a move without a place", strings.Replace(moveAll, "    drop: [color]\n", "", 1), newSteps, nil, []string{"V801 color"}},
		{"another kind", moveAll, strings.Replace(newSteps, "    ask: 多少张床位？\n    type: number\n", "    ask: 多少张床位？\n    type: yesno\n", 1), nil, []string{"V801 number"}},
		{"an option gone", "migrate:\n  - {from: any, policy: move}\n", strings.Replace(oldSteps, "      - other: 其他职称\n", "      - none: 无\n", 1), nil, []string{"V802 other"}},
		{"words only", "", strings.Replace(oldSteps, "您在", "您现在", 1), map[string]int{"q.dept": 9}, nil},
	} {
		steps := c.steps
		if c.name == "another kind" {
			steps = strings.Replace(steps, "beds > 50", "beds == yes", 1)
		}
		ps := LintAgainst(old, edition(t, c.header, steps), c.standing)
		var got []string
		for _, p := range ps {
			got = append(got, p.Code+" "+p.Message)
		}
		ok := len(got) == len(c.want)
		for _, w := range c.want {
			code, part, _ := strings.Cut(w, " ")
			found := false
			for _, g := range got {
				found = found || strings.HasPrefix(g, code) && strings.Contains(g, part)
			}
			ok = ok && found
		}
		if !ok {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestMigrateSlips: an entry that names what this version does not have is filed at the name.
func TestMigrateSlips(t *testing.T) {
	for entry, want := range map[string]string{
		"rename: {dept: departmnt}":                      "R201 没有叫 departmnt 的问题，是不是 department？",
		"rename: {a: beds, b: beds}":                     "S105 a 和 b 不能都改名为 beds",
		"rename: {a: beds}\n    drop: [a]":               "S105 a 既改名又丢弃",
		"values: {titel: {x: chief}}":                    "R201 没有叫 titel 的问题，是不是 title？",
		"values: {title: {zhuren: cheif}}":               "R204 title 没有“cheif”这个值，是不是 chief？",
		"values: {title: zhuren}":                        "S105 这里要写成",
		"rename: [a]":                                    "S105 这里要写成",
		"resume: beeds":                                  "R201 没有叫 beeds 的问题，是不是 beds？",
		"policy: stay":                                   "S105 “policy”不能写“stay”",
		"renames: {a: b}":                                "Y004 没有“renames”这个写法，是不是 rename？",
		"policy: move\n  - {policy: pin, drop: [color]}": "S104 缺少“from”",
	} {
		files := edition(t, "", newSteps).files
		text := strings.Replace(string(files["q.yaml"]), "steps:\n", "migrate:\n  - from: any\n    "+entry+"\nsteps:\n", 1)
		files["q.yaml"] = []byte(text)
		lib, ps := loadFiles(files, false)
		if lib != nil {
			ps = append(ps, Lint(lib, testNow)...)
		}
		found := false
		for _, p := range ps {
			found = found || strings.HasPrefix(p.Code+" "+p.Message, want) && p.Line > 5
		}
		if !found {
			t.Errorf("%s: %v", entry, ps)
		}
	}
}
