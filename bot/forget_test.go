package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

// bodies is everything that the journal keeps of what was typed and said.
func (p *phased) bodies() string {
	p.t.Helper()
	var all strings.Builder
	for _, j := range remains(p.t, p.st, "o1").Record.Journal {
		all.Write(j.Event)
		all.Write(j.State)
		all.Write(j.Reply)
	}
	return all.String()
}

// unknown checks that nothing is known of the doctor.
func (p *phased) unknown() {
	p.t.Helper()
	r := remains(p.t, p.st, "o1").Record
	d := r.Doctor
	if len(r.Answers)+len(r.Portrait)+len(r.Tags)+len(r.Scores) != 0 || r.Verification != nil {
		p.t.Errorf("kept answers %+v, portrait %+v, tags %+v, scores %+v, verification %+v", r.Answers, r.Portrait, r.Tags, r.Scores, r.Verification)
	}
	if d.Name+d.Hospital+d.HospitalName+d.Department+d.Title != "" || d.Level != store.LevelFollower {
		p.t.Errorf("doctor %+v", d)
	}
}

// consents are the decisions about a purpose in their order.
func (p *phased) consents(purpose string) (granted []bool) {
	p.t.Helper()
	rows := slices.Clone(remains(p.t, p.st, "o1").Record.Consents)
	slices.SortFunc(rows, func(a, b store.Consent) int { return int(a.Seq - b.Seq) })
	for _, c := range rows {
		if c.Purpose == purpose {
			granted = append(granted, c.Granted)
		}
	}
	return granted
}

// Consent that is given, taken back and refused leaves nothing, on both engines: no answer, no value, no word; the adverse event case stays.
func TestRefusalAfterAConsentForgetsEverything(t *testing.T) {
	engines(t, func(t *testing.T, st *store.Store, se *session.Sessions) {
		invite(t, st)
		p := &phased{t: t, st: st, b: newBot(t, st, se, nil)}
		p.says("@subscribe", "张三", "同意", "1", inviteCode, "同意", "好的", "病人过敏", "不用")
		texts(t, st, store.DoctorLane(store.DoctorID(storetest.Account, "o1")), "push", 1)
		r := remains(t, st, "o1").Record
		if len(r.Leads) != 1 || len(r.Portrait) == 0 || len(r.Tags) == 0 || r.Doctor.Name != "张三" {
			t.Fatalf("before the refusal: %+v", r)
		}
		// A changed notice is asked again; its refusal takes back what was agreed to before.
		engine, err := flows.NewEngine(changedLibrary(t, "policy: p1", "policy: p2", "  when: profile.onboarded is empty\n", ""), OldLibraries(st))
		if err != nil {
			t.Fatal(err)
		}
		p.b = newBot(t, st, se, func(o *Options) { o.Engine = always(engine) })
		if reply := p.says("@CLICK:HELLO"); !strings.Contains(reply, "怎么称呼") {
			t.Fatalf("the talk did not begin: %q", reply)
		}
		p.says("李四", "不同意")
		p.unknown()
		r = remains(t, st, "o1").Record
		if len(r.Cases) != 1 || r.Cases[0].Words != "病人过敏" {
			t.Errorf("cases %+v", r.Cases)
		}
		if r.Leads[0].Status != store.LeadWithdrawn || r.Leads[0].Reason != reasonUnshared || r.Leads[0].Note != "" {
			t.Errorf("lead %+v", r.Leads[0])
		}
		if got := counts(t, st); got[store.EffectReady] != 0 || got[store.EffectCancel] != 2 {
			t.Errorf("outbox %v", got)
		}
		if base, share := p.consents("base"), p.consents(store.PurposeShare); !slices.Equal(base, []bool{true, false}) || !slices.Equal(share, []bool{true, false}) {
			t.Errorf("base %v, share %v", base, share)
		}
		if body := p.bodies(); strings.Contains(body, "李四") {
			t.Errorf("a word is left: %s", body)
		}
		if reply := p.says("@CLICK:HELLO"); !strings.Contains(reply, "怎么称呼") {
			t.Errorf("the next talk got %q", reply)
		}
	})
}

// Going back over the consent question takes the consent back at once: the answers wait in the talk again, and are written when it is given again.
func TestGoingBackOverConsentTakesItBack(t *testing.T) {
	p := newPhased(t)
	p.says("@subscribe", "张三", "同意", "1")
	if d := remains(t, p.st, "o1").Record.Doctor; d.Name != "张三" || d.Department != "心内科" {
		t.Fatalf("doctor %+v", d)
	}
	p.says("返回")
	if got := p.consents("base"); !slices.Equal(got, []bool{true}) {
		t.Errorf("going back over another question: base %v", got)
	}
	if reply := p.says("返回"); !strings.Contains(reply, "是否同意") {
		t.Errorf("reply %q", reply)
	}
	p.want(store.PhaseConsent)
	p.unknown()
	if got := p.consents("base"); !slices.Equal(got, []bool{true, false}) {
		t.Errorf("base %v", got)
	}
	p.says("同意", "2")
	r := remains(t, p.st, "o1").Record
	if r.Doctor.Name != "张三" || r.Doctor.Department != "肾内科" || len(r.Answers) != 3 {
		t.Errorf("doctor %+v, answers %+v", r.Doctor, r.Answers)
	}
	if got := p.consents("base"); !slices.Equal(got, []bool{true, false, true}) {
		t.Errorf("base %v", got)
	}
}

