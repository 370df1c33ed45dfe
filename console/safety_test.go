package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// payloads are what somebody may type as a name, an answer or a hospital.
var payloads = []string{
	`<script>alert(1)</script>`, `"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`, `<img src=x onerror=alert(1)>`, `<svg onload=alert(1)>`,
	`<svg/onload=alert(1)>`, `</title><script>alert(1)</script>`, `</textarea><script>alert(1)</script>`, `javascript:alert(1)`, `<a href="javascript:alert(1)">x</a>`,
	`<iframe src="javascript:alert(1)">`, `<body onload=alert(1)>`, `<input autofocus onfocus=alert(1)>`, `<details open ontoggle=alert(1)>`,
	`<math><mtext><script>alert(1)</script>`, `"onmouseover="alert(1)`, `' onmouseover='alert(1)`, "`-alert(1)-`", `{{.Shell.User.Hash}}`, `{{template "x"}}`,
	`<!--<script>alert(1)//-->`, `<![CDATA[<script>alert(1)</script>]]>`, `&lt;script&gt;alert(1)&lt;/script&gt;`, `<scr<script>ipt>alert(1)</scr</script>ipt>`,
	`<style>@import 'javascript:alert(1)'</style>`, `<link rel=stylesheet href=//evil.example>`, `<base href=//evil.example/>`, `<form action=//evil.example>`,
	`<meta http-equiv=refresh content="0;url=//evil.example">`, `%3Cscript%3Ealert(1)%3C/script%3E`, "\x00<script>alert(1)</script>", `＜script＞alert(1)＜/script＞`,
}

func TestTextsAreEscaped(t *testing.T) {
	s := newSite(t)
	b := s.as(store.RoleCompliance)
	for i, bad := range payloads {
		openid := fmt.Sprintf("o-bad-%d", i)
		id, no := store.DoctorID(s.store.Account(), openid), fmt.Sprintf("AE-%d", i)
		lead := fmt.Sprintf("%032d", i)
		now := s.store.Now()
		commit(t, s.store, store.Turn{
			Journal:  store.Journal{Seq: 1, MessageKey: openid, Kind: "text", Event: []byte(`{}`), Reply: []byte(`{}`)},
			Doctor:   store.Doctor{ID: id, OpenID: openid, Name: bad, HospitalName: bad, Department: bad, Title: bad, Scene: bad, Phase: store.PhaseIdle, LastInboundAt: now},
			Answers:  []store.Answer{{Conversation: id, Seq: 1, Asked: bad, Raw: bad, Label: bad, Question: "q", At: now}},
			Portrait: []store.PortraitValue{{Doctor: id, Field: "note", Label: bad, Detail: bad, Source: store.SourceRep, At: now}},
			Tags:     []store.Tag{{Doctor: id, Tag: bad, At: now}},
			Cases:    []store.Case{{No: no, Doctor: id, Status: store.CaseOpen, Words: bad, Event: bad, Patient: bad, OpenedAt: now}},
			Leads:    []store.Lead{{ID: lead, Doctor: id, Kind: "f2f_request", Why: bad, Note: bad, Wish: bad, Lines: "[]"}},
		})
		code, err := s.store.AddScene(t.Context(), store.Scene{Kind: store.SceneMeeting, Name: bad, CreatedBy: bad}, []string{bad})
		must(t, err)
		paths := []string{"/console/scenes?q=" + url.QueryEscape(bad), "/console/scenes/" + code.ID, "/console/", "/console/doctors/" + id, "/console/doctors?q=" + url.QueryEscape(bad), "/console/leads", "/console/leads/" + lead, "/console/cases", "/console/cases/" + no}
		for _, path := range paths {
			a := b.get(path)
			if a.code != http.StatusOK {
				t.Fatalf("payload %d on %s: status %d", i, path, a.code)
			}
			assertInert(t, path, a.body, bad)
		}
	}
}

// ours are the elements that the templates write.
const ours = "html head meta title link script body a div span nav small form button main p h1 h2 h3 section header svg path circle input select option label " +
	"table thead tbody tr th td dl dt dd ul li ol time b details summary strong progress img fieldset legend"

var (
	anyTag     = regexp.MustCompile(`<([a-zA-Z!?][^\s/>]*)`)
	quoted     = regexp.MustCompile(`"[^"]*"`)
	handler    = regexp.MustCompile(`<[^<>]*\son[a-z]+=`)
	scriptLink = regexp.MustCompile(`(href|src|action)="?\s*javascript:`)
)

// assertInert finds elements, handlers and scripts that the templates do not write.
func assertInert(t *testing.T, path, page, bad string) {
	t.Helper()
	for _, tag := range anyTag.FindAllStringSubmatch(strings.TrimPrefix(page, "<!doctype html>"), -1) {
		if !slices.Contains(strings.Fields(ours), tag[1]) {
			t.Errorf("%s: payload %q became the element %q", path, bad, tag[1])
		}
	}
	if strings.Count(page, "<script") != 1 || strings.Count(page, "<meta") != 3 || strings.Count(page, "<link") != 2 {
		t.Errorf("%s: payload %q added to the head", path, bad)
	}
	if handler.MatchString(quoted.ReplaceAllString(page, `""`)) || scriptLink.MatchString(page) {
		t.Errorf("%s: payload %q became a handler or a script link", path, bad)
	}
	if strings.Contains(page, "$argon2id$") {
		t.Errorf("%s: payload %q was run as a template", path, bad)
	}
	if !strings.Contains(page, "</html>") {
		t.Errorf("%s: payload %q cut the page", path, bad)
	}
}

