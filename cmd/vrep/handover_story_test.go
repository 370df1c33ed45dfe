package main

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

// daytime moves the clock of the world to the next ten in the morning of the house: nothing waits for the end of the quiet hours.
func (w *world) daytime() {
	w.t.Helper()
	now := w.platform.Now().In(time.FixedZone("CST", 8*3600))
	next := time.Date(now.Year(), now.Month(), now.Day(), 10, 0, 0, 0, now.Location())
	if !now.Before(next) {
		next = next.AddDate(0, 0, 1)
	}
	w.call("/_sim/clock", map[string]string{"advance": next.Sub(now).Round(time.Second).String()})
}

// manages lets a manager of a team into the console.
func (w *world) manages(team string) desk {
	w.t.Helper()
	err := w.apps[0].store.AddUser(w.t.Context(), store.User{Name: "manager-" + team, Hash: "x", Role: store.RoleManager, Team: team}, "test")
	check(w.t, err)
	return w.enter("manager-" + team)
}

// post sends a form of the console and gives the page that it leads to.
func (d desk) post(path string, form url.Values) string {
	d.w.t.Helper()
	return body(d.w.t, func() (*http.Response, error) {
		req, err := http.NewRequest("POST", d.w.front.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", d.w.front.URL)
		return d.client.Do(req)
	})
}

// gives confirms every proposal of the departure of a rep, and gives the number of them.
func (d desk) gives(departure string) int {
	d.w.t.Helper()
	page := d.page(departure)
	form := url.Values{"act": {"confirm"}, "reason": {"按区域交接"}}
	for _, m := range regexp.MustCompile(`name="pick" value="([0-9a-f]+)"`).FindAllStringSubmatch(page, -1) {
		form.Add("pick", m[1])
		form.Set("to:"+m[1], "hanmei")
	}
	d.wants(d.post(departure+"/confirm", form), "已交接")
	return len(form["pick"])
}

// TestScenario13_RepLeaves is the story of a doctor whose rep leaves: the manager gives the doctor to another one, the old rep is locked out at once, the
// doctor is told by the bot, and the new rep knows what was promised.
func TestScenario13_RepLeaves(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.daytime()
	talk(w)
	brief := acceptFirst(t, w)
	st, id := w.apps[0].store, w.doctorD1()
	m := w.manages("华东")
	w.eventually("an owner", func() bool { c, err := st.ChargesOf(t.Context(), "lilei"); return err == nil && len(c) == 1 })

	marked := m.post("/console/departures", url.Values{"rep": {"lilei"}, "cause": {store.DepartLeft}, "reason": {"本月底离职"}})
	m.wants(marked, "不再派新线索", "李雷", "王建国", "韩梅", "待确认")
	departure := regexp.MustCompile(`/console/departures/[0-9a-f]{32}`).FindString(marked)
	if n := m.gives(departure); n != 1 {
		t.Fatalf("%d doctors are given", n)
	}

	t.Run("OldRepLockedOut", func(t *testing.T) {
		page := body(t, func() (*http.Response, error) { return http.Get(brief) })
		if strings.Contains(page, "王建国") || strings.Contains(page, "想看更多证据") {
			t.Errorf("the old rep still reads the brief:\n%s", page)
		}
		sees, err := st.SeesDoctor(store.As(t.Context(), store.Viewer{Reach: store.ReachOwn, Rep: "lilei"}), id)
		if err != nil || sees {
			t.Errorf("the old rep sees the doctor: %v, %v", sees, err)
		}
	})
	t.Run("DoctorIsTold", func(t *testing.T) {
		w.eventually("the notice to the doctor", func() bool { return w.told("d1", "后续由韩梅为您服务") })
		w.eventually("the doctor to hear who left", func() bool { return strings.Contains(w.transcript("d1"), "李雷不再负责") })
		w.say("d1", "同意", "随时在这里找我")
	})
	t.Run("NewRepKnows", func(t *testing.T) {
		said := func() string { return fmt.Sprint(w.get("/_sim/reps/hanmei/messages")) }
		w.eventually("the way to the list", func() bool { return strings.Contains(said(), "/h/taken/") })
		list := regexp.MustCompile(`http[^ "\]}]*/h/taken/[A-Za-z0-9_-]+`).FindString(said())
		page := body(t, func() (*http.Response, error) { return http.Get(list) })
		m.wants(page, "韩梅", "王建国", "交接包还没有读")
		pack := w.front.URL + regexp.MustCompile(`/h/taken/[A-Za-z0-9_-]+/[0-9a-f]{32}`).FindString(page)
		m.wants(body(t, func() (*http.Response, error) { return http.Get(pack) }), "还欠着的事", "希望当面交流", "原来由李雷负责", "想看更多证据", "记下：已联系")
		m.wants(body(t, func() (*http.Response, error) { return http.PostForm(pack+"/contact", nil) }), "都联系过了")
	})
	t.Run("HistoryIsIntact", func(t *testing.T) {
		m.wants(m.page("/console/doctors/"+id), "李雷", "改派", "代表接受")
		m.wants(m.page(departure), "已结束", "同意")
		m.wants(m.page("/console/transfers"), "已联系", "韩梅")
	})
	t.Run("DoctorWantsAnother", func(t *testing.T) {
		w.say("d1", "换一位同事", "主要是因为")
		w.say("d1", "沟通方式不合适", "已转告负责人")
		w.eventually("the proposal", func() bool { return strings.Contains(m.page("/console/transfers"), "医生想换一位同事") })
		m.wants(m.page("/console/notices"), "沟通方式不合适", "地区经理")
	})
}

// TestScenario13_DoctorRefuses: who refuses the new rep is seen by neither, is in the pool at once, and the manager hears of it.
func TestScenario13_DoctorRefuses(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.daytime()
	talk(w)
	acceptFirst(t, w)
	st, id := w.apps[0].store, w.doctorD1()
	m := w.manages("华东")
	w.eventually("an owner", func() bool { c, err := st.ChargesOf(t.Context(), "lilei"); return err == nil && len(c) == 1 })
	marked := m.post("/console/departures", url.Values{"rep": {"lilei"}, "cause": {store.DepartTerritory}, "reason": {"换到华北"}})
	m.gives(regexp.MustCompile(`/console/departures/[0-9a-f]{32}`).FindString(marked))
	w.eventually("the notice to the doctor", func() bool { return w.told("d1", "后续由韩梅为您服务") })
	w.say("d1", "换一位", "不会再联系您")
	for _, rep := range []string{"lilei", "hanmei"} {
		sees, err := st.SeesDoctor(store.As(t.Context(), store.Viewer{Reach: store.ReachOwn, Rep: rep}), id)
		if err != nil || sees {
			t.Errorf("%s sees the doctor: %v, %v", rep, sees, err)
		}
	}
	m.wants(m.page("/console/pool"), "王建国", "医生不同意新的同事")
	m.wants(m.page("/console/notices"), "不同意由韩梅负责")
	m.wants(m.page("/console/transfers"), "医生想换一位同事", "韩梅")
}
