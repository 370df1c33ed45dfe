package author_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
	"github.com/vrep/vrep/flows/library"
)

const wardFlow = `flow: ward
title: 病房调查
approval: {no: MLR-1, until: 2029-12-31}
remind:
  - {after: 20h, say: 还有两题，方便时再继续。}
expire: 40h
steps:
  - id: used
    ask: 您用过吗？
    type: yesno
    labels: [用过, 没用过]
  - id: patients
    when: used == yes
    ask: 大约几张床？
    type: number
    range: 0..500
    unit: 张
  - id: dept
    ask: 您在哪个科室？
    choices: [{cardio: 心内科}, {nephro: 肾内科}]
  - set: {busy: patients >= 100}
  - id: note_text
    ask: 还有什么想说的？
    type: text
    required: false
  - say: 谢谢您。
  - end: done
`

// page is a preview page as a browser sees it.
type page struct {
	t    *testing.T
	url  string // of the program
	path string // of the page
	dir  string
	p    *author.Preview
}

func clockAt() time.Time {
	return time.Date(2026, 11, 18, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))
}

// folder writes files into a fresh folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// openPage serves a folder, watches it and opens a page on its only flow.
func openPage(t *testing.T, files map[string]string) *page {
	t.Helper()
	dir := folder(t, files)
	return openOn(t, author.PreviewOptions{FS: os.DirFS(dir), Dir: dir, Now: clockAt, File: "ward.yaml"})
}

func openOn(t *testing.T, opt author.PreviewOptions) *page {
	t.Helper()
	p, err := author.NewPreview(opt)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p.Handler())
	ended := make(chan struct{})
	go func() { defer close(ended); p.Watch(t.Context()) }()
	t.Cleanup(func() { server.CloseClientConnections(); server.Close(); <-ended })
	x := &page{t: t, url: server.URL, dir: opt.Dir, p: p}
	x.path = x.welcome()
	return x
}

// welcome opens a page with a talk of its own.
func (x *page) welcome() string {
	x.t.Helper()
	res, err := http.Get(x.url + "/")
	if err != nil {
		x.t.Fatal(err)
	}
	defer res.Body.Close()
	if !strings.HasPrefix(res.Request.URL.Path, "/s/") || res.StatusCode != http.StatusOK {
		x.t.Fatalf("the first page is %s with %d", res.Request.URL, res.StatusCode)
	}
	return res.Request.URL.Path
}

// post sends an action and returns the status and the body.
func (x *page) post(action string, body any) (int, string) {
	x.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		x.t.Fatal(err)
	}
	res, err := http.Post(x.url+x.path+"/"+action, "application/json", bytes.NewReader(data))
	if err != nil {
		x.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// do is post for actions that must work; it returns the page's new state.
func (x *page) do(action string, body any) author.View {
	x.t.Helper()
	status, text := x.post(action, body)
	if status != http.StatusOK {
		x.t.Fatalf("%s %v: %d %s", action, body, status, text)
	}
	return x.read(text)
}

func (x *page) read(text string) author.View {
	x.t.Helper()
	var v author.View
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		x.t.Fatalf("reading the state: %v\n%s", err, text)
	}
	return v
}

func (x *page) say(text string) author.View { return x.do("say", map[string]string{"text": text}) }

func (x *page) get(path string) string {
	x.t.Helper()
	res, err := http.Get(x.url + x.path + path)
	if err != nil {
		x.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		x.t.Fatalf("%s: %d %v\n%s", path, res.StatusCode, err, data)
	}
	return string(data)
}

func (x *page) state() author.View { return x.read(x.get("/state")) }

// follow opens the event stream. The returned function waits for the state that a person is waiting for, as the page does: an event, then a look.
func (x *page) follow() func(what string, good func(author.View) bool) author.View {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.t.Context(), 30*time.Second) // a state that never comes ends the test
	x.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, x.url+x.path+"/events", nil)
	if err != nil {
		x.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	if !lines.Scan() {
		x.t.Fatal("the event stream is empty")
	}
	return func(what string, good func(author.View) bool) author.View {
		x.t.Helper()
		for lines.Scan() {
			if !strings.HasPrefix(lines.Text(), "data: ") {
				continue
			}
			if v := x.state(); good(v) {
				return v
			}
		}
		x.t.Fatalf("the events ended before %s: %v", what, lines.Err())
		return author.View{}
	}
}

