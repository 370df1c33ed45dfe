package handoff

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// heardReport is a complete report in which an adverse event was heard of.
func heardReport(lead, rep, note string) Report {
	r := goodReport(lead, rep)
	r.HeardAE, r.Note = CodeYes, note
	return r
}

// words gives what stands in the cases, in the order of the list.
func (h *house) words() []string {
	h.t.Helper()
	rows, err := h.store.Cases(h.t.Context(), 50)
	if err != nil {
		h.t.Fatal(err)
	}
	var words []string
	for _, c := range rows {
		words = append(words, c.Words)
	}
	return words
}

func (h *house) close(rep string) {
	h.t.Helper()
	r, err := h.store.Rep(h.t.Context(), rep)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Active = false
	if err := h.store.SaveRep(h.t.Context(), r); err != nil {
		h.t.Fatal(err)
	}
}

// An adverse event is recorded whatever has become of the lead or the rep; nothing else of the report is kept.
func TestHeardIsKeptWhateverBecameOfTheLead(t *testing.T) {
	const note = "患者服药后肝功能异常"
	withdraw := func(h *house, lead string) {
		h.t.Helper()
		h.turn(h.at(lead).Who.OpenID, func(turn *store.Turn) { turn.WithdrawLeads = "unshared" })
	}
	cases := []struct {
		name string
		rep  string
		end  func(h *house, lead string)
		why  error
		says string
	}{
		{"unfollowed", "a", withdraw, ErrEnded, "线索已撤回"},
		{"withdrawn and told", "a", func(h *house, lead string) { withdraw(h, lead); h.sweep() }, ErrEnded, "线索已撤回"},
		{"doctor not verified", "a", func(h *house, lead string) {
			if err := h.store.VerifyDoctor(h.t.Context(), h.at(lead).Doctor, store.Judgement{Passed: false, Actor: "admin"}); err != nil {
				h.t.Fatal(err)
			}
		}, ErrEnded, "医生身份核验未通过"},
		{"taken by another", "b", func(*house, string) {}, ErrTaken{By: "张三"}, "线索已由张三接受"},
		{"given back", "a", func(h *house, lead string) {
			if err := h.desk.Decline(h.t.Context(), lead, "a", "busy"); err != nil {
				h.t.Fatal(err)
			}
		}, ErrNotYours, "线索已不在您名下"},
		{"filed already", "a", func(h *house, lead string) {
			if _, err := h.desk.FileVisit(h.t.Context(), goodReport(lead, "a")); err != nil {
				h.t.Fatal(err)
			}
		}, ErrFiled, "拜访反馈此前已提交"},
		{"filed by another", "b", func(h *house, lead string) {
			if _, err := h.desk.FileVisit(h.t.Context(), goodReport(lead, "a")); err != nil {
				h.t.Fatal(err)
			}
		}, ErrEnded, "线索已结束"},
		{"account closed", "a", func(h *house, _ string) { h.close("a") }, ErrFiling, "账号已停用"},
		{"filing ran out", "a", func(h *house, _ string) { h.repUntil("a", "张三", time.Now().Add(-time.Minute), "all") }, ErrFiling, "备案已到期"},
	}
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		for _, c := range cases {
			h := newHouse(t, s)
			lead := h.accepted("o-" + c.name)
			c.end(h, lead)
			before, visits := len(h.words()), mustLead(t, s, lead).Visit != nil
			var heard ErrHeard
			_, err := h.desk.FileVisit(t.Context(), heardReport(lead, c.rep, note))
			if !errors.As(err, &heard) || !errors.Is(err, c.why) || heard.Case == "" {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if said := h.desk.Explain(err); !strings.Contains(said, "不良反应已登记，编号 "+heard.Case) || !strings.Contains(said, c.says) || !strings.Contains(said, "其余内容不再保存") {
				t.Errorf("%s: the rep reads %q", c.name, said)
			}
			row, err := s.Case(t.Context(), heard.Case)
			if err != nil || row.Doctor != h.at(lead).Doctor || row.Words != "由代表上报。"+note || row.Status != store.CaseReported || row.DueAt == 0 {
				t.Errorf("%s: case %+v, %v", c.name, row, err)
			}
			if _, again := h.desk.FileVisit(t.Context(), heardReport(lead, c.rep, " "+note+"\r\n")); again == nil {
				t.Errorf("%s: filed in the end", c.name)
			}
			if got := len(h.words()) - before; got != 1 {
				t.Errorf("%s: %d cases, want 1", c.name, got)
			}
			if (mustLead(t, s, lead).Visit != nil) != visits {
				t.Errorf("%s: the visit was kept", c.name)
			}
			if c.name == "account closed" || c.name == "filing ran out" {
				h.want(lead, store.LeadAccepted, "a")
			}
		}
	})
}

