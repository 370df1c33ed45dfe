package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// halfHash is the length of the fingerprint of a shape, and of a text, in hex characters.
const halfHash = 16

// Hash names this version of the flow: 16 hex characters of its shape and 16 of its text. A flow of a stored version keeps the hash under which it was
// stored, whatever the program makes of it today.
func (f *Flow) Hash() string {
	if f.outer != nil {
		return f.outer.Hash()
	}
	return f.hash
}

// Shape is the fingerprint of everything that decides how a talk goes: ids, kinds, types, codes, conditions, order, limits, jumps, saves, and the
// shapes of the flows that it calls.
func (f *Flow) Shape() string { return f.shape }

// TextHash is the fingerprint of everything that is shown, and of the other words that a reply may use.
func (f *Flow) TextHash() string { return f.text }

// Canonical is the canonical form of the flow, one fact per line: "path = value" belongs to the shape, "path ~ words" to the text. Two files that mean
// the same have the same canonical form; the difference of two forms is the difference of the versions.
func (f *Flow) Canonical() string {
	var b strings.Builder
	for _, x := range canonical(f) {
		b.WriteString(x.line())
		b.WriteByte('\n')
	}
	return b.String()
}

// ShapeOf is the half of a hash that names the shape.
func ShapeOf(hash string) string { return hash[:min(halfHash, len(hash))] }

// hashes names the version of every flow, called flows before their callers, and of the folder.
func (l *loader) hashes(names []string) {
	if from := l.lib.origin; from != nil { // the same version, in other words
		l.lib.hash = from.hash
		for id, f := range l.lib.flows {
			f.hash, f.shape, f.text = from.flows[id].hash, from.flows[id].shape, from.flows[id].text
		}
		return
	}
	for _, f := range l.lib.order {
		var shape, text []string
		for _, x := range canonical(f) {
			if x.shown {
				text = append(text, x.line())
			} else {
				shape = append(shape, x.line())
			}
		}
		f.shape, f.text = digest(shape), digest(text)
		f.hash = f.shape + f.text
	}
	l.lib.hash = contentHash(l.lib.files, names)
}

func digest(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])[:halfHash]
}

// contentHash names the bytes of some files: the folder as a whole, and versions that were stored before flows had a canonical form.
func contentHash(files map[string][]byte, names []string) string {
	h := sha256.New()
	for _, name := range slices.Sorted(slices.Values(names)) {
		fmt.Fprintf(h, "%s\n%d\n", name, len(files[name]))
		h.Write(files[name])
	}
	return hex.EncodeToString(h.Sum(nil))[:2*halfHash]
}
