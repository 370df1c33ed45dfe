package main

import (
	"errors"

	"slices"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// TestFirstContact is the story of a first contact, from the first word of the house to the content that a rep's report brings.
func TestFirstContact(t *testing.T) {
	w := newWorld(t, 1, nil)
	account := w.apps[0].cfg.Account
	talk(w)
	t.Run("S1_03_SaysWhoSpeaks", func(t *testing.T) {
		said := w.transcript("d1")
		for what, want := range map[string]string{"the company": account.Company, "the name": account.Bot, "a way to a person": account.Hotline, "the filing number": account.FilingNo, "that it is a program": "程序自动应答"} {
			if want == "" || !strings.Contains(said, want) {
				t.Errorf("the first message does not say %s (%q): %s", what, want, said)
			}
		}
	})
	w.settled()
	d := w.desk()
	id := w.doctorD1()
	st := w.apps[0].store
	t.Run("S1_04_StagesOfTheContact", func(t *testing.T) {
		page := d.page("/console/flows/first_visit")
		at := strings.Index(page, "初步接触")
		if at < 0 {
			t.Fatal("no funnel")
		}
		page = page[at:]
		for _, stage := range []string{"探寻", "了解", "认知", "意向"} {
			_, rest, found := strings.Cut(page, "<span>"+stage+"</span>")
			if !found || !strings.Contains(rest[:min(len(rest), 160)], "1 位") {
				t.Errorf("%s is not counted", stage)
			}
			page = rest
		}
	})
	t.Run("S1_05_OnlyPeopleMeet", func(t *testing.T) {
		lead := recordOf(t, w, openIDOf(w, "d1")).Leads[0]
		_, err := st.FileVisit(t.Context(), store.VisitFiling{Move: store.LeadMoveSpec{ID: lead.ID, Version: lead.Version}, Visit: store.Visit{Result: store.VisitMet, Topics: "[]", Barriers: "[]"}})
		if !errors.Is(err, store.ErrNoRep) {
			t.Errorf("a visit without a rep: %v", err)
		}
		if r := recordOf(t, w, openIDOf(w, "d1")); len(r.Visits) > 0 {
			t.Errorf("a talk counts as a visit in person: %+v", r.Visits)
		}
	})
	t.Run("S1_10_LeadReportPush", func(t *testing.T) {
		card := acceptFirst(t, w)
		fileReport(t, w, card)
		w.eventually("content that fits the report", func() bool { return strings.Contains(w.transcript("d1"), "短视频：") })
		r := recordOf(t, w, openIDOf(w, "d1"))
		if len(r.Visits) != 1 || r.Visits[0].Rep != "lilei" {
			t.Fatalf("visits %+v", r.Visits)
		}
		if !slices.ContainsFunc(r.Pushes, func(p store.Push) bool {
			return p.Cause == store.VisitCause(r.Visits[0].ID) && p.Status == store.PushQueued
		}) {
			t.Errorf("no push of the report: %+v", r.Pushes)
		}
		if !slices.ContainsFunc(r.Leads, func(l store.Lead) bool { return l.Status == store.LeadClosed }) {
			t.Errorf("the lead is not closed: %+v", r.Leads)
		}
	})
	t.Run("S1_06_ChannelsStandApart", func(t *testing.T) {
		page := d.page("/console/doctors/" + id)
		d.wants(page, "当面拜访", "线上拜访", "医生自己的回答")
	})
	t.Run("S1_16_WhyThisContent", func(t *testing.T) { d.wants(d.page("/console/doctors/"+id+"?kind=push"), "类型", "主题", "共 ") })
	t.Run("S1_07_OneFlowInSeveral", func(t *testing.T) { wantReuse(t, w) })
}

// wantReuse lets another doctor take the booking flow by way of another one, which the first visit has called for the first one: one set of questions, and every
// answer knows its flow and version.
func wantReuse(t *testing.T, w *world) {
	t.Helper()
	w.call("/_sim/users/d2/follow", map[string]string{})
	for _, line := range []string{"医生", "同意", "同意", "周明", "北京协和医院", "心内", "主任医师", "邀请码", demoInvite, "退出", "预约", "同意", "下周四下午", "对", "医院"} {
		w.say("d2", line)
	}
	versions := map[string]map[string]bool{}
	for _, user := range []string{"d1", "d2"} {
		for _, a := range recordOf(t, w, openIDOf(w, user)).Answers {
			if a.Flow == "" || len(a.FlowHash) < 16 {
				t.Errorf("%s: the answer to %s has no version: %q", user, a.Question, a.FlowHash)
			}
			if versions[a.Flow] == nil {
				versions[a.Flow] = map[string]bool{}
			}
			versions[a.Flow][user+" "+a.FlowHash] = true
		}
	}
	if len(versions["book_meeting"]) != 2 {
		t.Errorf("the booking was taken by %v", versions["book_meeting"])
	}
	if hash := w.apps[0].flows.Library().Flow("book_meeting").Hash(); !versions["book_meeting"]["d1 "+hash] || !versions["book_meeting"]["d2 "+hash] {
		t.Errorf("not the version in force: %v, %s", versions["book_meeting"], hash)
	}
}
