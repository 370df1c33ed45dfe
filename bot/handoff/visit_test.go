package handoff

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

func goodReport(lead, rep string) Report {
	return Report{
		Lead: lead, Rep: rep, At: time.Now().Add(-time.Hour), Channel: "face", Result: ResultMet, Prefers: "case", Topics: []string{"ckd", "elderly"},
		Ladder: "A3", Barriers: []string{"evidence"}, NextStep: "两周后送病例集", NextAt: time.Now().Add(14 * 24 * time.Hour), HeardAE: CodeNo, Note: "聊得很好",
	}
}

// accepted makes a lead that rep a holds.
func (h *house) accepted(openID string) string {
	h.t.Helper()
	h.rep("a", "张三", "all")
	h.rep("b", "李四", "all")
	lead := h.lead(openID)
	h.sweep()
	h.press(lead, "a", keyAccept, nil)
	h.deliver()
	return lead
}

func TestReportIsChecked(t *testing.T) {
	d := New(Options{Key: []byte("k")})
	now := time.Now()
	cases := []struct {
		name string
		edit func(*Report)
		want []string
	}{
		{"good", func(*Report) {}, nil},
		{"no date needed", func(r *Report) { r.NextAt, r.Note, r.Barriers = time.Time{}, "", nil }, nil},
		{"explicit nothing", func(r *Report) {
			r.Topics, r.Ladder, r.Barriers = []string{CodeNone}, CodeUnknown, []string{CodeNone}
		}, nil},
		{"other topics", func(r *Report) { r.Topics = []string{"new_topic"} }, nil},
		{"empty", func(r *Report) { *r = Report{Result: ResultMet} }, []string{
			"at missing", "channel missing", "prefers missing", "topics missing", "ladder missing", "next_step missing", "heard_ae missing",
		}},
		{"nothing at all", func(r *Report) { *r = Report{} }, []string{
			"at missing", "channel missing", "result missing", "next_step missing", "heard_ae missing",
		}},
		{"not met", func(r *Report) {
			*r = Report{At: r.At, Channel: "face", Result: ResultNotMet, NextStep: "再约", HeardAE: CodeNo}
		}, nil},
		{"unknown codes", func(r *Report) {
			r.Channel, r.Prefers, r.Ladder, r.Barriers, r.HeardAE = "fax", "gift", "A9", []string{"money"}, "maybe"
		}, []string{"channel unknown", "prefers unknown", "ladder unknown", "barriers unknown", "heard_ae missing"}},
		{"nothing with something", func(r *Report) {
			r.Topics, r.Barriers = []string{"ckd", CodeNone}, []string{CodeNone, "price"}
		}, []string{"topics unknown", "barriers unknown"}},
		{"tomorrow", func(r *Report) { r.At = now.Add(24 * time.Hour); r.NextAt = time.Time{} }, []string{"at future"}},
		{"next before visit", func(r *Report) { r.NextAt = r.At.Add(-time.Hour) }, []string{"next_at past"}},
		{"blank", func(r *Report) { r.NextStep = "  " }, []string{"next_step missing"}},
		{"too long", func(r *Report) { r.NextStep, r.Note = strings.Repeat("长", 501), strings.Repeat("长", 1001) }, []string{"next_step too_long", "note too_long"}},
	}
	for _, c := range cases {
		r := goodReport("lead", "a")
		c.edit(&r)
		var got []string
		for _, p := range d.check(tidy(r), false) {
			got = append(got, p.Field+" "+p.Code)
			if p.Message == "" || strings.Contains(p.Message, "{") || strings.Contains(p.Message, p.Field) {
				t.Errorf("%s: message %q", c.name, p.Message)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestFileVisit(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		lead := h.accepted("o1")
		before, err := s.LoadDoctor(t.Context(), h.at(lead).Doctor)
		if err != nil {
			t.Fatal(err)
		}
		r := goodReport(lead, "a")
		r.HeardAE = ""
		var invalid ErrInvalid
		if _, err := h.desk.FileVisit(t.Context(), r); !errors.As(err, &invalid) || len(invalid.Problems) != 1 {
			t.Fatalf("an unanswered question: %v", err)
		}
		h.want(lead, store.LeadAccepted, "a")
		r.HeardAE = CodeNo
		v, err := h.desk.FileVisit(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		w := h.want(lead, store.LeadClosed, "a")
		if w.Outcome != ResultMet || w.VisitedAt != r.At.UnixMilli() || w.ClosedAt == 0 || w.OpenKey != nil {
			t.Errorf("lead %+v", w.Lead)
		}
		rec, err := s.DoctorRecord(t.Context(), w.Doctor)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Doctor.Version != before.Version+1 {
			t.Errorf("doctor's version %d after %d", rec.Doctor.Version, before.Version)
		}
		got := map[string]string{}
		for _, p := range rec.Portrait {
			got[p.Field] = p.Value + " " + p.Label
			if p.Source != store.SourceRep || p.Ref != "visit:"+v.ID || p.Detail != "代表张三的拜访反馈" {
				t.Errorf("source of %s: %+v", p.Field, p)
			}
		}
		want := map[string]string{
			"prefers": `["case"] 病例讨论`, "topics": `["ckd","elderly"] 合并慢性肾病、老年高血压`, "ladder": `"A3" 有少量使用经验`, "barriers": `["evidence"] 想看更多证据`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("portrait (-want +got):\n%s", diff)
		}
		if len(rec.Pushes) != 1 || rec.Pushes[0].Cause != "visit:"+v.ID || rec.Pushes[0].Status != store.PushPlanned {
			t.Errorf("pushes %+v", rec.Pushes)
		}
		if len(rec.Cases) != 0 {
			t.Errorf("cases %+v", rec.Cases)
		}
		again := goodReport(lead, "a")
		again.Prefers = "video"
		if _, err := h.desk.FileVisit(t.Context(), again); !errors.Is(err, ErrFiled) {
			t.Errorf("filing again: %v", err)
		}
		for _, other := range []string{"b", "nobody"} {
			if _, err := h.desk.FileVisit(t.Context(), goodReport(lead, other)); err == nil || errors.Is(err, ErrFiled) {
				t.Errorf("%s files: %v", other, err)
			}
		}
		stored := []store.Visit{*mustLead(t, s, lead).Visit}
		if diff := cmp.Diff([]store.Visit{v}, stored); diff != "" {
			t.Errorf("visit (-returned +stored):\n%s", diff)
		}
	})
}

func mustLead(t *testing.T, s *store.Store, lead string) store.LeadRecord {
	t.Helper()
	r, err := s.LeadRecord(t.Context(), lead)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFileVisitOnceOfMany(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		lead := h.accepted("o1")
		var wg sync.WaitGroup
		results := make([]error, 8)
		for i := range results {
			wg.Go(func() {
				r := goodReport(lead, "a")
				r.HeardAE = CodeYes
				_, results[i] = newDesk(s).FileVisit(t.Context(), r)
			})
		}
		wg.Wait()
		done := 0
		for _, err := range results {
			switch {
			case err == nil:
				done++
			case !errors.Is(err, ErrFiled):
				t.Errorf("filing: %v", err)
			}
		}
		rec, err := s.DoctorRecord(t.Context(), h.at(lead).Doctor)
		if err != nil {
			t.Fatal(err)
		}
		if done != 1 || len(rec.Visits) != 1 || len(rec.Pushes) != 1 || len(rec.Cases) != 1 {
			t.Errorf("%d filed, %d visits, %d pushes, %d cases", done, len(rec.Visits), len(rec.Pushes), len(rec.Cases))
		}
	})
}

func TestHeardAdverseEventOpensCase(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	lead := h.accepted("o1")
	r := goodReport(lead, "a")
	r.HeardAE, r.Note = CodeYes, "一位患者用药后头晕"
	if _, err := h.desk.FileVisit(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	cases, err := s.Cases(t.Context(), 10)
	if err != nil || len(cases) != 1 {
		t.Fatalf("cases %+v, %v", cases, err)
	}
	c := cases[0].Case
	want := store.Case{
		Account: storetest.Account, Doctor: h.at(lead).Doctor, Status: store.CaseReported, Words: "由代表上报。一位患者用药后头晕", Reporter: "代表张三（医生：王建国老师）", Fields: "{}",
		Kind: store.CaseKindEvent, Source: store.CaseSourceRep, LegalAt: c.OpenedAt + store.LegalOther.Milliseconds(),
	}
	if diff := cmp.Diff(want, c, cmpopts.IgnoreFields(store.Case{}, "No", "DueAt", "OpenedAt", "UpdatedAt")); diff != "" {
		t.Errorf("case (-want +got):\n%s", diff)
	}
	if c.DueAt-c.OpenedAt != caseWithin.Milliseconds() || !strings.HasPrefix(c.No, "AE-") || len(c.No) > 32 {
		t.Errorf("case %s due after %d ms", c.No, c.DueAt-c.OpenedAt)
	}
	f, err := s.LoadDoctor(t.Context(), c.Doctor)
	if err != nil || f.OpenCase != "" {
		t.Errorf("the doctor's own intake would fill the rep's case %q, %v", f.OpenCase, err)
	}
}

func TestNotMetWritesNoPortrait(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	lead := h.accepted("o1")
	r := goodReport(lead, "a")
	r.Result = ResultNotMet
	if _, err := h.desk.FileVisit(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	rec, err := s.DoctorRecord(t.Context(), h.at(lead).Doctor)
	if err != nil {
		t.Fatal(err)
	}
	if len(rec.Portrait) != 0 || len(rec.Pushes) != 0 || h.at(lead).Outcome != ResultNotMet {
		t.Errorf("portrait %+v, pushes %+v", rec.Portrait, rec.Pushes)
	}
	v := rec.Visits[0]
	if v.Prefers != "" || v.Topics != "[]" || v.Ladder != "" {
		t.Errorf("visit %+v", v)
	}
}

func TestWithdrawnLeadTakesNoReport(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	lead := h.accepted("o1")
	h.turn("o1", func(turn *store.Turn) { turn.WithdrawLeads = "撤回同意" })
	if _, err := h.desk.FileVisit(t.Context(), goodReport(lead, "a")); !errors.Is(err, ErrEnded) {
		t.Errorf("filing on a withdrawn lead: %v", err)
	}
}

func TestBrief(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		h.rep("a", "张三", "all")
		h.rep("b", "李四", "all")
		now := s.Now()
		answer := func(n int, flow, question, asked, raw, label string) store.Answer {
			return store.Answer{N: n, Talk: 1, Flow: flow, Question: question, Asked: asked, Raw: raw, Label: label, Value: `"x"`, At: now + int64(n)}
		}
		doctor := h.turn("o1", func(turn *store.Turn) {
			turn.Answers = []store.Answer{
				answer(0, "onboarding", "name", "请问您的姓名？", "王建国", "王建国"),
				answer(1, "first_visit", "barrier", "最大的顾虑是？", "安全性", "安全性顾虑"),
				answer(2, "first_visit", "met_event", "遇到过不适吗？", "遇到过", "遇到过"),
				answer(3, "ae_intake", "event", "发生了什么？", "患者皮疹两天", ""),
				answer(4, "first_visit", "ae_intake.patient", "患者多大年纪？", "65岁 男", ""),
				answer(5, "first_visit", "topics", "关注哪些主题？", "肾病那块", "合并慢性肾病"),
				answer(6, "first_visit", "remark", "还有什么想说的？", "我的病人起了皮疹", ""),
				answer(7, "first_visit", "share", "同意告知同事吗？\n1. 同意\n2. 不同意", "同意", "同意"),
				answer(8, "first_visit", "visit_wish", "愿意与同事交流吗？\n1. 愿意当面交流\n2. 暂不需要", "1", "愿意当面交流"),
			}
			for i := range turn.Answers {
				turn.Answers[i].Conversation, turn.Answers[i].Seq = turn.Doctor.ID, turn.Journal.Seq
			}
			turn.Consents = []store.Consent{{Conversation: turn.Doctor.ID, Seq: turn.Journal.Seq, Purpose: "share_with_rep", Granted: true, Asked: turn.Answers[7].Asked, At: now}}
			turn.Portrait = []store.PortraitValue{
				{Doctor: turn.Doctor.ID, Field: "prefers", Value: `["case","none"]`, Label: "病例讨论", Source: store.SourceAnswer, At: now},
				{Doctor: turn.Doctor.ID, Field: "topics", Value: `["ckd"]`, Label: "合并慢性肾病", Source: store.SourceAnswer, At: now},
				{Doctor: turn.Doctor.ID, Field: "licence_no", Value: `"110110000000001"`, Label: "110110000000001", Source: store.SourceAnswer, At: now},
			}
			turn.Cases = []store.Case{{No: "AE-1", Doctor: turn.Doctor.ID, Status: store.CaseOpen, Words: "我的病人起了皮疹", Fields: "{}", OpenedAt: now + 100}}
		})
		h.turn("o1", func(turn *store.Turn) {
			turn.Answers = []store.Answer{{
				Conversation: doctor.ID, Seq: turn.Journal.Seq, Talk: 1, Flow: "first_visit", Question: "topics", Asked: "关注哪些主题？", Raw: "老年的", Label: "老年高血压", At: now + 200,
			}}
			turn.Retract = []store.Retract{{Talk: 1, Question: "topics"}}
		})
		lead := h.lead("o1")
		h.sweep()
		b, err := h.desk.Brief(t.Context(), lead, "a")
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"建国", "13800138000", "主任医师", "心内科", "肾病", "皮疹", "愿意当面\""} {
			if strings.Contains(string(text), secret) {
				t.Errorf("before acceptance the brief shows %q", secret)
			}
		}
		if !b.CanAccept || b.Mine || b.CanFile || b.Who.Surname != "王" || b.Who.Hospital != "北京协和医院" || b.KindLabel != "希望当面交流" {
			t.Errorf("brief before acceptance %+v", b)
		}
		h.press(lead, "a", keyAccept, nil)
		if b, err = h.desk.Brief(t.Context(), lead, "a"); err != nil {
			t.Fatal(err)
		}
		if text, err = json.Marshal(b); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"皮疹", "65岁", "遇到过", "110110000000001", "AE-1", "同意"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("the brief shows %q", secret)
			}
		}
		wantWho := Who{Surname: "王", Hospital: "北京协和医院", Name: "王建国", Title: "主任医师", Department: "心内科", Verified: true}
		if diff := cmp.Diff(wantWho, b.Who); diff != "" {
			t.Errorf("who (-want +got):\n%s", diff)
		}
		wantWords := []Said{{Asked: "愿意与同事交流吗？", Raw: "1", Label: "愿意当面交流"}, {Asked: "最大的顾虑是？", Raw: "安全性", Label: "安全性顾虑"}, {Asked: "关注哪些主题？", Raw: "老年的", Label: "老年高血压"}}
		if diff := cmp.Diff(wantWords, b.Words, cmpopts.IgnoreFields(Said{}, "At", "Flow", "Hash")); diff != "" {
			t.Errorf("words (-want +got):\n%s", diff)
		}
		if !b.Mine || b.CanAccept || !b.CanFile || !b.Safety || b.Note != "电话 13800138000" || b.Why != "王建国老师想当面交流" || b.Lines[0].Evidence != "愿意当面" {
			t.Errorf("brief after acceptance %+v", b)
		}
		if diff := cmp.Diff([]string{"病例讨论（合并慢性肾病）"}, b.Bring); diff != "" {
			t.Errorf("bring (-want +got):\n%s", diff)
		}
		if len(b.Portrait) != 2 || b.Portrait[0].Name != "想要的内容" || b.Portrait[0].Source != "本人回答" || len(b.Donts) < 2 || len(b.History) != 3 || b.History[2].Actor != "张三" {
			t.Errorf("brief after acceptance %+v", b)
		}
		var taken ErrTaken
		if _, err := h.desk.Brief(t.Context(), lead, "b"); !errors.As(err, &taken) || taken.By != "张三" {
			t.Errorf("the other rep's brief: %v", err)
		}
		if _, err := h.desk.FileVisit(t.Context(), goodReport(lead, "a")); err != nil {
			t.Fatal(err)
		}
		if b, err = h.desk.Brief(t.Context(), lead, "a"); err != nil || b.Visit == nil || b.CanFile {
			t.Errorf("brief after the report %+v, %v", b, err)
		}
	})
}