// Twice back: another answer is given before the consent, which is asked again. Then it is refused.
func TestGoingFurtherBackAsksConsentAgain(t *testing.T) {
	p := newPhased(t)
	p.says("@subscribe", "张三", "同意", "返回", "返回")
	p.unknown()
	if reply := p.says("李四"); !strings.Contains(reply, "是否同意") {
		t.Fatalf("reply %q", reply)
	}
	p.unknown()
	p.says("不同意")
	p.unknown()
	if body := p.bodies(); strings.Contains(body, "张三") || strings.Contains(body, "李四") {
		t.Errorf("a word is left: %s", body)
	}
}

// Going back over the consent to share withdraws the lead that rests on it; agreeing again makes it anew.
func TestGoingBackOverSharing(t *testing.T) {
	p := newPhased(t)
	p.says(script[:6]...)
	if got := p.consents(store.PurposeShare); !slices.Equal(got, []bool{true}) {
		t.Fatalf("share %v", got)
	}
	p.says("返回")
	if got := p.consents(store.PurposeShare); !slices.Equal(got, []bool{true, false}) {
		t.Errorf("share %v", got)
	}
	if d := remains(t, p.st, "o1").Record.Doctor; d.Name != "张三" || d.Level != store.LevelVerified {
		t.Errorf("the base consent was touched: %+v", d)
	}
	p.says("同意", "好的")
	if l := remains(t, p.st, "o1").Record.Leads; len(l) != 1 || l[0].Status != store.LeadNew {
		t.Errorf("leads %+v", l)
	}
}

// No clear answer to the base consent is a refusal: it is in the consents without words, and nothing stays.
func TestConsentThatIsNeverClearIsRefused(t *testing.T) {
	p := newPhased(t)
	p.says("@subscribe", "张三", "嗯", "哦", "行吧")
	p.wantsPerson()
	rows := remains(t, p.st, "o1").Record.Consents
	if len(rows) != 1 || rows[0].Granted || rows[0].Raw != "" || rows[0].Purpose != store.PurposeBase || !strings.Contains(rows[0].Asked, "是否同意") {
		t.Errorf("consents %+v", rows)
	}
	if body := p.bodies(); strings.Contains(body, "张三") || strings.Contains(body, "行吧") {
		t.Errorf("a word is left: %s", body)
	}
	if reply := p.says("继续"); !strings.Contains(reply, "是否同意") {
		t.Errorf("the question did not come back: %q", reply)
	}
}

// wantsPerson is unknown for a doctor whom a person will call: the request for that is all there is.
func (p *phased) wantsPerson() {
	p.t.Helper()
	p.want(store.PhaseHandedOff)
	r := remains(p.t, p.st, "o1").Record
	if len(r.Answers)+len(r.Portrait)+len(r.Tags)+len(r.Scores) != 0 || r.Doctor.Name != "" {
		p.t.Errorf("kept %+v", r)
	}
}

// Words typed since no consent was in force are blanked by a refusal, however many talks began since; words typed under a consent are not.
func TestARefusalBlanksAllTalksWithoutConsent(t *testing.T) {
	for name, words := range map[string][]string{
		"restart":       {"@subscribe", "王大力", "重新开始", "是", "张三", "不同意"},
		"quit":          {"@subscribe", "王大力", "退出", "开始", "张三", "不同意"},
		"before a talk": {"@LOCATION", "王大力说", "@subscribe", "王大力", "不同意"},
		"refused twice": {"@subscribe", "张三", "不同意", "王大力问问", "开始", "王大力", "不同意"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPhased(t)
			p.says(words...)
			p.unknown()
			if body := p.bodies(); strings.Contains(body, "王大力") || strings.Contains(body, "张三") {
				t.Errorf("a word is left: %s", body)
			}
		})
	}
}

// at delivers an event with a CreateTime of its own.
func (p *phased) at(seconds int, what string) string {
	p.t.Helper()
	in := inbound(storetest.Account, "o1", p.n, what)
	in.SentAt = noon.Add(time.Duration(seconds) * time.Second)
	p.n++
	r, err := p.b.Receive(p.t.Context(), in)
	if err != nil {
		p.t.Fatal(err)
	}
	return r.Text
}

