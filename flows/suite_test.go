package flows

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vrep/vrep/flows/lint"
)

// TestSuiteFails: every kind of expectation fails when it should, at its line, and says what came instead.
func TestSuiteFails(t *testing.T) {
	lib := talkLibrary(t)
	head := "test: visit\ncases:\n  - name: 用例\n    doctor: {consents: [base]}\n    "
	for _, c := range []struct{ name, body, want string }{
		{"bot", "chat: [{me: 拜访}, {bot: 没有这句}]", "回复里没有“没有这句”"},
		{"exact", "chat: [{me: 拜访}, {bot: =您的职称}]", "回复应为“您的职称”"},
		{"absent", "chat: [{me: 拜访}, {bot: \"!您的职称\"}]", "回复里不应有“您的职称”"},
		{"at", "chat: [{me: 拜访}, {at: used}]", "应停在 used，实际停在 title"},
		{"end", "chat: [{me: 拜访}, {end: done}]", "应以 done 结束"},
		{"answers", "chat: [{me: 拜访}, {me: 主任}, {answers: {title: deputy}}]", "title 应为“deputy”，实际是“chief"},
		{"event", "chat: [{event: jump}]", "“event”不能写“jump”"},
		{"after", "chat: [{me: 拜访}, {after: 很久}]", "“after”的时长写法不对"},
		{"turn", "chat: [{say: 拜访}]", "没有“say”这个写法"},
		{"turn near", "chat: [{mee: 拜访}]", "没有“mee”这个写法，是不是 me"},
		{"event near", "chat: [{event: folow}]", "是不是 follow"},
		{"at near", "chat: [{me: 拜访}, {at: titel}]", "应停在 titel，实际停在 title"},
		{"case key", "gven: {a: 1}\n    chat: [{me: 拜访}]", "没有“gven”这个写法，是不是 given"},
		{"twice first", "chat: [{twice: true}]", "twice 前面没有医生的消息"},
		{"twice value", "chat: [{me: 拜访}, {twice: 3}]", "“twice”不能写“3”"},
		{"restart value", "chat: [{me: 拜访}, {restart: phone}]", "“restart”不能写“phone”"},
		{"rest value", "fill: {rest: some}", "“rest”不能写“some”"},
		{"reads wrong", "reads: {title: {主任: deputy}}", "title 应为“deputy”，实际是“chief"},
		{"reads refused", "reads: {title: {院长: chief}}", "title 不接受“院长”"},
		{"reads taken", "reads: {title: {主任: null}}", "title 不该接受“主任”"},
		{"reads where", "reads: {titel: {主任: chief}}", "没有叫 titel 的步骤"},
		{"reads and chat", "reads: {title: {主任: chief}}\n    chat: [{me: 拜访}]", "测试写法不对：reads"},
		{"no row", "fill: {title: 主任}", "问到了 used，但没有写它的回答"},
		{"unused row", "fill: {title: 主任, used: 没用过, interests: 病例, wish: 先不, patients: \"3\"}", "没有问到 patients"},
		{"refused", "fill: {title: 院长}", "title 不接受“院长”"},
		{"profile", "chat: [{me: 拜访}, {me: 主任}]\n    expect: {profile: {title: deputy}}", "title 应为“deputy”，实际是“chief (主任医师)”"},
		{"empty profile", "chat: [{me: 拜访}, {me: 主任}]\n    expect: {profile: {}}", "profile 应为“{}”"},
		{"stored", "chat: [{me: 拜访}, {me: 主任}]\n    expect: {stored_answers: 0}", "stored_answers 应为“0”，实际是“1”"},
		{"never", "chat: [{me: 拜访}]\n    expect: {never: [title]}", "不应问到 title"},
		{"leads", "chat: [{me: 拜访}]\n    expect: {leads: [{kind: x}]}", "leads 应有 1 条，实际有 0 条"},
		{"sent", "chat: [{me: 拜访}]\n    expect: {sent: [paper_one]}", "sent 应为“paper_one”"},
		{"tags", "chat: [{me: 拜访}]\n    expect: {tags: [医师]}", "tags 应为“医师”"},
		{"consents", "chat: [{me: 拜访}]\n    expect: {consents: [push]}", "consents 应为“push”"},
		{"policy", "chat: [{me: 拜访}]\n    expect: {consents: [base@p2]}", "应为“base@p2”，实际是“base@given”"},
		{"level", "chat: [{me: 拜访}]\n    expect: {level: 2}", "level 应为“2”"},
		{"human", "chat: [{me: 拜访}]\n    expect: {human: true}", "human 应为“true”"},
		{"from", "from: nowhere\n    chat: [{me: 拜访}]", "没有叫 nowhere 的步骤"},
		{"expect key", "chat: [{me: 拜访}]\n    expect: {lead: []}", "没有“lead”这个写法，是不是 leads"},
		{"no version", "version: v1\n    chat: [{me: 拜访}]", "没有 visit 的版本 v1"},
		{"version", "chat: [{me: 拜访}]\n    expect: {version: v1}", "version 应为“v1”"},
	} {
		r := RunTests(fstest.MapFS{"tests/x.test.yaml": {Data: []byte(head + c.body + "\n")}}, lib, TestOptions{Now: testNow})
		found := false
		for _, p := range lint.Errors(r.Problems) {
			found = found || (strings.Contains(p.Message, c.want) && p.File == "tests/x.test.yaml" && p.Line >= 3)
		}
		if r.OK() || !found {
			t.Errorf("%s: no %q in %+v", c.name, c.want, r.Problems)
		}
	}
}

