package flows

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vrep/vrep/flows/lint"
	"golang.org/x/tools/txtar"
)

// planted is one slip in a folder without findings: a piece of a file that is written wrong, and the code of the first message. The message has to
// name the line on which the slip stands; at gives another line by a piece of it, where the mistake shows only there.
type planted struct {
	name, file, right, wrong, code, at string
}

var slips = []planted{
	// what Chinese keyboards and YAML do to a line
	{"full-width colon", "visit.yaml", "    ask: 您主要", "    ask：您主要", "Y001", ""},
	{"full-width colon of a step", "visit.yaml", "- say: 您好，", "- say：您好，", "Y001", ""},
	{"colon without a space", "visit.yaml", "    ask: 大约", "    ask:大约", "Y001", ""},
	{"second colon", "visit.yaml", "ask: 想看哪些内容？", "ask: 请选: 想看哪些内容？", "Y002", ""},
	{"hash", "visit.yaml", "say: 大型监护病房", "say: 第 #1 份大型监护病房", "Y002", ""},
	{"full-width indent", "visit.yaml", "    type: yesno", "　　type: yesno", "Y001", ""},
	{"tab", "visit.yaml", "    type: yesno", "\ttype: yesno", "Y001", ""},
	{"dash without a space", "visit.yaml", "      - later: 以后", "      -later: 以后", "Y006", ""},
	{"full-width dash", "visit.yaml", "      - later: 以后", "      －later: 以后", "Y001", ""},
	{"leading @", "visit.yaml", "ask: 愿意请同事", "ask: @老师 愿意请同事", "Y002", ""},
	{"leading *", "visit.yaml", "ask: 愿意请同事", "ask: *重要* 愿意请同事", "Y002", ""},
	{"leading [", "visit.yaml", "ask: 愿意请同事", "ask: [玫瑰] 愿意请同事", "Y002", ""},
	{"leading {", "visit.yaml", "ask: 愿意请同事", "ask: {name}愿意请同事", "Y002", ""},
	{"leading %", "visit.yaml", "ask: 愿意请同事", "ask: %80 愿意请同事", "Y002", ""},
	{"leading quote", "visit.yaml", "ask: 愿意请同事", "ask: \"愿意\"请同事", "Y002", ""},
	{"moustache", "visit.yaml", "say: 谢谢您${if", "say: 谢谢您{{name}}${if", "S105", ""},
	{"duplicate key", "visit.yaml", "owner: 市场部", "owner: 市场部\nowner: 医学部", "Y003", "owner: 医学部"},
	{"anchor", "visit.yaml", "ask: 愿意请同事", "ask: &q 愿意请同事", "Y005", ""},
	{"alias", "visit.yaml", "choices: topics", "choices: *topics", "Y005", ""},
	{"open quote", "visit.yaml", "ask: 愿意请同事联系您吗？", "ask: \"愿意请同事联系您吗？", "Y000", ""},
	{"open bracket", "visit.yaml", "labels: [用过, 没用过]", "labels: [用过, 没用过", "Y000", ""},
	{"full-width bracket", "visit.yaml", "labels: [用过, 没用过]", "labels: ［用过，没用过］", "Y001", ""},
	{"full-width comma in braces", "visit.yaml", "[普通]}", "[普通]}，{x: 苹果}", "Y001", ""},
	{"one space too many", "visit.yaml", "    type: yesno", "     type: yesno", "Y000", ""},
	{"one space too few", "visit.yaml", "    type: many", "   type: many", "Y000", ""},
	{"comma in braces", "visit.yaml", "label: 愿意, goto", "label: 愿意, 好, goto", "Y002", ""},
	{"full-width sign in a condition", "visit.yaml", "when: size == large", "when: size ＝＝ large", "Y001", ""},
	// typing
	{"key", "visit.yaml", "    on_fail: skip\n    save: profile.beds", "    on_fial: skip\n    save: profile.beds", "Y004", ""},
	{"steps", "visit.yaml", "steps:\n", "step:\n", "Y004", ""},
	{"title", "visit.yaml", "title: ", "titel: ", "Y004", ""},
	{"approval", "visit.yaml", "approval: ", "aproval: ", "Y004", ""},
	{"purpose", "visit.yaml", "purpose: share_with_rep", "purpose: share_with_reps", "R201", ""},
	{"header key", "visit.yaml", "owner: 市场部", "onwer: 市场部", "Y004", ""},
	{"leading key", "visit.yaml", "- classify: size", "- clasify: size", "Y004", ""},
	{"key of an option", "visit.yaml", "aka: [普通]", "akas: [普通]", "Y004", ""},
	{"id in a condition", "visit.yaml", "when: size == large and role == icu", "when: size == large and rule == icu", "R201", ""},
	{"value in a condition", "visit.yaml", "role in [general, icu]", "role in [genral, icu]", "R204", ""},
	{"label for a value", "visit.yaml", "when: used == yes\n    ask: 想看", "when: used == 用过\n    ask: 想看", "R204", ""},
	{"target", "visit.yaml", "goto: bye}", "goto: by}", "R201", ""},
	{"target of an option", "visit.yaml", "goto: share}", "goto: shares}", "R201", ""},
	{"list", "visit.yaml", "choices: topics", "choices: topic", "R201", ""},
	{"content", "visit.yaml", "send: bp_guide", "send: bp_giude", "R201", ""},
	{"field", "visit.yaml", "save: profile.beds", "save: profile.bed", "R201", ""},
	{"field without profile", "visit.yaml", "save: profile.beds", "save: beds", "S105", ""},
	{"type", "visit.yaml", "type: number", "type: numbr", "S105", ""},
	{"trigger", "visit.yaml", "menu:VISIT]", "memu:VISIT]", "S105", ""},
	{"placeholder", "visit.yaml", "${day|date}", "${dya|date}", "R201", ""},
	{"filter", "visit.yaml", "${day|date}", "${day|dat}", "S105", ""},
	{"kind of content", "contents.yaml", "kind: literature", "kind: litrature", "S105", ""},
	{"listener", "_config.yaml", "do: report", "do: reprot", "S105", ""},
	// structure
	{"duplicate id", "visit.yaml", "- id: beds", "- id: role", "S101", ""},
	{"duplicate option", "visit.yaml", "- later: 以后", "- soon: 以后", "S101", ""},
	{"reserved id", "visit.yaml", "- id: contact\n", "- id: stop\n", "S102", ""},
	{"name of the flow", "visit.yaml", "flow: visit", "flow: vist", "S105", ""},
	{"swapped range", "visit.yaml", "range: 1..500", "range: 500..1", "S105", ""},
	{"range with a dash", "visit.yaml", "range: 1..500", "range: 1-500", "S105", ""},
	{"date", "visit.yaml", "until: 2029-12-31}", "until: 2029/12/31}", "S105", ""},
	{"duration", "visit.yaml", "expire: 46h", "expire: 46小时", "S105", ""},
	{"no text", "visit.yaml", "ask: 愿意请同事联系您吗？", "ask:", "S104", ""},
	{"no approval", "visit.yaml", "approval: {no: MLR-2026-0801, until: 2029-12-31}\n", "", "S104", "flow: visit"},
	{"policy missing", "visit.yaml", "    policy: share_2026\n", "", "S104", "- id: share"},
	{"open if", "visit.yaml", "${day|date}见${end}", "${day|date}见", "S105", ""},
	{"key of another type", "visit.yaml", "    unit: 张", "    unit: 张\n    labels: [多, 少]", "S105", "labels: [多"},
	// sense
	{"later question", "visit.yaml", "when: role in [general, icu]", "when: contact == later", "R202", ""},
	{"no fallback", "visit.yaml", "- large: (beds or 0)", "- large: beds + 1", "R203", ""},
	{"type clash", "visit.yaml", "role == icu\n", "role == 5\n", "R205", ""},
	{"unreachable", "visit.yaml", "    say: 大型监护病房的资料稍后发您。", "    say: 大型监护病房的资料稍后发您。\n  - end: done", "P301", "- id: guide"},
	{"no end", "visit.yaml", "  - end: done\n", "", "P303", "- id: bye"},
	{"round of words", "visit.yaml", "- when: size == large and role == icu\n    say: 大型监护病房的资料稍后发您。\n",
		"- id: big\n    when: size == large and role == icu\n    say: 大型监护病房的资料稍后发您。\n    goto: big\n", "P304", "    goto: big"},
	{"no exit", "visit.yaml", "policy: share_2026\n    on_fail: skip", "policy: share_2026\n    on_fail: role", "P306", "on_fail: role"},
	{"no else", "visit.yaml", "      - small: else\n", "", "P307", "- classify: size"},
	{"swapped rules", "visit.yaml", "- large: (beds or 0) >= 100\n      - middle: (beds or 0) >= 30", "- middle: (beds or 0) >= 30\n      - large: (beds or 0) >= 100", "P307", "- large"},
	{"impossible", "visit.yaml", "size == large and role == icu", "size == large and size == small", "P302", ""},
	{"beyond the range", "visit.yaml", "- large: (beds or 0) >= 100", "- large: (beds or 0) >= 1000", "P302", ""},
	{"goto next", "visit.yaml", "aka: [监护室]}", "aka: [监护室], goto: name}", "P309", ""},
	// answers
	{"same options", "visit.yaml", "aka: [监护室]", "aka: [普通]", "M401", ""},
	{"label begins", "visit.yaml", "label: 重症监护", "label: 普通病房加护", "M402", ""},
	{"command", "visit.yaml", "aka: [监护室]", "aka: [返回]", "M403", ""},
	{"example", "visit.yaml", "例如“30”", "例如“20-30 张”", "M406", ""},
	// compliance and the platform
	{"approval over", "visit.yaml", "until: 2029-12-31}", "until: 2025-12-31}", "C501", ""},
	{"content over", "contents.yaml", "until: 2029-12-31}", "until: 2025-12-31}", "C501", "bp_guide:"},
	{"audience", "visit.yaml", "    when: doctor.level == 2\n", "", "C503", "send: bp_guide"},
	{"brand alone", "visit.yaml", "say: 大型监护病房的资料", "say: 示例沙坦片的资料", "C504", ""},
	{"forbidden word", "visit.yaml", "say: 大型监护病房的资料", "say: 首选方案的资料", "C505", ""},
	{"gift", "visit.yaml", "say: 大型监护病房的资料", "say: 小礼品和资料", "C505", ""},
	{"passes for a person", "visit.yaml", "我是虚拟代表，由程序自动应答", "我是负责贵院的医药代表", "C506", ""},
	{"nobody listens", "_config.yaml", "do: report", "do: answer", "C507", "您给患者用过"},
	{"personal data", "visit.yaml", "  when: consent.base\n", "", "C509", "- id: name"},
	{"counting", "visit.yaml", "大约有多少张床位？例如“30”。", "您每月大约开几盒？例如“30”。", "C510", ""},
	{"reminder", "visit.yaml", "after: 20h\n    say", "after: 50h\n    say", "W603", "还剩"},
	{"emoji", "visit.yaml", "say: 大型监护病房", "say: 🏥大型监护病房", "W605", ""},
	{"link", "contents.yaml", "https://content.example.com/bp", "https://example.org/bp", "W605", ""},
	{"unused", "visit.yaml", "when: size == large and role == icu", "when: role == icu", "R206", "- classify: size"},
	{"ignored without a reason", "visit.yaml", "expire: 46h", "expire: 46h # lint: ignore W603", "Y010", ""},
}

