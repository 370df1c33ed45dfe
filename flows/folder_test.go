package flows

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vrep/vrep/flows/lint"
)

// TestStrayFiles: what has an ending under which nobody reads it is named, with the name that it should have.
func TestStrayFiles(t *testing.T) {
	lib, _ := Load(folder("", "  - say: 您好。\n  - end: done\n", nil))
	if lib == nil {
		t.Fatal("the folder without strays does not load")
	}
	for name, want := range map[string]string{
		"visit.yml": "visit.yaml", "visit.YAML": "visit.yaml", "visit.yaml.txt": "visit.yaml", "lists/towns.yml": "towns.yaml", "i18n/q.en.yml": "q.en.yaml",
		"tests/q.yaml": "q.test.yaml", "tests/q.test.yml": "q.test.yaml", "tests/q.test.yaml.txt": "q.test.yaml",
		"README.md": "", "visit.yaml.bak": "", "tests/notes.md": "", ".hidden.yml": "", ".yml": "", "old/visit.yml": "", "tests/q.test.yaml": "",
	} {
		_, found := Load(folder("", "  - say: 您好。\n  - end: done\n", map[string]string{name: "flow: visit\n"}))
		said := ""
		for _, p := range found {
			if p.Code == "Y009" && p.File == name && p.Level == lint.Warning {
				said = p.Advice
			}
		}
		if want == "" && said != "" || !strings.Contains(said, want) {
			t.Errorf("%s: %q, want %q", name, said, want)
		}
	}
}

// endless is a file without an end: who reads all of it never comes back.
type endless struct{ fs.FileInfo }

func (endless) Stat() (fs.FileInfo, error) { return nil, fs.ErrInvalid }
func (endless) Close() error               { return nil }
func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

// endlessFS is a folder in which every file is endless.
type endlessFS struct{ fstest.MapFS }

func (f endlessFS) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".yaml") {
		return endless{}, nil
	}
	return f.MapFS.Open(name)
}

// TestHostileSize: no file is read further than its limit, and the refusal says what the limit is.
func TestHostileSize(t *testing.T) {
	fsys := endlessFS{folder("", "", map[string]string{"lists/towns.yaml": "", "tests/q.test.yaml": ""})}
	lib, found := Load(fsys)
	want := map[string]string{"q.yaml": "文件太大，最多 1 MB", "lists/towns.yaml": "文件太大，最多 8 MB"}
	for _, p := range found {
		if want[p.File] != p.Message {
			t.Errorf("%s: %s", p.File, p.Message)
		}
		delete(want, p.File)
	}
	if len(want) > 0 || lib == nil {
		t.Errorf("no finding: %v", want)
	}
	r := RunTests(fsys, lib, TestOptions{Now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)})
	if r.Failed != 1 || len(r.Problems) == 0 || r.Problems[0].Message != "文件太大，最多 1 MB" {
		t.Errorf("%d failed: %v", r.Failed, r.Problems)
	}
}
