package flows

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vrep/vrep/flows/lint"
)

// FuzzLoad: any file is either a library or findings, and whatever loads can be linted and played.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.yaml", "testdata/talk/*.yaml", "testdata/slips/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(data))
		}
	}
	f.Fuzz(func(t *testing.T, data string) {
		for _, name := range []string{"sample.yaml", "_config.yaml", "rules.yaml", "contents.yaml", "profile.yaml", "lists/l.yaml"} {
			lib, ps := Load(fstest.MapFS{name: {Data: []byte(data)}})
			if lib == nil {
				if len(ps) == 0 {
					t.Errorf("%s: nothing said", name)
				}
				continue
			}
			Lint(lib, testNow)
			e := &Engine{lib: lib, watch: true}
			st := State{}
			for _, flow := range lib.Flows() {
				out := e.Step(st, Input{Kind: InStart, Key: flow.ID, At: testNow}, Facts{})
				sound(t, out)
				sound(t, e.Step(out.State, Input{Kind: InText, Text: "1", At: testNow}, Facts{}))
			}
		}
	})
}

// sound fails on a turn that the engine had to give up.
func sound(t *testing.T, out Outcome) {
	t.Helper()
	for _, p := range out.Problems {
		if strings.HasPrefix(p.Message, lint.Phrase("engine_failed", "what", "")) {
			t.Fatal(p.Message)
		}
	}
}

// FuzzStep: any sequence of inputs, lines that begin with ! being events, from any state that Step produced.
func FuzzStep(f *testing.F) {
	lib, ps := Load(os.DirFS("testdata/talk"))
	if len(ps) > 0 {
		f.Fatal(ps)
	}
	e := &Engine{lib: lib}
	f.Add("!follow\n医师\n同意\n王建国\n主任\n用过\n80\n返回\n返回\n没用过\n会议\n当面聊\n同意\n下周三下午\n对\n电话")
	f.Add("拜访\n皮疹\n是\n退出\n返回\n重新开始\n是\n人工\n!resume\n继续\n退订\n恢复")
	f.Add("!follow\n1\n1\n皮疹\n皮疹\n不\n!image\n!click\n!unfollow\n!follow\n跳过\n帮助\n+\n拜访")
	f.Add("再来\n1\n是\n2\n是\n3\n是\n返回\n重新开始\n是\n+\n+\n!tick")
	f.Fuzz(func(t *testing.T, script string) {
		k := &talker{t: t, e: e, now: testNow}
		k.facts = Facts{Doctor: "f", CaseNo: "AE-1", Level: len(script) % 3}
		k.facts.make()
		for i, line := range strings.Split(script, "\n") {
			if i > 60 {
				return
			}
			in := Input{Kind: InText, Text: line, At: k.now}
			switch {
			case line == "+":
				k.now = k.now.Add(30 * time.Hour)
				in = Input{Kind: InTick, At: k.now}
			case strings.HasPrefix(line, "!"):
				in = Input{Kind: InputKind(line[1:]), Key: "VISIT", At: k.now}
			}
			out := e.Step(k.st, in, k.facts)
			for _, p := range out.Problems {
				t.Fatalf("after %q: %s", line, p.Message)
			}
			data, err := json.Marshal(out.State)
			if err != nil || len(data) > 32<<10 {
				t.Fatalf("state of %d bytes: %v", len(data), err)
			}
			if err := json.Unmarshal(data, &k.st); err != nil {
				t.Fatal(err)
			}
			if k.st = (State{}); json.Unmarshal(data, &k.st) != nil {
				t.Fatal("state does not come back")
			}
			if !k.facts.OptedOut && !out.OptOut && out.Pending.ID != "" && out.Pending.Asked == "" {
				t.Fatalf("waits for %s without having asked", out.Pending.ID)
			}
			k.facts = k.facts.After(out, k.now)
		}
	})
}

