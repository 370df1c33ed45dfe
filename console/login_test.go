package console_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/console"
	"github.com/vrep/vrep/store"
)

func TestEnsureAdmin(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	name, password, created, err := console.EnsureAdmin(ctx, s.store)
	must(t, err)
	if name != "admin" || !created || len(password) < 16 {
		t.Fatalf("first start: name %q created %v, password of %d characters", name, created, len(password))
	}
	if _, again, created, err := console.EnsureAdmin(ctx, s.store); err != nil || created || again != "" {
		t.Fatalf("second start: created %v, password %q, %v", created, again, err)
	}
	b := s.browser()
	if a := b.post("/console/login", "name", " Admin ", "password", password); a.code != http.StatusSeeOther {
		t.Fatalf("login: %d", a.code)
	}
	if a := b.get("/console/doctors"); a.location != "/console/password" {
		t.Errorf("first login leads to %q, want the change of password", a.location)
	}
	a := b.post("/console/password", "old", "wrong", "new", "admin", "again", "x")
	if a.code != http.StatusUnprocessableEntity {
		t.Errorf("bad change: status %d", a.code)
	}
	wantHas(t, a, "当前密码不对", "至少 10 个字符", "不一致")
	if a := b.post("/console/password", "old", password, "new", "a quiet river 7", "again", "a quiet river 7"); a.location != "/console/" {
		t.Fatalf("change: status %d, location %q", a.code, a.location)
	}
	wantHas(t, b.get("/console/"), "密码已修改", "概览")
	u, err := s.store.User(ctx, "admin")
	must(t, err)
	if !strings.HasPrefix(u.Hash, "$argon2id$v=19$m=19456,t=2,p=1$") || u.MustChange {
		t.Errorf("stored account: hash %.20s…, must change %v", u.Hash, u.MustChange)
	}
}

func TestAccountRules(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	for _, name := range []string{"", "A", "has space", "a/b", strings.Repeat("x", 40), "<b>"} {
		if _, err := console.AddUser(ctx, s.store, store.User{Name: name, Role: store.RoleAdmin}); !errors.Is(err, console.ErrBadName) {
			t.Errorf("name %q: %v", name, err)
		}
	}
	if _, err := console.AddUser(ctx, s.store, store.User{Name: "ok", Role: "boss"}); !errors.Is(err, console.ErrBadRole) {
		t.Errorf("role: %v", err)
	}
	_, err := console.AddUser(ctx, s.store, store.User{Name: "twice", Role: store.RoleViewer})
	must(t, err)
	if _, err := console.AddUser(ctx, s.store, store.User{Name: "twice", Role: store.RoleViewer}); !errors.Is(err, store.ErrExists) {
		t.Errorf("second account of the name: %v", err)
	}
	if err := console.DisableUser(ctx, s.store, "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("disabling nobody: %v", err)
	}
	if _, err := console.ResetPassword(ctx, s.store, "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("resetting nobody: %v", err)
	}
	users, err := console.ListUsers(ctx, s.store)
	must(t, err)
	if len(users) != 1 || users[0].Name != "twice" || users[0].Hash != "" {
		t.Errorf("list: %+v", users)
	}
}

func TestSessionEnds(t *testing.T) {
	ctx := context.Background()
	out := func(s *site, b *browser, why string) {
		s.t.Helper()
		if a := b.get("/console/"); a.location != "/console/login" {
			s.t.Errorf("after %s: status %d, location %q", why, a.code, a.location)
		}
	}
	t.Run("logout", func(t *testing.T) {
		s := newSite(t)
		b := s.as(store.RoleAdmin)
		if a := b.get("/console/logout"); a.code != http.StatusNotFound {
			t.Errorf("logout by GET: %d", a.code)
		}
		b.post("/console/logout")
		out(s, b, "logout")
	})
	t.Run("disable", func(t *testing.T) {
		s := newSite(t)
		b := s.as(store.RoleViewer)
		must(t, console.DisableUser(ctx, s.store, "u-viewer"))
		out(s, b, "disable")
		if a := s.browser().post("/console/login", "name", "u-viewer", "password", "correct horse 9"); a.code != http.StatusUnauthorized {
			t.Errorf("disabled account logs in: %d", a.code)
		}
		fresh, err := console.ResetPassword(ctx, s.store, "u-viewer")
		must(t, err)
		if a := s.browser().post("/console/login", "name", "u-viewer", "password", fresh); a.code != http.StatusSeeOther {
			t.Errorf("login after reset: %d", a.code)
		}
	})
	t.Run("reset", func(t *testing.T) {
		s := newSite(t)
		b := s.as(store.RoleViewer)
		_, err := console.ResetPassword(ctx, s.store, "u-viewer")
		must(t, err)
		out(s, b, "reset")
	})
	t.Run("idle", func(t *testing.T) {
		s := newSite(t)
		b := s.as(store.RoleViewer)
		s.clock.add(29 * time.Minute)
		if a := b.get("/console/"); a.code != http.StatusOK {
			t.Errorf("after 29 minutes: %d", a.code)
		}
		s.clock.add(31 * time.Minute)
		out(s, b, "an hour")
	})
}

