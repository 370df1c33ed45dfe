package flows

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/vrep/vrep/flows/cond"
)

// talker steps a talk and keeps facts and state as a caller would.
type talker struct {
	t     testing.TB
	e     *Engine
	st    State
	facts Facts
	now   time.Time
}

func newTalker(t testing.TB, e *Engine) *talker {
	f := Facts{Doctor: "d1", CaseNo: "AE-1", Reads: &imagined{lib: e.lib, codes: map[string]bool{"ABC123": true}}}
	f.make()
	return &talker{t: t, e: e, facts: f, now: testNow}
}

// step lets one input act, after the state has been through JSON.
func (k *talker) step(in Input) Outcome {
	k.t.Helper()
	in.At = k.now
	before, err := json.Marshal(k.st)
	if err != nil {
		k.t.Fatal(err)
	}
	var st State
	if err := json.Unmarshal(before, &st); err != nil {
		k.t.Fatal(err)
	}
	out := k.e.Step(st, in, k.facts)
	if after, _ := json.Marshal(st); string(after) != string(before) {
		k.t.Errorf("step changed its input:\n%s\n%s", before, after)
	}
	for _, p := range out.Problems {
		k.t.Errorf("problem: %s", p.Message)
	}
	k.st, k.facts = out.State, k.facts.After(out, k.now)
	return out
}

func (k *talker) say(lines ...string) (out Outcome) {
	k.t.Helper()
	for _, l := range lines {
		out = k.step(Input{Kind: InText, Text: l})
	}
	return out
}

