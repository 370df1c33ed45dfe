package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

// noonAfter turns the pretend platform's clock to a time of day of China, at least so many days from now.
func (w *world) noonAfter(days int, clock time.Duration) {
	w.t.Helper()
	now := w.platform.Now().In(w.apps[0].cfg.Zone)
	to := time.Date(now.Year(), now.Month(), now.Day()+days, 0, 0, 0, 0, now.Location()).Add(clock)
	if !to.After(now) {
		to = to.AddDate(0, 0, 1)
	}
	w.call("/_sim/clock", map[string]string{"advance": to.Sub(now).String()})
}

// visits lets a doctor register and answer a few questions, which is an effective interaction.
func (w *world) visits(user, name string) {
	w.t.Helper()
	w.registers(user, name, "北京协和医院")
	for _, line := range []string{"主任医师", "邀请码", demoInvite, "门诊", "4", "1、2", "看过资料", "想看更多证据", "文献和会议", "肾病", "每两周", "暂不需要"} {
		w.say(user, line)
	}
}

// campaign makes and starts one for everybody through the console.
func (w *world) campaign(d desk, kind, flow string) string {
	w.t.Helper()
	st, now := w.apps[0].store, w.platform.Now().In(w.apps[0].cfg.Zone)
	segments, err := st.Segments(w.t.Context())
	check(w.t, err)
	if len(segments) == 0 {
		d.posts("/console/segments", url.Values{"source": {"doctor.level >= 0"}, "name": {"所有医生"}})
		segments, err = st.Segments(w.t.Context())
		check(w.t, err)
	}
	d.posts("/console/campaigns", url.Values{
		"kind": {kind}, "title": {"唤回 " + fmt.Sprint(now.Unix())}, "segment": {segments[0].ID}, "flow": {flow}, "days": {"90"}, "daily": {"50"},
		"from": {now.Format(time.DateOnly)}, "until": {now.AddDate(0, 0, 20).Format(time.DateOnly)},
	})
	all, err := st.Campaigns(w.t.Context(), 1)
	check(w.t, err)
	if len(all) != 1 || all[0].Status != store.CampaignDraft {
		w.t.Fatalf("no draft: %+v", all)
	}
	return all[0].ID
}

func (w *world) result(id string) (store.Campaign, store.CampaignResult) {
	w.t.Helper()
	c, err := w.apps[0].store.Campaign(w.t.Context(), id)
	check(w.t, err)
	r, err := w.apps[0].store.CampaignResult(w.t.Context(), id)
	check(w.t, err)
	return c, r
}

// TestS2_30_WonBack: of two doctors who have been silent for a hundred days the one who still agrees is spoken to when he can be, answers and counts as back;
// the one who has unsubscribed gets nothing (scenario 9); what falls due at half past ten in the evening waits for the morning (scenario 10).
func TestS2_30_WonBack(t *testing.T) {
	for name, settings := range map[string]func(*testing.T) map[string]string{
		"embedded": func(*testing.T) map[string]string { return nil }, "two instances": realSettings,
	} {
		t.Run(name, func(t *testing.T) {
			instances := 1
			if name == "two instances" {
				instances = 2
			}
			w := newWorld(t, instances, settings(t))
			winBack(t, w)
		})
	}
}

