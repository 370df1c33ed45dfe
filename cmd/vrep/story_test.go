package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// The main story through the wire protocol, on every pair of databases, with one instance and with two behind a load balancer.
func TestStoryOnEveryEngine(t *testing.T) {
	for _, tt := range []struct {
		name      string
		instances int
		settings  func(t *testing.T) map[string]string
	}{
		{"embedded", 1, func(*testing.T) map[string]string { return nil }},
		{"mariadb and redis", 1, realSettings},
		{"two instances", 2, realSettings},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, tt.instances, tt.settings(t))
			tellStory(t, w)
		})
	}
}

func realSettings(t *testing.T) map[string]string {
	return map[string]string{"mysql_dsn": storetest.DSN(t), "redis_addr": storetest.RedisServer(t).Address}
}

func tellStory(t *testing.T, w *world) {
	if err := w.platform.VerifyCallbacks(t.Context()); err != nil {
		t.Fatalf("the handshake of the callbacks: %v", err)
	}
	talk(w)
	card := acceptFirst(t, w)
	fileReport(t, w, card)
	w.eventually("content that fits the report", func() bool { return strings.Contains(fmt.Sprint(w.get("/_sim/users/d1/transcript")), "短视频") })
	w.say("d1", "有个病人吃了以后全身皮疹", "编号 AE-")
	checkLedger(t, w)
}

// talk is the doctor's part up to the wish for a visit.
func talk(w *world) { talkAs(w, "王建国") }

func talkAs(w *world, name string) {
	w.heard("follow", w.call("/_sim/users/d1/follow", map[string]string{}), []string{"不是真人", "您的身份"})
	for _, line := range []struct{ say, want string }{
		{"医生", "是否同意"}, {"同意", "单独同意"}, {"同意", "姓名"}, {name, "哪家医院"}, {"北京协和医院", "科室"}, {"心内", "职称"},
		{"主任医师", "核验"}, {"邀请码", "6 位邀请码"}, {demoInvite, "核验通过"}, {"门诊", "大致有多少"}, {"４", "最看重"}, {"1、2", "更接近"},
		{"看过资料", "顾虑"}, {"想看更多证据", "哪些内容"}, {"文献和会议", "主题"}, {"肾病", "多久"}, {"每两周", "进一步交流"},
		{"愿意", "同意把您的姓名"}, {"同意", "哪天方便"}, {"下周三下午", "星期三"}, {"对", "怎样交流"}, {"医院", "已为您登记"},
	} {
		w.say("d1", line.say, line.want)
	}
}

// A doctor who no longer agrees that reps hear of him takes the lead away from them, and they are told.
func TestWithdrawnConsentReachesTheReps(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	brief := acceptFirst(t, w)
	w.say("d1", "撤回同意", "告知负责的同事")
	w.say("d1", "2", "一并取消")
	w.eventually("the rep to hear of it", func() bool { return strings.Contains(fmt.Sprint(w.get("/_sim/reps/lilei/messages")), "撤回") })
	page := body(t, func() (*http.Response, error) { return http.Get(brief) })
	if strings.Contains(page, "王建国") || strings.Contains(page, "想看更多证据") {
		t.Errorf("the brief still shows the doctor:\n%s", page)
	}
}

// acceptFirst lets one rep accept; the other's card must say so. It gives the address of the brief.
func acceptFirst(t *testing.T, w *world) string {
	messages := func(rep string) []any { return w.get("/_sim/reps/" + rep + "/messages")["messages"].([]any) }
	w.eventually("a card for both reps", func() bool { return len(messages("lilei")) == 1 && len(messages("hanmei")) == 1 })
	first := messages("lilei")[0].(map[string]any)
	w.call("/_sim/reps/lilei/press", map[string]any{"message": first["id"], "key": "accept"})
	w.eventually("the other's card to say so", func() bool { return strings.Contains(fmt.Sprint(messages("hanmei")), "已由李雷接受") })
	w.call("/_sim/users/d1/say", map[string]string{"text": "帮助"})
	return first["card"].(map[string]any)["card_action"].(map[string]any)["url"].(string)
}

func fileReport(t *testing.T, w *world, brief string) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	page := body(t, func() (*http.Response, error) { return client.Get(brief) })
	for _, want := range []string{"王建国", "北京协和医院", "想看更多证据", "合并慢性肾病"} {
		if !strings.Contains(page, want) {
			t.Errorf("the brief lacks %q", want)
		}
	}
	empty := body(t, func() (*http.Response, error) { return client.PostForm(brief+"/visit", url.Values{}) })
	if !strings.Contains(empty, "请填写") {
		t.Errorf("an empty report is not refused:\n%s", empty)
	}
	form := url.Values{
		"at": {w.platform.Now().In(w.apps[0].cfg.Zone).Format("2006-01-02T15:04")}, "channel": {"face"}, "result": {"met"}, "prefers": {"video"}, "topics": {"ckd"},
		"ladder": {"A2"}, "barriers": {"evidence"}, "next_step": {"按偏好发资料"}, "heard_ae": {"no"},
	}
	done := body(t, func() (*http.Response, error) { return client.PostForm(brief+"/visit", form) })
	if !strings.Contains(done, "已提交") {
		t.Fatalf("the report was not taken:\n%s", done)
	}
}

func body(t *testing.T, ask func() (*http.Response, error)) string {
	t.Helper()
	res, err := ask()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// checkLedger looks at what was kept: nothing lost, nothing twice.
func checkLedger(t *testing.T, w *world) {
	st := w.apps[0].store
	counters := fmt.Sprint(w.get("/_sim/counters"))
	doctors, err := st.DoctorPage(t.Context(), store.DoctorQuery{Page: 1, Size: 50})
	if err != nil {
		t.Fatal(err)
	}
	if len(doctors.Rows) != 1 || doctors.Rows[0].Name != "王建国" || doctors.Rows[0].Level != store.LevelVerified {
		t.Fatalf("doctors = %+v; counters %s", doctors.Rows, counters)
	}
	r, err := st.DoctorRecord(t.Context(), doctors.Rows[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Leads) != 1 || r.Leads[0].Status != store.LeadClosed || len(r.Visits) != 1 || len(r.Cases) != 1 {
		t.Errorf("leads %+v, %d visits, %d cases", r.Leads, len(r.Visits), len(r.Cases))
	}
	byField := map[string]store.PortraitValue{}
	for _, v := range r.Portrait {
		byField[v.Field] = v
	}
	if v := byField["prefers"]; v.Source != store.SourceRep || !strings.Contains(v.Value, "video") {
		t.Errorf("prefers = %+v, want the rep's video", v)
	}
	if v := byField["province"]; v.Source != store.SourceAnswer || v.Label != "北京" {
		t.Errorf("province = %+v, want what the list of hospitals says", v)
	}
	if v := byField["patient_band"]; v.Source != store.SourceAnswer || !strings.Contains(v.Value, "ge80") {
		t.Errorf("patient_band = %+v, want the doctor's answer", v)
	}
	seen := map[int64]bool{}
	for _, j := range r.Journal {
		if seen[j.Seq] {
			t.Errorf("turn %d stands there twice", j.Seq)
		}
		seen[j.Seq] = true
	}
	for n := int64(1); n <= int64(len(r.Journal)); n++ {
		if !seen[n] {
			t.Errorf("turn %d is missing of %d", n, len(r.Journal))
		}
	}
	for _, e := range r.Effects {
		if e.Status != store.EffectDone {
			t.Errorf("effect %s is %s: %s", e.Kind, e.Status, e.Reason)
		}
	}
}
