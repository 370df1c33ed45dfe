package flows

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// coverGoal is one line of cover: in a test file.
type coverGoal struct {
	group string
	least float64 // percent
	at    place
}

// coverWords are the words that authors may write for a group.
var coverWords = map[string]string{"steps": "steps", "branches": "branches", "choices": "choices", "refusals": "refusals", "retries": "refusals", "commands": "commands"}

// goals reads cover: {steps: 100%, choices: 80%}.
func (b *binder) goals(o *object) []coverGoal {
	n := o.keys["cover"]
	if n == nil {
		return nil
	}
	var out []coverGoal
	words := sortedKeys(coverWords)
	b.object(n, words)
	b.pairs(n, func(k, v *yaml.Node) {
		percent, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(v.Value, "%")), 64)
		if err != nil || percent < 0 || percent > 100 {
			b.add(v, "want_number", "key", k.Value, "low", "0%", "high", "100%")
			return
		}
		if group := coverWords[k.Value]; group != "" {
			out = append(out, coverGoal{group: group, least: percent, at: b.at(k)})
		}
	})
	return out
}

// cover holds the files to their goals and, if wanted, names flows without a test file and everything that no case came past.
func (s *suite) cover(all *Coverage) {
	for _, f := range s.files {
		for _, g := range f.goals {
			hit, total := f.passed.Share(f.flow, g.group)
			if total == 0 || 100*float64(hit) >= g.least*float64(total)-1e-9 {
				continue
			}
			s.sink.Add(g.at.file, g.at.line, g.at.column, g.at.width, "test_cover", "flow", f.flow, "group", g.group,
				"want", ftoa(g.least), "got", Percent(hit, total), "names", names(f.passed.Missing(f.flow, g.group)))
		}
	}
	if !s.opt.Cover {
		return
	}
	tested := s.tested()
	for _, f := range s.lib.Flows() {
		if !s.opt.part() && len(tested) > 0 && !tested[f.ID] && f.place.file != nil {
			s.sink.Add(f.place.file.Fresh(), f.place.line, f.place.column, f.place.width, "no_test_file", "flow", f.ID)
		}
	}
	all.warn(s.sink)
}

// tested are the flows that the files are about.
func (s *suite) tested() map[string]bool {
	out := map[string]bool{}
	for _, f := range s.files {
		out[f.flow] = true
	}
	return out
}

// Percent is a share in whole percent, 100 only when nothing is missing.
func Percent(hit, all int) string {
	if all == 0 {
		return "-"
	}
	return itoa(hit*100/all) + "%"
}
