package flows

import (
	"crypto/sha256"
	"encoding/hex"
)

// RulesHash names the rules by which doctors are derived: they change when it does.
func (lib *Library) RulesHash() string {
	h := sha256.New()
	for _, name := range []string{rulesFile, classesFile, profileFile} {
		h.Write([]byte(name + "\x00"))
		h.Write(lib.files[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// RulesFiles gives the files by which doctors are derived, by name; one that the folder does not have is absent.
func (lib *Library) RulesFiles() map[string]string {
	out := map[string]string{}
	for _, name := range []string{rulesFile, classesFile} {
		if data, ok := lib.files[name]; ok {
			out[name] = string(data)
		}
	}
	return out
}

// WithRules is the same folder with another rules.yaml or classes.yaml. Findings are those of the whole folder; with errors among them the library is nil.
func (lib *Library) WithRules(name, source string) (*Library, []Problem) {
	files := make(map[string][]byte, len(lib.files)+1)
	for n, data := range lib.files {
		files[n] = data
	}
	files[name] = []byte(source)
	next, ps := loadFiles(files, false)
	if next == nil {
		return nil, ps
	}
	return next, ps
}

// ModelInfo is one score of rules.yaml.
type ModelInfo struct {
	Name   string
	Shadow bool // only tried
	Margin int
	Grades []string // highest first
	Lines  []string // reasons, in order
}

// Models lists the scores of rules.yaml; leads look at the first.
func (lib *Library) Models() []ModelInfo {
	if lib.rules == nil {
		return nil
	}
	var out []ModelInfo
	for i := range lib.rules.scores {
		s := &lib.rules.scores[i]
		m := ModelInfo{Name: s.name, Shadow: s.shadow, Margin: s.margin}
		for _, g := range s.grades {
			m.Grades = append(m.Grades, g.name)
		}
		for _, l := range s.lines {
			m.Lines = append(m.Lines, l.why)
		}
		out = append(out, m)
	}
	return out
}

// ClassInfo is what classes.yaml has, for the page of rules.
type ClassInfo struct {
	Products []ProductInfo
	Columns  [][]string          // stages of each column of the matrix
	Rows     map[string][]string // potential → cells
	Values   map[string][]string // kind → values in their order
}

// ProductInfo is one product of classes.yaml.
type ProductInfo struct{ Code, Label string }

// Classes tells what classes.yaml has; nil = there is none.
func (lib *Library) Classes() *ClassInfo {
	c := lib.classes
	if c == nil {
		return nil
	}
	out := &ClassInfo{Rows: c.matrix.rows, Values: map[string][]string{"ladder": stages}}
	for i := range c.products {
		out.Products = append(out.Products, ProductInfo{c.products[i].code, c.products[i].label})
	}
	for i, from := range c.matrix.from {
		to := len(stages)
		if i+1 < len(c.matrix.from) {
			to = c.matrix.from[i+1]
		}
		out.Columns = append(out.Columns, stages[from:to])
	}
	for _, list := range c.lists() {
		for _, r := range list.rules {
			if !contains(out.Values[list.kind], r.is) {
				out.Values[list.kind] = append(out.Values[list.kind], r.is)
			}
		}
	}
	return out
}