// save writes a file of the folder, as an editor does.
func (x *page) save(name, text string) {
	x.t.Helper()
	if err := os.WriteFile(filepath.Join(x.dir, name), []byte(text), 0o600); err != nil {
		x.t.Fatal(err)
	}
}

func waiting(v author.View) string {
	if v.Waiting == nil {
		return ""
	}
	return v.Waiting.ID
}

func lastWords(v author.View) string { return v.Bubbles[len(v.Bubbles)-1].Text }

func TestPreviewShowsTheTalk(t *testing.T) {
	x := openPage(t, map[string]string{"ward.yaml": wardFlow})
	v := x.state()
	if waiting(v) != "used" || v.Waiting.Line != 8 || v.Waiting.Type != "yesno" || v.Title != "病房调查" {
		t.Errorf("at the start %+v", v.Waiting)
	}
	if d := cmp.Diff([]author.Tap{{Send: "1", Label: "用过"}, {Send: "2", Label: "没用过"}}, v.Taps); d != "" {
		t.Errorf("quick replies (-want +got):\n%s", d)
	}
	v = x.say("没用过")
	if waiting(v) != "dept" {
		t.Fatalf("after the first answer the talk waits for %q", waiting(v))
	}
	want := []author.Stage{
		{Step: "patients", Kind: "ask", Words: "大约几张床？", Line: 12, Skipped: true, Why: "used == yes",
			Names: []author.Entry{{Name: "used", Value: "no", Label: "没用过"}}},
		{Step: "dept", Kind: "ask", Words: "您在哪个科室？", Line: 18},
	}
	if d := cmp.Diff(want, v.Trail); d != "" {
		t.Errorf("trail (-want +got):\n%s", d)
	}
	var states []string
	for _, s := range v.Steps {
		states = append(states, s.Name+":"+s.State)
	}
	if d := cmp.Diff([]string{"used:done", "patients:skipped", "dept:now", "set@21:", "note_text:", "say@26:", "end@27:"}, states); d != "" {
		t.Errorf("steps (-want +got):\n%s", d)
	}
	v = x.say("皮肤科")
	if v.Waiting.Tries != 1 || v.Trail != nil {
		t.Errorf("after a refusal %+v, trail %+v", v.Waiting, v.Trail)
	}
	v = x.say("肾内")
	if d := cmp.Diff([]author.Entry{{Name: "used", Value: "no", Label: "没用过", Raw: "没用过", How: "label"},
		{Name: "dept", Value: "nephro", Label: "肾内科", Raw: "肾内", How: "prefix"}}, v.Answers); d != "" {
		t.Errorf("answers (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]author.Entry{{Name: "busy", Value: "false"}}, v.Values); d != "" {
		t.Errorf("values (-want +got):\n%s", d)
	}
	parts := x.get("/parts")
	for _, words := range []string{"跳过", "肾内科", "按开头", "note_text", "可以跳过"} {
		if !strings.Contains(parts, words) {
			t.Errorf("the page lacks %q", words)
		}
	}
	if v = x.do("undo", nil); waiting(v) != "dept" || v.Waiting.Tries != 1 {
		t.Errorf("a step back leads to %+v", v.Waiting)
	}
	x.say("2")
	if v = x.say("跳过"); v.Over != "done" || waiting(v) != "" {
		t.Errorf("the end is %q, waiting for %q", v.Over, waiting(v))
	}
	if v = x.do("restart", nil); waiting(v) != "used" || len(v.Answers) != 0 || v.CanUndo {
		t.Errorf("the new talk waits for %q with %v", waiting(v), v.Answers)
	}
}

// A turn of the clock is cut where a reminder or the expiry is due.
func TestPreviewClock(t *testing.T) {
	x := openPage(t, map[string]string{"ward.yaml": wardFlow})
	v := x.do("clock", map[string]string{"advance": "2h"})
	if v.Clock.Remind != 18*3600 || v.Clock.Expire != 38*3600 || !v.Clock.Now.Equal(clockAt().Add(2*time.Hour)) {
		t.Errorf("clock %+v", v.Clock)
	}
	v = x.do("clock", map[string]string{"advance": "remind"})
	if lastWords(v) != "还有两题，方便时再继续。" || !v.Clock.Now.Equal(clockAt().Add(20*time.Hour)) || v.Clock.Remind != 0 {
		t.Errorf("the reminder: %q at %v", lastWords(v), v.Clock.Now)
	}
	if status, text := x.post("clock", map[string]string{"advance": "remind"}); status != http.StatusConflict || !strings.Contains(text, "not_due") {
		t.Errorf("without a reminder: %d %s", status, text)
	}
	x.do("restart", nil)
	v = x.do("clock", map[string]string{"advance": "46h"})
	said := 0
	for _, b := range v.Bubbles {
		if b.Text == "还有两题，方便时再继续。" && b.At.Equal(clockAt().Add(20*time.Hour)) {
			said++
		}
	}
	if said != 1 || v.Over == "done" || waiting(v) != "" || !v.Clock.Now.Equal(clockAt().Add(46*time.Hour)) {
		t.Errorf("46 hours later: %d reminders, over %q, waiting for %q, at %v", said, v.Over, waiting(v), v.Clock.Now)
	}
}

func TestPreviewEventsAndDoctor(t *testing.T) {
	x := openPage(t, map[string]string{"ward.yaml": strings.Replace(wardFlow, "    required: false\n", "    required: false\n    when: profile.title is not empty\n", 1)})
	for _, kind := range []string{"image", "voice", "location"} {
		if v := x.do("event", map[string]string{"kind": kind, "text": "门诊楼"}); waiting(v) != "used" && v.Over != "human" {
			t.Errorf("after %s the talk waits for %q", kind, waiting(v))
		}
	}
	x.do("restart", nil)
	x.say("1")
	x.say("30")
	x.say("1")
	if v := x.state(); v.Over != "done" {
		t.Errorf("without a title the talk waits for %q", waiting(v))
	}
	v := x.do("doctor", map[string]string{"profile": "profile: {title: 主任}\nlevel: 2"})
	if waiting(v) != "note_text" || v.Turned == nil || v.Turned.Was != "end:done" || len(v.Answers) != 3 {
		t.Errorf("with a title the talk waits for %q, turned %+v", waiting(v), v.Turned)
	}
	if v = x.do("doctor", map[string]string{"doctor": "2", "profile": "level: 1"}); waiting(v) != "used" || v.CanUndo {
		t.Errorf("another doctor begins at %q", waiting(v))
	}
	if status, text := x.post("doctor", map[string]string{"profile": "- a\n- b"}); status != http.StatusBadRequest || !strings.Contains(text, "profile") {
		t.Errorf("a profile that is no map: %d %s", status, text)
	}
}

// Every shipped flow can be shown, at its start and after an answer.
func TestPreviewShowsShippedFlows(t *testing.T) {
	x := openOn(t, author.PreviewOptions{FS: library.FS, Now: clockAt})
	v := x.state()
	if len(v.Files) < 10 || v.Writable {
		t.Fatalf("%d flows, writable %v", len(v.Files), v.Writable)
	}
	lib, _ := flows.Load(library.FS)
	for _, f := range v.Files {
		if v = x.do("restart", map[string]string{"file": f.File}); v.Blocked || lib.Flow(v.Flow) == nil || f.Title == "" {
			t.Errorf("%s: blocked %v, flow %q", f.File, v.Blocked, v.Flow)
		}
		x.say("1")
		if parts := x.get("/parts"); !strings.Contains(parts, f.Title) || !strings.Contains(parts, `data-part="steps"`) {
			t.Errorf("%s is not shown", f.File)
		}
	}
}

// Whoever adds a type of question says on the page what it takes.
func TestPreviewHasWordsForEveryType(t *testing.T) {
	var shared struct{ Type map[string]string }
	var own struct{ Accepts map[string]string }
	for name, into := range map[string]any{"words.yaml": &shared, "preview/words.yaml": &own} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(data, into); err != nil {
			t.Fatal(err)
		}
	}
	if len(shared.Type) < 15 {
		t.Fatalf("%d types", len(shared.Type))
	}
	for kind := range shared.Type {
		if own.Accepts[kind] == "" {
			t.Errorf("preview/words.yaml does not say what %s takes", kind)
		}
	}
}