// TestSuiteReport: figures and the last line.
func TestSuiteReport(t *testing.T) {
	lib := talkLibrary(t)
	files := fstest.MapFS{"tests/x.test.yaml": {Data: []byte("test: visit\ndoctor: {consents: [base]}\ncases:\n  - {name: 一, chat: [{me: 拜访}, {at: title}]}\n  - {name: 二, chat: [{me: 拜访}, {at: used}]}\n")}}
	r := RunTests(files, lib, TestOptions{Now: testNow})
	var b strings.Builder
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	if r.Files != 1 || r.Cases != 2 || r.Failed != 1 || r.OK() || !strings.Contains(b.String(), "没有通过：1 个文件，2 个用例，1 个失败") {
		t.Errorf("%+v\n%s", r, b.String())
	}
	files["tests/y.test.yaml"] = &fstest.MapFile{Data: []byte("test: nothing\ncases: [{name: 三, chat: [{me: 你好}]}]\n")}
	if r := RunTests(files, lib, TestOptions{Now: testNow}); r.Files != 2 || r.Failed != 2 || len(r.Problems) < 2 {
		t.Errorf("%+v", r)
	}
}

// TestSuiteBroken: a file of cases that cannot be used is a failure, beside those that can; one file or one flow may be run alone.
func TestSuiteBroken(t *testing.T) {
	lib := talkLibrary(t)
	good := "test: visit\ndoctor: {consents: [base]}\ncases:\n  - {name: 一, chat: [{me: 拜访}, {at: title}]}\n"
	for name, data := range map[string]string{
		"yaml": "test: visit\ncases:\n  - {name: 一, chat: [{me: 拜访}\n", "key": "test: visit\ncases:\n  - {name: 一, chatt: [{me: 拜访}]}\n",
		"none": "test: visit\n", "empty": "", "flow": "test: visitt\ncases:\n  - {name: 一, chat: [{me: 拜访}]}\n",
	} {
		files := fstest.MapFS{"tests/visit.test.yaml": {Data: []byte(data)}, "tests/a.test.yaml": {Data: []byte(good)}}
		r := RunTests(files, lib, TestOptions{Now: testNow})
		if r.OK() || r.Failed != 1 || r.Cases != 1 || r.Files != 2 {
			t.Errorf("%s: %+v", name, r)
		}
		if r := RunTests(files, lib, TestOptions{Now: testNow, File: "tests/a.test.yaml"}); !r.OK() || r.Cases != 1 || r.Files != 1 {
			t.Errorf("%s, one file: %+v", name, r)
		}
		if r := RunTests(files, lib, TestOptions{Now: testNow, Flow: "visit"}); r.OK() || r.Failed != 1 || r.Cases != 1 {
			t.Errorf("%s, one flow: %+v", name, r)
		}
	}
}

// TestInHours: time limits are written as authors write them.
func TestInHours(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "", 24 * time.Hour: "24h", 30 * time.Minute: "30m", 90 * time.Minute: "1h30m", 10 * time.Second: "10s", 48*time.Hour + time.Second: "48h0m1s"} {
		if got := inHours(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
