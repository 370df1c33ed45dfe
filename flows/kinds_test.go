package flows

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vrep/vrep/flows/lint"
)

var update = flag.Bool("update", false, "rewrite golden files")

// testNow is a Wednesday.
var testNow = time.Date(2026, 3, 4, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))

// archive is a text archive: a comment and files, each after a line "-- name --".
type archive struct {
	comment string
	files   []archiveFile
}

type archiveFile struct{ name, data string }

func readArchive(t *testing.T, path string) *archive {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a := &archive{}
	for _, line := range strings.SplitAfter(string(data), "\n") {
		trimmed := strings.TrimRight(line, "\n")
		if name, ok := strings.CutPrefix(trimmed, "-- "); ok && strings.HasSuffix(name, " --") {
			a.files = append(a.files, archiveFile{name: strings.TrimSuffix(name, " --")})
			continue
		}
		if n := len(a.files); n > 0 {
			a.files[n-1].data += line
		} else {
			a.comment += line
		}
	}
	return a
}

func (a *archive) get(name string) string {
	for _, f := range a.files {
		if f.name == name {
			return f.data
		}
	}
	return ""
}

func (a *archive) set(name, data string) {
	for i := range a.files {
		if a.files[i].name == name {
			a.files[i].data = data
			return
		}
	}
	a.files = append(a.files, archiveFile{name, data})
}

func (a *archive) write(t *testing.T, path string) {
	t.Helper()
	var b strings.Builder
	b.WriteString(a.comment)
	for _, f := range a.files {
		fmt.Fprintf(&b, "-- %s --\n%s", f.name, f.data)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fs is the folder of the archive: its YAML files.
func (a *archive) fs() fstest.MapFS {
	m := fstest.MapFS{}
	for _, f := range a.files {
		if strings.HasSuffix(f.name, ".yaml") {
			m[f.name] = &fstest.MapFile{Data: []byte(f.data)}
		}
	}
	return m
}

func mustLoad(t testing.TB, fsys fstest.MapFS) *Library {
	t.Helper()
	lib, ps := Load(fsys)
	for _, p := range lint.Errors(ps) {
		t.Error("\n" + p.Text())
	}
	if t.Failed() {
		t.FailNow()
	}
	return lib
}

// TestKindTranscripts wants a transcript for every kind of step and question and plays it.
func TestKindTranscripts(t *testing.T) {
	var names []string
	for _, k := range stepKinds() {
		if k.name != "ask" {
			names = append(names, k.name)
		}
	}
	for _, k := range questionKinds() {
		names = append(names, k.name)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", "kinds", name+".txt")
			a := readArchive(t, path)
			got := playTranscript(t, a)
			if *update {
				a.set("turns", got)
				a.write(t, path)
			}
			if diff := cmp.Diff(a.get("turns"), got); diff != "" {
				t.Errorf("transcript differs (-want +got):\n%s", diff)
			}
		})
	}
	files, err := filepath.Glob("testdata/kinds/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".txt"); !slices.Contains(names, name) {
			t.Errorf("%s belongs to no kind", f)
		}
	}
}

// playTranscript starts the flow "sample" and types the lines of the file "chat".
func playTranscript(t *testing.T, a *archive) string {
	t.Helper()
	lib := mustLoad(t, a.fs())
	e := &Engine{lib: lib, watch: true, solo: true}
	facts := Facts{Doctor: "d1", CaseNo: "AE-1", Reads: &imagined{lib: lib, codes: map[string]bool{"ABC123": true}}}
	if err := facts.read([]byte(a.get("doctor")), testNow); err != nil {
		t.Fatal(err)
	}
	r := &testRun{e: e, c: &testCase{name: "transcript", at: place{}}, sink: &lint.Sink{}, now: testNow, facts: facts}
	r.facts.make()
	r.total = testTotal{answers: map[string]Answer{}, asked: map[string]bool{}, cases: map[string]*Case{}, scores: map[string]Score{}}
	var b strings.Builder
	r.transcribe(&b, "", Input{Kind: InStart, Key: "sample"})
	for _, line := range strings.Split(strings.TrimSuffix(a.get("chat"), "\n"), "\n") {
		if line == "" {
			continue
		}
		in := lib.Said(line)
		if d, ok := strings.CutPrefix(line, "!after "); ok {
			wait, ok := parseDuration(d)
			if !ok {
				t.Fatalf("%q is no time", d)
			}
			r.now = r.now.Add(wait)
			r.transcribe(&b, line, Input{Kind: InTick})
			continue
		}
		if event, ok := strings.CutPrefix(line, "!"); ok {
			in = Input{Kind: InputKind(event)}
		}
		r.transcribe(&b, line, in)
	}
	for _, p := range r.sink.All {
		fmt.Fprintf(&b, "! %s\n", p.Message)
	}
	r.results(&b)
	return b.String()
}

func (r *testRun) transcribe(b *strings.Builder, line string, in Input) {
	r.step(in)
	if line != "" {
		fmt.Fprintf(b, "> %s\n", line)
	}
	for _, l := range strings.Split(r.last.Reply(), "\n") {
		fmt.Fprintf(b, "  %s\n", l)
	}
	mark := r.last.Pending.ID
	if r.last.Pending.Confirming {
		mark += "?"
	}
	if !r.last.Accepted {
		mark += " refused"
	}
	if end := r.ended(); end != "" {
		mark += " ended " + end
	}
	fmt.Fprintf(b, "  [%s]\n", strings.TrimSpace(mark))
}

// results writes what came out, as JSON lines that are easy to read in a diff.
func (r *testRun) results(b *strings.Builder) {
	put := func(name string, v any, empty bool) {
		if empty {
			return
		}
		data, _ := json.Marshal(v)
		fmt.Fprintf(b, "%s %s\n", name, data)
	}
	if s := r.total.snap; s != nil {
		put("answers", s.answers, len(s.answers) == 0)
		put("values", s.values, len(s.values) == 0)
		put("results", s.results, len(s.results) == 0)
	}
	profile := map[string]string{}
	for k, v := range r.facts.Profile {
		profile[k] = v.Value.Str() + "|" + v.Label
	}
	put("profile", profile, len(profile) == 0)
	put("tags", sortedKeys(r.facts.Tags), len(r.facts.Tags) == 0)
	put("consents", r.facts.Consents, len(r.facts.Consents) == 0)
	for _, no := range sortedKeys(r.total.cases) {
		put("case", r.total.cases[no], false)
	}
	for _, l := range r.total.leads {
		put("lead", l, false)
	}
	for _, v := range r.total.verify {
		put("verify", v, false)
	}
	for _, n := range r.total.notices {
		put("notice", n, false)
	}
	for _, m := range r.total.meetings {
		put("meeting", m, false)
	}
	put("colleague", r.total.colleague, r.total.colleague == "")
	put("sent", r.total.sent, len(r.total.sent) == 0)
	put("level", r.facts.Level, r.facts.Level == 0)
}
