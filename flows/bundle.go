package flows

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vrep/vrep/flows/lint"
)

// ErrNoFlow says that a library has no such flow.
var ErrNoFlow = errors.New("no such flow")

// Bundle is one immutable version of a flow: the files that it consists of. It is kept for ever, so that a talk can go on as it began.
type Bundle struct {
	Flow  string            `json:"flow"`
	Hash  string            `json:"hash"`
	Files map[string]string `json:"files"`
}

// Bundle returns the version of a flow that the library holds; ErrNoFlow when it holds none.
func (lib *Library) Bundle(flow string) (Bundle, error) {
	f := lib.flows[flow]
	if f == nil {
		return Bundle{}, fmt.Errorf("bundling %q: %w", flow, ErrNoFlow)
	}
	b := Bundle{Flow: flow, Hash: f.hash, Files: map[string]string{}}
	for _, name := range lib.closure(f) {
		b.Files[name] = string(lib.files[name])
	}
	return b, nil
}

// LoadBundle reads a version kept earlier. Approval dates and rules that came later do not matter to it.
func LoadBundle(b Bundle) (*Library, []Problem) {
	files := make(map[string][]byte, len(b.Files))
	for name, text := range b.Files {
		files[name] = []byte(text)
	}
	lib, ps := loadFiles(files, true)
	if lib == nil || lint.Blocks(ps, false) {
		return nil, ps
	}
	if f := lib.flows[b.Flow]; f == nil || !strings.EqualFold(f.hash, b.Hash) {
		s := &lint.Sink{}
		s.Add(lint.NewFile(b.Flow+".yaml", nil), 1, 1, 1, "bundle_hash", "flow", b.Flow)
		return nil, append(ps, s.All...)
	}
	return lib, ps
}
