package author_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
	"github.com/vrep/vrep/flows/lint"
)

// A save reaches the page, which stays at its question with what was said.
func TestPreviewFollowsSaves(t *testing.T) {
	x := openPage(t, map[string]string{"ward.yaml": wardFlow, "lists/none.yaml": "list: none\nitems: [{a: 甲}, {b: 乙}]\n"})
	x.say("1")
	x.say("30")
	wait := x.follow()
	began := time.Now()
	x.save("ward.yaml", strings.Replace(wardFlow, "您在哪个科室？", "请问您在哪个科室？", 1))
	v := wait("the new text", func(v author.View) bool { return strings.HasPrefix(lastWords(v), "请问您") })
	t.Logf("from the save to the new state on the page: %d ms", time.Since(began).Milliseconds())
	if waiting(v) != "dept" || v.Replayed != 2 || v.Turned != nil || len(v.Answers) != 2 {
		t.Errorf("after the save: waiting for %q, %d replayed, turned %+v", waiting(v), v.Replayed, v.Turned)
	}
	if v = x.say("1"); waiting(v) != "note_text" || v.Replayed != -1 {
		t.Errorf("the talk goes on to %q, %d replayed", waiting(v), v.Replayed)
	}
	x.save("extra.yaml", strings.NewReplacer("flow: ward", "flow: extra", "病房调查", "另一个").Replace(wardFlow))
	wait("the new flow", func(v author.View) bool { return len(v.Files) == 2 && v.Files[0].Title == "另一个" })
	if err := os.Remove(filepath.Join(x.dir, "ward.yaml")); err != nil {
		t.Fatal(err)
	}
	v = wait("the lost file", func(v author.View) bool { return v.Fault == "gone" })
	if waiting(v) != "note_text" {
		t.Errorf("with the file gone the talk waits for %q", waiting(v))
	}
	x.save("ward.yaml", wardFlow)
	wait("the file again", func(v author.View) bool { return v.Fault == "" && waiting(v) == "note_text" && v.Replayed == 3 })
}