func winBack(t *testing.T, w *world) {
	const greeting = "许久没有联系了"
	w.visits("d1", "王建国")
	w.visits("d2", "李敏")
	w.say("d2", "退订", "已为您退订")
	st := w.apps[0].store
	w.eventually("both to be classed", func() bool {
		for _, user := range []string{"d1", "d2"} {
			if f, err := st.Facets(t.Context(), doctorOf(w, user)); err != nil || f.EffectiveAt == 0 {
				return false
			}
		}
		return true
	})
	w.noonAfter(100, 12*time.Hour)
	d := w.desk()
	id := w.campaign(d, store.CampaignReactivation, "reactivate")
	page := "/console/campaigns/" + id
	d.wants(d.page(page), "会联系", "已退订", "草稿")
	d.wants(d.posts(page+"/acts/start", url.Values{}), "活动已开始")

	w.eventually("the window to be waited for", func() bool { _, r := w.result(id); return r.Waiting[store.PushWindow] == 1 })
	d.wants(d.page(page), "等医生下次来信")
	if strings.Contains(w.transcript("d1"), greeting) {
		t.Error("spoken to while the window was closed")
	}
	w.say("d1", "在吗")
	w.eventually("to be spoken to after he wrote", func() bool { return strings.Contains(w.transcript("d1"), greeting) })
	w.say("d1", "病例", "谢谢您")
	w.eventually("to count as back", func() bool {
		c, r := w.result(id)
		return c.Status == store.CampaignDone && r.Sent == 1 && r.Replied == 1 && r.Back == 1
	})
	if n := strings.Count(w.transcript("d1"), greeting); n != 1 {
		t.Errorf("spoken to %d times", n)
	}
	c, _ := w.result(id)
	if strings.Contains(w.transcript("d2"), greeting) || c.Left()[store.LeftOptedOut] != 1 || c.Planned != 1 {
		t.Errorf("planned %d, left out %v", c.Planned, c.Left())
	}
	d.wants(d.page(page), "重新活跃", "已结束", "已退订")

	w.noonAfter(0, 22*time.Hour+30*time.Minute)
	w.say("d1", "看视频") // the window is open
	id = w.campaign(d, store.CampaignRetention, "")
	d.posts("/console/campaigns/"+id+"/acts/start", url.Values{})
	w.eventually("the quiet hours to be kept", func() bool { _, r := w.result(id); return r.Waiting["quiet_hours"] == 1 })
	w.noonAfter(1, 8*time.Hour+time.Minute)
	w.eventually("the morning", func() bool { _, r := w.result(id); return r.Sent == 1 })
}

// A flow that the house wants to begin is begun at once with a doctor who can be reached, after the talk with one who is in the middle of something, and after the
// freeze, once a way is open, with one who has reported an adverse event.
func TestAFlowIsBegunWhenItMay(t *testing.T) {
	for name, settings := range map[string]func(*testing.T) map[string]string{
		"embedded": func(*testing.T) map[string]string { return nil }, "two instances": realSettings,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1+strings.Count(name, "two"), settings(t))
			beginWhenItMay(t, w)
		})
	}
}

func beginWhenItMay(t *testing.T, w *world) {
	const greeting = "许久没有联系了"
	for user, name := range map[string]string{"d1": "王建国", "d2": "李敏", "d3": "赵宁"} {
		w.visits(user, name)
	}
	w.noonAfter(1, 12*time.Hour)
	w.say("d1", "在吗")
	w.say("d2", "预约")
	w.say("d3", "有个病人吃了以后全身皮疹", "编号 AE-")
	w.say("d3", "退出")
	d := w.desk()
	id := w.campaign(d, store.CampaignAccess, "reactivate")
	d.posts("/console/campaigns/"+id+"/acts/start", url.Values{})
	w.eventually("the one to be spoken to and the others to be waited for", func() bool {
		_, r := w.result(id)
		return r.Begun == 1 && r.Waiting[store.PushTalk] == 1 && r.Waiting["ae_freeze"] == 1
	})
	w.eventually("the words to arrive", func() bool { return strings.Contains(w.transcript("d1"), greeting) })
	w.say("d2", "退出")
	w.eventually("the talk to be over", func() bool { return strings.Contains(w.transcript("d2"), greeting) })
	w.noonAfter(4, 12*time.Hour)
	w.eventually("the freeze to end", func() bool { _, r := w.result(id); return r.Waiting[store.PushWindow] == 1 })
	if strings.Contains(w.transcript("d3"), greeting) {
		t.Error("spoken to without a way")
	}
	w.say("d3", "在吗")
	w.eventually("the last one to be spoken to", func() bool { return strings.Contains(w.transcript("d3"), greeting) })
	if _, r := w.result(id); r.Begun != 3 || r.Ended() != 0 {
		t.Errorf("result %+v", r)
	}
}
