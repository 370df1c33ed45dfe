package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
)

// importFolder is a folder with listeners for safety words, which every folder with clinical questions needs.
func importFolder(name, flow string) fstest.MapFS {
	return fstest.MapFS{name + ".yaml": {Data: []byte(flow)}, "_config.yaml": {Data: []byte("listen:\n  - {id: ae, when_text: [不良反应], do: report}\n")}}
}

// TestImportPassesLint: what the importers wrote has no mistakes, and a talk through it reaches its end.
func TestImportPassesLint(t *testing.T) {
	for _, name := range []string{"clinic_form", "meeting"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "flows", "convert", "testdata", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		flow, _, _ := strings.Cut(string(data), "---\n")
		if name == "meeting" {
			flow = strings.Replace(flow, "flow: form", "flow: meeting", 1)
		}
		fsys, now := importFolder(name, flow), time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
		lib, problems := flows.Load(fsys)
		if lib != nil {
			problems = append(problems, flows.Lint(lib, now)...)
		}
		for _, p := range lint.Errors(problems) {
			t.Errorf("%s:%d: %s [%s]", p.File, p.Line, p.Message, p.Code)
		}
		if t.Failed() {
			continue
		}
		p, err := flows.NewPlayer(lib, name, flows.PlayerOptions{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		turn := p.Start()
		for range 60 {
			if p.Ended() {
				break
			}
			text := map[string]string{"yesno": "1", "one": "1", "many": "1", "rank": "1 2 3", "number": "2", "scale": "3", "date": "2026-11-20", "text": "AB123", "lookup": "北京"}[turn.Pending.Type]
			switch {
			case turn.Pending.ID == "reasons":
				text = "2 1"
			case turn.Pending.Confirming:
				text = "是"
			case text == "", turn.Pending.ID == "mail", turn.Pending.ID == "cases[1].another":
				text = "跳过"
			}
			turn = p.Send(flows.Input{Kind: flows.InText, Text: text})
		}
		if turn.Over != "done" {
			t.Errorf("%s stands at %+v: %s", name, turn.Pending, turn.Reply())
		}
	}
}

func TestFlowsImport(t *testing.T) {
	form, dir := filepath.Join("..", "..", "flows", "convert", "testdata", "meeting.json"), t.TempDir()
	code, out, errs := vrep(t, "", "flows", "import", "surveyjs", form)
	if code != 0 || !strings.Contains(out, "flow: form") || !strings.Contains(errs, "signaturepad") {
		t.Errorf("%d\n%s\n%s", code, out, errs)
	}
	file := filepath.Join(dir, "feedback.yaml")
	if code, _, errs = vrep(t, "", "flows", "import", "surveyjs", form, "-o", file); code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	if data, err := os.ReadFile(file); err != nil || !strings.Contains(string(data), "flow: feedback") {
		t.Errorf("%v\n%s", err, data)
	}
	for want, args := range map[string][]string{"exists": {"surveyjs", form, "-o", file}, "not \"odk\"": {"odk", form}, "no such": {"xlsform", filepath.Join(dir, "none")}} {
		if code, _, errs := vrep(t, "", append([]string{"flows", "import"}, args...)...); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
	if code, _, errs := vrep(t, "", "flows", "import", "xlsform", form); code != 1 || errs == "" {
		t.Errorf("%d %s", code, errs)
	}
}
