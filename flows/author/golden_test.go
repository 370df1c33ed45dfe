package author

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/flows"
)

var update = flag.Bool("update", false, "write the golden files anew")

var clock = time.Date(2026, 11, 22, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (go test -update writes it anew):\n%s", name, diff)
	}
}

// sample reads one of the two versions of the sample folder; its findings are what an author would see.
func sample(t *testing.T, version string) (*flows.Library, []flows.Problem) {
	t.Helper()
	lib, problems := flows.Load(os.DirFS(filepath.Join("testdata", version)))
	if lib == nil || len(lib.Flows()) != 3 {
		t.Fatalf("%s cannot be read: %v", version, problems)
	}
	return lib, append(problems, flows.Lint(lib, clock)...)
}

func TestGoldenDrawings(t *testing.T) {
	lib, findings := sample(t, "new")
	old, _ := sample(t, "old")
	flow := lib.Flow("clinic")
	c := NewChart(lib, flow, findings)
	golden(t, "clinic.txt", c.Text())
	golden(t, "clinic.mmd", NewChart(lib, flow, findings).Mermaid())
	golden(t, "clinic.dot", c.Dot())
	golden(t, "clinic.svg", string(SVG(lib, flow, findings)))
	c.Mark(old, lib, old.Flow("clinic"), flow)
	golden(t, "clinic_diff.txt", c.Text())
	golden(t, "clinic_diff.svg", string(c.SVG()))
	rounds := NewChart(lib, lib.Flow("rounds"), nil)
	golden(t, "rounds.txt", rounds.Text()+rounds.Mermaid()+rounds.Dot())
	golden(t, "rounds.svg", string(rounds.SVG()))
}

// What is no golden's luck: every question and every jump is in every drawing.
func TestDrawingsAreWhole(t *testing.T) {
	lib, findings := sample(t, "new")
	c := NewChart(lib, lib.Flow("clinic"), findings)
	for name, text := range map[string]string{"text": c.Text(), "mermaid": c.Mermaid(), "dot": c.Dot(), "svg": string(c.SVG())} {
		for _, s := range lib.Flow("clinic").Steps {
			if s.ID != "" && !strings.Contains(text, s.ID) {
				t.Errorf("%s lacks step %s", name, s.ID)
			}
		}
		if ends := strings.Count(text, "script"); ends > 0 {
			t.Errorf("%s holds a script", name)
		}
	}
	if n := len(regexp.MustCompile(`<path [^>]*stroke-dasharray`).FindAllString(string(c.SVG()), -1)); n < 2 {
		t.Errorf("%d dashed ways, want those of the refusal and of the listener", n)
	}
	if strings.Contains(string(c.SVG()), "NaN") {
		t.Error("the picture holds a measure that is no number")
	}
}

// Expiring content is amber, a mistake red, each at its step.
func TestDrawingColours(t *testing.T) {
	lib, findings := sample(t, "new")
	findings = append(findings, flows.Problem{File: "clinic.yaml", Line: lib.Flow("clinic").Step("beds").Line() + 3, Level: "error", Code: "R201"})
	got := map[string]string{}
	NewChart(lib, lib.Flow("clinic"), findings).each(func(n *Node) {
		if n.Class != "" {
			got[n.ID] = n.Class
		}
	})
	if diff := cmp.Diff(map[string]string{"mail": "warning", "beds": "error"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestGoldenExplain(t *testing.T) {
	lib, _ := sample(t, "new")
	for _, id := range []string{"ward", "beds", "wanted", "date", "mail", "tablets", "meds"} {
		flow := lib.Flow("clinic")
		if NewTeller(lib, flow).steps[id] == nil {
			flow = lib.Flow("rounds")
		}
		e, err := Explain(lib, flow, id, clock)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := e.Text(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, "explain_"+id+".txt", b.String())
		if e.Question && len(e.Tries) < 12 {
			t.Errorf("%s: only %d answers tried", id, len(e.Tries))
		}
	}
}

func TestGoldenPrint(t *testing.T) {
	lib, _ := sample(t, "new")
	old, _ := sample(t, "old")
	hash := regexp.MustCompile(`[0-9a-f]{16}`) // fingerprints are another test's business
	for name, opt := range map[string]PrintOptions{
		"print.html":      {FS: os.DirFS("testdata/new"), Flows: []string{"clinic"}, Now: clock},
		"print_diff.html": {FS: os.DirFS("testdata/new"), Old: old, Now: clock},
	} {
		var b bytes.Buffer
		if err := Print(&b, lib, opt); err != nil {
			t.Fatal(err)
		}
		golden(t, name, hash.ReplaceAllString(b.String(), "0123456789abcdef"))
	}
}

func TestGoldenDiff(t *testing.T) {
	lib, _ := sample(t, "new")
	old, _ := sample(t, "old")
	files, err := OtherFiles(os.DirFS("testdata/old"), os.DirFS("testdata/new"), func(name string) bool { return name == "clinic.yaml" || name == "intake.yaml" || name == "rounds.yaml" })
	if err != nil {
		t.Fatal(err)
	}
	d := Diff(old, lib)
	d.Files = files
	var b bytes.Buffer
	if err := d.Text(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "diff.txt", b.String())
	if same := Diff(lib, lib); !same.Empty() {
		t.Errorf("a folder differs from itself: %+v", same)
	}
}

// FuzzTell: whatever stands in a condition or a text, telling it ends without a panic and says something.
func FuzzTell(f *testing.F) {
	lib, _ := flows.Load(os.DirFS(filepath.Join("testdata", "new")))
	for _, src := range []string{
		"ward in [general, icu]", "not (wanted has none) and (beds or 0) >= 100", `if(beds > 3, "1h", if(beds == 1, "2h", "3h"))`, "a.b.c is not empty",
		"((((", "x in [", "if(", `"`, "- - 3", "not not not a", "a == ", "${x or \"y\"|mask}", "${if a == b}c${end}", "${", "${}", "x 是 y",
	} {
		f.Add(src)
	}
	t := NewTeller(lib, lib.Flow("clinic"))
	f.Fuzz(func(tt *testing.T, src string) {
		if got := t.Cond(src); got == "" && strings.TrimSpace(src) != "" {
			tt.Errorf("nothing is said of %q", src)
		}
		t.Text(src)
		wrap(src, fontText, 100, 3)
	})
}
