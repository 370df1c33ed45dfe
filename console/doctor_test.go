package console_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/console"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// elsewhere is the platform and the chat as the pages see them.
type elsewhere struct {
	mu        sync.Mutex
	person    map[string]string // code → openid
	fails     error
	decisions []string
	drawn     []string
	picture   []byte
}

func (e *elsewhere) SignInAddress(redirect, state string) string {
	return "https://open.test/authorize?" + url.Values{"redirect_uri": {redirect}, "state": {state}}.Encode()
}

func (e *elsewhere) Person(_ context.Context, code string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	openID := e.person[code]
	delete(e.person, code)
	switch {
	case e.fails != nil:
		return "", e.fails
	case openID == "":
		return "", console.ErrSignInAgain
	}
	return openID, nil
}

func (e *elsewhere) SignPage(_ context.Context, address string) (console.PageSignature, error) {
	return console.PageSignature{AppID: "wx1", Nonce: "n", Signature: "of " + address, Timestamp: 7}, e.fails
}

func (e *elsewhere) DecideConsent(_ context.Context, doctor, purpose, pressed string, yes bool) error {
	e.decisions = append(e.decisions, strings.Join([]string{doctor[:6], purpose, pressed, map[bool]string{true: "yes", false: "no"}[yes]}, " "))
	return e.fails
}

func (e *elsewhere) QR(_ context.Context, scene string, permanent bool, life time.Duration) (string, string, error) {
	if e.fails != nil {
		return "", "", e.fails
	}
	kind := "for " + life.String()
	if permanent {
		kind = "for ever"
	}
	e.drawn = append(e.drawn, kind)
	return "ticket of " + scene, "http://weixin.test/q/1", nil
}

func (e *elsewhere) Picture(_ context.Context, ticket string) ([]byte, error) {
	if !strings.HasPrefix(ticket, "ticket of ") {
		return nil, errors.New("no such ticket")
	}
	return e.picture, e.fails
}

// shelf is a catalogue with one item of every sort.
func shelf(t *testing.T) func() *flows.Library {
	t.Helper()
	item := func(id, rest string) string {
		return "  " + id + ": {title: 标题" + id + ", kind: literature, description: 摘要" + id + ", topics: [ckd], url: \"https://content.example.com/" + id + "\", " + rest + "}\n"
	}
	lib, problems := flows.Load(fstest.MapFS{
		"profile.yaml": {Data: []byte("profile:\n  visit_wish: {type: text, label: 见面意愿}\n  name: {type: text, label: 姓名}\n")},
		"hello.yaml":   {Data: []byte("flow: hello\ntitle: 你好\nversion: \"1\"\nowner: 测试\napproval: {no: T-1, until: 2029-12-31}\nlang: zh-CN\nstart: {on: [follow]}\nsteps:\n  - say: 您好\n")},
		"contents.yaml": {Data: []byte("contents:\n" + item("open", "audience: 0, approval: {no: MLR-0, until: 2029-06-30}") + item("over", "audience: 0, approval: {no: MLR-1, until: 2025-06-30}") +
			item("known", "audience: 1, approval: {no: MLR-2, until: 2029-06-30}") + item("drug", "audience: 2, product: 示例片, approval: {no: MLR-3, until: 2029-06-30}"))},
	})
	if lib == nil {
		t.Fatalf("%+v", problems)
	}
	return func() *flows.Library { return lib }
}

func newDoctorSite(t *testing.T) (*site, *elsewhere, *console.Links) {
	t.Helper()
	e := &elsewhere{person: map[string]string{}}
	links, err := console.NewLinks("http://vrep.test", testKey)
	must(t, err)
	s := newSiteWith(t, func(o *console.Options) {
		o.PublicURL, o.Library, o.Codes = "http://vrep.test", shelf(t), e
		o.Doctors = console.DoctorOptions{
			SignIn: e, Script: e, Consents: e, Links: links, Template: "tpl1",
			Requests: func() []flows.Request {
				return []flows.Request{{Purpose: "base", Policy: "p2", Text: "同意基本告知吗？"}, {Purpose: "push", Policy: "q1", Text: "同意推荐吗？"}, {Purpose: "group", Policy: "g1"}}
			},
		}
	})
	return s, e, links
}

