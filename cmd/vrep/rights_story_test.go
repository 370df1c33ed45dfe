package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// doctorOf is the id of a doctor of the pretend platform.
func doctorOf(w *world, user string) string {
	return store.DoctorID(w.apps[0].store.Account(), openIDOf(w, user))
}

// tagsOn are the tags that hold, by name.
func tagsOn(t *testing.T, w *world, user string) []string {
	t.Helper()
	var out []string
	for _, tag := range recordOf(t, w, openIDOf(w, user)).Tags {
		if tag.RemovedAt == 0 {
			out = append(out, tag.Tag)
		}
	}
	return out
}

// derived tells whether the doctor stands in classes, segments and lists.
func derived(t *testing.T, w *world, doctor string) bool {
	t.Helper()
	_, err := w.apps[0].store.Facets(t.Context(), doctor)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

// rightsKinds are the rights that a doctor has used, as the log has them, newest first.
func rightsKinds(t *testing.T, w *world, doctor string) []string {
	t.Helper()
	rows, err := w.apps[0].store.RightsOf(t.Context(), doctor)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		out = append(out, r.Kind+" "+r.Status)
	}
	return out
}

// Scenario 16: a tag that the doctor deletes in the chat is gone, is not derived again, and the console says so.
func TestScenario16_DeletedTagStaysAway(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	w.eventually("derived tags", func() bool { return slices.Contains(tagsOn(t, w, "d1"), "看重证据") })
	w.say("d1", "我的标签", "看重证据（", "回复序号")
	number := 1 + slices.Index(tagsOn(t, w, "d1"), "看重证据")
	w.say("d1", fmt.Sprint(number), "180 天")
	w.say("d1", "我的标签", "回复序号")
	w.say("d1", "否", "不改动")
	if slices.Contains(tagsOn(t, w, "d1"), "看重证据") {
		t.Error("the tag is still there")
	}
	w.say("d1", "文献") // something new is known: the rules are applied again
	id := doctorOf(w, "d1")
	for range 3 {
		if _, err := w.apps[0].insight.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if tags := tagsOn(t, w, "d1"); slices.Contains(tags, "看重证据") || !slices.Contains(tags, "关注心肾") {
		t.Errorf("derived again: %v", tags)
	}
	d, err := w.apps[0].store.Dossier(t.Context(), id)
	if err != nil || len(d.Suppressions) != 1 || d.Suppressions[0].Until-d.Suppressions[0].At != 180*24*60*60*1000 {
		t.Errorf("suppressions %+v, %v", d.Suppressions, err)
	}
	past, err := w.apps[0].store.DoctorPast(t.Context(), id, 0)
	if err != nil || !slices.ContainsFunc(past.Rights, func(r store.RightsRequest) bool { return r.Kind == store.RightsTag && r.Detail == "看重证据" }) {
		t.Errorf("timeline %+v, %v", past.Rights, err)
	}
}

// Scenario 17: the file holds all answers, consents and pushes; the link opens once, for the doctor who asked.
func TestScenario17_Export(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	brief := acceptFirst(t, w)
	fileReport(t, w, brief)
	w.eventually("content that fits the report", func() bool { return strings.Contains(fmt.Sprint(w.get("/_sim/users/d1/transcript")), "短视频") })
	said := w.say("d1", "导出我的数据", "24 小时", w.front.URL+"/d/export/")
	link := said[strings.Index(said, w.front.URL+"/d/export/"):]
	link = strings.TrimSpace(strings.FieldsFunc(link, func(r rune) bool { return r == ' ' || r == ']' || r == '\n' })[0])
	w.call("/_sim/users/d2/follow", map[string]string{})
	w.say("d2", "你好")
	status, body := w.phone("d2").taps(link)
	w.wants(status, body, http.StatusGone, "已经失效")
	p := w.phone("d1")
	status, body = p.taps(link)
	w.wants(status, body, http.StatusOK, "查看我的数据")
	path := strings.TrimPrefix(link, w.front.URL)
	status, body = p.sends(path, url.Values{"as": {"page"}})
	w.wants(status, body, http.StatusOK, "王建国", "想看更多证据", "同意记录", "推送记录", "对话")
	status, body = p.sends(path, url.Values{"as": {"json"}})
	var file struct {
		Sections []struct {
			Name  string
			Lines []map[string]any
		}
	}
	if err := json.Unmarshal([]byte(body), &file); err != nil || status != http.StatusOK {
		t.Fatalf("%d %v %s", status, err, body)
	}
	lines := map[string]int{}
	for _, s := range file.Sections {
		lines[s.Name] = len(s.Lines)
	}
	r := recordOf(t, w, openIDOf(w, "d1"))
	if lines["answers"] != len(r.Answers) || lines["consents"] != len(r.Consents) || lines["pushes"] != len(r.Pushes) || lines["visits"] != 1 || lines["pushes"] == 0 {
		t.Errorf("lines %v; kept are %d answers, %d consents, %d pushes", lines, len(r.Answers), len(r.Consents), len(r.Pushes))
	}
	w.call("/_sim/clock", map[string]string{"advance": "15m"})
	status, body = p.sends(path, url.Values{"as": {"json"}})
	w.wants(status, body, http.StatusGone, "已经失效")
	if kinds := rightsKinds(t, w, doctorOf(w, "d1")); !slices.Contains(kinds, "export done") {
		t.Errorf("log %v", kinds)
	}
}

// Scenario 18: consent taken back, the rep's card and page are gone, the report stays.
func TestScenario18_RepCardGoneReportKept(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	brief := acceptFirst(t, w)
	no := caseNumber(t, w.say("d1", "有个病人吃了以后全身皮疹", "编号 AE-"))
	id := doctorOf(w, "d1")
	w.say("d1", "撤回同意", "告知负责的同事", "基本服务")     // while the report waits
	w.say("d1", "告知负责的同事", "同事会收到通知", "补充这件事") // and is offered again
	w.eventually("the rep to hear of it", func() bool {
		return strings.Contains(fmt.Sprint(w.get("/_sim/reps/lilei/messages")), "撤回了把信息告知同事的同意")
	})
	messages := w.get("/_sim/reps/lilei/messages")["messages"].([]any)
	if last := fmt.Sprint(messages[len(messages)-1]); strings.Contains(last, "王") || strings.Contains(last, "协和") {
		t.Errorf("the last message names the doctor: %s", last)
	}
	page := body(t, func() (*http.Response, error) { return http.Get(brief) })
	if strings.Contains(page, "王") || strings.Contains(page, "协和") || strings.Contains(page, "想看更多证据") {
		t.Errorf("the brief still shows the doctor:\n%s", page)
	}
	ctx := store.As(t.Context(), store.Viewer{Name: "lilei", Role: store.RoleRep, Rep: "lilei", Reach: store.ReachOwn})
	if sees, err := w.apps[0].store.SeesDoctor(ctx, id); sees || err != nil {
		t.Errorf("the rep still sees the doctor: %v", err)
	}
	r := recordOf(t, w, openIDOf(w, "d1"))
	if len(r.Leads) != 1 || r.Leads[0].Status != store.LeadWithdrawn || r.Leads[0].Reason != store.ReasonUnshared {
		t.Errorf("leads %+v", r.Leads)
	}
	if c, err := w.apps[0].store.Case(t.Context(), no); err != nil || !strings.Contains(c.Words, "皮疹") {
		t.Errorf("the report: %+v, %v", c, err)
	}
}

// Cards that nobody has answered yet say so themselves, and what had not left the house stays in it.
func TestWithdrawnBeforeAnybodyAccepts(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	messages := func(rep string) string { return fmt.Sprint(w.get("/_sim/reps/" + rep + "/messages")) }
	w.eventually("a card for both reps", func() bool {
		return strings.Contains(messages("lilei"), "新线索") && strings.Contains(messages("hanmei"), "新线索")
	})
	w.say("d1", "撤回同意", "告知负责的同事")
	w.say("d1", "2", "一并取消")
	w.eventually("both cards to say so", func() bool {
		return strings.Contains(messages("lilei"), "医生已撤回同意") && strings.Contains(messages("hanmei"), "医生已撤回同意")
	})
	for _, e := range recordOf(t, w, openIDOf(w, "d1")).Leads {
		if e.Status != store.LeadWithdrawn {
			t.Errorf("lead %s is %s", e.ID, e.Status)
		}
	}
}

func caseNumber(t *testing.T, said string) string {
	t.Helper()
	_, rest, ok := strings.Cut(said, "编号 ")
	if !ok {
		t.Fatalf("no number in %s", said)
	}
	return rest[:len("AE-20261122-ABCDEF")]
}

// Scenario 9: whoever has unsubscribed is sent nothing, and whoever takes the consent to recommended material back loses what was queued already, at once.
func TestScenario9_NothingAfterWithdrawal(t *testing.T) {
	for _, by := range []string{"退订", "撤回同意", "关闭个性化", "page"} {
		t.Run(by, func(t *testing.T) {
			w := newWorld(t, 1, nil)
			talk(w)
			brief := acceptFirst(t, w)
			said := func() int { return strings.Count(fmt.Sprint(w.get("/_sim/users/d1/transcript")), "短视频") }
			before := said()
			w.call("/_sim/clock", map[string]string{"advance": "49h"}) // nothing may be sent unasked now: what fits waits
			report(t, w, brief, "", "按偏好发资料")
			waiting := func() (n int) {
				for _, e := range recordOf(t, w, openIDOf(w, "d1")).Effects {
					if e.Intent == store.IntentPush && (e.Status == store.EffectWaiting || e.Status == store.EffectReady || e.Status == store.EffectDone) {
						n++
					}
				}
				return n
			}
			w.eventually("content to wait", func() bool { return waiting() == 1 })
			switch by {
			case "退订":
				w.say("d1", by, "已为您退订")
			case "撤回同意":
				w.say("d1", by, "推荐资料")
				w.say("d1", "1", "不再主动给您发资料")
			case "关闭个性化":
				w.say("d1", by, "个性化已关闭")
			case "page":
				p := w.phone("d1")
				p.taps(w.front.URL + "/d/consent")
				status, page := p.sends("/d/consent", url.Values{"purpose": {"push"}, "decision": {"withdraw"}})
				w.wants(status, page, http.StatusOK, "已按您的选择登记")
			}
			if n := waiting(); n != 0 {
				t.Errorf("%d items still wait, or were sent", n)
			}
			if after := said(); after != before {
				t.Errorf("it was sent: said %d times, before %d", after, before)
			}
		})
	}
}

// Personalisation off: no class, no segment, no score and no derived tag until it is on again; the decision has its own row with version and words.
func TestPersonalisationThroughTheWire(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	id := doctorOf(w, "d1")
	w.eventually("derived tags", func() bool { return derived(t, w, id) && slices.Contains(tagsOn(t, w, "d1"), "看重证据") })
	w.say("d1", "人工", "已请同事联系您") // a person has taken over: rights are heard all the same
	w.heard("off", w.call("/_sim/users/d1/say", map[string]string{"text": "关闭个性化"}), []string{"个性化已关闭"})
	w.eventually("everything derived to go", func() bool {
		r := recordOf(t, w, openIDOf(w, "d1"))
		return !derived(t, w, id) && len(r.Scores) == 0 && !slices.Contains(tagsOn(t, w, "d1"), "看重证据")
	})
	r := recordOf(t, w, openIDOf(w, "d1"))
	i := slices.IndexFunc(r.Consents, func(c store.Consent) bool { return c.Purpose == store.PurposePortrait })
	if i < 0 || r.Consents[i].Granted || r.Consents[i].Policy != "portrait_2026_11" || r.Consents[i].Raw != "关闭个性化" || r.Consents[i].Asked == "" {
		t.Errorf("consents %+v", r.Consents)
	}
	w.say("d1", "打开个性化", "是否同意")
	w.say("d1", "是", "已打开")
	w.eventually("it to be derived again", func() bool { return derived(t, w, id) && slices.Contains(tagsOn(t, w, "d1"), "看重证据") })
	if d := recordOf(t, w, openIDOf(w, "d1")).Doctor; d.Phase != store.PhaseHandedOff {
		t.Errorf("the talk is %s", d.Phase)
	}
}

// The base consent taken back in the chat: nothing of the doctor stays, reps and lists included.
func TestBaseConsentTakenBackInTheChat(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	brief := acceptFirst(t, w)
	id := doctorOf(w, "d1")
	w.eventually("classes", func() bool { return derived(t, w, id) })
	w.say("d1", "撤回同意", "基本服务")
	w.say("d1", "基本服务", "确定收回吗")
	w.say("d1", "是", "资料和回答已删除")
	r := recordOf(t, w, openIDOf(w, "d1"))
	if len(r.Answers)+len(r.Portrait)+len(r.Tags)+len(r.Scores) != 0 || r.Doctor.Name != "" || r.Leads[0].Status != store.LeadWithdrawn {
		t.Errorf("kept %+v", r)
	}
	w.eventually("the lists to forget", func() bool { return !derived(t, w, id) })
	page := body(t, func() (*http.Response, error) { return http.Get(brief) })
	if strings.Contains(page, "王建国") {
		t.Error("the brief still shows the doctor")
	}
}

// Rights by menu click, and to somebody who has unsubscribed.
func TestRightsByMenu(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	press := func(command string, words ...string) {
		w.heard(command, w.call("/_sim/users/d1/press", map[string]string{"key": "command:" + command}), words)
	}
	press("my_data", "王建国", "撤回同意")
	w.say("d1", "退订", "已为您退订")
	press("export", "/d/export/")
	press("my_tags", "序号")
	press("withdraw", "推荐资料")
	w.say("d1", "否", "不改动")
	if d := recordOf(t, w, openIDOf(w, "d1")).Doctor; !d.OptedOut || d.Phase != store.PhaseOptedOut {
		t.Errorf("woken: %+v", d)
	}
}

// 注销: asked once, then everything is erased as after an unfollow; who writes again is new, and the log keeps that it was done, and for nobody.
func TestEraseOnRequest(t *testing.T) {
	w := newWorld(t, 1, nil)
	welcome := fmt.Sprint(w.call("/_sim/users/d1/follow", map[string]string{})["replies"])
	talkOn(w)
	acceptFirst(t, w)
	no := caseNumber(t, w.say("d1", "有个病人吃了以后全身皮疹", "编号 AE-"))
	id := doctorOf(w, "d1")
	w.say("d1", "注销", "确定注销吗")
	w.say("d1", "是", "已注销", "封存")
	w.call("/_sim/clock", map[string]string{"advance": "1m"})
	w.eventually("the erasure to be finished", func() bool { return erasedAll(t, w.apps[0]) })
	f, err := w.apps[0].store.LoadDoctor(t.Context(), id)
	if err != nil || !f.Erased() || f.Name != "" || f.Phase != store.PhaseIdle {
		t.Fatalf("%+v, %v", f.Doctor, err)
	}
	if c, err := w.apps[0].store.Case(t.Context(), no); err != nil || !strings.Contains(c.Words, "皮疹") {
		t.Errorf("the report: %+v, %v", c, err)
	}
	audit, err := w.apps[0].store.Audits(t.Context(), "doctor:"+id, 10)
	if err != nil || !slices.ContainsFunc(audit, func(a store.Audit) bool { return a.Action == "own_erase" }) {
		t.Errorf("audit %+v, %v", audit, err)
	}
	all, err := w.apps[0].store.RightsRequests(t.Context(), 50)
	if err != nil || !slices.ContainsFunc(all, func(r store.RightsRow) bool {
		return r.Kind == store.RightsErase && r.Status == store.RightsDone && r.Doctor == ""
	}) {
		t.Errorf("log %+v, %v", all, err)
	}
	if again := w.say("d1", "你好"); unnumbered(again) != unnumbered(welcome) {
		t.Errorf("coming back got\n%s\nthe first follow\n%s", again, welcome)
	}
}

// talkOn is talk for a doctor who follows already.
func talkOn(w *world) {
	for _, line := range []string{
		"医生", "同意", "同意", "王建国", "北京协和医院", "心内", "主任医师", "邀请码", demoInvite, "门诊", "４", "1、2", "看过资料", "想看更多证据", "文献和会议", "肾病", "每两周",
		"愿意", "同意", "下周三下午", "对", "医院",
	} {
		w.say("d1", line)
	}
}
