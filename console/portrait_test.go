package console_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

// talked is a doctor with one of everything that a portrait and its timeline show.
func talked(t *testing.T, st *store.Store) string {
	t.Helper()
	openid := "o-talked"
	id, now := store.DoctorID(st.Account(), openid), st.Now()
	d := store.Doctor{ID: id, OpenID: openid, Name: "周宁", Level: 2, Phase: store.PhaseConfirm, Followed: true, LastTypedAt: now}
	wish, consent := "愿意与同事见面吗？\n1. 愿意当面交流\n2. 暂不需要", "同意告知同事吗？\n1. 同意\n2. 不同意"
	answer := func(n int, flow, question, asked, raw, label string) store.Answer {
		return store.Answer{Conversation: id, Seq: 1, N: n, Talk: 1, Flow: flow, Question: question, Asked: asked, Value: `"x"`, Label: label, Raw: raw, At: now - 50*minute + int64(n)}
	}
	lead := strings.Repeat("2", 32)
	turn := store.Turn{
		Journal: store.Journal{Seq: 1, MessageKey: "t1", Kind: "text", Event: []byte(`{"text":"1"}`), Reply: []byte(`{"text":"好"}`), ReceivedAt: now - 50*minute},
		Doctor:  d,
		Answers: []store.Answer{
			answer(0, "onboarding", "visit_wish", wish, "1", "愿意当面交流"), answer(1, "onboarding", "share", consent, "同意的", "同意"),
			answer(2, "ae_intake", "event", "发生了什么？", "病人满身红疹", ""),
		},
		Consents: []store.Consent{{Conversation: id, Seq: 1, Purpose: store.PurposeShare, Granted: true, Asked: consent, Raw: "同意的", Policy: "share_1", At: now - 50*minute}},
		Portrait: []store.PortraitValue{
			{Doctor: id, Field: "asked_kind", Value: `"video"`, Source: store.SourceComputed, Detail: "onboarding", At: now},
			{Doctor: id, Field: "onboarded", Value: `"2026-11-02"`, Source: store.SourceComputed, Detail: "onboarding", At: now},
			{Doctor: id, Field: "visit_wish", Value: `"f2f"`, Label: "愿意当面交流", Source: store.SourceAnswer, Ref: id + ":1:0", Detail: wish, At: now},
			{Doctor: id, Field: "barriers", Value: "null", Source: store.SourceAnswer, At: now},
		},
		Cases:  []store.Case{{No: "AE-7", Doctor: id, Status: store.CaseOpen, Words: "病人满身红疹", Event: "病人满身红疹", Fields: `{"callback":"13900000000"}`, OpenedAt: now - 40*minute}},
		Leads:  []store.Lead{{ID: lead, Doctor: id, Kind: "f2f_request", Why: "本人提出见面", Note: "本人提出见面\n下午方便", Lines: "[]", CreatedAt: now - 30*minute}},
		Pushes: []store.Push{{ID: "p-none", Doctor: id, Cause: "visit:v1", Status: store.PushNone, Reason: "no_content", At: now - 20*minute}},
		Verify: &store.Verification{Doctor: id, Method: "invite", Status: store.VerifyPassed, At: now - 45*minute, DecidedAt: now - 45*minute, DecidedBy: "invite"},
	}
	for _, key := range []string{"n-done", "n-gone", "n-wait"} {
		body, err := json.Marshal(store.News{OpenID: openid, Content: key, Title: "内容" + key})
		must(t, err)
		turn.Effects = append(turn.Effects, store.Effect{Key: key, Lane: store.DoctorLane(id), Kind: store.KindNews, Body: body})
		turn.Sent = append(turn.Sent, store.Sent{Doctor: id, Content: key, Effect: key, Why: "kind+topic", At: now})
	}
	commit(t, st, turn)
	commit(t, st, store.Turn{
		Journal: store.Journal{Seq: 2, MessageKey: "t2", Kind: "text", Event: []byte(`{"text":"还伴有发热"}`), Reply: []byte(`{"text":"请写药名"}`), Flow: "ae_intake", ReceivedAt: now - 39*minute},
		Doctor:  d,
	})
	finish(t, st, map[string]store.EffectResult{
		"n-wait": {Status: store.EffectWaiting, Class: "wait", Reason: "window closed"}, "n-done": {Status: store.EffectDone, Class: "ok"},
		"n-gone": {Status: store.EffectCancel, Class: "gone", Reason: "unsubscribed"},
	})
	return id
}

