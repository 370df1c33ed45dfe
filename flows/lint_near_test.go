package flows

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vrep/vrep/flows/lint"
)

// codesIn are the codes of all findings of one rule group and level, as "code line".
func codesIn(fsys fstest.MapFS, codes ...string) string {
	lib, ps := Load(fsys)
	if lib != nil {
		ps = append(ps, Lint(lib, testNow)...)
	}
	var out []string
	for _, p := range lint.Sort(ps) {
		if contains(codes, p.Code) {
			out = append(out, p.Code+" "+itoa(p.Line))
		}
	}
	return strings.Join(out, ",")
}

// TestNear: for the rules about words and numbers what is a mistake, and what lies close to it and is none. Steps begin in line 5.
func TestNear(t *testing.T) {
	end := "  - end: done\n"
	opts := func(labels ...string) string {
		out := "  - id: a\n    ask: 选\n    choices:\n" // options begin in line 8
		for i, l := range labels {
			out += "      - o" + itoa(i) + ": " + l + "\n"
		}
		return out + end
	}
	keys := func(keys ...string) string {
		var ls []string
		for i, k := range keys {
			ls = append(ls, "{label: "+string(rune('甲'+i))+"项, key: "+k+"}")
		}
		return opts(ls...)
	}
	ask := func(text, more string) string { return "  - id: a\n    ask: " + text + "\n" + more + end }
	number, date := "    type: number\n", "    type: date\n    past: true\n"
	for name, c := range map[string]struct{ code, steps, want string }{
		"label begins":               {"M402", opts("线上", "线上会议"), "M402 9"},
		"label within":               {"M402", opts("会议", "线上会议"), "M402 9"},
		"graded":                     {"M402", opts("非常满意", "满意", "不满意", "很不满意"), ""},
		"deputies":                   {"M402", opts("主任医师", "副主任医师"), ""},
		"denied":                     {"M402", opts("用过", "没用过"), ""},
		"numbers":                    {"M402", opts("5 位", "15 位", "1.5 位"), ""},
		"ranges":                     {"M402", opts("1-5 位", "11-15 位"), ""},
		"one character":              {"M402", opts("肝", "肝胆"), ""},
		"keys":                       {"M405", keys("1", "2", "3"), ""},
		"keys from 0":                {"M405", keys("0", "1", "2"), ""},
		"keys down":                  {"M405", keys("3", "2", "1"), ""},
		"keys with a gap":            {"M405", keys("1", "2", "4"), "M405 10"},
		"keys with unknown":          {"M405", keys("1", "2", "9"), ""},
		"keys of letters":            {"M405", keys("A", "B", "D"), ""},
		"key repeated":               {"M405,M401", keys("1", "2", "2"), "M405 10"},
		"other":                      {"M407", opts("指南", "其他"), "M407 9"},
		"other, marked":              {"M407", opts("指南", "其他（请注明）"), "M407 9"},
		"other with text":            {"M407", opts("指南", "{label: 其他, text: 请写明}"), ""},
		"other of something":         {"M407", opts("指南", "其他科室"), ""},
		"none beside others":         {"M407", strings.Replace(opts("指南", "以上都没有"), "    ask", "    type: many\n    ask", 1), "M407 10"},
		"none alone":                 {"M407", opts("指南", "以上都没有"), ""},
		"example fits":               {"M406", ask("多少？例如“30”或“三十五”。", number), ""},
		"example range":              {"M406", ask("多少？例如“3-5 个”。", number), "M406 6"},
		"bare example":               {"M406", ask("多少？例如 3-5 个。", number), "M406 6"},
		"bare example fits":          {"M406", ask("多少（例如 30 或 40）？", number), ""},
		"example of a date":          {"M406", ask("哪天？例如“3月5日”或“昨天”。", date), ""},
		"date of another year":       {"M406", ask("哪天？例如“12月3号上午10点”。", "    type: datetime\n    future: 1d..30d\n"), ""},
		"month for a day":            {"M406", ask("哪天？例如“3月底”。", date), "M406 6"},
		"free text":                  {"M406", ask("什么情况？例如“夜间血压高”。", "    type: text\n"), ""},
		"beside the pattern":         {"M406", ask("编号？例如“AB12”。", "    type: text\n    pattern: \"^[0-9]{6}$\"\n"), "M406 6"},
		"example of don't know":      {"M406", ask("多少？例如“说不清”。", number+"    unknown: 说不清\n"), ""},
		"reply word":                 {"M406", ask("多少？不想说请回复“跳过”。", number), ""},
		"example with placeholder":   {"M406", "  - id: n\n    ask: 数\n    type: number\n" + ask("多少？例如“${n}个”。", number), ""},
		"several":                    {"M406", ask("哪几个？例如“1、2”。", "    type: many\n    choices: [{x: 甲项}, {y: 乙项}]\n"), ""},
		"virtual":                    {"C506", "  - say: 我是您的虚拟医药代表，由程序自动应答，不是真人。\n" + end, ""},
		"person":                     {"C506", "  - say: 我是真人。\n" + end, "C506 5"},
		"rep":                        {"C506", "  - say: 您好，我是负责贵院的医药代表小李。\n" + end, "C506 5"},
		"rep of a company":           {"C506", "  - say: 我是${account.company}的学术专员。\n" + end, "C506 5"},
		"somebody else's words":      {"C506", "  - say: 您可以回复“我是医生”。\n" + end, ""},
		"option":                     {"C506", opts("我是医生", "我是药师"), ""},
		"no person":                  {"C506", "  - say: 我不是真人，是${account.bot}。\n" + end, ""},
		"no robot":                   {"C506", "  - say: 我不是机器人。\n" + end, "C506 5"},
		"a colleague":                {"C506", "  - say: 稍后由医药代表联系您，他是真人。\n" + end, ""},
		"how many boxes":             {"C510", ask("您每月大约开几盒？", number), "C510 6"},
		"prescriptions":              {"C505,C510", ask("上周开了多少张处方？", number), "C505 6"},
		"prescriptions, other words": {"C510", ask("上周开出几张处方？", number), "C510 6"},
		"use per month":              {"C510", ask("本科室每月的用药量是多少？", number), "C510 6"},
		"patients":                   {"C510", ask("每月大约接诊多少位患者？", number), ""},
		"beds":                       {"C510", ask("开放床位有多少张？", number), ""},
		"in words":                   {"C510", ask("对处方的管理有什么建议？", "    type: text\n"), ""},
		"identity":                   {"C509", ask("患者姓名是？", "    type: text\n"), "C509 6"},
		"identity refused":           {"C509", ask("发生了什么？请不要写患者姓名和病历号。", "    type: text\n"), ""},
		"age":                        {"C509", ask("患者大概多大年纪？", "    type: text\n"), ""},
		"phone":                      {"C509", ask("手机号？", "    type: phone\n"), "C509 5"},
		"negated words":              {"C505", "  - say: 我们不提供礼品，不谈处方量。\n" + end, ""},
		"gift":                       {"C505", "  - say: 有礼品。\n" + end, "C505 5"},
		"rate":                       {"C505", "  - say: 有效率达 95%。\n" + end, "C505 5"},
		"first question":             {"C505", "  - say: 第一题最多两分钟。\n" + end, ""},
		"goto elsewhere":             {"P309", "  - id: a\n    ask: 选\n    choices: [{x: {label: 甲项, goto: b}}, {y: 乙项}]\n    goto: c\n  - id: b\n    say: 甲\n  - id: c\n    say: 乙\n" + end, ""},
		"next before goto":           {"P309", "  - id: a\n    ask: 有吗\n    type: yesno\n    next: [{when: a == yes, goto: b}, {when: a == no, goto: c}]\n  - id: b\n    say: 甲\n  - id: c\n    say: 乙\n" + end, ""},
		"next last":                  {"P309", "  - id: a\n    ask: 有吗\n    type: yesno\n    next: [{when: a == no, goto: c}, {when: a == yes, goto: b}]\n  - id: b\n    say: 甲\n  - id: c\n    say: 乙\n" + end, "P309 8"},
		"all the same":               {"P309", "  - id: a\n    ask: 选\n    choices: [{x: {label: 甲项, goto: c}}, {y: {label: 乙项, goto: c}}]\n  - id: b\n    say: 甲\n    goto: c\n  - id: c\n    say: 乙\n" + end, "P309 7,P309 10"},
		"emoji":                      {"W605", "  - say: 谢谢👏\n" + end, "W605 5"},
		"joined":                     {"W605", "  - say: \"第1️⃣步\"\n" + end, "W605 5"},
		"signs of text":              {"W605", "  - say: ①甲 ★乙 →丙 ℃ “引”—— ㎡\n" + end, ""},
		"rare name":                  {"W605", "  - say: 𠮷田医院\n" + end, ""},
		"value used in a text":       {"R206", "  - id: n\n    ask: 数\n    type: number\n  - set: {s: n * 2}\n  - say: ${s or \"\"}\n" + end, ""},
		"value used in itself":       {"R206", "  - set: {s: (s or 0) + 1}\n  - say: 好\n" + end, "R206 5"},
		"value used in a slip":       {"R206", "  - set: {s: 1}\n  - when: s === 1\n    say: 好\n" + end, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := codesIn(flowOf(c.steps), strings.Split(c.code, ",")...); got != c.want {
				t.Errorf("%q, want %q\n%s", got, c.want, c.steps)
			}
		})
	}
}

