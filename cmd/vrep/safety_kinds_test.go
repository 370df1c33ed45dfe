package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

// Special situations and doubts about quality become cases of their kind with the clock of their kind; a doubt that came with an event is an event.
func TestCasesOfTheirKind(t *testing.T) {
	w := newWorld(t, 1, nil)
	for i, c := range []struct {
		says, kind string
		law        time.Duration
	}{
		{"有个病人吃着示例沙坦，查出来怀孕六周", store.CaseKindSpecial, store.LegalOther},
		{"病人一次吞了二十片", store.CaseKindSpecial, store.LegalOther},
		{"用了两个月血压纹丝不动", store.CaseKindSpecial, store.LegalOther},
		{"这盒药里有异物", store.CaseKindQuality, store.QualityWithin},
		{"药片变色了，病人吃了拉肚子", store.CaseKindEvent, store.LegalOther},
		{"查房见3床服药后血小板只剩两万，输血了", store.CaseKindEvent, store.LegalOther},
	} {
		user := fmt.Sprint("k", i)
		w.call("/_sim/users/"+user+"/follow", map[string]string{})
		w.say(user, c.says, "编号 AE-")
		f := onlyCase(t, w, user)
		if f.Kind != c.kind || f.LegalAt-f.OpenedAt != c.law.Milliseconds() || f.Words != c.says {
			t.Errorf("%s: kind %s, clock %v, words %q", c.says, f.Kind, time.Duration(f.LegalAt-f.OpenedAt)*time.Millisecond, f.Words)
		}
	}
	told, err := w.apps[0].store.OpenNotices(t.Context(), []string{store.TeamQuality}, 10)
	if err != nil || len(told) != 1 || !strings.Contains(told[0].Words, "这盒药里有异物") || !strings.HasPrefix(told[0].Words, "AE-") {
		t.Errorf("quality assurance is told %+v, %v", told, err)
	}
	check(t, w.apps[0].store.AddUser(t.Context(), store.User{Name: "quality", Role: store.RoleQuality, Hash: "-"}, "test"))
	if page := w.enter("quality").page("/console/notices"); !strings.Contains(page, "这盒药里有异物") || strings.Contains(page, "/console/doctors") {
		t.Errorf("the page of quality assurance: %s", page)
	}
}

// Medical questions get their class: what the label says, other medicines, one patient. None becomes a tag, an answer or a lead.
func TestInquiriesOfTheirClass(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	before := recordOf(t, w, openIDOf(w, "d1"))
	want := map[string]string{}
	for _, q := range []struct{ says, class, reply string }{
		{"示例沙坦和缬沙坦哪个好", store.InquiryCompare, "不做药品之间的比较"},
		{"我有个病人65岁，血压170，该怎么用药", store.InquiryPatient, "您的临床判断"},
		{"双侧肾动脉狭窄可以用吗", store.InquiryBeyond, "可能超出说明书范围"},
		{"本品的蛋白结合率是多少", store.InquiryLabel, "已转医学部"},
	} {
		w.say("d1", q.says, q.reply)
		want[q.says] = q.class
	}
	rows, err := w.apps[0].store.Inquiries(t.Context(), 10)
	if err != nil || len(rows) != len(want) {
		t.Fatalf("%d inquiries, %v", len(rows), err)
	}
	for _, r := range rows {
		if want[r.Words] != r.Class {
			t.Errorf("%s is %s", r.Words, r.Class)
		}
	}
	after := recordOf(t, w, openIDOf(w, "d1"))
	if len(after.Tags) != len(before.Tags) || len(after.Answers) != len(before.Answers) || len(after.Leads) != len(before.Leads) || len(after.Cases) != 0 {
		t.Errorf("something else was kept: %+v", after.Tags)
	}
}

// A complaint is flagged with its words and read like any message.
func TestComplaintIsFlagged(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	w.say("d1", "约好的代表没来，我要投诉", "给您添麻烦了")
	flags, err := w.apps[0].store.Flags(t.Context(), 10)
	if err != nil || len(flags) != 1 || flags[0].Kind != store.FlagComplaint || flags[0].Words != "约好的代表没来，我要投诉" {
		t.Errorf("flags %+v %v", flags, err)
	}
}