// Where the talk goes another way, the page says where; when the file is changed back, the talk is there again.
func TestPreviewSaysWhereATalkTurns(t *testing.T) {
	patients := wardFlow[strings.Index(wardFlow, "  - id: patients"):strings.Index(wardFlow, "  - id: dept")]
	dept := wardFlow[strings.Index(wardFlow, "  - id: dept"):strings.Index(wardFlow, "  - set:")]
	for _, one := range []struct {
		name, text, at string
		want           *author.Turned
	}{
		{"a label", strings.Replace(wardFlow, "肾内科", "肾脏内科", 1), "note_text", nil},
		{"a new question in between", strings.Replace(wardFlow, "  - id: dept", "  - id: beds\n    ask: 几个病区？\n    type: number\n  - id: dept", 1), "beds",
			&author.Turned{Why: "asks", Message: 2, Text: "30", Was: "dept", Now: "beds", Dropped: 1}},
		{"a new first question", strings.Replace(wardFlow, "  - id: used", "  - id: beds\n    ask: 几张床？\n    type: number\n  - id: used", 1), "beds",
			&author.Turned{Why: "asks", Was: "used", Now: "beds", Dropped: 3}},
		{"a question gone", strings.Replace(strings.Replace(wardFlow, patients, "", 1), "patients >= 100", "used == yes", 1), "note_text",
			&author.Turned{Why: "asks", Message: 1, Text: "1", Was: "patients", Now: "dept", Dropped: 1}},
		{"questions in another order", strings.Replace(strings.Replace(wardFlow, dept, "", 1), patients, dept+patients, 1), "note_text",
			&author.Turned{Why: "asks", Message: 1, Text: "1", Was: "patients", Now: "dept"}},
		{"an answer that is refused now", strings.Replace(wardFlow, "0..500", "50..500", 1), "patients",
			&author.Turned{Why: "refused", Message: 2, Text: "30", Was: "dept", Now: "patients", Dropped: 1}},
		{"an earlier end", strings.Replace(wardFlow, "  - id: dept", "  - end: done\n    when: used == yes\n  - id: dept", 1), "",
			&author.Turned{Why: "asks", Message: 2, Text: "30", Was: "dept", Now: "end:done", Dropped: 1}},
	} {
		t.Run(one.name, func(t *testing.T) {
			x := openPage(t, map[string]string{"ward.yaml": wardFlow})
			for _, text := range []string{"1", "30", "1"} {
				x.say(text)
			}
			wait := x.follow()
			x.save("ward.yaml", one.text)
			v := wait("the new file", func(v author.View) bool { return v.Replayed >= 0 })
			if waiting(v) != one.at {
				t.Errorf("the talk waits for %q, not for %q", waiting(v), one.at)
			}
			if got, want := asJSON(t, v.Turned), asJSON(t, one.want); got != want {
				t.Errorf("turned %s, want %s", got, want)
			}
			if one.want != nil && !strings.Contains(x.get("/parts"), "原来到") {
				t.Error("the page does not say where the talk turned")
			}
			x.save("ward.yaml", wardFlow+"# 改回来\n")
			wait("the talk as it was", func(v author.View) bool { return waiting(v) == "note_text" && v.Turned == nil && v.Replayed == 3 })
		})
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// With mistakes in the files the last good talk stays and goes on, and the findings stand first.
func TestPreviewKeepsTheTalkOnMistakes(t *testing.T) {
	x := openPage(t, map[string]string{"ward.yaml": wardFlow})
	x.say("2")
	wait := x.follow()
	for name, text := range map[string]string{
		"full-width colon": strings.Replace(wardFlow, "  - say: 谢谢", "  - say：谢谢", 1),
		"unknown name":     strings.Replace(wardFlow, "used == yes", "usedd == yes", 1),
		"not YAML":         "{{{{\x00",
		"empty":            "",
		"half a file":      wardFlow[:len(wardFlow)/2] + "  - id: \"",
	} {
		t.Run(name, func(t *testing.T) {
			x.t = t
			x.save("ward.yaml", text)
			v := wait(name, func(v author.View) bool { return v.Blocked && v.Errors > 0 })
			if len(v.Findings) == 0 || v.Findings[0].Level != lint.Error || v.Findings[0].Line == 0 || v.Findings[0].Message == "" {
				t.Fatalf("findings %+v", v.Findings)
			}
			if waiting(v) != "dept" {
				t.Errorf("the talk waits for %q", waiting(v))
			}
			if parts := x.get("/parts"); !strings.Contains(parts, "先改这里") || !strings.Contains(parts, "改动之前的对话") {
				t.Error("the page does not show the mistake first")
			}
			if v = x.say("1"); waiting(v) != "note_text" {
				t.Errorf("the last good talk goes on to %q", waiting(v))
			}
			if v = x.do("undo", nil); waiting(v) != "dept" || !v.Blocked {
				t.Errorf("and back to %q", waiting(v))
			}
			x.save("ward.yaml", wardFlow+"# "+name+"\n")
			wait("the mended file", func(v author.View) bool { return !v.Blocked && v.Errors == 0 && waiting(v) == "dept" })
		})
	}
}

// A page that is opened on a broken file begins as soon as it is mended.
func TestPreviewBeginsOnABrokenFile(t *testing.T) {
	x := openPage(t, map[string]string{"ward.yaml": strings.Replace(wardFlow, "steps:", "stepz:", 1)})
	v := x.state()
	if !v.Blocked || len(v.Bubbles) != 0 || v.Findings[0].Bad == "" {
		t.Errorf("blocked %v with %d bubbles", v.Blocked, len(v.Bubbles))
	}
	for action, body := range map[string]any{"say": map[string]string{"text": "1"}, "undo": nil, "clock": map[string]string{"advance": "2h"},
		"event": map[string]string{"kind": "image"}, "save-test": map[string]string{"name": "x"}} {
		if status, text := x.post(action, body); status != http.StatusConflict || !strings.Contains(text, "no_talk") {
			t.Errorf("%s without a talk: %d %s", action, status, text)
		}
	}
	wait := x.follow()
	x.save("ward.yaml", wardFlow)
	wait("the first question", func(v author.View) bool { return waiting(v) == "used" && !v.Blocked })
}

// A talk becomes a test case that passes, and a second one stands behind it.
func TestPreviewSavesTests(t *testing.T) {
	x := openPage(t, map[string]string{"ward.yaml": wardFlow})
	x.do("doctor", map[string]string{"profile": "level: 2\nprofile: {name: 王建国}\ntags: [旧标签]"})
	for _, text := range []string{"2", "皮肤科", "1", "谢谢：很好 #1", "再见"} {
		x.say(text)
	}
	status, text := x.post("save-test", map[string]string{"name": "  没用过，\n 心内科: 留言 "})
	if status != http.StatusOK || !strings.Contains(text, `"written":true`) || !strings.Contains(text, "tests/ward.test.yaml") {
		t.Fatalf("saving: %d %s", status, text)
	}
	x.do("restart", nil)
	x.say("1")
	x.do("clock", map[string]string{"advance": "46h"})
	if status, text := x.post("save-test", map[string]string{"name": "说到一半到期"}); status != http.StatusOK {
		t.Fatalf("saving again: %d %s", status, text)
	}
	lib, _ := flows.Load(os.DirFS(x.dir))
	r := flows.RunTests(os.DirFS(x.dir), lib, flows.TestOptions{Now: clockAt()})
	if r.Cases != 2 || !r.OK() {
		data, err := os.ReadFile(filepath.Join(x.dir, "tests", "ward.test.yaml"))
		t.Errorf("%d cases, %v %v\n%s", r.Cases, r.Problems, err, data)
	}
	entries, err := os.ReadDir(filepath.Join(x.dir, "tests"))
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder of tests holds %v, %v", entries, err)
	}
	for _, name := range []string{"", "   ", strings.Repeat("长", 81)} {
		if status, _ := x.post("save-test", map[string]string{"name": name}); status != http.StatusBadRequest {
			t.Errorf("the name %q is answered with %d", name, status)
		}
	}
	x.save("tests/ward.test.yaml", "test: [\n")
	if status, text := x.post("save-test", map[string]string{"name": "x"}); status != http.StatusConflict || !strings.Contains(text, "tests_broken") {
		t.Errorf("a broken test file: %d %s", status, text)
	}
}

// Nothing is written outside the folder: links that lead out are not followed, and shipped flows come back as a file.
func TestPreviewWritesNowhereElse(t *testing.T) {
	outside := t.TempDir()
	x := openPage(t, map[string]string{"ward.yaml": wardFlow})
	if err := os.Symlink(outside, filepath.Join(x.dir, "tests")); err != nil {
		t.Fatal(err)
	}
	status, text := x.post("save-test", map[string]string{"name": "外面"})
	if status != http.StatusOK || !strings.Contains(text, `"written":false`) || !strings.Contains(text, "外面") {
		t.Errorf("through a link: %d %s", status, text)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 0 {
		t.Errorf("outside there is %v, %v", entries, err)
	}
	dir := folder(t, map[string]string{"ward.yaml": wardFlow})
	y := openOn(t, author.PreviewOptions{FS: os.DirFS(dir), Now: clockAt})
	if status, text = y.post("save-test", map[string]string{"name": "只读"}); status != http.StatusOK || !strings.Contains(text, `"written":false`) {
		t.Errorf("without a folder: %d %s", status, text)
	}
	if _, err := os.Stat(filepath.Join(dir, "tests")); !os.IsNotExist(err) {
		t.Errorf("a folder of tests was made: %v", err)
	}
}

// Pictures, recordings and places are written down too.
func TestPreviewSavesWhatIsNoText(t *testing.T) {
	x := openPage(t, map[string]string{"ward.yaml": `flow: ward
title: 拍照
approval: {no: MLR-1, until: 2029-12-31}
steps:
  - id: photo
    ask: 请拍一张门牌。
    type: image
  - id: heard
    ask: 请说一句话。
    type: voice
  - id: spot
    ask: 请发一个位置。
    type: location
  - id: words
    ask: 请再说一句，打字也行。
    type: text
  - end: done
`})
	x.do("event", map[string]string{"kind": "image"})
	x.do("event", map[string]string{"kind": "voice"})
	x.do("event", map[string]string{"kind": "location", "place": "31.2304,121.4737", "text": "门诊楼"})
	v := x.do("say", map[string]any{"text": "说的一句话", "spoken": true})
	if v.Over != "done" || len(v.Answers) != 4 {
		t.Fatalf("over %q with %+v", v.Over, v.Answers)
	}
	if status, text := x.post("save-test", map[string]string{"name": "照片、语音、位置"}); status != http.StatusOK {
		t.Fatalf("saving: %d %s", status, text)
	}
	lib, _ := flows.Load(os.DirFS(x.dir))
	if r := flows.RunTests(os.DirFS(x.dir), lib, flows.TestOptions{Now: clockAt()}); r.Cases != 1 || len(lint.Errors(r.Problems)) > 0 {
		data, err := os.ReadFile(filepath.Join(x.dir, "tests", "ward.test.yaml"))
		t.Errorf("%d cases, %v %v\n%s", r.Cases, r.Problems, err, data)
	}
}
