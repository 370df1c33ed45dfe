package author

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
)

// PreviewOptions say what is previewed.
type PreviewOptions struct {
	FS      fs.FS            // the folder of flows
	Dir     string           // where the folder lies on disk: test cases are written to its tests/; "" = nothing is ever written
	Place   string           // what stands before the names of files when findings are shown, as the author wrote it
	File    string           // flow file shown first, "" = the first one
	Profile []byte           // YAML of the imagined doctor, may be nil
	Now     func() time.Time // the clock at which a talk begins, in the zone of the account
}

// ErrPreview says that a preview cannot begin: there is no flow, or the profile cannot be read.
var ErrPreview = errors.New("nothing to preview")

// Preview serves phone pages on which an author talks to drafts. It keeps its talks in memory and watches the folder (Watch). It is safe for
// concurrent use. Only SaveTest writes, and only below Dir/tests.
type Preview struct {
	opt PreviewOptions

	mu       sync.Mutex
	sessions map[string]*session
	order    []string // sessions by age
	files    []FlowFile
	findings []lint.Problem
	seen     string // stamp of the folder as it was last read; Watch owns it
}

// FlowFile is a flow of the folder that can be chosen.
type FlowFile struct {
	File  string `json:"file"`
	Title string `json:"title"` // "" = the file could never be read
}

const (
	maxSessions = 64                    // talks kept; the oldest goes
	maxEntries  = 500                   // messages of one talk
	lookEvery   = 40 * time.Millisecond // how often the folder is looked at
)

// NewPreview reads the folder. It returns ErrPreview when it holds no flow file, when the wanted one is missing or the profile is no YAML map.
func NewPreview(opt PreviewOptions) (*Preview, error) {
	p := &Preview{opt: opt, sessions: map[string]*session{}, seen: stamp(opt.FS)}
	p.look()
	if len(p.files) == 0 {
		return nil, fmt.Errorf("reading the folder: %w", ErrPreview)
	}
	if opt.File == "" {
		p.opt.File = p.files[0].File
	} else if !p.has(opt.File) {
		return nil, fmt.Errorf("reading %s: %w", opt.File, ErrPreview)
	}
	if !readable(opt.Profile) {
		return nil, fmt.Errorf("reading the profile: %w", ErrPreview)
	}
	return p, nil
}

// readable reports whether an imagined doctor can be read from YAML.
func readable(profile []byte) bool {
	_, err := flows.NewPlayer(&flows.Library{}, "", flows.PlayerOptions{Profile: profile})
	return err == nil
}

func (p *Preview) has(file string) bool {
	return slices.ContainsFunc(p.files, func(f FlowFile) bool { return f.File == file })
}

// look lists the flow files and runs every check of the folder.
func (p *Preview) look() {
	lib, findings := flows.Load(p.opt.FS)
	titles := map[string]string{}
	if lib != nil {
		findings = append(findings, flows.Lint(lib, p.opt.Now())...)
		for _, f := range lib.Flows() {
			titles[f.File()] = f.Title
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.files {
		if titles[f.File] == "" { // not readable now: the title that it had
			titles[f.File] = f.Title
		}
	}
	var files []FlowFile
	names, _ := fs.Glob(p.opt.FS, "*.yaml") // the pattern is good
	for _, name := range names {
		if flows.IsFlowFile(name) {
			files = append(files, FlowFile{File: name, Title: titles[name]})
		}
	}
	p.files, p.findings = files, lint.Sort(findings)
}

// Watch looks at the folder until the context ends, and brings every talk to the new files when something was saved.
func (p *Preview) Watch(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := stamp(p.opt.FS); now != p.seen {
			p.seen = now
			p.reload()
		}
	}
}

// reload brings the talks to the files as they are now, then checks the folder: the phone comes first.
func (p *Preview) reload() {
	sessions := p.all()
	for _, s := range sessions {
		s.reload()
	}
	p.look()
	for _, s := range sessions {
		s.tell()
	}
}

func (p *Preview) all() []*session {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]*session, 0, len(p.order))
	for _, id := range p.order {
		out = append(out, p.sessions[id])
	}
	return out
}

// open begins a talk on a page of its own.
func (p *Preview) open(file string) *session {
	p.mu.Lock()
	if !p.has(file) {
		file = p.opt.File
	}
	p.mu.Unlock()
	s := newSession(p.opt)
	s.choose(file)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.order) == maxSessions {
		delete(p.sessions, p.order[0])
		p.order = p.order[1:]
	}
	p.sessions[s.id] = s
	p.order = append(p.order, s.id)
	return s
}

func (p *Preview) session(id string) *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sessions[id]
}

// stamp changes whenever a file of the folder is saved, added or removed.
func stamp(fsys fs.FS) string {
	var b strings.Builder
	for _, dir := range []string{".", "lists", "i18n", "tests"} {
		entries, err := fs.ReadDir(fsys, dir)
		if err != nil {
			continue // not there, or not there at the moment
		}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil || e.IsDir() {
				continue
			}
			fmt.Fprintf(&b, "%s/%s %d %d\n", dir, e.Name(), info.Size(), info.ModTime().UnixNano())
		}
	}
	return b.String()
}
