package flows

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"sync"
)

// versionsDir holds versions that were published before: versions/<flow>/<label>.yaml.
const versionsDir = "versions/"

// currentVersion names what the folder itself holds.
const currentVersion = "current"

// editions are the versions that cases may begin on or publish.
type editions struct {
	fsys fs.FS
	lib  *Library

	mu    sync.Mutex
	known map[string]*Library // by label; the folder as it was then
}

func newEditions(fsys fs.FS, lib *Library) *editions {
	return &editions{fsys: fsys, lib: lib, known: map[string]*Library{}}
}

// library is the folder with the flows that have a version of a label in its words of then. ErrNoFlow when the flow has none.
func (e *editions) library(flow, label string) (*Library, error) {
	if f := e.lib.flows[flow]; label == currentVersion || f != nil && f.Version == label {
		return e.lib, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if lib := e.known[label]; lib != nil && lib.flows[flow] != nil && lib.flows[flow].Version == label {
		return lib, nil
	}
	files, found := maps.Clone(e.lib.files), false
	for _, f := range e.lib.Flows() {
		data, err := fs.ReadFile(e.fsys, versionsDir+f.ID+"/"+label+".yaml")
		if err != nil {
			continue
		}
		files[f.file], found = data, found || f.ID == flow
		maps.DeleteFunc(files, func(name string, _ []byte) bool { // today's translations are not of those words
			return strings.HasPrefix(name, saidDir+f.ID+".") && string(data) != string(e.lib.files[f.file])
		})
	}
	if !found {
		return nil, fmt.Errorf("reading version %s of %s: %w", label, flow, ErrNoFlow)
	}
	lib, ps := loadFiles(files, false)
	for _, p := range ps {
		if p.Level == "error" {
			return nil, fmt.Errorf("reading version %s of %s: %s: %w", label, flow, p.Message, ErrBroken)
		}
	}
	for _, f := range lib.Flows() {
		if f.Version == "" && string(files[f.file]) != string(e.lib.files[f.file]) {
			f.Version = label
		}
	}
	e.known[label] = lib
	return lib, nil
}

// old finds the version of a hash among those that the cases have used.
func (e *editions) old(hash string) (*Library, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, lib := range e.all() {
		for _, f := range lib.flows {
			if f.hash == hash {
				return lib, nil
			}
		}
	}
	return nil, fmt.Errorf("reading version %s: %w", hash, ErrNoFlow)
}

func (e *editions) all() []*Library {
	out := []*Library{e.lib}
	for _, label := range sortedKeys(e.known) {
		out = append(out, e.known[label])
	}
	return out
}

// label is what the version of a hash is called.
func (e *editions) label(hash string) string {
	lib, err := e.old(hash)
	if err != nil {
		return ""
	}
	for _, f := range lib.flows {
		if f.hash == hash {
			return f.Version
		}
	}
	return ""
}

// publish lets the talk go on with a version in force; the one before is kept.
func (r *testRun) publish(at place, label string) {
	lib, err := r.editions.library(r.flow.ID, label)
	switch {
	case errors.Is(err, ErrNoFlow):
		r.fail(at, "test_no_version", "flow", r.flow.ID, "label", label)
		return
	case err != nil:
		r.fail(at, "test_problem", "what", err.Error())
		return
	}
	r.e = &Engine{lib: lib, watch: true, old: r.editions.old}
}

// begin puts the case on the version that it names.
func (r *testRun) begin() {
	if r.c.version == "" {
		return
	}
	if r.publish(r.c.at, r.c.version); r.failed {
		return
	}
	if f := r.e.lib.flows[r.flow.ID]; f != nil {
		r.flow = f
	}
}

// follows remembers on which version the talk stands.
func (r *testRun) follows(out Outcome) {
	for _, m := range out.Moved {
		if m.Flow == r.flow.ID && m.To != "" {
			r.hash = m.To
		}
	}
	if len(out.State.Frames) > 0 {
		r.hash = out.State.Frames[0].Hash
	}
}

// versioned compares the version on which the talk stood last.
func (r *testRun) versioned(at place, want string) {
	got := r.editions.label(r.hash)
	if f := r.editions.lib.flows[r.flow.ID]; want == currentVersion && f != nil && f.hash == r.hash {
		return
	}
	if got != want {
		r.fail(at, "test_value", "name", "version", "want", want, "got", orNone(got))
	}
}
