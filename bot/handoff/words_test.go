package handoff

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

func TestSurname(t *testing.T) {
	w := mustWords()
	for name, want := range map[string]string{
		"王建国": "王", "欧阳修": "欧阳", "欧阳": "欧", " 司马光 ": "司马", "": "", "  ": "", "李": "李", "John Smith": "John", "阿依古丽": "阿",
	} {
		if got := w.surname(name); got != want {
			t.Errorf("surname(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestQuietHidesNameAndNumbers(t *testing.T) {
	w := mustWords()
	for in, want := range map[string]string{
		"王建国想约 15 分钟，电话 13800138000": "王想约 15 分钟，电话 …",
		"评分 72 分":     "评分 72 分",
		"编号123456":    "编号123456",
		"13800138000": "…",
	} {
		if got := w.quiet(in, "王建国"); got != want {
			t.Errorf("quiet(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWordsAreComplete(t *testing.T) {
	w := mustWords()
	d := New(Options{Key: []byte("k")})
	for _, s := range statuses {
		if w.Statuses.label(s) == s {
			t.Errorf("status %s has no words", s)
		}
	}
	for _, e := range events {
		if w.Events.label(e) == e {
			t.Errorf("event %s has no words", e)
		}
	}
	for _, err := range []error{ErrTaken{By: "张三"}, errWithdrawn, errUnverified, ErrEnded, ErrFiled, ErrNotYours, ErrFiling, ErrLink, ErrLinkExpired} {
		text := d.Explain(err)
		if text == "" {
			t.Errorf("%v is not explained", err)
		}
		if errors.Is(err, ErrLink) || errors.Is(err, ErrLinkExpired) {
			continue
		}
		if text := d.Explain(ErrHeard{Case: "AE-1", Why: err}); !strings.Contains(text, "AE-1") || strings.ContainsAny(text, "_{") {
			t.Errorf("kept although %v: %q", err, text)
		}
	}
	if w.Quiet == "" || w.Card.Quiet == "" || w.Problems["nothing"] == "" {
		t.Error("words for an opt-out or an empty report are missing")
	}
	for _, key := range []string{
		"accepted", "taken", "declined", "withdrawn", "withdrawn_text", "unverified", "unverified_text", "heard", "heard_only", "heard_first", "ended", "filed", "not_yours", "filing", "link", "link_expired", "taken_text",
		"brief_text", "doctor_accepted", "no_reason", "no_hospital", "why_explicit", "why_score", "case_words", "case_note", "case_reporter",
		"visit_detail", "bring", "title_teacher",
	} {
		if w.say(key) == key {
			t.Errorf("says.%s is missing", key)
		}
	}
	for _, key := range []string{"no_territory", "no_filing", "all_declined", "closed"} {
		if w.Board[key] == "" {
			t.Errorf("board.%s is missing", key)
		}
	}
	for _, code := range []string{"missing", "unknown", "future", "past", "too_long", "too_many"} {
		if w.Problems[code] == "" {
			t.Errorf("problems.%s is missing", code)
		}
	}
	if d.Explain(store.ErrUnavailable) != "" {
		t.Error("an outage is not for reps")
	}
	if n := len(w.Reasons); n == 0 || n > 10 {
		t.Errorf("%d reasons; a card's list takes 1 to 10", n)
	}
}

func TestLinks(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	d := New(Options{Key: []byte("secret"), PublicURL: "https://vrep.example.com/", Now: func() time.Time { return now }})
	link := d.link("0123456789abcdef0123456789abcdef", "zhang.san@corp")
	const prefix = "https://vrep.example.com/h/"
	if len(link) < len(prefix) || link[:len(prefix)] != prefix {
		t.Fatalf("link %q", link)
	}
	token := link[len(prefix):]
	lead, rep, err := d.Open(token)
	if lead != "0123456789abcdef0123456789abcdef" || rep != "zhang.san@corp" || err != nil {
		t.Fatalf("Open = %q, %q, %v", lead, rep, err)
	}
	for i := range token {
		bent := []byte(token)
		bent[i] ^= 1
		if _, _, err := d.Open(string(bent)); err != ErrLink {
			t.Fatalf("a bent token at %d opened: %v", i, err)
		}
	}
	for _, short := range []string{"", "x", token[:20], token + "A", token[:len(token)-1]} {
		if _, _, err := d.Open(short); err != ErrLink {
			t.Errorf("Open(%q) = %v", short, err)
		}
	}
	if len(token) > 68 {
		t.Errorf("the token has %d characters", len(token))
	}
	for _, id := range []string{"", "lead", "0123456789abcdef", "0123456789abcdef0123456789abcdef00", "zz23456789abcdef0123456789abcdef"} {
		if _, _, err := d.Open(d.token(id, "rep", now.Add(time.Hour))); err != ErrLink {
			t.Errorf("a token for %q: %v", id, err)
		}
	}
	if _, _, err := New(Options{Key: []byte("other")}).Open(token); err != ErrLink {
		t.Errorf("another key opens: %v", err)
	}
	now = now.Add(LinkValid)
	if _, _, err := d.Open(token); err != ErrLinkExpired {
		t.Errorf("old token: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	d := New(Options{Key: []byte("secret")})
	until := time.Unix(1<<37, 0)
	f.Add(d.token("0123456789abcdef0123456789abcdef", "rep", until))
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		lead, rep, err := d.Open(token)
		if err != nil && (lead != "" || rep != "") {
			t.Errorf("an unopened token gave %q, %q", lead, rep)
		}
		if err == nil && token != d.token(lead, rep, until) {
			t.Errorf("a token that we did not make opened")
		}
	})
}

func TestTaskNamesTheLead(t *testing.T) {
	task := taskID("0123456789abcdef0123456789abcdef", "zhang.san@corp", 12)
	if got := taskLead(task); got != "0123456789abcdef0123456789abcdef" {
		t.Errorf("taskLead(%q) = %q", task, got)
	}
	for _, r := range task {
		if !(r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z') {
			t.Errorf("task %q has %q", task, r)
		}
	}
	for _, other := range []string{"", "lead", "x-1-2-3", "lead-a-b"} {
		if got := taskLead(other); got != "" {
			t.Errorf("taskLead(%q) = %q", other, got)
		}
	}
}
