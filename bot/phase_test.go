package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// phased is a talk under test: it numbers the events and reads the phase from the database.
type phased struct {
	t  *testing.T
	st *store.Store
	b  *Bot
	n  int
}

func newPhased(t *testing.T) *phased {
	t.Helper()
	st := storetest.SQLite(t, fixed)
	invite(t, st)
	return &phased{t: t, st: st, b: newBot(t, st, storetest.Embedded(t), nil)}
}

func (p *phased) says(events ...string) (last string) {
	p.t.Helper()
	for _, what := range events {
		last = say(p.t, p.b, "o1", p.n, what)
		p.n++
	}
	return last
}

func (p *phased) want(phase string) {
	p.t.Helper()
	k := remains(p.t, p.st, "o1")
	if k.Record.Doctor.Phase != phase {
		p.t.Errorf("after event %d the phase is %s, want %s", p.n-1, k.Record.Doctor.Phase, phase)
	}
	last, err := p.st.LastTurn(context.Background(), k.Record.Doctor.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	if talk, err := decodeTalk(last.State); err != nil || talk.Phase != phase {
		p.t.Errorf("the journal says %s, %v; the doctor's row says %s", talk.Phase, err, phase)
	}
}

func TestPhasesOfATalk(t *testing.T) {
	p := newPhased(t)
	p.says("@subscribe")
	p.want(store.PhaseAsking)
	p.says("张三")
	p.want(store.PhaseConsent)
	p.says("同意")
	p.want(store.PhaseAsking)
	p.says("重新开始")
	p.want(store.PhaseConfirm)
	p.says("否", "退出")
	p.want(store.PhaseIdle)
}

func TestAnAdverseEventIsRecordedWhileAQuestionIsOpen(t *testing.T) {
	p := newPhased(t)
	p.says("@subscribe", "张三", "同意")
	reply := p.says("我的病人过敏了")
	p.want(store.PhaseConfirm) // the intake is offered
	k := remains(t, p.st, "o1")
	if len(k.Record.Cases) != 1 || k.Record.Cases[0].Words != "我的病人过敏了" || k.Record.Cases[0].Status != store.CaseOpen {
		t.Fatalf("cases %+v", k.Record.Cases)
	}
	no := k.Record.Cases[0].No
	if !strings.Contains(reply, no) {
		t.Errorf("reply %q", reply)
	}
	due := k.Record.Cases[0].DueAt
	p.says("好的", "全身皮疹")
	if c := remains(t, p.st, "o1").Record.Cases; len(c) != 1 || c[0].Event != "全身皮疹" || c[0].Status != store.CaseOpen || c[0].DueAt != due {
		t.Errorf("cases during the intake %+v", c)
	}
	if reply = p.says("示例沙坦片", "65岁 男", "张三"); !strings.Contains(reply, "哪个科室") {
		t.Errorf("the open question did not come back: %q", reply)
	}
	c := remains(t, p.st, "o1").Record.Cases
	if len(c) != 1 || c[0].No != no || c[0].Status != store.CaseReported || !c[0].Complete || c[0].Product != "示例沙坦片" || c[0].Patient != "65岁 男" {
		t.Errorf("cases after the intake %+v", c)
	}
	if c[0].DueAt == 0 || c[0].DueAt > due || c[0].OpenedAt == 0 || c[0].Words != "我的病人过敏了" {
		t.Errorf("the intake changed what the opening wrote: due %d, was %d; %+v", c[0].DueAt, due, c[0])
	}
}

func TestAHandedOffTalkSleepsAndHearsAdverseEvents(t *testing.T) {
	p := newPhased(t)
	p.says("@subscribe", "张三", "同意", "人工")
	p.want(store.PhaseHandedOff)
	if reply := p.says("1"); strings.Contains(reply, "邀请码") {
		t.Errorf("the flow went on: %q", reply)
	}
	if reply := p.says("还在吗"); reply != "" {
		t.Errorf("a sleeping talk said twice that it sleeps: %q", reply)
	}
	p.want(store.PhaseHandedOff)
	p.says("我的病人过敏了")
	p.want(store.PhaseConfirm)
	p.says("不用")
	p.want(store.PhaseHandedOff)
	if c := remains(t, p.st, "o1").Record.Cases; len(c) != 1 || c[0].Words != "我的病人过敏了" {
		t.Errorf("cases %+v", c)
	}
	if reply := p.says("继续"); !strings.Contains(reply, "哪个科室") {
		t.Errorf("the talk did not go on where it was: %q", reply)
	}
	p.want(store.PhaseAsking)
}

// Whoever was told that a colleague will call is in a worklist: as a lead when a rep may know the doctor, else with those who wait to be verified.
func TestAWishForAPersonReachesAPerson(t *testing.T) {
	p := newPhased(t)
	p.says("@subscribe", "张三", "同意", "人工")
	r := remains(t, p.st, "o1").Record
	if len(r.Leads) != 0 || r.Verification == nil || r.Verification.LeadKind != leadHuman || r.Verification.Status != store.VerifyOpen {
		t.Errorf("an unverified doctor: leads %+v, verification %+v", r.Leads, r.Verification)
	}
	p.says("继续", "1", inviteCode, "同意", "人工")
	r = remains(t, p.st, "o1").Record
	if len(r.Leads) != 1 || r.Leads[0].Kind != leadHuman || !r.Leads[0].Explicit || r.Leads[0].DueAt == 0 {
		t.Errorf("a verified doctor: leads %+v", r.Leads)
	}
	p.says("继续", "人工")
	if r = remains(t, p.st, "o1").Record; len(r.Leads) != 1 {
		t.Errorf("%d leads for one wish", len(r.Leads))
	}
}

func TestOptOutStopsEverythingButSafety(t *testing.T) {
	p := newPhased(t)
	p.says(script[:7]...) // the last answer sends an article
	id := store.DoctorID(storetest.Account, "o1")
	texts(t, p.st, store.DoctorLane(id), "push", 1)
	p.says("退订")
	p.want(store.PhaseOptedOut)
	if got := counts(t, p.st)[store.EffectCancel]; got != 2 {
		t.Errorf("%d effects cancelled, want 2", got)
	}
	if reply := p.says("开始"); strings.Contains(reply, "怎么称呼") {
		t.Errorf("a flow began: %q", reply)
	}
	p.want(store.PhaseOptedOut)
	p.says("病人过敏")
	p.want(store.PhaseConfirm)
	p.says("好的")
	p.want(store.PhaseAsking)
	p.says("全身皮疹", "示例沙坦片", "65岁 男", "张三")
	p.want(store.PhaseOptedOut)
	d := remains(t, p.st, "o1").Record
	if !d.Doctor.OptedOut || len(d.Cases) != 1 || !d.Cases[0].Complete {
		t.Errorf("opted out %v, cases %+v", d.Doctor.OptedOut, d.Cases)
	}
	p.says("恢复")
	p.want(store.PhaseIdle)
	if remains(t, p.st, "o1").Record.Doctor.OptedOut {
		t.Error("the doctor is still unsubscribed")
	}
}

// A sleeping talk takes no menu click either: it says that it sleeps, and no flow begins.
func TestASleepingTalkTakesNoClicks(t *testing.T) {
	p := newPhased(t)
	p.says("@subscribe", "退订")
	if reply := p.says("@CLICK:HELLO"); reply == "" || strings.Contains(reply, "怎么称呼") {
		t.Errorf("reply %q", reply)
	}
	p.want(store.PhaseOptedOut)
	if reply := p.says("@subscribe"); !strings.Contains(reply, "怎么称呼") {
		t.Errorf("following again begins nothing: %q", reply)
	}
	p.want(store.PhaseAsking)
	if remains(t, p.st, "o1").Record.Doctor.OptedOut {
		t.Error("the doctor is still unsubscribed")
	}
}

func TestUnfollowCancelsWhatWaitsAndWithdrawsLeads(t *testing.T) {
	p := newPhased(t)
	p.says(script[:7]...)
	before := remains(t, p.st, "o1").Record
	if len(before.Leads) != 1 || before.Leads[0].Status != store.LeadNew || before.Leads[0].DueAt == 0 {
		t.Fatalf("leads %+v", before.Leads)
	}
	if reply := p.says("@unsubscribe"); reply != "" {
		t.Errorf("a reply to nobody: %q", reply)
	}
	p.want(store.PhaseIdle)
	r, lead := remains(t, p.st, "o1").Record, leadOnly(t, p.st)
	if r.Doctor.Followed || lead.ID != before.Leads[0].ID || lead.Status != store.LeadWithdrawn || counts(t, p.st)[store.EffectReady] != 0 {
		t.Errorf("followed %v, lead %+v, outbox %v", r.Doctor.Followed, lead, counts(t, p.st))
	}
	p.says("@subscribe")
	if !remains(t, p.st, "o1").Record.Doctor.Followed {
		t.Error("the doctor is back and counts as gone")
	}
}

func TestRefusalOfConsentLeavesNothing(t *testing.T) {
	p := newPhased(t)
	p.says("@subscribe", "张三")
	reply := p.says("不同意")
	p.want(store.PhaseIdle)
	k := remains(t, p.st, "o1")
	if len(k.Record.Answers) != 0 || len(k.Record.Portrait) != 0 || k.Record.Doctor.Name != "" {
		t.Errorf("kept %d answers, %d values, name %q", len(k.Record.Answers), len(k.Record.Portrait), k.Record.Doctor.Name)
	}
	for n := range p.n {
		j, err := p.st.TurnByKey(t.Context(), fmt.Sprintf("o1-%d", n))
		if err != nil {
			t.Fatal(err)
		}
		if len(j.Event) != 0 || strings.Contains(string(j.State)+string(j.Reply), "张三") || j.SentAt == 0 {
			t.Errorf("turn %d still holds what was typed: %s %s %s", j.Seq, j.Event, j.State, j.Reply)
		}
	}
	if again := say(t, p.b, "o1", p.n-1, "不同意"); again != reply {
		t.Errorf("the resend got %q, the first delivery %q", again, reply)
	}
	if got := p.says("@subscribe"); !strings.Contains(got, "怎么称呼") {
		t.Errorf("the talk does not begin again: %q", got)
	}
}

func TestInputOfACallback(t *testing.T) {
	cases := []struct {
		in   Inbound
		kind flows.InputKind
		key  string
	}{
		{Inbound{Kind: "text", Text: "好"}, flows.InText, ""},
		{Inbound{Kind: "voice", Text: "好。"}, flows.InText, ""},
		{Inbound{Kind: "voice"}, flows.InVoice, ""},
		{Inbound{Kind: "image"}, flows.InImage, ""},
		{Inbound{Kind: "location", Text: "某院", Place: "1,2"}, flows.InLocation, ""},
		{Inbound{Kind: "video"}, flows.InOther, ""},
		{Inbound{Kind: "tick"}, flows.InTick, ""},
		{Inbound{Kind: "event", Event: "subscribe", EventKey: "qrscene_rep:7"}, flows.InFollow, "rep:7"},
		{Inbound{Kind: "event", Event: "unsubscribe"}, flows.InUnfollow, ""},
		{Inbound{Kind: "event", Event: "SCAN", EventKey: "rep:7"}, flows.InScan, "rep:7"},
		{Inbound{Kind: "event", Event: "CLICK", EventKey: "VISIT"}, flows.InClick, "VISIT"},
		{Inbound{Kind: "event", Event: "TEMPLATESENDJOBFINISH"}, flows.InEvent, ""},
	}
	for _, c := range cases {
		got := inputOf(c.in, noon)
		if got.Kind != c.kind || got.Key != c.key || !got.At.Equal(noon) {
			t.Errorf("%+v became %+v, want kind %s and key %q", c.in, got, c.kind, c.key)
		}
	}
}

func TestOnlyMessagesOpenTheWindow(t *testing.T) {
	p := newPhased(t)
	p.says("@subscribe", "@SCAN:rep:7", "@CLICK:VISIT", "@LOCATION")
	d := remains(t, p.st, "o1").Record.Doctor
	if d.LastTypedAt != 0 || d.LastInboundAt != noon.UnixMilli() || d.Scene != "rep:7" {
		t.Errorf("typed %d, inbound %d, scene %q", d.LastTypedAt, d.LastInboundAt, d.Scene)
	}
	p.says("你好")
	if d = remains(t, p.st, "o1").Record.Doctor; d.LastTypedAt != noon.UnixMilli() {
		t.Errorf("typed %d", d.LastTypedAt)
	}
}

// What does not fit into the passive reply leaves as service messages, in order and within their limit.
func TestLongRepliesSpillIntoTheOutbox(t *testing.T) {
	says := []string{strings.Repeat("甲", 600), strings.Repeat("乙", 600), strings.Repeat("丙", 600)}
	x := builder{
		in: Inbound{Account: "a", OpenID: "o", Kind: "text"}, before: snapshot{Facts: facts{Doctor: store.Doctor{ID: "d"}}}, seq: 4,
		now: noon.UnixMilli(), d: decision{out: flows.Outcome{Says: says, Level: -1}, talk: talk{Phase: store.PhaseIdle}, pre: EventHear},
	}
	turn, reply, err := x.build()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, e := range turn.Effects {
		keys = append(keys, e.Key)
		if e.Lane != store.DoctorLane("d") || e.Kind != store.KindText || e.ValidUntil <= noon.UnixMilli() || e.ValidUntil > noon.Add(24*time.Hour).UnixMilli() {
			t.Errorf("effect %+v", e)
		}
	}
	if diff := cmp.Diff([]string{"d:4:0", "d:4:1"}, keys); diff != "" || reply.Text != says[0] {
		t.Errorf("reply of %d bytes; effects (-want +got):\n%s", len(reply.Text), diff)
	}
	y := x
	y.later, y.turn = true, store.Turn{}
	if turn, reply, err = y.build(); err != nil || reply.Text != "" || len(turn.Effects) != 3 {
		t.Errorf("too late: reply of %d bytes, %d effects, %v", len(reply.Text), len(turn.Effects), err)
	}
}
