package main

import (
	"bytes"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/vrep/vrep/console"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/library"
	"github.com/vrep/vrep/store"
)

// desk is a person at the console.
type desk struct {
	w      *world
	client *http.Client
}

func (w *world) desk() desk {
	w.t.Helper()
	name, _, _, err := console.EnsureAdmin(w.t.Context(), w.apps[0].store)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.enter(name)
}

// enter lets a person of an account into the console.
func (w *world) enter(name string) desk {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	d := desk{w: w, client: &http.Client{Jar: jar}}
	link, err := w.apps[0].console.OneTimeLink(w.t.Context(), name)
	if err != nil {
		w.t.Fatal(err)
	}
	body(w.t, func() (*http.Response, error) { return d.client.Post(w.front.URL+link, "", nil) })
	return d
}

func (d desk) page(path string) string {
	d.w.t.Helper()
	return body(d.w.t, func() (*http.Response, error) { return d.client.Get(d.w.front.URL + path) })
}

func (d desk) wants(page string, words ...string) {
	d.w.t.Helper()
	for _, word := range words {
		if !strings.Contains(page, word) {
			d.w.t.Errorf("the page lacks %q", word)
		}
	}
}

// doctorD1 is the doctor of the stories.
func (w *world) doctorD1() string {
	w.t.Helper()
	page, err := w.apps[0].store.DoctorPage(w.t.Context(), store.DoctorQuery{Page: 1, Size: 5})
	if err != nil || len(page.Rows) != 1 {
		w.t.Fatalf("%d doctors, %v", len(page.Rows), err)
	}
	return page.Rows[0].ID
}

// TestPortraitStory is the story of one doctor as the portrait tells it, through the wire protocol.
func TestPortraitStory(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.heard("follow", w.call("/_sim/users/d1/follow", map[string]string{}), []string{"不是真人"})
	for _, line := range []string{"医生", "同意", "同意", "王建国", "北京协和医院"} {
		w.say("d1", line)
	}
	d, id := w.desk(), w.doctorD1()
	page := "/console/doctors/" + id
	t.Run("S1_08_PortraitWithinASecond", func(t *testing.T) {
		before := d.page(page)
		stamp, _, _ := strings.Cut(strings.SplitN(before, `data-stamp="`, 2)[1], `"`)
		w.say("d1", "心内", "职称")
		now := d.page(page) // at once: what was answered was written before the reply
		d.wants(now, "心血管内科", "您在哪个科室", "可信度 100%", "画像完整度")
		if strings.Contains(before, "心血管内科") {
			t.Error("known before it was said")
		}
		if told := d.page(page + "/live?seen=" + stamp); told == stamp || told == "" {
			t.Errorf("the open page hears nothing: %q", told)
		}
	})
	for _, line := range []string{"主任医师", "邀请码", demoInvite, "门诊", "４", "1、2", "看过资料", "返回", "听说过", "想看更多证据", "文献和会议", "肾病", "每两周", "愿意", "同意", "下周三下午", "对", "医院", "视频"} {
		w.say("d1", line)
	}
	w.eventually("what the doctor turns to", func() bool { return strings.Contains(d.page(page), "近期关注") })
	t.Run("S1_11_CardCitesAnswersWithVersion", func(t *testing.T) {
		brief := acceptFirst(t, w)
		card := body(t, func() (*http.Response, error) { return http.Get(brief) })
		d.wants(card, "想看更多证据", "话术版本")
		t.Run("S1_25_TopicsOnTheCard", func(t *testing.T) { d.wants(card, "近期关注", "合并慢性肾病") })
		fileReport(t, w, brief)
	})
	t.Run("S1_12_OnlineVisit", func(t *testing.T) { wantVisit(t, w, id) })
	t.Run("S1_14_PortraitPage", func(t *testing.T) {
		now := d.page(page)
		d.wants(now, "王建国", "北京协和医院", "认知阶梯", "分类", "时间线", "代表反馈", "之前", "收回", "线索与拜访", "线上拜访")
		t.Run("S2_17_ThreePanels", func(t *testing.T) {
			d.wants(now, "理性：怎么选择", "感性：为什么在意", "情境：处在什么阶段", "指南推荐、终点试验证据")
		})
		d.wants(d.page(page+"?kind=visit"), "派给代表")
		if strings.Contains(d.page(page+"?kind=visit"), `<span class="kind">回答</span>`) {
			t.Error("the timeline of visits shows answers")
		}
	})
	t.Run("S1_26_EventsReachThePortrait", func(t *testing.T) { openingReaches(t, w, id) })
	t.Run("S1_13_RebuildFindsNothing", func(t *testing.T) { wantRebuilt(t, w) })
}

// wantVisit looks for the completed first visit, with start, end, duration and result.
func wantVisit(t *testing.T, w *world, id string) {
	past, err := w.apps[0].store.DoctorPast(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	visits := map[string]store.Behaviour{}
	for _, b := range past.Behaviours {
		if b.Kind == store.DidFinish {
			visits[b.Object] = b
		}
	}
	v, ok := visits["first_visit"]
	if !ok || v.Result != "done" || v.At == 0 || v.Amount < 0 || len(visits) != 2 || visits["onboarding"].Result != "done" {
		t.Errorf("online visits %+v", visits)
	}
}

// openingReaches lets the doctor's opening of content count, and wants the stream and the marks to show it.
func openingReaches(t *testing.T, w *world, id string) {
	st := w.apps[0].store
	if err := st.AddLinkOpen(t.Context(), store.LinkOpen{Doctor: id, Content: "elderly_video"}); err != nil {
		t.Fatal(err)
	}
	past, err := st.DoctorPast(t.Context(), id, 0)
	if err != nil || len(past.Behaviours) == 0 || past.Behaviours[0].Kind != store.DidOpen {
		t.Fatalf("the newest deed is %+v, %v", past.Behaviours[:1], err)
	}
	w.eventually("the opening to be looked at", func() bool {
		f, err := st.LoadDoctor(t.Context(), id)
		return err == nil && (f.RefreshAt == 0 || f.RefreshAt > w.platform.Now().UnixMilli())
	})
}

// wantRebuilt folds everything anew, comparing and correcting: nothing differs, and no answer was lost.
func wantRebuilt(t *testing.T, w *world) {
	lib, _ := flows.Load(library.FS)
	st := w.apps[0].store
	again := func(write bool) (string, error) {
		var out, progress bytes.Buffer
		r := rebuilding{st: st, out: &out, err: &progress, how: store.Rebuilding{Write: write, Saves: saves(st, lib)}}
		err := r.run(t.Context(), "")
		return out.String(), err
	}
	for _, write := range []bool{false, true, true} {
		if out, err := again(write); err != nil {
			t.Fatalf("rebuilding: %v\n%s", err, out)
		}
	}
}

func TestRebuildCommand(t *testing.T) {
	t.Setenv("VREP_DATA_DIR", t.TempDir())
	if code, out, errOut := vrep(t, "", "rebuild"); code != exitFine || !strings.Contains(out, "every portrait is what its observations come to") {
		t.Errorf("%d %s %s", code, out, errOut)
	}
	if code, _, errOut := vrep(t, "", "rebuild", "--doctor", "nobody"); code != exitFindings || !strings.Contains(errOut, "not found") {
		t.Errorf("%d %s", code, errOut)
	}
	if code, _, _ := vrep(t, "", "rebuild", "everything"); code != exitUsage {
		t.Errorf("an argument is taken: %d", code)
	}
}