func talkEngine(t testing.TB) *Engine {
	t.Helper()
	e, err := NewEngine(talkLibrary(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestHeldUntilConsent: before consent nothing leaves the engine, at consent everything does, in order and with its references.
func TestHeldUntilConsent(t *testing.T) {
	k := newTalker(t, talkEngine(t))
	k.step(Input{Kind: InFollow})
	out := k.say("医师")
	if len(out.Answers)+len(out.Profile)+len(out.Tags) != 0 {
		t.Fatalf("written before consent: %+v", out)
	}
	if k.st.Held == nil || len(k.st.Held.Answers) != 1 || len(k.st.Held.Tags) != 1 {
		t.Fatalf("not held: %+v", k.st.Held)
	}
	out = k.say("同意")
	if k.st.Held != nil || len(out.Answers) != 2 || out.Answers[0].Question != "role" || out.Answers[0].Raw != "医师" || out.Answers[0].Label != "医师" {
		t.Errorf("at consent: held %+v, answers %+v", k.st.Held, out.Answers)
	}
	want := []Assign{{Field: "role", Value: cond.Text("doctor"), Label: "医师", From: "role", Flow: "welcome", Answer: 0, At: testNow}}
	// the class by rule follows in the same turn
	if diff := cmp.Diff(want, out.Profile[:1], cmpopts.EquateComparable(cond.Value{})); diff != "" {
		t.Error(diff)
	}
	if len(out.Consents) != 1 || !out.Consents[0].Granted || out.Consents[0].Purpose != "base" || !strings.Contains(out.Consents[0].Asked, "是否同意") {
		t.Errorf("consents %+v", out.Consents)
	}
}

// TestRefusalForgets: refusing the base purpose drops everything and tells the caller to blank the talk.
func TestRefusalForgets(t *testing.T) {
	k := newTalker(t, talkEngine(t))
	k.step(Input{Kind: InFollow})
	out := k.say("医师", "不同意")
	if !out.Forget || len(out.Answers)+len(out.Profile)+len(out.Tags)+len(out.Scores) != 0 || out.Ended != "stop" || k.st.Held != nil {
		t.Errorf("refusal: %+v", out)
	}
	if len(out.Consents) != 1 || out.Consents[0].Granted {
		t.Errorf("consents %+v", out.Consents)
	}
}

// TestBackRetractsHeld: going back before consent removes the held answer without a trace.
func TestBackRetractsHeld(t *testing.T) {
	k := newTalker(t, talkEngine(t))
	k.step(Input{Kind: InFollow})
	k.say("医师")
	out := k.say("返回")
	if len(out.Retracted) != 0 || (k.st.Held != nil && len(k.st.Held.Answers)+len(k.st.Held.Profile)+len(k.st.Held.Tags) > 0) {
		t.Errorf("retracted %+v held %+v", out.Retracted, k.st.Held)
	}
	out = k.say("护士", "同意")
	if len(out.Tags) != 0 || out.Profile[0].Value.Str() != "nurse" || len(out.Answers) != 2 {
		t.Errorf("after going back: %+v", out)
	}
}

// TestBackRestoresProfile: what an answer wrote is put back to what it was.
func TestBackRestoresProfile(t *testing.T) {
	k := newTalker(t, talkEngine(t))
	k.facts.Consents["base"] = "p1"
	k.facts.Profile["patients"] = Known{Value: cond.Number(7), Label: "7"}
	k.say("拜访", "主任", "用过", "80")
	if got := k.facts.Profile["patients"].Value.Num(); got != 80 {
		t.Fatalf("patients %v", got)
	}
	out := k.say("返回")
	if got := k.facts.Profile["patients"]; got.Value.Num() != 7 || got.Label != "7" {
		t.Errorf("patients %+v", got)
	}
	if len(out.Retracted) != 1 || out.Retracted[0] != (Retracted{Talk: 1, Question: "patients"}) {
		t.Errorf("retracted %+v", out.Retracted)
	}
}

// TestAnswerEvidence: a stored answer carries the text that the doctor saw, the words and how they were read.
func TestAnswerEvidence(t *testing.T) {
	k := newTalker(t, talkEngine(t))
	k.facts.Consents["base"] = "p1"
	out := k.say("拜访", " 副主任医师。")
	a := out.Answers[0]
	if a.Talk != 1 || a.Flow != "visit" || a.Hash != k.e.lib.Flow("visit").Hash() || a.Label != "副主任医师" || a.Raw != " 副主任医师。" || a.How == "" {
		t.Errorf("answer %+v", a)
	}
	if want := "您的职称是？\n1. 主任医师\n2. 副主任医师\n3. 其他职称"; a.Asked != want {
		t.Errorf("asked %q", a.Asked)
	}
	if out.Pending.ID != "used" || out.Pending.Type != "yesno" || out.Pending.Hash == "" || !strings.Contains(out.Pending.Asked, "1. 用过") {
		t.Errorf("pending %+v", out.Pending)
	}
}

// TestCaseAtOnce: the case is opened in the very turn in which the words were typed, and further words join it.
func TestCaseAtOnce(t *testing.T) {
	k := newTalker(t, talkEngine(t))
	out := k.say("有患者起了皮疹")
	want := []Case{{No: "AE-1", New: true, Words: "有患者起了皮疹", Kind: "ae", Within: 2 * time.Hour}}
	if diff := cmp.Diff(want, out.Cases); diff != "" || !out.Pending.Confirming {
		t.Errorf("pending %+v\n%s", out.Pending, diff)
	}
	k.facts.CaseNo = "AE-2"
	out = k.say("皮疹三天了")
	if len(out.Cases) != 1 || out.Cases[0].No != "AE-1" || out.Cases[0].New || out.Cases[0].Words != "皮疹三天了" {
		t.Errorf("further words: %+v", out.Cases)
	}
	out = k.say("是", "发热", "都没有")
	last := out.Cases[len(out.Cases)-1]
	if last.No != "AE-1" || !last.Complete || last.Serious || last.Fields["event"] != "发热" || last.Within != 24*time.Hour {
		t.Errorf("end of intake: %+v", out.Cases)
	}
	if out = k.say("又有皮疹"); len(out.Cases) != 1 || out.Cases[0].No != "AE-2" || !out.Cases[0].New {
		t.Errorf("next event: %+v", out.Cases)
	}
}

// TestPinned: a talk goes on with the version that it began with, new talks take the new one, and a bundle restores the old one.
func TestPinned(t *testing.T) {
	oldFS := fstest.MapFS{"q.yaml": {Data: []byte(pinnedFlow("您多大年纪？", "二十"))}, "lists/l.yaml": {Data: []byte("list: l\nitems:\n  - a: 甲\n  - b: 乙\n")}}
	newFS := fstest.MapFS{"q.yaml": {Data: []byte(pinnedFlow("您的年龄是？", "三十"))}, "lists/l.yaml": {Data: []byte("list: l\nitems:\n  - c: 丙\n  - d: 丁\n")}}
	oldLib, newLib := mustLoad(t, oldFS), mustLoad(t, newFS)
	bundle, err := oldLib.Bundle("q")
	if err != nil {
		t.Fatal(err)
	}
	if oldLib.Flow("q").Hash() == newLib.Flow("q").Hash() || bundle.Hash != oldLib.Flow("q").Hash() || len(bundle.Files) != 2 {
		t.Fatalf("bundle %+v", bundle)
	}
	asked := 0
	e, err := NewEngine(newLib, func(hash string) (*Library, error) {
		asked++
		if hash != bundle.Hash {
			return nil, errors.New("no such version")
		}
		lib, ps := LoadBundle(bundle)
		if lib == nil {
			t.Errorf("loading bundle: %v", ps)
		}
		return lib, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	before := newTalker(t, &Engine{lib: oldLib})
	before.say("开始", "30")
	k := newTalker(t, e)
	k.st = before.st
	out := k.say("甲")
	if got := out.Reply(); got != "旧：二十，甲" || out.Ended != "done" {
		t.Errorf("old talk: %q", got)
	}
	if out = k.say("开始"); !strings.Contains(out.Reply(), "您的年龄是") {
		t.Errorf("new talk: %q", out.Reply())
	}
	if asked != 1 {
		t.Errorf("old version asked for %d times", asked)
	}
}

func pinnedFlow(ask, word string) string {
	return "flow: q\napproval: {no: T, until: 2030-12-31}\nstart: {on: [\"word:开始\"]}\nsteps:\n  - id: age\n    ask: " + ask +
		"\n    type: number\n  - id: pick\n    ask: 选哪个？\n    choices: l\n  - say: 旧：" + word + "，${pick}\n  - end: done\n"
}

// TestVersionLost: when no version is left the talk moves to the one in force at the same question, and says so to the operators.
func TestVersionLost(t *testing.T) {
	e := talkEngine(t)
	k := newTalker(t, e)
	k.facts.Consents["base"] = "p1"
	k.say("拜访", "主任")
	k.st.Frames[0].Hash = "gone"
	out := e.Step(k.st, Input{Kind: InText, Text: "没用过", At: testNow}, k.facts)
	if out.Pending.ID != "used" || len(out.Problems) == 0 || len(out.Answers) > 0 || len(out.Moved) != 1 || out.Moved[0].How != "lost" {
		t.Errorf("pending %+v problems %v answers %v moved %v: what was typed answered a question that nobody knows any more", out.Pending, out.Problems, out.Answers, out.Moved)
	}
	out = e.Step(out.State, Input{Kind: InText, Text: "没用过", At: testNow}, k.facts)
	if out.Pending.ID != "interests" || len(out.Problems) > 0 {
		t.Errorf("pending %+v problems %v", out.Pending, out.Problems)
	}
}

// TestVersionAndFlowLost: when the flow itself is gone too, the talk ends with a polite line, the answers stay, and the doctor can begin another.
func TestVersionAndFlowLost(t *testing.T) {
	k := newTalker(t, talkEngine(t))
	k.facts.Consents["base"] = "p1"
	k.say("拜访", "主任")
	k.st.Frames[0].Hash = "gone"
	other := mustLoad(t, fstest.MapFS{"q.yaml": {Data: []byte(pinnedFlow("您几岁？", "新"))}, "lists/l.yaml": {Data: []byte("list: l\nitems: [{a: 苹果}, {b: 香蕉}]\n")}})
	e, err := NewEngine(other, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := e.Step(k.st, Input{Kind: InText, Text: "没用过", At: testNow}, k.facts)
	if out.Ended != "stop" || out.Reply() == "" || len(out.Problems) != 1 || len(out.Retracted) != 0 || !out.Lost() {
		t.Errorf("%q ended %q problems %v retracted %v", out.Reply(), out.Ended, out.Problems, out.Retracted)
	}
	if out = e.Step(out.State, Input{Kind: InText, Text: "开始", At: testNow}, k.facts); out.Pending.ID != "age" {
		t.Errorf("%q %+v", out.Reply(), out.Pending)
	}
}

// TestBrokenFlowIsPolite: a flow without an end to its steps costs a problem and a polite line, never a panic or a hang.
func TestBrokenFlowIsPolite(t *testing.T) {
	lib := mustLoad(t, fstest.MapFS{"q.yaml": {Data: []byte("flow: q\nstart: {on: [\"word:开始\"]}\nsteps:\n  - id: a\n    say: 您好\n    max_visits: 20\n" +
		"  - id: b\n    set: {n: (n or 0) + 1}\n    max_visits: 20\n    goto: a\n")}})
	e, err := NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := e.Step(State{}, Input{Kind: InText, Text: "开始", At: testNow}, Facts{})
	if !out.Human && out.Ended == "" {
		t.Errorf("still running: %+v", out.State)
	}
	if len(out.Says) == 0 {
		t.Error("nothing said")
	}
}

// TestStateIsSmall: the state of the longest shipped talks stays within what a session record wants.
func TestStateIsSmall(t *testing.T) {
	k := newTalker(t, talkEngine(t))
	most := 0
	see := func() {
		data, err := json.Marshal(k.st)
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, len(data))
	}
	k.step(Input{Kind: InFollow})
	for _, line := range []string{"医师", "同意", "王建国", "主任", "用过", "80", "没有", "1、3", "当面聊", "同意", "下周三下午", "对"} {
		k.say(line)
		see()
	}
	if k.st.Idle() || most > 4096 || most < 200 {
		t.Errorf("largest state %d bytes, idle %v", most, k.st.Idle())
	}
}

// TestSameInSameOut: the same state, input and facts give the same outcome.
func TestSameInSameOut(t *testing.T) {
	e := talkEngine(t)
	k := newTalker(t, e)
	k.facts.Consents["base"] = "p1"
	k.say("拜访", "主任", "用过")
	in := Input{Kind: InText, Text: "八十", At: testNow}
	a, b := e.Step(k.st, in, k.facts), e.Step(k.st, in, k.facts)
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if string(x) != string(y) {
		t.Errorf("differs:\n%s\n%s", x, y)
	}
}

// TestPick: kinds weigh more than topics, nothing is given twice, expired or above the level.
func TestPick(t *testing.T) {
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	items := []Content{
		{ID: "old", Kind: "video", Until: day("2026-03-03")},
		{ID: "high", Kind: "video", Audience: 2},
		{ID: "paper", Kind: "literature", Topics: []string{"ckd"}},
		{ID: "today", Kind: "video", Until: day("2026-03-04")},
	}
	for _, c := range []struct {
		name string
		w    Wish
		want string
	}{
		{"kind first", Wish{Kinds: []string{"video"}, Topics: []string{"ckd"}}, "today"},
		{"topic", Wish{Topics: []string{"ckd"}}, "paper"},
		{"not twice", Wish{Kinds: []string{"video"}, Sent: map[string]bool{"today": true}}, "paper"},
		{"level", Wish{Kinds: []string{"video"}, Level: 2}, "high"},
		{"rejected", Wish{Kinds: []string{"video"}, Level: 9}, "today"},
		{"only", Wish{Kinds: []string{"case"}, Only: true}, ""},
	} {
		c.w.Now = testNow
		got, ok := Pick(items, usualMatch, c.w)
		if got.ID != c.want || ok != (c.want != "") || (ok && got.Code == "") {
			t.Errorf("%s: %q %q %v, want %q", c.name, got.ID, got.Code, ok, c.want)
		}
	}
}

// TestNewEngineRefuses: no library, no engine.
func TestNewEngineRefuses(t *testing.T) {
	if _, err := NewEngine(nil, nil); !errors.Is(err, ErrBroken) {
		t.Errorf("error %v", err)
	}
	if _, err := talkLibrary(t).Bundle("nothing"); !errors.Is(err, ErrNoFlow) {
		t.Errorf("bundle error %v", err)
	}
	lib, _ := Load(os.DirFS("testdata/talk"))
	b, err := lib.Bundle("booking")
	if err != nil {
		t.Fatal(err)
	}
	b.Files["booking.yaml"] += "\n# changed\n"
	if _, ps := LoadBundle(b); len(ps) == 0 {
		t.Error("a changed bundle was taken")
	}
}

// TestBundleLeavesMasterData: a version does not carry the list of a look-up; the one in force serves old talks too.
func TestBundleLeavesMasterData(t *testing.T) {
	flow := "flow: q\nstart: {on: [\"word:开始\"]}\nsteps:\n  - id: h\n    ask: %s\n    type: lookup\n    list: hospitals\n  - say: 记下了：${h}\n  - end: done\n"
	folder := func(ask, entry string) fstest.MapFS {
		return fstest.MapFS{"q.yaml": {Data: []byte(strings.Replace(flow, "%s", ask, 1))}, "lists/hospitals.yaml": {Data: []byte("list: hospitals\nitems:\n  - " + entry + "\n  - z: 第二医院\n")}}
	}
	oldLib, newLib := mustLoad(t, folder("您在哪家医院？", "a: 第一医院")), mustLoad(t, folder("哪家医院？", "b: 协和医院"))
	bundle, err := oldLib.Bundle("q")
	if err != nil || len(bundle.Files) != 1 {
		t.Fatalf("%v %v", err, bundle.Files)
	}
	e, err := NewEngine(newLib, func(string) (*Library, error) {
		lib, ps := LoadBundle(bundle)
		if lib == nil {
			t.Errorf("%v", ps)
		}
		return lib, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	before := newTalker(t, &Engine{lib: oldLib})
	before.say("开始")
	k := newTalker(t, e)
	k.st = before.st
	out := k.say("协和")
	if got := out.Reply(); got != "记下了：协和医院" {
		t.Errorf("%q", got)
	}
}

// TestFixedLines: every fixed line and refusal that the engine says is among the defaults.
func TestFixedLines(t *testing.T) {
	lib := mustLoad(t, fstest.MapFS{})
	re := regexp.MustCompile(`(?:sayLine|fill|line|lineText|sayCommand)\((?:cmd, )?"([a-z_]+)"`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range re.FindAllStringSubmatch(string(data), -1) {
			n++
			if lib.config.texts[m[1]] == nil {
				t.Errorf("%s says %q, which has no default", f, m[1])
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d lines found", n)
	}
	for _, k := range questionKinds() {
		if len(lib.config.retries[k.name]) == 0 {
			t.Errorf("no refusal for %s", k.name)
		}
	}
}