// TestSessionOutlivesThePlatformsClock: a demo turns the platform's clock; who is logged in stays so.
func TestSessionOutlivesThePlatformsClock(t *testing.T) {
	s := newSiteWith(t, func(o *console.Options) { o.Wall = nil })
	b := s.as(store.RoleAdmin)
	link, err := s.console.OneTimeLink(t.Context(), "u-admin")
	must(t, err)
	s.clock.add(48 * time.Hour)
	if a := b.get("/console/"); a.code != http.StatusOK {
		t.Errorf("the next page: %d, %s", a.code, a.location)
	}
	if a := s.browser().post(link); a.location != "/console/" {
		t.Errorf("the link: %d", a.code)
	}
	again := s.browser()
	again.post("/console/login", "name", "u-admin", "password", "correct horse 9")
	if a := again.get("/console/"); a.code != http.StatusOK {
		t.Errorf("a new login: %d, %s", a.code, a.location)
	}
}

func TestCookie(t *testing.T) {
	s := newSite(t)
	password, err := console.AddUser(context.Background(), s.store, store.User{Name: "wang", Role: store.RoleViewer})
	must(t, err)
	b := s.browser()
	a := b.post("/console/login", "name", "wang", "password", password, "next", "https://evil.example/")
	if a.location != "/console/" {
		t.Errorf("login leads to %q", a.location)
	}
	cookie := a.header.Get("Set-Cookie")
	for _, want := range []string{"vrep_session=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %q", cookie, want)
		}
	}
	if a := s.browser().get("/console/login"); a.header.Get("Set-Cookie") != "" {
		t.Error("a stranger gets a cookie")
	}
	second := b.post("/console/login", "name", "wang", "password", password)
	if second.header.Get("Set-Cookie") == cookie || !strings.Contains(second.header.Get("Set-Cookie"), "vrep_session=") {
		t.Error("the session is not renewed at login")
	}
}

func TestSecureCookie(t *testing.T) {
	s := newSite(t)
	c, err := console.New(console.Options{Store: s.store, Desk: s.desk, Safety: s.safety, Publisher: s.publisher, Key: testKey, Secure: true, PublicURL: "https://vrep.example"})
	must(t, err)
	s.console = c
	s.server.Config.Handler = c.Handler()
	password, err := console.AddUser(context.Background(), s.store, store.User{Name: "wang", Role: store.RoleViewer})
	must(t, err)
	cookie := s.browser().post("/console/login", "name", "wang", "password", password).header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "__Host-vrep_session=") || !strings.Contains(cookie, "Secure") {
		t.Errorf("cookie %q", cookie)
	}
}

func TestLoginDelay(t *testing.T) {
	s := newSite(t)
	password, err := console.AddUser(context.Background(), s.store, store.User{Name: "wang", Role: store.RoleViewer})
	must(t, err)
	for _, name := range []string{"wang", "no-such-account"} {
		b := s.browser()
		for try := 1; try <= 3; try++ {
			a := b.post("/console/login", "name", name, "password", "guess")
			if a.code != http.StatusUnauthorized {
				t.Errorf("%s try %d: %d", name, try, a.code)
			}
			wantHas(t, a, "账号或密码不对")
		}
		a := b.post("/console/login", "name", name, "password", password)
		if a.code != http.StatusTooManyRequests {
			t.Errorf("%s try 4 at once: %d", name, a.code)
		}
		wantHas(t, a, "尝试次数过多")
	}
	s.clock.add(3 * time.Second)
	if a := s.browser().post("/console/login", "name", "wang", "password", "guess"); a.code != http.StatusUnauthorized {
		t.Errorf("after the first wait: %d", a.code)
	}
	s.clock.add(3 * time.Second)
	if a := s.browser().post("/console/login", "name", "wang", "password", password); a.code != http.StatusTooManyRequests {
		t.Errorf("the second wait is not longer: %d", a.code)
	}
	s.clock.add(2 * time.Second)
	if a := s.browser().post("/console/login", "name", "wang", "password", password); a.code != http.StatusSeeOther {
		t.Errorf("right password after the wait: %d", a.code)
	}
}

func TestAddressDelay(t *testing.T) {
	s := newSite(t)
	limited := false
	for i := range 30 {
		a := s.browser().post("/console/login", "name", "name-"+string(rune('a'+i)), "password", "guess")
		limited = limited || a.code == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("30 accounts can be tried from one address without a wait")
	}
}

func TestOneTimeLink(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	if _, err := s.console.OneTimeLink(ctx, "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("link for nobody: %v", err)
	}
	_, _, _, err := console.EnsureAdmin(ctx, s.store)
	must(t, err)
	path, err := s.console.OneTimeLink(ctx, "admin")
	must(t, err)
	for range 2 {
		wantHas(t, s.browser().get(path), "进入控制台", "data-send")
	}
	b := s.browser()
	if a := b.post(path); a.location != "/console/" {
		t.Fatalf("entering: status %d, location %q", a.code, a.location)
	}
	wantHas(t, b.get("/console/"), "概览")
	if a := s.browser().post(path); a.code != http.StatusGone || !strings.Contains(a.body, "链接已失效") {
		t.Errorf("second use: %d", a.code)
	}
	late, err := s.console.OneTimeLink(ctx, "admin")
	must(t, err)
	s.clock.add(11 * time.Minute)
	if a := s.browser().post(late); a.code != http.StatusGone {
		t.Errorf("after 11 minutes: %d", a.code)
	}
	for _, forged := range []string{"/console/enter/x", "/console/enter/" + strings.Repeat("A", 43)} {
		if a := s.browser().post(forged); a.code != http.StatusGone {
			t.Errorf("%s: %d", forged, a.code)
		}
	}
	must(t, console.DisableUser(ctx, s.store, "admin"))
	closed, err := s.console.OneTimeLink(ctx, "admin")
	must(t, err)
	if a := s.browser().post(closed); a.code != http.StatusGone {
		t.Errorf("link of a closed account: %d", a.code)
	}
}
