package flows

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func playLines(t *testing.T, opt PlayOptions, lines ...string) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	opt.JSON = true
	if opt.Now.IsZero() {
		opt.Now = testNow
	}
	if err := Play(strings.NewReader(strings.Join(lines, "\n")), &out, opt); err != nil {
		t.Fatal(err)
	}
	var turns []map[string]any
	dec := json.NewDecoder(&out)
	for dec.More() {
		var m map[string]any
		if err := dec.Decode(&m); err != nil {
			t.Fatal(err)
		}
		turns = append(turns, m)
	}
	return turns
}

// TestPlayJSON holds the form that outside tools rely on.
func TestPlayJSON(t *testing.T) {
	turns := playLines(t, PlayOptions{FS: os.DirFS("testdata/talk"), File: "visit.yaml"},
		"随便", "1", "用过", "三十五", "跳过", "1、3", "线上", "同意", "下周三下午", "对", "电话", "多余的一行")
	if len(turns) != 12 {
		t.Fatalf("%d turns", len(turns))
	}
	check := func(i int, at any, accepted bool, ended any) {
		t.Helper()
		if m := turns[i]; m["at"] != at || m["accepted"] != accepted || m["ended"] != ended {
			t.Errorf("turn %d: at %v accepted %v ended %v", i, m["at"], m["accepted"], m["ended"])
		}
	}
	check(0, "title", true, nil)
	check(1, "title", false, nil)
	check(2, "used", true, nil)
	check(5, "interests", true, nil) // skipping is a command
	check(8, "booking.day", true, nil)
	check(9, "booking.day", true, nil)
	check(11, nil, true, "done")
	want := map[string]any{"title": "chief", "used": "yes", "patients": 35.0, "interests": []any{"literature", "meeting"}, "wish": "online",
		"share": "agree", "booking.day": "2026-03-11/pm", "booking.place": "phone"}
	if diff := cmp.Diff(want, turns[11]["answers"]); diff != "" {
		t.Error(diff)
	}
	if got := turns[11]["values"].(map[string]any)["points"]; got != 60.0 {
		t.Errorf("points %v", got)
	}
	if !strings.Contains(turns[0]["reply"].(string), "您的职称是？\n1. 主任医师") {
		t.Errorf("first reply %q", turns[0]["reply"])
	}
}

// TestPlayStops: leaving, handing over and a profile given beforehand.
func TestPlayStops(t *testing.T) {
	opt := PlayOptions{FS: os.DirFS("testdata/talk"), File: "visit.yaml"}
	if turns := playLines(t, opt, "退出", "1"); len(turns) != 2 || turns[1]["ended"] != "stop" || turns[1]["at"] != nil {
		t.Errorf("quit: %v", turns)
	}
	if turns := playLines(t, opt, "人工", "1"); len(turns) != 2 || turns[1]["ended"] != "human" {
		t.Errorf("human: %v", turns)
	}
	opt.Profile = []byte("title: chief\n")
	if turns := playLines(t, opt, "是"); turns[0]["at"] != "title" || turns[1]["at"] != "used" {
		t.Errorf("known: %v", turns)
	}
	if turns := playLines(t, opt); len(turns) != 1 {
		t.Errorf("no input: %v", turns)
	}
}

// TestPlayText is the form for people.
func TestPlayText(t *testing.T) {
	var out bytes.Buffer
	err := Play(strings.NewReader("1\n"), &out, PlayOptions{FS: os.DirFS("testdata/talk"), File: "visit.yaml", Now: testNow})
	if err != nil || !strings.Contains(out.String(), "> 1\n  您用过吗？\n") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// TestPlayRefuses: mistakes in the file or what it calls, but not approval dates, warnings or other flows of the folder.
func TestPlayRefuses(t *testing.T) {
	good := "flow: good\nsteps:\n  - say: 您好\n  - end: done\n"
	fsys := fstest.MapFS{
		"good.yaml":  {Data: []byte("approval: {no: T, until: 2020-01-01}\n" + good)},
		"bad.yaml":   {Data: []byte("flow: bad\nsteps:\n  - say: 您好\n    when: nobody == 1\n  - end: done\n")},
		"call.yaml":  {Data: []byte("flow: call\nsteps:\n  - id: x\n    call: bad\n  - end: done\n")},
		"empty.yaml": {Data: nil},
	}
	for file, ok := range map[string]bool{"good.yaml": true, "bad.yaml": false, "call.yaml": false, "empty.yaml": false, "absent.yaml": false} {
		var out bytes.Buffer
		err := Play(strings.NewReader(""), &out, PlayOptions{FS: fsys, File: file, Now: testNow})
		if (err == nil) != ok {
			t.Errorf("%s: %v", file, err)
		}
		var pe *PlayError
		if !ok && file != "absent.yaml" && (!errors.As(err, &pe) || len(pe.Problems) == 0 || !errors.Is(err, ErrLint)) {
			t.Errorf("%s: %v carries no findings", file, err)
		}
	}
	err := Play(strings.NewReader(""), &bytes.Buffer{}, PlayOptions{FS: fsys, File: "good.yaml", Now: testNow, Profile: []byte("- nothing\n")})
	if !errors.Is(err, ErrLint) {
		t.Errorf("bad profile: %v", err)
	}
}