// A report that lacks something is not taken, but what was heard is; the corrected report opens no second case.
func TestHeardInAnIncompleteReport(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	lead := h.accepted("o1")
	r := heardReport(lead, "a", "")
	r.NextStep = ""
	var invalid ErrInvalid
	var heard ErrHeard
	if _, err := h.desk.FileVisit(t.Context(), r); !errors.As(err, &invalid) || errors.As(err, &heard) || len(h.words()) != 0 {
		t.Fatalf("nothing was said yet: %v, %v", err, h.words())
	}
	r.Note = "一位患者用药后头晕"
	_, err := h.desk.FileVisit(t.Context(), r)
	if !errors.As(err, &invalid) || !errors.As(err, &heard) {
		t.Fatalf("incomplete: %v", err)
	}
	if said := h.desk.Explain(err); !strings.Contains(said, heard.Case) || !strings.Contains(said, "还没有提交") {
		t.Errorf("the rep reads %q", said)
	}
	r.NextStep = "再约"
	if _, err := h.desk.FileVisit(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	var twice ErrHeard
	if _, err := h.desk.FileVisit(t.Context(), r); !errors.Is(err, ErrFiled) || errors.As(err, &twice) {
		t.Errorf("pressed twice: %v", err)
	}
	if diff := cmp.Diff([]string{"由代表上报。一位患者用药后头晕"}, h.words()); diff != "" {
		t.Errorf("cases (-want +got):\n%s", diff)
	}
}

func TestReportHeard(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		lead := h.accepted("o1")
		h.turn("o1", func(turn *store.Turn) { turn.WithdrawLeads = "unshared" })
		say := Heard{Lead: lead, Rep: "a", What: "服药后皮疹", Note: "六十岁左右"}
		numbers := make([]string, 6)
		var wg sync.WaitGroup
		for i := range numbers {
			wg.Go(func() {
				var err error
				if numbers[i], err = newDesk(s).ReportHeard(t.Context(), say); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, no := range numbers {
			if no == "" || no != numbers[0] {
				t.Fatalf("numbers %v", numbers)
			}
		}
		tomorrow := newDesk(s)
		tomorrow.now = func() time.Time { return time.Now().Add(24 * time.Hour) }
		if no, err := tomorrow.ReportHeard(t.Context(), say); err != nil || no != numbers[0] {
			t.Errorf("the next day: %q, %v", no, err)
		}
		other := say
		other.Note = "另一位患者"
		if no, err := h.desk.ReportHeard(t.Context(), other); err != nil || no == numbers[0] {
			t.Errorf("another event: %q, %v", no, err)
		}
		row, err := s.Case(t.Context(), numbers[0])
		if err != nil || row.Event != "服药后皮疹" || row.Words != "由代表上报。服药后皮疹\n六十岁左右" || row.Reporter != "代表张三（医生：王建国老师）" || len(row.No) > 32 {
			t.Errorf("case %+v, %v", row, err)
		}
		acts, err := s.Audits(t.Context(), "lead:"+lead, 10)
		if err != nil || len(acts) != 2 || acts[1].Action != "case_heard" || acts[1].Actor != "rep:a" || acts[1].Detail != numbers[0] {
			t.Errorf("audit %+v, %v", acts, err)
		}
		var invalid ErrInvalid
		if _, err := h.desk.ReportHeard(t.Context(), Heard{Lead: lead, Rep: "a", What: "  "}); !errors.As(err, &invalid) || invalid.Problems[0].Message == "" {
			t.Errorf("nothing said: %v", err)
		}
		h.rep("x", "外人", "hospital:other")
		for _, stranger := range []Heard{{Lead: lead, Rep: "x", What: "皮疹"}, {Lead: "nolead", Rep: "a", What: "皮疹"}} {
			if _, err := h.desk.ReportHeard(t.Context(), stranger); !errors.Is(err, ErrNotOffered) || !errors.Is(err, ErrNotYours) {
				t.Errorf("a stranger: %v", err)
			}
		}
		if n := len(h.words()); n != 2 {
			t.Errorf("%d cases", n)
		}
		long := Heard{Lead: lead, Rep: "a", What: strings.Repeat("长", maxHeard+1) + string([]byte{0xff})}
		if _, err := h.desk.ReportHeard(t.Context(), long); err != nil {
			t.Errorf("long words: %v", err)
		}
	})
}

// Who may not visit may do nothing about a lead.
func TestEveryActNeedsAnActiveRep(t *testing.T) {
	s := storetest.SQLite(t)
	for name, stop := range map[string]func(*house, string){
		"closed":  func(h *house, rep string) { h.close(rep) },
		"expired": func(h *house, rep string) { h.repUntil(rep, "张三", time.Now().Add(-time.Minute), "all") },
	} {
		h := newHouse(t, s)
		held := h.accepted("held " + name)
		open := h.lead("open " + name)
		h.sweep()
		stop(h, "a")
		for act, do := range map[string]func(lead string) error{
			"accept":  func(lead string) error { return h.desk.Accept(t.Context(), lead, "a") },
			"decline": func(lead string) error { return h.desk.Decline(t.Context(), lead, "a", "busy") },
			"brief":   func(lead string) error { _, err := h.desk.Brief(t.Context(), lead, "a"); return err },
		} {
			for _, lead := range []string{held, open} {
				if err := do(lead); !errors.Is(err, ErrFiling) {
					t.Errorf("%s: %s gives %v", name, act, err)
				}
			}
		}
		if _, err := h.desk.FileVisit(t.Context(), goodReport(held, "a")); !errors.Is(err, ErrFiling) {
			t.Errorf("%s: filing gives %v", name, err)
		}
		h.want(held, store.LeadAccepted, "a")
		h.want(open, store.LeadAssigned, "")
	}
}

// A doctor who turns out to be none is taken back from the reps, and they are told why.
func TestRefusedDoctorIsTakenBack(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	held := h.accepted("o1")
	open := h.lead("o2")
	h.sweep()
	h.deliver()
	for _, lead := range []string{held, open} {
		if err := s.VerifyDoctor(t.Context(), h.at(lead).Doctor, store.Judgement{Passed: false, Actor: "admin"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.press(open, "b", keyAccept, nil); got != "医生身份核验未通过，请勿跟进" {
		t.Errorf("press answers %q", got)
	}
	h.sweep()
	sent := h.deliver()
	if text := body[store.RepText](t, h.one(sent, store.RepLane("a"), store.KindRepText)).Text; !strings.Contains(text, "核验未通过") {
		t.Errorf("the owner reads %q", text)
	}
	if u := body[store.CardUpdate](t, h.one(sent, store.RepLane("b"), store.KindCardUpdate)); !strings.Contains(u.Text, "核验未通过") {
		t.Errorf("the card reads %q", u.Text)
	}
	for _, lead := range []string{held, open} {
		if _, err := h.desk.Brief(t.Context(), lead, "a"); !errors.Is(err, ErrEnded) {
			t.Errorf("brief: %v", err)
		}
	}
}

// The wish for a visit outlives an opt-out; nothing goes to the doctor, and the rep is told to send nothing either.
func TestOptOutIsOnCardAndBrief(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	const quiet = "医生已退订消息，请勿发送资料"
	lead := h.accepted("o1")
	has := func(b Brief) bool {
		for _, line := range b.Donts {
			if line == quiet {
				return b.Quiet == quiet
			}
		}
		return false
	}
	brief := func(lead, rep string) Brief {
		b, err := h.desk.Brief(t.Context(), lead, rep)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if b := brief(lead, "a"); has(b) || b.Quiet != "" {
		t.Error("the brief speaks of an opt-out that was not")
	}
	h.turn("o1", func(turn *store.Turn) { turn.Doctor.OptedOut, turn.CancelEffects = true, true })
	if !has(brief(lead, "a")) {
		t.Errorf("donts %q", brief(lead, "a").Donts)
	}
	later := h.lead("o2")
	h.turn("o2", func(turn *store.Turn) { turn.Doctor.OptedOut = true })
	h.sweep()
	card := body[store.Card](t, h.one(h.deliver(), store.RepLane("b"), store.KindCard))
	if last := card.Rows[len(card.Rows)-1]; last.Value != quiet || len(card.Rows) > 6 {
		t.Errorf("card rows %+v", card.Rows)
	}
	if !has(brief(later, "b")) {
		t.Errorf("donts before acceptance %q", brief(later, "b").Donts)
	}
	h.press(later, "b", keyAccept, nil)
	for l, rep := range map[string]string{lead: "a", later: "b"} {
		if _, err := h.desk.FileVisit(t.Context(), goodReport(l, rep)); err != nil {
			t.Fatal(err)
		}
		r, err := s.DoctorRecord(t.Context(), h.at(l).Doctor)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range r.Effects {
			if e.Status != store.EffectDone && e.Status != store.EffectCancel {
				t.Errorf("%s waits for a doctor who opted out", e.Kind)
			}
		}
		if len(r.Pushes) != 0 {
			t.Errorf("pushes %+v", r.Pushes)
		}
	}
	for _, e := range h.deliver() {
		if strings.HasPrefix(e.Lane, "d:") {
			t.Errorf("%s went to a doctor who opted out", e.Kind)
		}
	}
}
