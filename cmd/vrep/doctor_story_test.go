package main

import (
	"bytes"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/bot/wechat"
	"github.com/vrep/vrep/store"
)

// phone is a doctor's browser inside the platform's app.
type phone struct {
	w    *world
	user string
	c    *http.Client
}

func (w *world) phone(user string) *phone {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Transport: &http.Transport{}}
	w.t.Cleanup(c.CloseIdleConnections)
	return &phone{w, user, c}
}

// taps opens an address as a tap in the chat does: the browser goes to the platform and back, and ends at our page.
func (p *phone) taps(address string) (int, string) {
	p.w.t.Helper()
	res, err := p.c.Get(p.w.front.URL + "/_sim/open?" + url.Values{"user": {p.user}, "url": {address}}.Encode())
	return p.read(res, err)
}

func (p *phone) sends(path string, form url.Values) (int, string) {
	p.w.t.Helper()
	res, err := p.c.PostForm(p.w.front.URL+path, form)
	return p.read(res, err)
}

func (p *phone) read(res *http.Response, err error) (int, string) {
	p.w.t.Helper()
	if err != nil {
		p.w.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.w.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// wants checks a page.
func (w *world) wants(code int, body string, want int, words ...string) {
	w.t.Helper()
	if code != want {
		w.t.Fatalf("status %d, want %d\n%s", code, want, body)
	}
	for _, word := range words {
		if !strings.Contains(body, word) {
			w.t.Fatalf("%q is missing in\n%s", word, body)
		}
	}
}

// From a printed code to the doctor's own pages, over the platform's wire: the code is drawn and scanned, the welcome leads to what the code opens, an
// article is asked for and read, passed on and read by somebody else, the doctor looks at his data and takes the consent back.
func TestDoctorPagesThroughTheWire(t *testing.T) {
	w := newWorld(t, 1, nil)
	a := w.apps[0]
	code, err := a.store.AddScene(t.Context(), store.Scene{Kind: store.SceneRep, Target: "hanmei", Flow: "first_visit", CreatedBy: "ops"}, []string{"秋季会"})
	if err != nil {
		t.Fatal(err)
	}
	platform := platformPages{a.sender}
	ticket, _, err := platform.QR(t.Context(), code.ID, false, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := platform.Picture(t.Context(), ticket)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
		t.Error(err)
	}
	w.heard("scan", w.call("/_sim/users/d1/scan", map[string]string{"ticket": ticket}), []string{"您的身份"})
	for _, line := range []string{"医师", "同意", "同意", "王建国", "北京协和医院", "心内科", "主任医师", "以后再说"} {
		w.say("d1", line)
	}
	w.say("d1", "退出")
	w.heard("scan again", w.call("/_sim/users/d1/scan", map[string]string{"ticket": ticket}), []string{"两分钟"})
	w.say("d1", "退出")
	w.say("d1", "文献")
	link := w.tracked("d1")
	one := w.phone("d1")
	status, body := one.taps(link)
	w.wants(status, body, http.StatusOK, "文献速览", "MLR-2026-02", "阅读全文", "https://content.example.com/literature/")
	w.call("/_sim/users/d2/follow", map[string]string{})
	status, body = w.phone("d2").taps(link)
	w.wants(status, body, http.StatusOK, "文献速览")
	checkTouches(t, w, code.ID)
	ownPages(t, w, one)
}

// tracked waits for the article in the chat and gives its address.
func (w *world) tracked(user string) (link string) {
	w.t.Helper()
	w.eventually("the article", func() bool {
		text := fmt.Sprint(w.get("/_sim/users/" + user + "/transcript"))
		_, rest, found := strings.Cut(text, w.front.URL+"/r/")
		if found {
			link = w.front.URL + "/r/" + rest[:strings.IndexAny(rest, " ]")]
		}
		return found
	})
	return link
}

// checkTouches looks at what was counted.
func checkTouches(t *testing.T, w *world, code string) {
	t.Helper()
	st := w.apps[0].store
	page, err := st.ScenePage(t.Context(), store.SceneQuery{ID: code, Done: "first_visit_done", Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	if r := page.Rows[0]; r.Scans != 2 || r.People != 1 || r.New != 1 || r.Doctors != 1 || r.Consented != 1 || r.Visited != 0 {
		t.Errorf("figures of the code %+v", r)
	}
	figures, err := st.ContentFigures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var readers, strangers int64
	for _, f := range figures {
		readers, strangers = readers+f.Readers, strangers+f.Strangers
	}
	if readers != 1 || strangers != 1 {
		t.Errorf("%d readers, %d strangers", readers, strangers)
	}
}

// ownPages walks through the doctor's own pages.
func ownPages(t *testing.T, w *world, p *phone) {
	t.Helper()
	w.say("d1", "我的资料", "王建国", w.front.URL+"/d/me")
	status, body := p.taps(w.front.URL + "/d/me")
	w.wants(status, body, http.StatusOK, "王建国", "北京协和医院", "秋季会", "您的回答", "已同意")
	status, body = p.taps(w.front.URL + "/d/consent")
	w.wants(status, body, http.StatusOK, "会记录您的微信标识", "收回同意")
	status, body = p.sends("/d/consent", url.Values{"purpose": {"push"}, "decision": {"withdraw"}})
	w.wants(status, body, http.StatusOK, "已按您的选择登记")
	w.say("d1", "撤回同意", "基本服务")
	status, body = p.sends("/d/consent", url.Values{"purpose": {"base"}, "decision": {"withdraw"}})
	w.wants(status, body, http.StatusOK, "已按您的选择登记")
	status, body = p.taps(w.front.URL + "/d/me")
	w.wants(status, body, http.StatusOK, "还没有您的资料")
	if strings.Contains(body, "王建国") {
		t.Error("the name is still known")
	}
	w.say("d1", "我的资料", "目前没有您的资料")
	put(w, "/_sim/users/d3", `{"snapshot":true}`)
	status, body = w.phone("d3").taps(w.front.URL + "/d/me")
	w.wants(status, body, http.StatusForbidden, "使用完整服务")
}

// put changes a setting of the pretend platform; the doctor is made first.
func put(w *world, path, body string) {
	w.t.Helper()
	w.call(path+"/follow", map[string]string{})
	req, err := http.NewRequest(http.MethodPut, w.front.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	w.read(res, path)
}

func TestPageErrors(t *testing.T) {
	for from, want := range map[error]string{
		nil: "<nil>", wechat.ErrSignInAgain: "console: sign-in code is not valid", wechat.ErrSnapshot: "console: opened as a snapshot",
	} {
		if got := fmt.Sprint(pageError(from)); got != want {
			t.Errorf("%v gives %s", from, got)
		}
	}
}