// Steps of a block stand below it; the question of a round is found in it.
func TestPreviewShowsBlocks(t *testing.T) {
	x := openPage(t, map[string]string{"ward.yaml": `flow: ward
title: 产品
approval: {no: MLR-1, until: 2029-12-31}
steps:
  - id: used
    ask: 用过哪些？
    type: many
    choices: [{a: 甲药}, {b: 乙药}]
  - id: each
    block:
      for_each: used
      as: drug
    steps:
      - id: feel
        ask: 用${drug}感觉怎样？
        type: scale
        range: 1..5
      - id: why
        when: feel <= 2
        ask: 为什么？
        type: text
  - end: done
`})
	v := x.say("1 2")
	if waiting(v) != "each[1].feel" || v.Waiting.Line != 14 || v.Waiting.Accepts[0] != (author.Accept{Key: "range", Value: "1..5"}) {
		t.Errorf("the first round waits for %+v", v.Waiting)
	}
	v = x.say("4")
	var rows []string
	for _, s := range v.Steps {
		rows = append(rows, strings.Repeat(" ", s.Depth)+s.Name+":"+s.State)
	}
	if d := cmp.Diff([]string{"used:done", "each:done", " feel:now", " why:skipped", "end@22:"}, rows); d != "" {
		t.Errorf("steps in the second round (-want +got):\n%s", d)
	}
	if waiting(v) != "each[2].feel" || v.Trail[0].Step != "why" || v.Trail[0].Names[0].Value != "4" {
		t.Errorf("the second round waits for %q after %+v", waiting(v), v.Trail)
	}
	if v = x.say("2"); waiting(v) != "each[2].why" || len(v.Answers) != 3 {
		t.Errorf("then for %q with %+v", waiting(v), v.Answers)
	}
	if v = x.do("undo", nil); waiting(v) != "each[2].feel" {
		t.Errorf("a step back waits for %q", waiting(v))
	}
}