// FuzzState: a state blob from anywhere is stepped without a panic.
func FuzzState(f *testing.F) {
	lib, ps := Load(os.DirFS("testdata/talk"))
	if len(ps) > 0 {
		f.Fatal(ps)
	}
	e := &Engine{lib: lib}
	k := newTalker(f, e)
	k.step(Input{Kind: InFollow})
	for _, line := range []string{"医师", "同意", "王建国", "主任", "用过", "80", "没有", "会议", "当面聊", "同意", "下周三下午"} {
		k.say(line)
		data, err := json.Marshal(k.st)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data), "返回")
	}
	f.Add(`{"f":[{"f":"visit","h":"x","p":99,"q":"nope","m":"v"}],"q":{"k":"offer","n":"none"}}`, "是")
	f.Add(`{"f":[{"f":"visit","h":"x","p":-5,"q":"title","m":"p","k":["zz"],"l":[{"k":"c","n":"book"},{"k":"a","n":"gone"}]}],"z":1}`, "返回")
	f.Fuzz(func(t *testing.T, state, text string) {
		var st State
		if json.Unmarshal([]byte(state), &st) != nil {
			return
		}
		out := e.Step(st, Input{Kind: InText, Text: text, At: testNow}, Facts{CaseNo: "AE-1"})
		sound(t, out)
	})
}

// BenchmarkStep is one turn of a talk in its middle, with the state decoded and encoded.
func BenchmarkStep(b *testing.B) {
	e := talkEngine(b)
	k := newTalker(b, e)
	k.step(Input{Kind: InFollow})
	k.say("医师", "同意", "王建国", "主任", "用过")
	data, err := json.Marshal(k.st)
	if err != nil {
		b.Fatal(err)
	}
	in := Input{Kind: InText, Text: "80", At: testNow}
	b.ReportAllocs()
	for b.Loop() {
		var st State
		if err := json.Unmarshal(data, &st); err != nil {
			b.Fatal(err)
		}
		out := e.Step(st, in, k.facts)
		if _, err := json.Marshal(out.State); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStepOnly leaves out the state's encoding.
func BenchmarkStepOnly(b *testing.B) {
	e := talkEngine(b)
	k := newTalker(b, e)
	k.step(Input{Kind: InFollow})
	k.say("医师", "同意", "王建国", "主任", "用过")
	in := Input{Kind: InText, Text: "80", At: testNow}
	b.ReportAllocs()
	for b.Loop() {
		e.Step(k.st, in, k.facts)
	}
}

// BenchmarkLoad reads and checks the folder of the talks.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		lib, _ := Load(os.DirFS("testdata/talk"))
		Lint(lib, testNow)
	}
}

// TestRandomWalk talks at random, weighted to commands, refusals and safety words, through the talks of this package.
func TestRandomWalk(t *testing.T) {
	words := []string{"1", "2", "1、3", "主任", "用过", "没用过", "80", "有", "没有", "会议", "当面聊", "同意", "不同意", "下周三下午", "对", "不对", "电话", "医师", "王建国",
		"返回", "返回", "跳过", "退出", "继续", "重新开始", "是", "否", "帮助", "人工", "退订", "恢复", "皮疹", "拜访", "再来", "报告不良反应", "随便", "", "。。", "有没有好处", "嗯",
		"!follow", "!unfollow", "!image", "!click", "!resume", "!tick", "!scan", "!voice", "+"}
	e := talkEngine(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	for talk := range 400 {
		k := &talker{t: t, e: e, now: testNow, facts: Facts{Doctor: itoa(talk), CaseNo: "AE-1", Level: rnd.IntN(3)}}
		k.facts.make()
		var said []string
		for range 30 {
			word := words[rnd.IntN(len(words))]
			said = append(said, word)
			in := Input{Kind: InText, Text: word}
			if kind, ok := strings.CutPrefix(word, "!"); ok {
				in = Input{Kind: InputKind(kind), Key: "VISIT"}
			}
			if word == "+" {
				k.now, in.Kind = k.now.Add(25*time.Hour), InTick
			}
			out := k.step(in)
			if in.Kind == InText && out.State.Asleep == 0 && len(out.Says) == 0 {
				t.Errorf("nothing said after %q", said)
			}
			for _, a := range out.Answers {
				if f := e.lib.Flow(a.Flow); !f.Urgent && k.facts.Consents["base"] == "" {
					t.Errorf("answer %s stored before consent after %q", a.Question, said)
				}
			}
			if t.Failed() {
				t.Fatalf("talk: %q", said)
			}
		}
	}
}
