package flows

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const menuConfig = `menu:
  - name: 学术资料
    sub:
      - {name: 看文献, key: READ}
      - {name: 帮助, command: help}
menu_verified:
  - {name: 官网, url: "https://content.example.com/a"}
`

const menuFlow = "flow: f\ntitle: 样例\napproval: {no: T-1, until: 2030-12-31}\nstart: {on: [menu:READ]}\nsteps:\n  - say: 文献在这里。\n  - end: done\n"

func TestMenu(t *testing.T) {
	lib := mustLoad(t, folder("", oneQuestion, map[string]string{"_config.yaml": menuConfig, "f.yaml": menuFlow}))
	want := Menu{
		Everyone: []MenuButton{{Name: "学术资料", Sub: []MenuButton{{Name: "看文献", Key: "READ"}, {Name: "帮助", Key: "command:help"}}}},
		Verified: []MenuButton{{Name: "官网", URL: "https://content.example.com/a"}},
	}
	if diff := cmp.Diff(want, lib.Menu(), cmpopts.IgnoreUnexported(MenuButton{})); diff != "" {
		t.Error(diff)
	}
}

// TestMenuIsPressed: a key begins its flow, a command is carried out, anything else asks again.
func TestMenuIsPressed(t *testing.T) {
	lib := mustLoad(t, folder("", oneQuestion, map[string]string{"_config.yaml": menuConfig + "texts: {idle: 闲着}\n", "f.yaml": menuFlow}))
	e, err := NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"READ": "文献在这里。", "command:human": "human", "command:nothing": "闲着", "GONE": "闲着"} {
		out := e.Step(State{}, Input{Kind: InClick, Key: key, At: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)}, Facts{})
		if got := out.Command + strings.Join(out.Says, "\n"); !strings.Contains(got, want) {
			t.Errorf("%s: %q", key, got)
		}
	}
}

func TestMenuFindings(t *testing.T) {
	button := "  - {name: 学术, key: READ}\n"
	for name, c := range map[string]struct{ config, want string }{
		"fits":          {"menu:\n" + button + button + button, ""},
		"four":          {"menu:\n" + button + button + button + button, "W606 5"},
		"six below":     {"menu:\n  - name: 学术\n    sub:\n" + strings.Repeat("    "+button, 6), "W606 9"},
		"too deep":      {"menu:\n  - name: 学术\n    sub:\n      - name: 学术\n        sub:\n" + "        " + button, "W606 6"},
		"sixteen bytes": {"menu:\n  - {name: 一二三四五1, key: READ}\n", ""},
		"seventeen":     {"menu:\n  - {name: 一二三四五12, key: READ}\n", "W606 2"},
		"sixty":         {"menu:\n  - name: 学术\n    sub:\n      - {name: 一二三四五六七八九十一二三四五六七八九十, key: READ}\n", ""},
		"no way":        {"menu:\n  - {name: 学术}\n", "W606 2"},
		"bad url":       {"menu:\n  - {name: 学术, url: content}\n", "S105 2"},
		"no command":    {"menu:\n  - {name: 学术, command: nothing}\n", "S105 2"},
		"foreign":       {"domains: [a.example.com]\nmenu:\n  - {name: 学术, url: \"https://b.example.com/\"}\n", "W605 3"},
		"verified":      {"menu_verified:\n  - {name: 学术, key: NONE}\n", "W606 2"},
	} {
		lib, ps := Load(folder("", oneQuestion, map[string]string{"_config.yaml": c.config, "f.yaml": menuFlow}))
		var got []string
		for _, p := range append(ps, Lint(lib, time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC))...) {
			if p.File == "_config.yaml" {
				got = append(got, p.Code+" "+itoa(p.Line))
			}
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
}

func TestPictures(t *testing.T) {
	flow := strings.Replace(menuFlow, "  - say: 文献在这里。\n", "  - say: 文献在这里。\n    image: card.png\n", 1)
	files := folder("", oneQuestion, map[string]string{"f.yaml": flow})
	files["pictures/card.png"] = &fstest.MapFile{Data: []byte("\x89PNG")}
	lib := mustLoad(t, files)
	if got, ok := lib.Picture("card.png"); !ok || string(got) != "\x89PNG" {
		t.Errorf("picture %q, %v", got, ok)
	}
	missing := func(lib *Library) (lines []int) {
		for _, p := range Lint(lib, time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)) {
			if p.Code == "R201" {
				lines = append(lines, p.Line)
			}
		}
		return lines
	}
	if got := missing(lib); len(got) != 0 {
		t.Errorf("findings at %v", got)
	}
	first := lib.Hash()
	files["pictures/card.png"] = &fstest.MapFile{Data: make([]byte, maxPicture+1)}
	large := mustLoad(t, files)
	if got := missing(large); len(got) != 1 {
		t.Errorf("a picture that is too large: %v", got)
	}
	if large.Hash() == first {
		t.Error("another picture is the same folder")
	}
	delete(files, "pictures/card.png")
	if diff := cmp.Diff([]int{7}, missing(mustLoad(t, files))); diff != "" {
		t.Error(diff)
	}
}