func goodFolder(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "planted", "good.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range txtar.Parse(data).Files {
		out[f.Name] = string(f.Data)
	}
	return out
}

func folderFindings(files map[string]string) []Problem {
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	lib, ps := Load(fsys)
	if lib != nil {
		ps = append(ps, Lint(lib, testNow)...)
	}
	return lint.Sort(ps)
}

// TestPlanted: in a folder without a finding every planted slip is named by the first message, on its line.
func TestPlanted(t *testing.T) {
	if ps := folderFindings(goodFolder(t)); len(ps) > 0 {
		t.Fatalf("the good folder has findings:\n%s", text(t, ps))
	}
	right := 0
	for _, s := range slips {
		files := goodFolder(t)
		before, _, ok := strings.Cut(files[s.file], s.right)
		if !ok {
			t.Fatalf("%s: %q is not in the good folder", s.name, s.right)
		}
		files[s.file] = strings.Replace(files[s.file], s.right, s.wrong, 1)
		file, line := s.file, strings.Count(before, "\n")+1
		if s.at != "" {
			for name, data := range files {
				if head, _, ok := strings.Cut(data, s.at); ok {
					file, line = name, strings.Count(head, "\n")+1
				}
			}
		}
		want := fmt.Sprintf("%s:%d %s", file, line, s.code)
		ps := folderFindings(files)
		got := "nothing"
		if len(ps) > 0 {
			got = fmt.Sprintf("%s:%d %s", ps[0].File, ps[0].Line, ps[0].Code)
		}
		if got == want {
			right++
			continue
		}
		t.Errorf("%s: %s, want %s\n%s", s.name, got, want, text(t, ps[:min(len(ps), 3)]))
	}
	t.Logf("%d of %d", right, len(slips))
}
