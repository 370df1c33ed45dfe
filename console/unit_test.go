package console

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestPasswords(t *testing.T) {
	hash := hashPassword("quiet river")
	if !checkPassword(hash, "quiet river") || checkPassword(hash, "quiet rive") || checkPassword(hash, "") {
		t.Error("the hash does not tell right from wrong")
	}
	if hash == hashPassword("quiet river") {
		t.Error("the salt is not drawn")
	}
	for _, broken := range []string{
		"", "x", "$argon2i$v=19$m=19456,t=2,p=1$c2FsdA$a2V5", "$argon2id$v=18$m=19456,t=2,p=1$c2FsdA$a2V5", "$argon2id$v=19$m=0,t=2,p=1$c2FsdA$a2V5",
		"$argon2id$v=19$m=99999999,t=2,p=1$c2FsdA$a2V5", "$argon2id$v=19$m=19456,t=2,p=1$!$a2V5", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$",
	} {
		if checkPassword(broken, "x") {
			t.Errorf("%q fits a password", broken)
		}
	}
	for password, want := range map[string]string{
		"short": "short", "123456789": "short", "一二三四五六七八九十": "", "long enough": "", strings.Repeat("x", 129): "long", "myWANGpassword": "name",
	} {
		if got := weakPassword("wang", password); got != want {
			t.Errorf("%q is %q, want %q", password, got, want)
		}
	}
	if a, b := newPassword(), newPassword(); a == b || len(a) != 19 {
		t.Errorf("drawn passwords %d and %d characters", len(a), len(b))
	}
}

func TestThrottle(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	th := newThrottle(func() time.Time { return now })
	var waits []time.Duration
	for range 14 {
		if wait := th.take("k", 3); wait > 0 {
			t.Fatalf("refused with %v left", wait)
		}
		wait := th.take("k", 3)
		waits = append(waits, wait)
		now = now.Add(wait)
	}
	want := []time.Duration{0, 2 * time.Second, 4 * time.Second, 8 * time.Second}
	if waits[1] != want[1] || waits[2] != want[2] || waits[3] != want[3] {
		t.Errorf("waits %v", waits)
	}
	if last := waits[len(waits)-1]; last != longestWait {
		t.Errorf("longest wait %v", last)
	}
	now = now.Add(2 * time.Hour)
	if wait := th.take("k", 3); wait != 0 {
		t.Errorf("not forgotten: %v", wait)
	}
	for i := range mostKeys + 10 {
		th.take(fmt.Sprint(i), 3)
	}
	if n := len(th.tries); n > mostKeys {
		t.Errorf("%d keys are kept", n)
	}
}

func TestSafeNext(t *testing.T) {
	for next, want := range map[string]string{
		"": "/console/", "/console/leads?status=new": "/console/leads?status=new", "https://evil.example/console/": "/console/", "//evil.example/console/": "/console/",
		"/h/x": "/console/", "/console/../h/x": "/console/../h/x", "\\\\evil": "/console/", "/console/login": "/console/", "/console/logout": "/console/", "javascript:alert(1)": "/console/",
		"/console/%0d%0aSet-Cookie:x": "/console/%0d%0aSet-Cookie:x",
	} {
		if got := safeNext(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
}

func TestClientAddress(t *testing.T) {
	for _, c := range []struct{ peer, forwarded, want string }{
		{"203.0.113.9:1234", "", "203.0.113.9"},
		{"203.0.113.9:1234", "198.51.100.1", "203.0.113.9"},
		{"127.0.0.1:1234", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.2:1234", "1.1.1.1, 198.51.100.1", "198.51.100.1"},
		{"10.0.0.2:1234", "nonsense", "10.0.0.2"},
		{"[2001:db8::1]:1234", "", "2001:db8::1"},
		{"nonsense", "", "nonsense"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := clientAddress(r); got != c.want {
			t.Errorf("%s with %q is %q, want %q", c.peer, c.forwarded, got, c.want)
		}
	}
}

// FuzzShowHidden wants that nothing hidden is left and that the marks are all that is added.
func FuzzShowHidden(f *testing.F) {
	for _, s := range []string{"", "张\u202e敏", "a\x00b", "\ufeff", "👨\u200d⚕️", "\xff\xfe", strings.Repeat("\u200b", 9)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out := string(showHidden([]byte(text)))
		if strings.ContainsFunc(out, hidden) {
			t.Errorf("%q keeps a hidden character", out)
		}
		if !strings.ContainsFunc(text, hidden) && out != text {
			t.Errorf("%q was changed to %q", text, out)
		}
	})
}
