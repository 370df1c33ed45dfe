package console_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/bot/release"
	pv "github.com/vrep/vrep/bot/safety"
	"github.com/vrep/vrep/console"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Now()} }

// houseZone is where the house of the tests has its days.
var houseZone = time.FixedZone("CST", 8*3600)

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// site is a console on a store of its own.
type site struct {
	t       *testing.T
	clock   *clock
	store   *store.Store
	desk    *handoff.Desk
	safety  *pv.Desk
	console *console.Console
	server  *httptest.Server

	place     store.Options
	publisher *release.Publisher
	keeper    *release.Keeper
}

var testKey = []byte("0123456789abcdef0123456789abcdef")

func newSite(t *testing.T) *site {
	t.Helper()
	return newSiteWith(t, nil)
}

// newSiteWith changes what the console is made with.
func newSiteWith(t *testing.T, change func(*console.Options)) *site {
	t.Helper()
	s := &site{t: t, clock: newClock()}
	s.store = storetest.SQLite(t, func(o *store.Options) { o.Now, o.Secret = s.clock.now, testKey; s.place = *o })
	zone := houseZone
	s.desk = handoff.New(handoff.Options{Store: s.store, PublicURL: "http://vrep.test", Key: testKey, Company: "示例医药", BotName: "小安", Zone: zone, Now: s.clock.now})
	s.safety = pv.New(pv.Options{Store: s.store, Duty: []string{"pv-duty"}, Zone: zone, Now: s.clock.now})
	s.publisher = release.NewPublisher(s.store, zone, s.clock.now)
	s.keeper = release.NewKeeper(release.Options{Store: s.store, Zone: zone, Now: s.clock.now})
	lib, problems := flows.Load(testFolder())
	for _, p := range problems {
		t.Logf("%s:%d %s", p.File, p.Line, p.Message)
	}
	must(t, s.keeper.Start(t.Context(), testFolder(), lib, true))
	var err error
	o := console.Options{Store: s.store, Desk: s.desk, Safety: s.safety, Library: s.keeper.Library, Publisher: s.publisher, Key: testKey, Company: "示例医药", BotName: "小安", Zone: zone, Now: s.clock.now, Wall: s.clock.now, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	if change != nil {
		change(&o)
	}
	s.console, err = console.New(o)
	must(t, err)
	s.server = httptest.NewServer(s.console.Handler())
	t.Cleanup(s.server.Close)
	return s
}

// testFolder knows some labels and titles.
func testFolder() fstest.MapFS {
	return fstest.MapFS{
		"classes.yaml": {Data: []byte(superClasses)},
		"profile.yaml": {Data: []byte(`profile:
  visit_wish: {type: text, label: 见面意愿}
  barriers: {type: list, label: 犹豫之处}
  onboarded: {type: date, label: 登记日}
  asked_kind: {type: text, label: 索取过}
`)},
		"onboarding.yaml": {Data: []byte(`flow: onboarding
title: 欢迎与登记
version: 2026-11-01
owner: 合规部
approval: {no: L-1, until: 2029-12-31}
lang: zh-CN
start:
  on: [follow]
steps:
  - say: 您好
  - end: done
`)},
		"contents.yaml": {Data: []byte(`contents:
  ckd_review:
    title: 肾病证据综述
    kind: literature
    description: 一页读完
    topics: [ckd]
    audience: 1
    approval: {no: MLR-1, until: 2029-06-30}
    url: https://content.example.com/x
`)},
	}
}

// browser keeps cookies and follows no redirect.
type browser struct {
	s *site
	c *http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	must(s.t, err)
	c := &http.Client{Jar: jar, Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	s.t.Cleanup(c.CloseIdleConnections)
	return &browser{s: s, c: c}
}

// answer is what came back.
type answer struct {
	code     int
	body     string
	location string
	header   http.Header
}

func (b *browser) do(req *http.Request) answer {
	b.s.t.Helper()
	resp, err := b.c.Do(req)
	must(b.s.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(b.s.t, err)
	return answer{code: resp.StatusCode, body: string(body), location: resp.Header.Get("Location"), header: resp.Header}
}

func (b *browser) get(path string) answer {
	b.s.t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.s.server.URL+path, nil)
	must(b.s.t, err)
	return b.do(req)
}

// post sends a form; pairs alternate name and value.
func (b *browser) post(path string, pairs ...string) answer {
	b.s.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequest(http.MethodPost, b.s.server.URL+path, strings.NewReader(form.Encode()))
	must(b.s.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(req)
}

// as logs a new browser in as a fresh account of the role: reps and access are rep wang, managers lead the team of rep wang.
func (s *site) as(role string) *browser {
	s.t.Helper()
	u := store.User{Name: "u-" + role, Role: role}
	switch role {
	case store.RoleRep, store.RoleAccess:
		u.Rep = "wang"
	case store.RoleManager:
		u.Team = "east"
	}
	return s.enter(u)
}

// breakAudit lets every further row of the audit fail.
func (s *site) breakAudit() {
	storetest.Exec(s.t, s.place, "CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'broken'); END")
}

// enter logs a new browser in as a fresh account.
func (s *site) enter(u store.User) *browser {
	s.t.Helper()
	first, err := console.AddUser(context.Background(), s.store, u)
	must(s.t, err)
	name := u.Name
	b := s.browser()
	if a := b.post("/console/login", "name", name, "password", first); a.code != http.StatusSeeOther {
		s.t.Fatalf("login: %d", a.code)
	}
	if a := b.post("/console/password", "old", first, "new", "correct horse 9", "again", "correct horse 9"); a.code != http.StatusSeeOther {
		s.t.Fatalf("first change of password: %d %s", a.code, a.body)
	}
	return b
}

func wantHas(t *testing.T, a answer, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(a.body, p) {
			t.Errorf("page lacks %q (status %d)", p, a.code)
		}
	}
}
