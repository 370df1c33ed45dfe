package author

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
	"time"
	"unicode/utf8"
)

// maxName is how long the name of a test case may be, in characters.
const maxName = 80

// saved is the answer to a talk that was written down as a test case.
type saved struct {
	Written bool   `json:"written"` // false: the folder cannot be written to, the page offers Text as a file
	File    string `json:"file"`
	Text    string `json:"text,omitempty"`
}

// saveTest writes the talk of a page as a case into tests/FLOW.test.yaml.
func (p *Preview) saveTest(w http.ResponseWriter, r *http.Request, s *session) {
	var req request
	if err := readJSON(r, &req); err != nil {
		answerError(w, err)
		return
	}
	name := strings.Join(strings.Fields(req.Name), " ")
	if name == "" || utf8.RuneCountInString(name) > maxName {
		answerError(w, refusal{http.StatusBadRequest, "name"})
		return
	}
	flow, text, ok := s.asCase(name)
	if !ok {
		answerError(w, refusal{http.StatusConflict, "no_talk"})
		return
	}
	out, err := p.keep(flow, text)
	if err != nil {
		answerError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, out)
}

// asCase is the talk so far as a test case.
func (s *session) asCase(name string) (flow, text string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.talk == nil {
		return "", "", false
	}
	return s.talk.flow, RecordCase(name, s.talk.began, s.talk.record), true
}

// keep adds a case to the test file of a flow. Where the folder cannot be written to, the file's new text is given back.
func (p *Preview) keep(flow, text string) (saved, error) {
	name := path.Join("tests", flow+".test.yaml")
	p.mu.Lock()
	defer p.mu.Unlock()
	before, err := fs.ReadFile(p.opt.FS, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return saved{}, fmt.Errorf("reading tests: %w", err)
	}
	after, err := AppendCase(before, flow, text)
	if err != nil {
		return saved{}, refusal{http.StatusConflict, "tests_broken"}
	}
	if p.opt.Dir == "" || write(p.opt.Dir, name, after) != nil {
		return saved{File: path.Base(name), Text: string(after)}, nil
	}
	return saved{Written: true, File: path.Join(p.opt.Place, name)}, nil
}

// write puts a file into the folder and nowhere else, whole or not at all: os.Root follows no link that leads out of it.
func write(dir, name string, data []byte) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("opening the folder: %w", err)
	}
	defer func() { _ = root.Close() }()
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return fmt.Errorf("making the folder of tests: %w", err)
	}
	draft := fmt.Sprintf("%s.%d.new", name, time.Now().UnixNano())
	if err := root.WriteFile(draft, data, 0o644); err != nil {
		return fmt.Errorf("writing tests: %w", err)
	}
	if err := root.Rename(draft, name); err != nil {
		return errors.Join(fmt.Errorf("writing tests: %w", err), root.Remove(draft))
	}
	return nil
}
