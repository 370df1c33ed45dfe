package flows

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/flows/lint"
)

// runCases runs the text of one test file against the flows of testdata/talk.
func runCases(t testing.TB, text string, opt TestOptions) Report {
	t.Helper()
	opt.Now = testNow
	return RunTests(fstest.MapFS{"tests/x.test.yaml": {Data: []byte(text)}}, talkLibrary(t), opt)
}

func passCases(t *testing.T, text string, opt TestOptions) Report {
	t.Helper()
	r := runCases(t, text, opt)
	for _, p := range lint.Errors(r.Problems) {
		t.Error("\n" + p.Text())
	}
	return r
}

// TestTurnWords plays every word of a chat.
func TestTurnWords(t *testing.T) {
	passCases(t, `
test: visit
doctor: {consents: [base]}
cases:
  - name: 同一条消息来两次，只算一次
    chat:
      - me: 拜访
      - twice: true
      - at: title
      - me: 主任
      - twice: true
      - twice: true
      - at: used
      - answers: {title: chief, used: null}
    expect: {stored_answers: 1}
  - name: 服务重启以后接着走
    chat:
      - me: 拜访
      - restart: server
      - me: 主任
      - restart: server
      - restart: server
      - me: 用过
      - at: patients
      - answers: {title: chief, used: "yes"}
  - name: 同事写了话，机器人就不出声，交还以后接着问
    chat:
      - me: 拜访
      - rep: 您好，我是小李
      - bot: "="
      - me: 主任
      - bot: "="
      - me: 继续
      - at: title
      - rep: 我再说一句
      - end: human
      - event: resume
      - at: title
      - me: 主任
      - at: used
  - name: 图片、语音、位置、链接都不算回答
    chat:
      - me: 拜访
      - event: image:MEDIA1
      - at: title
      - event: voice
      - event: location:协和医院
      - at: title
    expect: {answers: {title: null}}
  - name: 活动直接走一个流程
    chat: [{event: start:visit}, {at: title}]
  - name: 按题填，别的题随便答
    fill: {title: 主任, rest: random}
    expect: {answers: {title: chief}}
  - name: 给定的回答带着叫法
    from: interests
    given: {title: {value: chief, label: 大主任}, used: no}
    chat: [{at: interests}, {answers: {title: chief, used: no}}]
  - name: 这些说法都认得
    given: {used: yes}
    reads:
      title: {主任: chief, 院长: null}
      patients: {三十五: 35, 一百万: null}
`, TestOptions{Doctors: 5})
}

// TestRemindersOnTheWay: turning the clock far forward lets everything happen at its time.
func TestRemindersOnTheWay(t *testing.T) {
	lib := mustLoad(t, fstest.MapFS{"sample.yaml": {Data: []byte("flow: sample\ntitle: 试\nremind:\n  - {after: 2h, say: 还差一点}\n  - {after: 20h, say: 还方便吗}\nexpire: 30h\nsteps:\n  - id: a\n    ask: 甲？\n    type: number\n  - end: done\n")}})
	r := RunTests(fstest.MapFS{"tests/x.test.yaml": {Data: []byte(`
test: sample
cases:
  - name: 一次过了两天
    start: sample
    chat: [{after: 50h}, {bot: [还差一点, 还方便吗]}, {end: expired}]
  - name: 一次一个
    start: sample
    chat: [{after: 3h}, {bot: =还差一点}, {after: 18h}, {bot: =还方便吗}, {at: a}, {me: "3"}, {end: done}]
`)}}, lib, TestOptions{Now: testNow})
	for _, p := range lint.Errors(r.Problems) {
		t.Error("\n" + p.Text())
	}
}

// TestCoverGoals: a goal that is missed names what no case came past, and a name that is used twice is a slip.
func TestCoverGoals(t *testing.T) {
	file := "test: visit\ndoctor: {consents: [base]}\ncover: {steps: %s, choices: 90%%, retries: 0%%}\ncases:\n  - {name: 一, chat: [{me: 拜访}, {me: 主任}]}\n  - {name: %s, chat: [{me: 拜访}]}\n"
	r := runCases(t, fmt.Sprintf(file, "10%", "二"), TestOptions{})
	var got []string
	for _, p := range lint.Errors(r.Problems) {
		got = append(got, p.Code+" "+p.Message)
		if !strings.Contains(p.Advice, "title deputy") {
			t.Errorf("the missing choice is not named: %s", p.Advice)
		}
	}
	if len(got) != 1 || !strings.HasPrefix(got[0], "T905 visit 的 choices 应测到 90%") {
		t.Errorf("findings: %q", got)
	}
	for _, bad := range []struct{ steps, name, want string }{{"10%", "一", "有两个用例都叫“一”"}, {"viel", "二", "steps"}, {"120%", "二", "steps"}, {"100%", "二", "应测到 100%"}} {
		r := runCases(t, fmt.Sprintf(file, bad.steps, bad.name), TestOptions{})
		found := false
		for _, p := range lint.Errors(r.Problems) {
			found = found || strings.Contains(p.Message, bad.want)
		}
		if !found {
			t.Errorf("%v: %+v", bad, r.Problems)
		}
	}
	if r := runCases(t, fmt.Sprintf(file, "100%", "二"), TestOptions{Run: regexp.MustCompile("^二$")}); !r.OK() || r.Cases != 1 {
		t.Errorf("a part of the cases is held to the goals of all: %+v", r)
	}
}

