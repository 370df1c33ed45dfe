package library_test

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/library"
	"github.com/vrep/vrep/flows/lint"
)

// maxBytes is the most that one passive reply carries (the platform refuses more than 2,048 bytes).
const maxBytes = 2000

func zone() *time.Location { return time.FixedZone("CST", 8*3600) }

// load reads the shipped folder; findings of any level fail the test.
func load(t *testing.T) *flows.Library {
	t.Helper()
	lib, ps := flows.Load(library.FS)
	if lib != nil {
		ps = append(ps, flows.Lint(lib, time.Now().In(zone()))...)
	}
	if len(ps) > 0 {
		t.Fatalf("findings in the shipped flows:\n%s", text(t, ps))
	}
	return lib
}

func text(t *testing.T, ps []flows.Problem) string {
	t.Helper()
	var b strings.Builder
	if err := lint.Text(&b, ps); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNoFindings(t *testing.T) {
	lib := load(t)
	want := []string{"access", "access_offer", "ae_intake", "appointment", "book_meeting", "change_rep", "community", "first_visit", "handover", "hello",
		"label", "meeting_cancelled", "meeting_feedback", "meeting_invite", "meeting_remind", "meeting_replay", "onboarding", "peer_card", "price",
		"quote_consent", "reactivate", "recruit", "recruit_exit", "request_case", "request_content", "request_literature", "request_meeting",
		"request_video", "reverify", "verify"}
	var got []string
	for _, f := range lib.Flows() {
		got = append(got, f.ID)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("flows (-want +got):\n%s", d)
	}
}

func TestTalks(t *testing.T) {
	lib := load(t)
	r := flows.RunTests(library.FS, lib, flows.TestOptions{Now: time.Now().In(zone())})
	var b strings.Builder
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	if !r.OK() || len(r.Problems) > 0 {
		t.Fatalf("%s", b.String())
	}
	if r.Cases < 100 {
		t.Errorf("%d cases ran, the folder holds more than 100", r.Cases)
	}
}

func TestEveryFlowHasTests(t *testing.T) {
	for _, f := range load(t).Flows() {
		if _, err := fs.Stat(library.FS, "tests/"+f.ID+".test.yaml"); err != nil {
			t.Errorf("flow %s: %v", f.ID, err)
		}
	}
}

func TestBundlesKeepTheirHash(t *testing.T) {
	lib := load(t)
	for _, f := range lib.Flows() {
		b, err := lib.Bundle(f.ID)
		if err != nil {
			t.Fatal(err)
		}
		old, ps := flows.LoadBundle(b)
		if old == nil {
			t.Errorf("bundle of %s:\n%s", f.ID, text(t, ps))
			continue
		}
		if got := old.Flow(f.ID).Hash(); got != f.Hash() {
			t.Errorf("bundle of %s has hash %s, the flow %s", f.ID, got, f.Hash())
		}
	}
}

// phrases are what a wanderer says: answers, slips, commands and noise.
var phrases = []string{
	"1", "2", "3", "4", "1、2", "医生", "药师", "患者", "同意", "同意", "同意", "好的", "不同意", "嗯", "王建国", "协和", "心内", "主任医师", "邀请码", "AB12CD", "没有", "跳过", "跳过",
	"返回", "继续", "帮助", "退出", "重新开始", "是", "否", "人工", "退订", "恢复", "首次拜访", "预约", "资料", "文献", "核验", "我的资料", "撤回同意", "开始",
	"下周三下午", "昨天", "13800138000", "有病人出现皮疹", "红包", "哈哈哈", strings.Repeat("很长的一段话。", 60), "门诊", "都要", "全部", "最后一个",
}

type invites struct{}

// InviteOK takes the one code that the wanderer knows.
func (invites) InviteOK(code string) bool { return code == "AB12CD" }

// Price knows none.
func (invites) Price(string, string, time.Time) (string, bool) { return "", false }

// RepOf knows nobody.
func (invites) RepOf(string) (string, bool)                  { return "", false }
func (invites) Master(string, string, string) (string, bool) { return "", false }

// TestWander talks at random: whatever is said, there is an answer, it fits one message, and no flow shows a defect.
func TestWander(t *testing.T) {
	lib := load(t)
	e, err := flows.NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		now := time.Date(2026, 11, 18, 10, 0, 0, 0, zone())
		facts := flows.Facts{Doctor: "wanderer", Reads: invites{}, CaseNo: "AE-1"}
		out := e.Step(flows.State{}, flows.Input{Kind: flows.InFollow, At: now}, facts)
		said := []string{"(follow)"}
		for range 80 {
			if n := len(strings.Join(out.Says, "\n")); n > maxBytes {
				t.Fatalf("seed %d: reply of %d bytes after %q", seed, n, said)
			}
			if len(out.Problems) > 0 {
				t.Fatalf("seed %d: defects after %q:\n%s", seed, said, text(t, out.Problems))
			}
			facts = facts.After(out, now)
			now = now.Add(time.Duration(1+r.IntN(20)) * time.Minute)
			word := phrases[r.IntN(len(phrases))]
			said = append(said, word)
			out = e.Step(out.State, flows.Input{Kind: flows.InText, Text: word, At: now}, facts)
			if len(out.Says) == 0 && len(out.Sends) == 0 && !out.Human && out.State.Asleep == 0 {
				t.Fatalf("seed %d: no answer after %q", seed, said)
			}
		}
	}
}

// TestProductContentIsForVerifiedDoctors holds the line that product content is never given below level 2.
func TestProductContentIsForVerifiedDoctors(t *testing.T) {
	for _, c := range load(t).Contents() {
		if c.Product != "" && c.Audience < 2 {
			t.Errorf("%s names a product and is open to level %d", c.ID, c.Audience)
		}
		if c.ApprovalNo == "" || c.Until.IsZero() {
			t.Errorf("%s has no approval with a last day", c.ID)
		}
	}
}

// TestCodesOfTheRepForm compares the codes that reps report with those that doctors answer: both write the same fields of the portrait.
func TestCodesOfTheRepForm(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "bot", "handoff", "words.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var form map[string]yaml.Node
	if err := yaml.Unmarshal(data, &form); err != nil {
		t.Fatal(err)
	}
	visit := load(t).Flow("first_visit")
	for question, field := range map[string]string{"wanted": "prefers", "topics": "topics", "barrier": "barriers", "ladder": "ladder"} {
		var words map[string]string
		n := form[field]
		if err := n.Decode(&words); err != nil {
			t.Fatalf("%s: %v", field, err)
		}
		q, ok := visit.Step(question).Body.(*flows.Question)
		if !ok {
			t.Fatalf("%s is no question", question)
		}
		for _, c := range q.Choices {
			if c.Code == "none" {
				continue
			}
			if words[c.Code] != c.Label {
				t.Errorf("%s.%s is %q for doctors and %q for reps", field, c.Code, c.Label, words[c.Code])
			}
		}
	}
}

func TestNoHanInGo(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.DeleteFunc(files, func(s string) bool { return strings.HasSuffix(s, "_test.go") }) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexFunc(string(data), func(r rune) bool { return unicode.Is(unicode.Han, r) }); i >= 0 {
			t.Errorf("%s has a Han character at byte %d", name, i)
		}
	}
}