// TestNearFolders: rules that look at more than one file, or at the header.
func TestNearFolders(t *testing.T) {
	flow := func(id, head, steps string) string {
		return "flow: " + id + "\ntitle: 甲\napproval: {no: A, until: 2030-01-01}\n" + head + "steps:\n" + steps + "  - end: done\n"
	}
	folder := func(files ...string) fstest.MapFS {
		out := fstest.MapFS{}
		for i := 0; i+1 < len(files); i += 2 {
			out[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
		}
		return out
	}
	contents := "contents:\n  c: {title: 导读, kind: video, audience: 2, url: \"https://a.example.com/c\", approval: {no: B, until: 2030-01-01}}\n"
	products := "products: [{name: 甲乙片, generic: 甲乙, notice: 仅供专业人士阅读}]\n"
	number, yes := "  - {id: n, ask: 数, type: number, save: profile.n}\n", "  - {id: n, ask: 数, type: yesno, save: profile.n}\n"
	mobile := "  - {id: m, ask: 手机号, type: phone}\n"
	remind := func(after string) string { return "remind: [{after: " + after + ", say: 还在吗}]\n" }
	two := "  - {id: x, ask: 一, type: number}\n  - {id: y, ask: 二, type: number}\n"
	for name, c := range map[string]struct {
		code string
		fsys fstest.MapFS
		want string
	}{
		"open content":          {"C503", folder("f.yaml", flow("f", "", "  - send: c\n"), "contents.yaml", contents), "C503 5"},
		"guarded step":          {"C503", folder("f.yaml", flow("f", "", "  - {when: doctor.level == 2, send: c}\n"), "contents.yaml", contents), ""},
		"guarded flow":          {"C503", folder("f.yaml", flow("f", "start: {on: \"word:x\", when: doctor.level >= 2}\n", two+"  - send: c\n"), "contents.yaml", contents), ""},
		"turned away":           {"C503", folder("f.yaml", flow("f", "", "  - {when: doctor.level < 2, say: 请先核验, goto: stop}\n  - send: c\n"), "contents.yaml", contents), ""},
		"weak guard":            {"C503", folder("f.yaml", flow("f", "", "  - {when: doctor.level > 0, send: c}\n"), "contents.yaml", contents), "C503 5"},
		"asked for":             {"C503", folder("f.yaml", flow("f", "", "  - {id: s, send: c}\n  - {when: not s.sent, say: 请先核验}\n"), "contents.yaml", contents), ""},
		"caller guards":         {"C503", folder("f.yaml", flow("f", "", "  - {when: doctor.level == 2, call: g}\n"), "g.yaml", flow("g", "", "  - send: c\n"), "contents.yaml", contents), ""},
		"block guards":          {"C503", folder("f.yaml", flow("f", "", "  - when: doctor.level == 2\n    id: b\n    block: {times: 2}\n    steps:\n      - send: c\n  - {when: doctor.level == 2, send: c}\n"), "contents.yaml", contents), ""},
		"in an open block":      {"C503", folder("f.yaml", flow("f", "", "  - id: b\n    block: {times: 2}\n    steps:\n      - send: c\n"), "contents.yaml", contents), "C503 8"},
		"used in a block":       {"R206", folder("f.yaml", flow("f", "", "  - set: {s: 1}\n  - id: b\n    block: {times: 2}\n    steps:\n      - {when: s == 1, say: 好}\n")), ""},
		"used to end a loop":    {"R206", folder("f.yaml", flow("f", "", "  - id: b\n    block: {times: 3, until: s == 1}\n    steps:\n      - set: {s: 1}\n")), ""},
		"caller does not":       {"C503", folder("f.yaml", flow("f", "", "  - call: g\n"), "g.yaml", flow("g", "", "  - send: c\n"), "contents.yaml", contents), "C503 5"},
		"brand":                 {"C504", folder("f.yaml", flow("f", "", "  - say: 甲乙片。仅供专业人士阅读\n"), "_config.yaml", products), "C504 5"},
		"brand and generic":     {"C504", folder("f.yaml", flow("f", "", "  - say: 甲乙片（甲乙）。\n  - say: 仅供专业人士阅读\n"), "_config.yaml", products), ""},
		"generic alone":         {"C504", folder("f.yaml", flow("f", "", "  - say: 甲乙的研究\n"), "_config.yaml", products), ""},
		"price looked up":       {"C504", folder("f.yaml", flow("f", "", "  - say: ${price(profile.hospital, \"甲乙片\") or \"核实中\"}\n"), "_config.yaml", products), ""},
		"note for the rep":      {"C504", folder("f.yaml", flow("f", "start: {when: consent.base}\n", "  - {do: lead, kind: x, note: 甲乙片}\n"), "_config.yaml", products), ""},
		"types":                 {"R207", folder("f.yaml", flow("f", "", number), "g.yaml", flow("g", "", yes)), "R207 5"},
		"same types":            {"R207", folder("f.yaml", flow("f", "", number), "g.yaml", flow("g", "", number)), ""},
		"declared":              {"R207", folder("f.yaml", flow("f", "", number), "profile.yaml", "profile:\n  n: {type: date}\n"), "R207 5"},
		"list takes one":        {"R207", folder("f.yaml", flow("f", "", "  - {id: n, ask: 选, choices: [{a: 苹果}, {b: 香蕉}], save: profile.n}\n"), "profile.yaml", "profile:\n  n: {type: list}\n"), ""},
		"day of today":          {"R207", folder("f.yaml", flow("f", "", "  - set: {profile.n: today}\n"), "profile.yaml", "profile:\n  n: {type: date}\n"), ""},
		"phone after consent":   {"C509", folder("f.yaml", flow("f", "start: {on: \"word:x\", when: consent.base}\n", mobile)), ""},
		"phone of the caller":   {"C509", folder("f.yaml", flow("f", "start: {on: \"word:x\", when: consent.base}\n", "  - call: g\n"), "g.yaml", flow("g", "", mobile)), ""},
		"one caller without":    {"C509", folder("f.yaml", flow("f", "start: {on: \"word:x\", when: consent.base}\n", "  - call: g\n"), "h.yaml", flow("h", "start: {on: \"word:y\"}\n", "  - call: g\n"), "g.yaml", flow("g", "", mobile)), "C509 5"},
		"phone of a case":       {"C509", folder("f.yaml", flow("f", "kind: urgent\n", mobile+"  - {do: report_ae, within: 1h}\n")), ""},
		"field of a person":     {"C509", folder("f.yaml", flow("f", "", "  - {id: n, ask: 名, type: text, save: profile.n}\n"), "profile.yaml", "profile:\n  n: {type: text, pii: true}\n"), "C509 5"},
		"nobody listens":        {"C507", folder("f.yaml", flow("f", "", "  - {id: n, ask: 患者多吗, type: yesno}\n")), "C507 5"},
		"nothing clinical":      {"C507", folder("f.yaml", flow("f", "", two)), ""},
		"case complete":         {"C508", folder("f.yaml", flow("f", "kind: urgent\n", mobile+"  - {do: report_ae, within: 1h}\n")), ""},
		"case with a hotline":   {"C508", folder("f.yaml", flow("f", "kind: urgent\n", "  - {do: report_ae, within: 1h}\n  - say: 请拨 ${account.pv_hotline}\n")), ""},
		"reminder":              {"W603", folder("f.yaml", flow("f", remind("20h"), two)), ""},
		"reminder late":         {"W603", folder("f.yaml", flow("f", remind("49h"), two)), "W603 4"},
		"reminder after expiry": {"W603", folder("f.yaml", flow("f", remind("30h")+"expire: 24h\n", two)), "W603 4"},
		"reminder at night":     {"W603", folder("f.yaml", flow("f", remind("20h"), two), "_config.yaml", "quiet: 21:00-08:00\n"), ""},
		"always quiet":          {"W603", folder("f.yaml", flow("f", remind("20h"), two), "_config.yaml", "quiet: 00:00-00:00\n"), "W603 4"},
		"clicked once":          {"W603", folder("f.yaml", flow("f", "start: {on: [\"menu:A\", follow]}\n"+remind("20h"), "  - {id: x, ask: 一, type: number}\n")), "W603 5"},
		"clicked, then typed":   {"W603", folder("f.yaml", flow("f", "start: {on: [\"menu:A\", follow]}\n"+remind("20h"), two)), ""},
		"typed":                 {"W603", folder("f.yaml", flow("f", "start: {on: [\"menu:A\", \"word:x\"]}\n"+remind("20h"), "  - {id: x, ask: 一, type: number}\n")), ""},
		"open too long":         {"W603", folder("f.yaml", flow("f", "expire: 72h\n", two)), "W603 4"},
		"link":                  {"W605", folder("f.yaml", flow("f", "", "  - say: 见 https://b.example.com/x。\n"), "_config.yaml", "domains: [a.example.com]\n"), "W605 5"},
		"link below":            {"W605", folder("f.yaml", flow("f", "", "  - say: 见 https://x.a.example.com/x，谢谢\n"), "_config.yaml", "domains: [A.example.com]\n"), ""},
		"link that only ends":   {"W605", folder("f.yaml", flow("f", "", "  - say: 见 https://evila.example.com/x\n"), "_config.yaml", "domains: [a.example.com]\n"), "W605 5"},
		"any link":              {"W605", folder("f.yaml", flow("f", "", "  - say: 见 https://b.example.com/x\n")), ""},
		"input used":            {"R206", folder("f.yaml", flow("f", "inputs: {k: {type: text}}\n", "  - {when: input.k is empty, say: 好}\n")), ""},
		"value of the caller":   {"R206", folder("f.yaml", flow("f", "", "  - {id: c, call: g}\n  - {when: c.s == 1, say: 好}\n"), "g.yaml", flow("g", "", "  - set: {s: 1}\n")), ""},
		"value that is given":   {"R206", folder("g.yaml", flow("g", "outputs: [s]\n", "  - set: {s: 1}\n")), ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := codesIn(c.fsys, c.code); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestLongTalk: the longest way counts, not all ways together.
func TestLongTalk(t *testing.T) {
	q := func(from, n int, when string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString("  - id: q" + itoa(from+i) + "\n    ask: 好吗\n    type: yesno\n")
			if when != "" {
				b.WriteString("    when: " + when + "\n")
			}
		}
		return b.String()
	}
	head := "  - id: a\n    ask: 选\n    choices: [{x: 苹果}, {y: 香蕉}]\n"
	for name, c := range map[string]struct{ steps, want string }{
		"25":             {q(1, 25, ""), ""},
		"26":             {q(1, 26, ""), "S106 1"},
		"two halves":     {head + q(1, 20, "a == x") + q(30, 20, "a == y"), ""},
		"two and common": {head + q(1, 20, "a == x") + q(30, 20, "a == y") + q(60, 10, ""), "S106 1"},
		"rounds":         {q(1, 3, "") + "  - id: k\n    block: {another: 还有吗}\n    steps:\n" + indented(q(30, 8, "")), ""},
		"written rounds": {q(1, 3, "") + "  - id: k\n    block: {times: 3}\n    steps:\n" + indented(q(30, 8, "")), "S106 1"},
		"slow":           {strings.ReplaceAll(q(1, 16, ""), "好吗", strings.Repeat("很长的一段说明", 40)), "S106 1"},
	} {
		if got := codesIn(flowOf(c.steps+"  - end: done\n"), "S106"); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestBounded: a file full of mistakes, and a flow that is hard to follow, cost bounded work and give a bounded answer.
func TestBounded(t *testing.T) {
	var many strings.Builder
	for i := range 10_000 {
		many.WriteString("  - say: 首选 ${n" + itoa(i) + "}\n")
	}
	lib, ps := Load(flowOf(many.String() + "  - end: done\n"))
	if lib != nil {
		ps = append(ps, Lint(lib, testNow)...)
	}
	if len(ps) == 0 || len(ps) > 400 {
		t.Errorf("%d findings", len(ps))
	}
	var maze strings.Builder
	for i := range 400 {
		maze.WriteString("  - id: q" + itoa(i) + "\n    ask: 选\n    max_visits: 3\n    choices: [{x: 苹果}, {y: 香蕉}]\n    next:\n")
		for j := range 6 {
			maze.WriteString("      - {when: \"q" + itoa(i*7%(i+1)) + " == x and q" + itoa(i*j%(i+1)) + " != y\", goto: q" + itoa((i*37+j*91)%400) + "}\n")
		}
	}
	lib, _ = Load(flowOf(maze.String() + "  - end: done\n"))
	Lint(lib, testNow)
	if tr := newTried(lib.Flow("f"), false); tr.run(tr.full) {
		t.Error("the maze was followed to its end: it is no test of the bounds")
	}
}

// indented puts steps a level deeper.
func indented(steps string) string {
	return "    " + strings.TrimSuffix(strings.ReplaceAll(steps, "\n", "\n    "), "    ")
}
