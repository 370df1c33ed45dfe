package author_test

import (
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
	"github.com/vrep/vrep/flows/library"
	"github.com/vrep/vrep/flows/lint"
)

func testNow() time.Time { return time.Date(2026, 11, 18, 10, 0, 0, 0, time.FixedZone("CST", 8*3600)) }

func shipped(t testing.TB) *flows.Library {
	t.Helper()
	lib, ps := flows.Load(library.FS)
	for _, p := range lint.Errors(ps) {
		t.Fatal(p.Text())
	}
	return lib
}

// recorder talks and keeps what was said.
type recorder struct {
	p     *flows.Player
	now   time.Time
	turns []author.RecordedTurn
}

func record(t testing.TB, lib *flows.Library, flow, profile string) *recorder {
	t.Helper()
	p, err := flows.NewPlayer(lib, flow, flows.PlayerOptions{Profile: []byte(profile), Now: testNow()})
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{p: p, now: testNow()}
	facts := p.Facts()
	r.turns = []author.RecordedTurn{{In: flows.Input{Kind: flows.InStart, Key: flow}, Facts: facts, Out: p.Start()}}
	return r
}

func (r *recorder) say(texts ...string) *recorder {
	for _, text := range texts {
		in, facts := flows.Input{Kind: flows.InText, Text: text}, r.p.Facts()
		r.turns = append(r.turns, author.RecordedTurn{In: in, Facts: facts, Out: r.p.Send(in)})
	}
	return r
}

func (r *recorder) send(in flows.Input) *recorder {
	facts := r.p.Facts()
	r.turns = append(r.turns, author.RecordedTurn{In: in, Facts: facts, Out: r.p.Send(in)})
	return r
}

func (r *recorder) wait(d time.Duration) *recorder {
	facts := r.p.Facts()
	r.turns = append(r.turns, author.RecordedTurn{In: flows.Input{Kind: flows.InTick}, After: d, Facts: facts, Out: r.p.Wait(d)})
	return r
}

// TestRecordedCasesPass records talks and runs what was written: whatever was said, quoted or not, the case passes on the same flows.
func TestRecordedCasesPass(t *testing.T) {
	lib := shipped(t)
	verified := "level: 2\nprofile: {name: 王建国, department: {value: cardiology, label: 心血管内科}}\nconsents: {base: privacy_2026_11, push: push_2026_11}\ntags: [情境_病房]\n"
	for name, r := range map[string]*recorder{
		"走到头": record(t, lib, "first_visit", verified).say("门诊", "４", "1、2", "看过资料", "返回", "3", "想看更多证据", "文献和会议", "肾病", "每两周", "愿意", "同意",
			"下周三下午", "对", "医院"),
		"乱说: \"#1\"": record(t, lib, "onboarding", "").say("=医生", "!", "医生", "  \t带\n换行 # 和: 冒号\u007f\u0000", "同意", "😀\\\"", "退订"),
		"等了很久":       record(t, lib, "first_visit", verified).say("病房").wait(21 * time.Hour).say("继续").wait(50 * time.Hour),
		"图片和菜单":      record(t, lib, "onboarding", "").send(flows.Input{Kind: flows.InImage}).send(flows.Input{Kind: flows.InClick, Key: "AE"}).say("皮疹"),
	} {
		for _, write := range []func(string, time.Time, []author.RecordedTurn) string{author.RecordCase, author.RecordExact} {
			passes(t, lib, r, write(name, r.now, r.turns))
		}
	}
}

func passes(t *testing.T, lib *flows.Library, r *recorder, text string) {
	t.Helper()
	file := "test: " + r.turns[0].In.Key + "\ncases:\n" + text
	rep := flows.RunTests(fstest.MapFS{"tests/x.test.yaml": {Data: []byte(file)}}, lib, flows.TestOptions{Now: testNow()})
	if rep.Cases != 1 || !rep.OK() {
		for _, p := range lint.Errors(rep.Problems) {
			t.Error(p.Text())
		}
		t.Errorf("the recorded case fails:\n%s", file)
	}
}

// TestAppendCase adds cases to files of every shape and leaves the rest as it is.
func TestAppendCase(t *testing.T) {
	one := "  - name: 甲\n    chat: [{event: follow}]\n"
	for name, c := range map[string]struct{ file, want string }{
		"new":     {"", "test: f\n\ncases:\n" + one},
		"behind":  {"test: f\ncases:\n  - name: 乙\n    chat: []\n", "test: f\ncases:\n  - name: 乙\n    chat: []\n\n" + one},
		"no end":  {"test: f\ncases:\n  - name: 乙\n    chat: []", "test: f\ncases:\n  - name: 乙\n    chat: []\n\n" + one},
		"before":  {"test: f\ncases:\n  - {name: 乙, chat: []}   # 好\n\n# 目标\ncover: {steps: 1%}\n", "test: f\ncases:\n  - {name: 乙, chat: []}   # 好\n\n" + one + "\n# 目标\ncover: {steps: 1%}\n"},
		"named":   {"test: f\ncases:\n  - {name: 甲, chat: []}\n  - {name: 甲 2, chat: []}\n", "test: f\ncases:\n  - {name: 甲, chat: []}\n  - {name: 甲 2, chat: []}\n\n  - name: \"甲 3\"\n    chat: [{event: follow}]\n"},
		"column":  {"test: f\ncases:\n- name: 乙\n  chat: []\n", "test: f\ncases:\n- name: 乙\n  chat: []\n\n- name: 甲\n  chat: [{event: follow}]\n"},
		"windows": {"test: f\r\ncases:\r\n  - {name: 乙, chat: []}\r\n", "test: f\ncases:\n  - {name: 乙, chat: []}\n\n" + one},
	} {
		got, err := author.AppendCase([]byte(c.file), "f", one)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(c.want, string(got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	for _, file := range []string{"test: g\ncases:\n  - {name: 乙}\n", "test: f\n", "test: f\ncases: []\n", "a: [\n", "- test: f\n"} {
		if got, err := author.AppendCase([]byte(file), "f", one); !errors.Is(err, author.ErrTestFile) || got != nil {
			t.Errorf("%q was taken: %v\n%s", file, err, got)
		}
	}
}