// doctor commits a turn that makes a doctor.
func (s *site) doctor(openID string, level int, edit func(*store.Turn)) string {
	s.t.Helper()
	id := store.DoctorID(s.store.Account(), openID)
	turn := store.Turn{
		Journal: store.Journal{Seq: 1, MessageKey: "seed " + openID, Kind: "text", Event: []byte("{}"), Reply: []byte("{}")},
		Doctor:  store.Doctor{ID: id, OpenID: openID, Name: "张敏", HospitalName: "云州医院", Level: level, Phase: store.PhaseIdle, Followed: true},
	}
	if edit != nil {
		edit(&turn)
	}
	commit(s.t, s.store, turn)
	return id
}

// enters goes through the platform's sign-in and comes back to the page.
func (b *browser) enters(e *elsewhere, openID, path string) answer {
	b.s.t.Helper()
	to := b.get(path)
	u, err := url.Parse(to.location)
	if to.code != http.StatusFound || err != nil || u.Host != "open.test" || u.Query().Get("redirect_uri") != "http://vrep.test/d/enter" {
		b.s.t.Fatalf("%s: %d to %q", path, to.code, to.location)
	}
	e.person["code1"] = openID
	back := b.get("/d/enter?code=code1&state=" + u.Query().Get("state"))
	if back.code != http.StatusSeeOther || back.location != path {
		b.s.t.Fatalf("sign-in came back with %d to %q", back.code, back.location)
	}
	return b.get(path)
}

func TestDoctorSignsIn(t *testing.T) {
	s, e, _ := newDoctorSite(t)
	s.doctor("o1", 2, nil)
	b := s.browser()
	a := b.enters(e, "o1", "/d/me")
	wantHas(t, a, "我的资料", "张敏", "云州医院")
	if strings.Contains(a.body, "o1\"") || a.header.Get("Content-Security-Policy") == "" {
		t.Error("the page names the openid, or has no policy")
	}
	state := func(b *browser) string {
		u, err := url.Parse(b.get("/d/consent").location)
		must(t, err)
		return u.Query().Get("state")
	}
	for name, try := range map[string]func(b *browser) string{
		"another browser's state": func(*browser) string { return state(s.browser()) },
		"no state":                func(b *browser) string { state(b); return "" },
		"too late":                func(b *browser) string { st := state(b); s.clock.add(11 * time.Minute); return st },
	} {
		b := s.browser()
		st := try(b)
		e.person["code1"] = "o1"
		if a := b.get("/d/enter?code=code1&state=" + st); a.code != http.StatusBadRequest || !strings.Contains(a.body, "请重新打开") || e.person["code1"] == "" {
			t.Errorf("%s: %d", name, a.code)
		}
		if a := b.get("/d/me"); a.code != http.StatusFound {
			t.Errorf("%s let in: %d", name, a.code)
		}
	}
	s.clock.add(2 * time.Hour)
	if a := b.get("/d/me"); a.code != http.StatusFound {
		t.Errorf("after two hours %d", a.code)
	}
}

func TestDoctorSignInRefusals(t *testing.T) {
	s, e, _ := newDoctorSite(t)
	for fails, want := range map[error]struct {
		code int
		word string
	}{
		console.ErrSnapshot: {403, "使用完整服务"}, console.ErrSignInAgain: {400, "重新打开"}, console.ErrAccount: {503, "暂时不能用"}, errors.New("away"): {503, "暂时打不开"},
	} {
		b := s.browser()
		u, err := url.Parse(b.get("/d/me").location)
		must(t, err)
		e.fails = fails
		a := b.get("/d/enter?code=x&state=" + u.Query().Get("state"))
		e.fails = nil
		if a.code != want.code || !strings.Contains(a.body, want.word) {
			t.Errorf("%v: %d", fails, a.code)
		}
		if b.get("/d/me").code != http.StatusFound {
			t.Errorf("%v: signed in", fails)
		}
	}
	b := s.browser()
	wantHas(t, b.enters(e, "stranger", "/d/me"), "请先关注公众号")
	for path, code := range map[string]int{"/d/nothing": 404, "/r/x": 404, "/r/": 404, "/d/": 302} {
		if a := b.get(path); a.code != code {
			t.Errorf("%s: %d", path, a.code)
		}
	}
	closed := newSite(t)
	if a := closed.browser().get("/d/me"); a.code != 503 || !strings.Contains(a.body, "暂时不能用") {
		t.Errorf("without an account %d", a.code)
	}
}