// Another language plays what was said again and stays at the same question; a language that the folder does not have is refused.
func TestPreviewSpeaksLanguages(t *testing.T) {
	if v := openPage(t, map[string]string{"ward.yaml": wardFlow}).state(); len(v.Langs) != 0 {
		t.Errorf("a folder without translations offers %+v", v.Langs)
	}
	x := openOn(t, author.PreviewOptions{FS: os.DirFS("../testdata/sample"), Now: clockAt, File: "first_visit.yaml"})
	v := x.say("1")
	at, words := waiting(v), lastWords(v)
	want := []author.Language{{Code: "zh-CN", Name: "中文", Now: true}, {Code: "en", Name: "English"}}
	if diff := cmp.Diff(want, v.Langs); diff != "" {
		t.Errorf("languages (-want +got):\n%s", diff)
	}
	v = x.do("language", map[string]string{"lang": "en"})
	if waiting(v) != at || v.Turned != nil || lastWords(v) == words || !v.Langs[1].Now {
		t.Errorf("in English it waits for %q, not %q: %q, %+v", waiting(v), at, lastWords(v), v.Langs)
	}
	if v = x.do("restart", nil); !v.Langs[1].Now {
		t.Error("beginning anew forgets the language")
	}
	x.say("1")
	if v = x.do("language", map[string]string{"lang": "zh-CN"}); waiting(v) != at || lastWords(v) != words {
		t.Errorf("back in Chinese it waits for %q: %q", waiting(v), lastWords(v))
	}
	if status, _ := x.post("language", map[string]string{"lang": "fr"}); status != http.StatusBadRequest {
		t.Errorf("an unknown language: %d", status)
	}
}
