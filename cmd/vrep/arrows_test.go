package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/vrep/vrep"

// arrows says which packages of ours a package may import. What is not listed may import nothing of ours.
var arrows = map[string][]string{
	"cmd/vrep":            {"*"},
	"console":             {"bot/handoff", "bot/insight", "bot/meeting", "bot/outreach", "bot/release", "bot/safety", "flows", "flows/author", "flows/lint", "master", "store"},
	"bot":                 {"flows", "store", "store/session"},
	"bot/wechat":          {"bot"},
	"bot/handoff":         {"store"},
	"bot/insight":         {"flows", "store"},
	"bot/meeting":         {"store"},
	"bot/outreach":        {"flows", "store"},
	"bot/safety":          {"store"},
	"bot/release":         {"flows", "flows/lint", "store"},
	"master":              {"master/sheet", "store"},
	"master/sample":       {"store"},
	"sim/conformance":     {"sim"},
	"sim/conformance/cmd": {"sim/conformance"},
	"store/storetest":     {"store", "store/session"},
	"flows":               {"flows/answer", "flows/cond", "flows/guard", "flows/lint"},
	"flows/answer":        {"flows/cond"},
	"flows/author":        {"flows", "flows/lint"},
}

// outside names third-party modules that only certain packages may know.
var outside = map[string][]string{
	"gorm.io/":                      {"store", "store/storetest"},
	"github.com/go-sql-driver/":     {"store", "store/storetest", "config"},
	"github.com/ncruces/":           {"store", "store/storetest"},
	"github.com/go-gormigrate/":     {"store"},
	"github.com/redis/":             {"store/session", "store/storetest"},
	"github.com/alicebob/miniredis": {"store/session", "store/storetest"},
	"github.com/silenceper/":        {"bot/wechat"},
	"github.com/looplab/fsm":        {"bot", "bot/handoff"},
	"github.com/spf13/cobra":        {"cmd/vrep"},
	"github.com/xuri/excelize":      {"flows/convert", "master/sheet", "console"},
	"go.yaml.in/yaml":               {"flows", "flows/answer", "flows/author", "flows/convert", "flows/guard", "flows/lint", "config", "bot/handoff", "bot/meeting", "bot/safety", "bot/wechat", "console", "cmd/vrep", "master", "master/sample"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %s", exit.Stderr)
		}
		t.Fatal(err)
	}
	var all []listed
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestArrows(t *testing.T) {
	seen := 0
	for _, p := range packages(t) {
		seen++
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		for _, imp := range p.Imports {
			if rest, ours := strings.CutPrefix(imp, module+"/"); ours {
				allowed := arrows[name]
				if !slices.Contains(allowed, "*") && !slices.Contains(allowed, rest) {
					t.Errorf("%s imports %s: the arrow does not exist (ARCHITECTURE.md)", name, rest)
				}
				continue
			}
			for prefix, who := range outside {
				if strings.HasPrefix(imp, prefix) && !slices.Contains(who, name) {
					t.Errorf("%s imports %s, which only %v may know", name, imp, who)
				}
			}
			if imp == "github.com/silenceper/wechat/v2" {
				t.Errorf("%s imports the SDK's root package, whose init changes the global log", name)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d packages listed: the test does not see the module", seen)
	}
}