func TestDoctorSeesWhatIsKept(t *testing.T) {
	s, e, _ := newDoctorSite(t)
	id := s.doctor("o1", 1, func(x *store.Turn) {
		now := s.store.Now()
		x.Portrait = []store.PortraitValue{
			{Doctor: x.Doctor.ID, Field: "visit_wish", Value: `"f2f"`, Label: "当面", Source: store.SourceAnswer, At: now},
			{Doctor: x.Doctor.ID, Field: "name", Value: `"张敏"`, Source: store.SourceAnswer, At: now},
			{Doctor: x.Doctor.ID, Field: "gone", Value: `null`, Source: store.SourceAnswer, At: now},
		}
		x.Tags = []store.Tag{{Doctor: x.Doctor.ID, Tag: "秋季会", Source: store.SourceAnswer, At: now}}
		x.Consents = []store.Consent{{Conversation: x.Doctor.ID, Seq: 1, Purpose: "base", Policy: "p1", Granted: true, At: now}}
		x.Cases = []store.Case{{No: "AE-1", Doctor: x.Doctor.ID, Status: store.CaseOpen, Words: "皮疹", OpenedAt: now}}
	})
	b := s.browser()
	a := b.enters(e, "o1", "/d/me")
	wantHas(t, a, "见面意愿", "当面", "您的回答", "秋季会", "自报身份", "基本服务", "告知已更新", "还没有问过您", "/d/notify")
	if strings.Contains(a.body, "皮疹") || strings.Count(a.body, "张敏") != 1 {
		t.Error("a case is shown, or the name twice")
	}
	rows, err := s.store.Audits(t.Context(), "doctor:"+id, 10)
	must(t, err)
	if len(rows) != 1 || rows[0].Action != "own_data" {
		t.Errorf("audit %+v", rows)
	}
}

func TestDoctorDecides(t *testing.T) {
	s, e, _ := newDoctorSite(t)
	id := s.doctor("o1", 1, func(x *store.Turn) {
		x.Consents = []store.Consent{
			{Conversation: x.Doctor.ID, Seq: 1, Purpose: "base", Policy: "p2", Asked: "当时的告知。", Granted: true, At: 1},
			{Conversation: x.Doctor.ID, Seq: 1, Purpose: "group", Policy: "g1", Asked: "加入“心衰群”吗？", Granted: true, At: 1},
		}
	})
	b := s.browser()
	wantHas(t, b.enters(e, "o1", "/d/consent"), "当时的告知。", "告知版本 p2", "收回同意", "同意推荐吗？", "加入“心衰群”吗？")
	for _, try := range []struct {
		form []string
		code int
	}{
		{[]string{"purpose", "push", "policy", "q1", "decision", "grant"}, 303}, {[]string{"purpose", "push", "policy", "q0", "decision", "grant"}, 409},
		{[]string{"purpose", "base", "decision", "withdraw"}, 303}, {[]string{"purpose", "nothing", "decision", "withdraw"}, 422}, {[]string{"purpose", "push", "decision", "maybe"}, 422},
		{[]string{"purpose", "group", "policy", "g1", "decision", "grant"}, 422},
	} {
		if a := b.post("/d/consent", try.form...); a.code != try.code {
			t.Errorf("%v: %d", try.form, a.code)
		}
	}
	want := []string{id[:6] + " push 同意（网页） yes", id[:6] + " base 收回同意（网页） no"}
	if diff := cmp.Diff(want, e.decisions); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	if a := s.browser().post("/d/consent", "purpose", "base", "decision", "withdraw"); a.code != 403 || !strings.Contains(a.body, "页面已过期") {
		t.Errorf("a stranger's form: %d", a.code)
	}
	req, err := http.NewRequest(http.MethodPost, s.server.URL+"/d/consent", strings.NewReader("purpose=base&decision=withdraw"))
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := b.do(req); a.code != 403 || len(e.decisions) != 2 {
		t.Errorf("a form of another site: %d", a.code)
	}
	s.doctor("o2", 0, nil)
	other := s.browser()
	a := other.enters(e, "o2", "/d/consent")
	wantHas(t, a, "同意基本告知吗？", "先同意“基本服务”")
	if strings.Contains(a.body, "g1") {
		t.Error("what only a talk can ask for is offered")
	}
	if a := other.post("/d/consent", "purpose", "push", "policy", "q1", "decision", "grant"); a.code != 422 || len(e.decisions) != 2 {
		t.Errorf("push before base: %d", a.code)
	}
}