// Scenario 18, the half about safety: after the consent was withdrawn the report stands as it was, and no rep ever saw a word of it.
func TestScenario18_ReportStaysWhenConsentGoes(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	brief := acceptFirst(t, w)
	w.say("d1", "有个患者用药后黄疸了", "编号 AE-")
	for _, line := range []string{"不用", "撤回同意", "基本服务", "是"} {
		w.say("d1", line)
	}
	f := onlyCase(t, w, "d1")
	if f.Words != "有个患者用药后黄疸了" || f.LegalAt == 0 {
		t.Errorf("case %+v", f.Case)
	}
	if page := body(t, func() (*http.Response, error) { return http.Get(brief) }); strings.Contains(page, "黄疸") || strings.Contains(page, f.No) {
		t.Error("the rep sees the report")
	}
	if said := fmt.Sprint(w.get("/_sim/reps/lilei/messages")); strings.Contains(said, "黄疸") || strings.Contains(said, f.No) {
		t.Errorf("the rep was told: %s", said)
	}
}

// safetyDesk is a person of the safety desk at the console.
type safetyDesk struct{ desk }

func (w *world) safetyDesk(name string) safetyDesk {
	w.t.Helper()
	if err := w.apps[0].store.AddUser(w.t.Context(), store.User{Name: name, Role: store.RoleSafety, Hash: "-"}, "test"); err != nil {
		w.t.Fatal(err)
	}
	return safetyDesk{w.enter(name)}
}

func (p safetyDesk) post(path string, form ...string) {
	p.w.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	body(p.w.t, func() (*http.Response, error) { return p.client.PostForm(p.w.front.URL+path, values) })
}

// act does an act on a case.
func (p safetyDesk) act(no, act string, form ...string) {
	p.w.t.Helper()
	p.post("/console/cases/"+no+"/acts/"+act, form...)
}

// decide answers the newest closing that waits.
func (p safetyDesk) decide(decision, verdict string) {
	p.w.t.Helper()
	ctx := store.As(p.w.t.Context(), store.Viewer{Name: "test", Reach: store.ReachAll})
	rows, err := p.w.apps[0].store.Approvals(ctx, []string{store.ActCaseClose}, 5)
	if err != nil || len(rows) == 0 {
		p.w.t.Fatalf("no closing waits: %v", err)
	}
	p.post("/console/approvals/"+rows[0].ID+"/decide", "decision", decision, "verdict", verdict)
}

// A report that nobody finds valid is closed by two people of the desk; the second one is another than the first, and a refusal brings the case back.
func TestCaseIsClosedByTwo(t *testing.T) {
	w := newWorld(t, 1, nil)
	st := w.apps[0].store
	w.call("/_sim/users/d1/follow", map[string]string{})
	w.say("d1", "病人吃了不舒服", "编号 AE-")
	no := onlyCase(t, w, "d1").No
	lin, wu := w.safetyDesk("lin"), w.safetyDesk("wu")
	lin.act(no, "acknowledge")
	lin.act(no, "judge", "verdict", store.VerdictNone, "reason", "问的是别家的药")
	if page := lin.page("/console/cases"); !strings.Contains(page, "lin 提议结案") {
		t.Error("the desk does not say who proposed")
	}
	lin.decide(store.ApprovalApproved, "")
	if f := onlyCase(t, w, "d1"); f.Case.Status != store.CaseJudged {
		t.Errorf("closed alone: %s", f.Case.Status)
	}
	wu.decide(store.ApprovalRefused, "再问一次医生")
	if f := onlyCase(t, w, "d1"); f.Case.Status != store.CaseAcknowledged {
		t.Errorf("after a refusal: %s", f.Case.Status)
	}
	lin.act(no, "judge", "verdict", store.VerdictIncomplete, "reason", "医生没有更多信息")
	wu.decide(store.ApprovalApproved, "")
	f, err := st.CaseFile(t.Context(), no)
	if err != nil || f.Case.Status != store.CaseClosed || f.ClosedBy != "lin" || f.SecondBy != "wu" {
		t.Errorf("%+v %v", f.Case, err)
	}
	events := make([]string, len(f.History))
	for i, m := range f.History {
		events[i] = m.Event
	}
	if want := []string{"open", "acknowledge", "judge", "disagree", "judge", "second"}; !slices.Equal(events, want) {
		t.Errorf("history %v", events)
	}
}