// finish ends the effects by key; one lane gives one effect at a time.
func finish(t *testing.T, st *store.Store, results map[string]store.EffectResult) {
	t.Helper()
	for range len(results) {
		claimed, err := st.ClaimEffects(context.Background(), "test", 9, time.Minute)
		must(t, err)
		for _, e := range claimed {
			must(t, st.FinishEffect(context.Background(), e, results[e.Key]))
		}
	}
}

func wantNot(t *testing.T, a answer, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(a.body, p) {
			t.Errorf("page shows %q", p)
		}
	}
}

func TestPortraitReadsLikeChinese(t *testing.T) {
	s := newSite(t)
	id := talked(t, s.store)
	a := s.as(store.RoleAdmin).get("/console/doctors/" + id)
	wantHas(t, a, "2026年11月2日", "登记日", "系统记录", "欢迎与登记", "短视频", "等待医生确认", "愿意与同事见面吗？", "等待医生下次来信", "已送达平台", "已取消", "医生已退订",
		"类型和主题都符合", "按拜访反馈推送资料", "没有合适的、没有发过的内容", "邀请码", "告知版本")
	wantNot(t, a, "1. 愿意当面交流", "1. 同意", "&#34;", "犹豫之处", "no_content", "kind&#43;topic", "unsubscribed", "invite<", "onboarding<", "waiting_window")
	if wish, day := strings.Index(a.body, "见面意愿"), strings.Index(a.body, "登记日"); wish > day {
		t.Error("the fields are not in the order of their file")
	}
	if n := strings.Count(a.body, "同意告知同事吗？"); n != 1 {
		t.Errorf("the consent stands %d times in the timeline", n)
	}
}

func TestSalesSeeNoAdverseEventWords(t *testing.T) {
	s := newSite(t)
	id := talked(t, s.store)
	secrets := []string{"红疹", "发热", "13900000000", "发生了什么"}
	a := s.as(store.RoleViewer).get("/console/doctors/" + id)
	wantNot(t, a, secrets...)
	wantHas(t, a, "AE-7", "收集中", "内容只给药物警戒同事看", "愿意当面交流")
	wantHas(t, s.as(store.RoleCompliance).get("/console/doctors/"+id), "病人满身红疹", "还伴有发热", "AE-7")
}

func TestLeadSaysWhyOnce(t *testing.T) {
	s := newSite(t)
	talked(t, s.store)
	a := s.as(store.RoleAdmin).get("/console/leads/" + strings.Repeat("2", 32))
	wantHas(t, a, "下午方便")
	before, _, _ := strings.Cut(a.body, "派单")
	if n := strings.Count(before, "本人提出见面"); n != 1 {
		t.Errorf("the reason stands %d times", n)
	}
}

func TestVisitNoteAboutAdverseEvent(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	link, b := s.repLink(w.lead, "wang"), s.browser()
	b.post(link + "/accept")
	b.post(link+"/visit", s.report("heard_ae", "yes", "note", "一位患者服药后头晕")...)
	wantNot(t, s.as(store.RoleViewer).get("/console/leads/"+w.lead), "头晕")
	wantHas(t, s.as(store.RoleCompliance).get("/console/leads/"+w.lead), "头晕")
}

func TestCaseListsTheIntake(t *testing.T) {
	s := newSite(t)
	talked(t, s.store)
	a := s.as(store.RoleSafety).get("/console/cases/AE-7")
	at := 0
	for _, name := range []string{"不良事件", "怀疑药品", "患者", "严重性", "发生时间", "报告人", "联系电话"} {
		i := strings.Index(a.body[at:], "<dt>"+name+"</dt>")
		if i < 0 {
			t.Fatalf("%s is missing or not in order", name)
		}
		at += i
	}
	wantHas(t, a, "13900000000", "缺，请向医生补问", "未填")
}