func TestHiddenCharactersAreShown(t *testing.T) {
	s := newSite(t)
	b := s.as(store.RoleAdmin)
	id := store.DoctorID(s.store.Account(), "o-bidi")
	commit(t, s.store, store.Turn{
		Journal: store.Journal{Seq: 1, MessageKey: "bidi", Kind: "text", Event: []byte(`{}`), Reply: []byte(`{}`)},
		Doctor:  store.Doctor{ID: id, OpenID: "o-bidi", Name: "张\u202e敏\u200b\ufeff", HospitalName: "家庭👨\u200d⚕️", Phase: store.PhaseIdle},
	})
	a := b.get("/console/doctors/" + id)
	wantHas(t, a, "张[U+202E]敏[U+200B][U+FEFF]", "👨\u200d⚕️")
	if strings.ContainsRune(a.body, '\u202e') {
		t.Error("the override reaches the page")
	}
}

func TestForeignForms(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	b := s.as(store.RoleSafety)
	path := "/console/cases/" + w.caseNo + "/acts/acknowledge"
	send := func(header, value string) answer {
		req, err := http.NewRequest(http.MethodPost, s.server.URL+path, nil)
		must(t, err)
		req.Header.Set(header, value)
		return b.do(req)
	}
	for _, h := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
		a := send(h[0], h[1])
		if a.code != http.StatusForbidden {
			t.Errorf("%s: %s gives %d", h[0], h[1], a.code)
		}
		wantHas(t, a, "没有打开这一页的权限")
	}
	row, err := s.store.Case(t.Context(), w.caseNo)
	must(t, err)
	if row.AcknowledgedAt != 0 {
		t.Fatal("a foreign form acknowledged the case")
	}
	if a := send("Origin", s.server.URL); a.code != http.StatusSeeOther {
		t.Errorf("own form of a browser without Sec-Fetch headers: %d", a.code)
	}
	if row, err = s.store.Case(t.Context(), w.caseNo); err != nil || row.AcknowledgedAt == 0 {
		t.Errorf("own form did nothing: %v", err)
	}
}

func TestHeaders(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/console/login", "/console/nothing", "/h/nothing"} {
		h := s.browser().get(path).header
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			if got := h.Get(name); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if got := h.Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, got)
		}
	}
	page := s.browser().get("/console/login").body
	start := strings.Index(page, "/console/assets/console.css?v=")
	if start < 0 {
		t.Fatal("no stylesheet")
	}
	link, _, _ := strings.Cut(page[start:], `"`)
	a := s.browser().get(link)
	if a.code != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/css") || !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
		t.Errorf("stylesheet: %d %q %q", a.code, a.header.Get("Content-Type"), a.header.Get("Cache-Control"))
	}
	if a := s.browser().get("/console/assets/..%2fwords.yaml"); a.code != http.StatusNotFound {
		t.Errorf("outside the assets: %d", a.code)
	}
}

func TestLargeForm(t *testing.T) {
	s := newSite(t)
	b := s.as(store.RoleAdmin)
	if a := b.post("/console/password", "old", strings.Repeat("x", 100<<10)); a.code != http.StatusRequestEntityTooLarge {
		t.Errorf("100 KiB form: %d", a.code)
	}
}

func TestActs(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	b := s.as(store.RoleAdmin)
	if a := b.post("/console/verifications/"+w.waiting+"/decide", "decision", "maybe"); a.code != http.StatusNotFound {
		t.Errorf("unknown decision: %d", a.code)
	}
	if a := b.post("/console/verifications/"+w.waiting+"/decide", "decision", "passed"); a.code != http.StatusSeeOther {
		t.Fatalf("verifying: %d", a.code)
	}
	wantHas(t, b.get("/console/doctors/"+w.waiting), "已标记为核验通过", "已核验")
	b.post("/console/verifications/"+w.waiting+"/decide", "decision", "passed")
	wantHas(t, b.get("/console/doctors/"+w.waiting), "已经处理过", "已核验")
	if a := b.post("/console/doctors/no-such/verify", "decision", "passed"); a.code != http.StatusNotFound {
		t.Errorf("verifying nobody: %d", a.code)
	}
	pv := s.as(store.RoleSafety)
	for range 2 {
		if a := pv.post("/console/cases/" + w.caseNo + "/acts/acknowledge"); a.code != http.StatusSeeOther {
			t.Errorf("acknowledging: %d", a.code)
		}
	}
	wantHas(t, pv.get("/console/cases/"+w.caseNo), "u-safety", "确认收到")
	dead, err := s.store.Unsent(t.Context(), store.EffectDead, 10)
	must(t, err)
	if len(dead) != 1 {
		t.Fatalf("%d dead letters", len(dead))
	}
	b.post(fmt.Sprintf("/console/outbox/%d/retry", dead[0].ID))
	wantHas(t, b.get("/console/outbox"), "已放回发送队列", "没有未送达的消息")
	b.post(fmt.Sprintf("/console/outbox/%d/retry", dead[0].ID))
	wantHas(t, b.get("/console/outbox"), "已经处理过")
	rows, err := s.store.Audits(t.Context(), "", 100)
	must(t, err)
	count := map[string]int{}
	for _, r := range rows {
		count[r.Action]++
	}
	for action, want := range map[string]int{"verify_passed": 1, "verify_refused": 0, "case_acknowledge": 1, "retry_effect": 1, "login": 2, "password_change": 2} {
		if count[action] != want {
			t.Errorf("audit has %d rows of %s, want %d", count[action], action, want)
		}
	}
}
