package bot

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

// anyCode takes the invitation code of these tests.
type anyCode struct{}

func (anyCode) InviteOK(code string) bool { return code == inviteCode }

func (anyCode) Price(string, string, time.Time) (string, bool) { return "", false }

func (anyCode) RepOf(string) (string, bool)                  { return "", false }
func (anyCode) Master(string, string, string) (string, bool) { return "", false }

// things are what a doctor of the walk does.
var things = []string{
	"@subscribe", "@unsubscribe", "@SCAN:x", "@CLICK:HELLO", "@LOCATION", "@resume", "张三", "同意", "不同意", "1", "2", inviteCode, "好的", "不用",
	"我的病人过敏了", "皮疹", "全身皮疹", "65岁 男", "退订", "恢复", "人工", "继续", "重新开始", "返回", "跳过", "退出", "帮助", "开始", "报告不良反应", "随便说说", "",
}

// Whatever a doctor does, in whatever order: every move of the phase is legal, the phase tells the truth about the talk, and a snapshot that went
// through the session store decides the same as one that did not.
func TestAnyWalkKeepsPhaseAndTalkTogether(t *testing.T) {
	b, log := walker(t)
	defer func() {
		if log.Len() > 0 {
			t.Errorf("defects were logged:\n%s", log)
		}
	}()
	for doctor := range 30 {
		random := rand.New(rand.NewPCG(uint64(doctor), 7))
		id := fmt.Sprintf("%032d", doctor)
		s := snapshot{Talk: talk{V: snapshotVersion, Phase: store.PhaseIdle}, Facts: facts{Doctor: store.Doctor{ID: id, OpenID: "o"}}}
		at := noon
		for range 150 {
			what := things[random.IntN(len(things))]
			at = at.Add(time.Duration(random.IntN(120)) * time.Minute)
			in := inbound(storetest.Account, "o", int(s.Seq), what)
			x := builder{in: in, input: inputOf(in, at), before: s, seq: s.Seq + 1, now: at.UnixMilli()}
			x.d = b.decide(b.engine(), s, x.input, anyCode{})
			turn, _, err := x.build()
			if err != nil {
				t.Fatal(err)
			}
			next := snapshot{Seq: x.seq, Talk: x.d.talk, Facts: s.Facts.after(turn)}
			truth(t, next, x.d, what)
			s = throughTheSessionStore(t, next)
		}
	}
}

// walker is a bot that only decides.
func walker(t *testing.T) (*Bot, *bytes.Buffer) {
	t.Helper()
	engine, err := flows.NewEngine(library(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	return New(Options{Store: &store.Store{}, Sessions: &session.Sessions{}, Engine: always(engine), Log: slog.New(slog.NewTextHandler(&log, nil))}), &log
}

func truth(t *testing.T, s snapshot, d decision, what string) {
	t.Helper()
	phase, state := s.Talk.Phase, s.Talk.State
	switch {
	case !slices.Contains(Phases(), phase):
		t.Errorf("after %q the phase is %q", what, phase)
	case phase == store.PhaseIdle && (!state.Idle() || s.Facts.Doctor.OptedOut):
		t.Errorf("after %q the phase is idle, but a question is open, or the doctor has unsubscribed", what)
	case phase == store.PhaseHandedOff && state.Asleep == 0:
		t.Errorf("after %q the phase is handed off, but the flow is awake", what)
	case phase == store.PhaseOptedOut && !s.Facts.Doctor.OptedOut:
		t.Errorf("after %q the phase is opted out, but the doctor is not", what)
	case (phase == store.PhaseAsking || phase == store.PhaseConsent) && d.out.Pending.ID == "":
		t.Errorf("after %q the phase is %s, but nothing is asked", what, phase)
	case phase != s.Facts.Doctor.Phase:
		t.Errorf("after %q the talk says %s, the doctor's row %s", what, phase, s.Facts.Doctor.Phase)
	case d.pre == EventFollow && s.Facts.Doctor.OptedOut:
		t.Errorf("after %q the doctor is still unsubscribed", what)
	}
}

// throughTheSessionStore encodes and decodes a snapshot, which must not change it.
func throughTheSessionStore(t *testing.T, s snapshot) snapshot {
	t.Helper()
	body, err := encodeSnapshot(s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeSnapshot(body, s.Seq)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, got, cmp.AllowUnexported(), cmpopts.EquateEmpty(), cmp.Comparer(func(a, b flows.Value) bool { return a.Equal(b) })); diff != "" {
		t.Fatalf("the session store changes a snapshot (-before +after):\n%s", diff)
	}
	return got
}