// A leave that arrives after something newer of the doctor is kept as late and changes nothing: he is still there.
func TestALateUnfollowChangesNothing(t *testing.T) {
	p := newPhased(t)
	p.says(script[:7]...) // leaves a lead and an effect
	p.at(100, "@subscribe")
	before := remains(t, p.st, "o1").Record
	p.at(50, "@unsubscribe")
	after := remains(t, p.st, "o1").Record
	if !after.Doctor.Followed || after.Doctor.Phase != before.Doctor.Phase || after.Leads[0].Status != before.Leads[0].Status || counts(t, p.st)[store.EffectCancel] != 0 {
		t.Errorf("followed %v, phase %s, lead %s, outbox %v", after.Doctor.Followed, after.Doctor.Phase, after.Leads[0].Status, counts(t, p.st))
	}
	if j := after.Journal[0]; !j.Late || !strings.Contains(string(j.Event), "unsubscribe") {
		t.Errorf("journal %+v", j)
	}
	p.at(150, "@unsubscribe")
	if remains(t, p.st, "o1").Record.Doctor.Followed {
		t.Error("a leave in time was not taken")
	}
}

// A follow, or a word, that arrives after a newer leave does not bring the doctor back.
func TestALateFollowChangesNothing(t *testing.T) {
	p := newPhased(t)
	p.at(0, "@subscribe")
	p.at(100, "@unsubscribe")
	if reply := p.at(50, "@subscribe"); reply != "" {
		t.Errorf("a reply to nobody: %q", reply)
	}
	p.at(60, "张三")
	d := remains(t, p.st, "o1").Record
	if d.Doctor.Followed || !d.Journal[0].Late || !d.Journal[1].Late {
		t.Errorf("followed %v, journal %+v", d.Doctor.Followed, d.Journal)
	}
	if reply := p.at(100, "@subscribe"); !strings.Contains(reply, "怎么称呼") || !remains(t, p.st, "o1").Record.Doctor.Followed {
		t.Errorf("a follow of the same second got %q", reply)
	}
}

// What came along with a place or a link is kept, heard for adverse events, and blanked by a refusal.
func TestDetailIsKeptHeardAndBlanked(t *testing.T) {
	p := newPhased(t)
	link := func(detail string) string {
		in := inbound(storetest.Account, "o1", p.n, "")
		in.Kind, in.Detail = "link", detail
		p.n++
		r, err := p.b.Receive(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return r.Text
	}
	p.says("@subscribe")
	link("某院门诊 https://example.com/a")
	if body := p.bodies(); !strings.Contains(body, `"detail":"某院门诊 https://example.com/a"`) {
		t.Errorf("not kept: %s", body)
	}
	words := "患者服药后皮疹 https://example.com/b"
	reply := link(words)
	r := remains(t, p.st, "o1").Record
	if len(r.Cases) != 1 || r.Cases[0].Words != words || !strings.Contains(reply, r.Cases[0].No) {
		t.Fatalf("cases %+v, reply %q", r.Cases, reply)
	}
	p.want(store.PhaseConfirm)
	p.says("不用", "张三", "不同意")
	if body := p.bodies(); strings.Contains(body, "某院") || strings.Contains(body, "example.com") {
		t.Errorf("a detail is left: %s", body)
	}
	if c := remains(t, p.st, "o1").Record.Cases; len(c) != 1 || c[0].Words != words {
		t.Errorf("cases %+v", c)
	}
	for _, sleep := range []string{"人工", "退订"} {
		p.says(sleep)
		n := len(remains(t, p.st, "o1").Record.Cases)
		link(fmt.Sprintf("病人过敏 %s", sleep))
		if got := len(remains(t, p.st, "o1").Record.Cases); got != n+1 {
			t.Errorf("after %s a link was not heard: %d cases, had %d", sleep, got, n)
		}
		p.says("不用")
	}
}

// A doctor who has unsubscribed and wants a person is told what is true: the way back is another word, and an intake goes on when he says so.
func TestAPersonWhileOptedOut(t *testing.T) {
	p := newPhased(t)
	p.says("@subscribe", "退订")
	reply := p.says("人工")
	p.want(store.PhaseHandedOff)
	if strings.Contains(reply, "继续") || !strings.Contains(reply, "恢复") {
		t.Errorf("reply %q", reply)
	}
	p.says("继续")
	p.want(store.PhaseOptedOut)
	p.says("人工", "病人过敏", "好的", "人工")
	p.want(store.PhaseHandedOff)
	if reply = p.says("继续"); !strings.Contains(reply, "发生了什么") {
		t.Errorf("the intake did not go on: %q", reply)
	}
	p.want(store.PhaseAsking)
	p.says("人工")
	if reply = p.says("恢复"); !strings.Contains(reply, "已恢复") || !strings.Contains(reply, "发生了什么") {
		t.Errorf("reply %q", reply)
	}
	p.want(store.PhaseAsking)
}

// The word that ends the opt-out also wakes the talk that waits for a person: service is restored, as it says.
func TestOptingInWakesTheTalk(t *testing.T) {
	p := newPhased(t)
	p.says("@subscribe", "退订", "人工")
	if reply := p.says("恢复"); !strings.Contains(reply, "已恢复") {
		t.Errorf("reply %q", reply)
	}
	p.want(store.PhaseIdle)
	if reply := p.says("开始"); !strings.Contains(reply, "怎么称呼") {
		t.Errorf("the talk sleeps on: %q", reply)
	}
}
