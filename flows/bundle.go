package flows

import (
	"cmp"
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
	Label string            `json:"label,omitempty"` // what the version is called when its header does not say: the day on which it was published
	Sum   string            `json:"sum,omitempty"`   // of the files; versions stored before flows had a canonical form have their sum in Hash
	Files map[string]string `json:"files"`
}

// Bundle returns the version of a flow that the library holds; ErrNoFlow when it holds none.
func (lib *Library) Bundle(flow string) (Bundle, error) {
	f := lib.flows[flow]
	if f == nil {
		return Bundle{}, fmt.Errorf("bundling %q: %w", flow, ErrNoFlow)
	}
	b := Bundle{Flow: flow, Hash: f.hash, Files: map[string]string{}}
	names := lib.closure(f)
	for _, name := range names {
		b.Files[name] = string(lib.files[name])
	}
	b.Sum = contentHash(lib.files, names)
	return b, nil
}

// LoadBundle reads a version kept earlier. Approval dates and rules that came later do not matter to it. What proves that the files are those that were
// stored is their sum, not their fingerprint: the fingerprint is made by the program and may come out differently in a later one, so the flow keeps the
// hash under which it was stored.
func LoadBundle(b Bundle) (*Library, []Problem) {
	files := make(map[string][]byte, len(b.Files))
	for name, text := range b.Files {
		files[name] = []byte(text)
	}
	lib, ps := loadFiles(files, true)
	if lib == nil || lint.Blocks(ps, false) {
		return nil, ps
	}
	f := lib.flows[b.Flow]
	if f == nil || !strings.EqualFold(contentHash(files, sortedKeys(files)), cmp.Or(b.Sum, b.Hash)) {
		s := &lint.Sink{}
		s.Add(lint.NewFile(b.Flow+".yaml", nil), 1, 1, 1, "bundle_hash", "flow", b.Flow)
		return nil, append(ps, s.All...)
	}
	f.hash, f.Version = b.Hash, cmp.Or(f.Version, b.Label)
	for _, in := range lib.spoken {
		in.flows[b.Flow].hash, in.flows[b.Flow].Version = f.hash, f.Version
	}
	return lib, ps
}