func TestArticles(t *testing.T) {
	s, e, links := newDoctorSite(t)
	verified, declared, follower := s.doctor("o2", 2, nil), s.doctor("o1", 1, nil), s.doctor("o0", 0, nil)
	path := func(doctor, content string) string {
		return strings.TrimPrefix(links.Address(doctor, content, doctor+":3:0"), "http://vrep.test")
	}
	for _, try := range []struct {
		openID, doctor, content string
		code                    int
		word                    string
	}{
		{"o2", verified, "drug", 200, "https://content.example.com/drug"}, {"o1", declared, "drug", 403, "核验身份"}, {"o1", verified, "drug", 403, "核验身份"},
		{"o1", declared, "known", 200, "MLR-2"}, {"o0", follower, "known", 403, "登记后"}, {"o0", follower, "open", 200, "摘要open"},
		{"stranger", verified, "open", 200, "摘要open"}, {"stranger", verified, "drug", 403, "核验身份"}, {"o2", verified, "over", 410, "已过有效期"}, {"o2", verified, "none", 410, "已下架"},
	} {
		a := s.browser().enters(e, try.openID, path(try.doctor, try.content))
		if a.code != try.code || !strings.Contains(a.body, try.word) {
			t.Errorf("%s reads %s: %d", try.openID, try.content, a.code)
		}
		if try.code != 200 && strings.Contains(a.body, "content.example.com") {
			t.Errorf("%s: the address of %s is shown", try.openID, try.content)
		}
	}
	got, err := s.store.ContentFigures(t.Context())
	must(t, err)
	want := map[string]store.ContentFigures{
		"drug": {Content: "drug", Readers: 2, Opens: 2, Strangers: 2}, "known": {Content: "known", Readers: 2, Opens: 2}, "open": {Content: "open", Readers: 1, Opens: 1, Strangers: 1},
		"over": {Content: "over", Readers: 1, Opens: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
	r, err := s.store.DoctorRecord(t.Context(), verified)
	must(t, err)
	if len(r.Opens) != 2 || r.Opens[0].Effect != verified+":3:0" {
		t.Errorf("openings %+v", r.Opens)
	}
	admin := s.as(store.RoleAdmin)
	wantHas(t, admin.get("/console/doctors/"+verified), "打开资料", "标题drug")
	wantHas(t, admin.get("/console/contents"), "标题drug", "MLR-3", "已过期", "另有转发打开 2")
}

// Without an account articles are shown to strangers, and counted for nobody.
func TestArticlesWithoutAnAccount(t *testing.T) {
	links, err := console.NewLinks("http://vrep.test", testKey)
	must(t, err)
	s := newSiteWith(t, func(o *console.Options) { o.Library, o.Doctors = shelf(t), console.DoctorOptions{Links: links} })
	id := s.doctor("o2", 2, nil)
	for content, code := range map[string]int{"open": 200, "drug": 403} {
		if a := s.browser().get(strings.TrimPrefix(links.Address(id, content, ""), "http://vrep.test")); a.code != code {
			t.Errorf("%s: %d", content, a.code)
		}
	}
	got, err := s.store.ContentFigures(t.Context())
	must(t, err)
	if got["open"].Strangers != 1 || got["open"].Readers != 0 {
		t.Errorf("%+v", got)
	}
}

// The platform's script is allowed and loaded on one page only, and only inside its app.
func TestSubscribePage(t *testing.T) {
	s, e, _ := newDoctorSite(t)
	s.doctor("o1", 1, nil)
	b := s.browser()
	plain := b.enters(e, "o1", "/d/notify")
	if plain.code != 200 || strings.Contains(plain.body, "res.wx.qq.com") || strings.Contains(plain.header.Get("Content-Security-Policy"), "wx.qq.com") {
		t.Errorf("outside the app: %d %s", plain.code, plain.header.Get("Content-Security-Policy"))
	}
	wantHas(t, plain, "请在微信里打开")
	req, err := http.NewRequest(http.MethodGet, s.server.URL+"/d/notify?x=1", nil)
	must(t, err)
	req.Header.Set("User-Agent", "Mozilla/5.0 MicroMessenger/8.0")
	a := b.do(req)
	wantHas(t, a, "https://res.wx.qq.com/open/js/jweixin", `data-template="tpl1"`, `data-signature="of http://vrep.test/d/notify?x=1"`)
	if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self' https://res.wx.qq.com") || strings.Contains(csp, "unsafe-eval") {
		t.Errorf("policy %s", csp)
	}
	e.fails = console.ErrAccount
	if a := b.do(req); a.code != 200 || strings.Contains(a.body, "res.wx.qq.com") {
		t.Errorf("an account that may not: %d", a.code)
	}
}