// TestCoverage: what the cases came past and what not, by step, outcome, option and refusal, and the same from every doctor.
func TestCoverage(t *testing.T) {
	r := runCases(t, "test: visit\ndoctor: {consents: [base]}\ncases:\n  - {name: 一, chat: [{me: 拜访}, {me: 院长}, {me: 返回}, {me: 主任}, {me: 没用过}, {at: interests}]}\n", TestOptions{Cover: true})
	hits := map[string]int{}
	for _, it := range r.Coverage.Items {
		if it.Flow == "visit" {
			hits[strings.Join(strings.Fields(it.Group+" "+it.Step+" "+it.What), " ")] = it.Hits
		}
	}
	for name, want := range map[string]int{"steps title": 1, "steps used": 1, "steps patients": 0, "branches patients no": 1, "branches patients yes": 0, "choices title chief": 1,
		"choices title deputy": 0, "choices used no": 1, "refusals title": 1, "refusals used": 0, "refusals title on_fail": 0, "commands back": 1, "commands skip": 0} {
		if got, ok := hits[name]; !ok || got != want {
			t.Errorf("%s: %d (there: %v), want %d", name, got, ok, want)
		}
	}
	codes := map[string]bool{}
	for _, p := range r.Problems {
		codes[p.Code+" "+p.Level] = true
	}
	if d := cmp.Diff(map[string]bool{"T901 warning": true, "T903 warning": true}, codes); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
	e := &Engine{lib: talkLibrary(t)}
	if out := e.Step(State{}, Input{Kind: InStart, Key: "visit", At: testNow}, Facts{}); out.Trace != nil {
		t.Error("a live turn leaves a trace")
	}
}

// TestUpdate rewrites exact texts in place and touches nothing else.
func TestUpdate(t *testing.T) {
	head := "test: visit\ndoctor: {consents: [base]}   # 同意过\ncases:\n  - name: 一\n    chat:\n      - me: 拜访\n"
	before := head + "      - bot: [您, =旧的, \"=旧 \\\"的\"]   # 说明\n      - bot: '=it''s old'\n      - bot: |\n          =旧的\n      - me: 主任   # 好\n"
	r := runCases(t, before, TestOptions{Update: true})
	got := string(r.Updated["tests/x.test.yaml"])
	if got == "" || r.Failed != 0 {
		t.Fatalf("%+v", r)
	}
	warned := false
	for _, p := range r.Problems {
		warned = warned || (p.Code == "T901" && p.Line == 9)
	}
	if !warned {
		t.Errorf("the text over several lines was left without a word: %+v", r.Problems)
	}
	lines := strings.Split(got, "\n")
	old := strings.Split(before, "\n")
	if len(lines) != len(old) || lines[9] != old[9] || lines[1] != old[1] || !strings.HasSuffix(lines[6], "]   # 说明") {
		t.Errorf("more than the texts changed:\n%s", got)
	}
	again := runCases(t, strings.Replace(got, "      - bot: |\n          =旧的\n", "", 1), TestOptions{})
	for _, p := range lint.Errors(again.Problems) {
		t.Error("\n" + p.Text())
	}
	if r := runCases(t, before, TestOptions{}); r.OK() || r.Updated != nil {
		t.Error("old texts pass without --update")
	}
}

// TestReportIsTheSame: cases run side by side, and the report does not show it.
func TestReportIsTheSame(t *testing.T) {
	var b strings.Builder
	b.WriteString("test: visit\ndoctor: {consents: [base]}\ncases:\n")
	for i := range 60 {
		fmt.Fprintf(&b, "  - {name: 例%d, chat: [{me: 拜访}, {bot: 没有%d}]}\n", i, i)
	}
	var first string
	for range 3 {
		r := runCases(t, b.String(), TestOptions{})
		var text strings.Builder
		if err := r.Text(&text); err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = text.String()
		}
		if r.Failed != 60 || text.String() != first {
			t.Fatalf("%d failed; the report differs", r.Failed)
		}
	}
	if n := strings.Count(first, "医生：拜访"); n != 60 || strings.Index(first, "没有3”") > strings.Index(first, "没有20”") {
		t.Errorf("%d talks are shown, or out of order:\n%s", n, first)
	}
}

// BenchmarkThousandCases runs the cases of the shipped flows, repeated under other names until there are a thousand.
func BenchmarkThousandCases(b *testing.B) {
	dir := os.DirFS("library")
	lib, _ := Load(dir)
	files := fstest.MapFS{}
	entries, err := os.ReadDir("library/tests")
	if err != nil {
		b.Fatal(err)
	}
	for n := range 10 {
		for _, e := range entries {
			data, err := os.ReadFile("library/tests/" + e.Name())
			if err != nil {
				b.Fatal(err)
			}
			files[fmt.Sprintf("tests/%d_%s", n, e.Name())] = &fstest.MapFile{Data: data}
		}
	}
	cases := 0
	for b.Loop() {
		r := RunTests(files, lib, TestOptions{Now: testNow})
		if !r.OK() || r.Cases < 1000 {
			b.Fatalf("%d cases, %d failed", r.Cases, r.Failed)
		}
		cases = r.Cases
	}
	perThousand := b.Elapsed().Seconds() / float64(b.N) / float64(cases) * 1000
	b.ReportMetric(perThousand, "s/1000-cases")
	b.ReportMetric(float64((2*time.Second).Seconds())/perThousand, "times-inside-2s")
}
