package flows

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
)

// segmentFile is the name under which findings about a segment are filed.
const segmentFile = "segment"

// Segment is a condition on doctors, written in the language of conditions. It can be carried into a query (Filter) and looked at for one doctor (Match, Why);
// both always agree. It is immutable and safe for concurrent use.
type Segment struct {
	lib  *Library
	src  string
	x    *cond.Expr
	tree cond.Node
}

// Segment reads and checks a condition. Findings are those of an author's file named "segment", with place, reason and advice; with any, the segment is nil.
func (lib *Library) Segment(src string) (*Segment, []Problem) {
	src = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, src)
	sink := &lint.Sink{}
	file := lint.NewFile(segmentFile, []byte(src))
	report := func(at place, key string, args ...string) {
		sink.Add(at.file, at.line, at.column, at.width, key, args...)
	}
	x, ps := cond.CompileCondition(src, lib.segmentScope(), deedFunctions(lib.funcs))
	condProblems(ps, src, place{file: file, line: 1, column: 1, width: 1}, src, report)
	if len(ps) > 0 {
		return nil, lint.Sort(sink.All)
	}
	s := &Segment{lib: lib, src: src, x: x, tree: x.Tree()}
	b := &segmentBuilder{lib: lib, now: time.Unix(0, 0)}
	b.filter(s.tree)
	for _, days := range spans(s.tree) {
		if days > segmentDays {
			report(place{file: file, line: 1, column: 1, width: len(src)}, "digest_span", "got", itoa(days), "max", itoa(segmentDays))
			return nil, lint.Sort(sink.All)
		}
	}
	for _, n := range b.bad {
		width := max(1, utf8.RuneCountInString(src[n.Offset:n.Offset+n.Length]))
		sink.Add(file, 1, utf8.RuneCountInString(src[:n.Offset])+1, width, "segment_part")
	}
	if len(b.bad) > 0 {
		return nil, lint.Sort(sink.All)
	}
	return s, nil
}

// segmentDays is how far back a segment counts behaviour: a dossier goes two years back.
const segmentDays = 730

// segmentScope types the names of segments: those of a dossier but for personal data, what is derived about every doctor, and what is derived for each
// product.
func (lib *Library) segmentScope() *scope {
	sc := newScope(lib, nil)
	putAll(sc, dossierNames)
	for _, n := range accountNames {
		delete(sc.types, "account."+n)
	}
	for name, f := range lib.profile {
		if f.PII { // nobody looks people up by what is protected
			delete(sc.types, "profile."+name)
		}
	}
	delete(sc.types, "doctor.opted_out") // no facet: whoever opted out is never written to anyway
	sc.list = sortedKeys(sc.types)
	for _, n := range segmentDerived {
		sc.put(n, derivedNames[n])
	}
	if lib.classes != nil {
		for _, p := range lib.classes.products {
			for _, n := range productNames {
				sc.put(p.code+"."+n, derivedNames[n])
			}
		}
	}
	return sc
}

var (
	segmentDerived = []string{"ladder", "potential", "matrix", "class", "result", "cell", "affinity", "score.points", "score.grade"}
	productNames   = []string{"ladder", "potential", "matrix", "class"}
)

// Source is the segment as written.
func (s *Segment) Source() string { return s.src }

// SegmentName is a name that a segment may use, and the codes that it may have where they are a closed set.
type SegmentName struct {
	Name   string
	Values []SegmentValue
}

// SegmentValue is a code with what people read for it; Label "" = nobody named it.
type SegmentValue struct{ Code, Label string }

// SegmentNames lists the names that a segment may use in the order of their letters, for advice beside the field.
func (lib *Library) SegmentNames() []SegmentName {
	sc := lib.segmentScope()
	var out []SegmentName
	for _, name := range sc.Names() {
		n := SegmentName{Name: name}
		field, ofProfile := strings.CutPrefix(name, "profile.")
		kind := name[strings.LastIndexByte(name, '.')+1:]
		for _, code := range sc.types[name].Codes {
			v := SegmentValue{Code: code}
			if ofProfile {
				if c := lib.optionOfField(field, code); c != nil {
					v.Label = c.Label
				}
			} else if w := lib.Word(kind, code); w != code {
				v.Label = w
			}
			n.Values = append(n.Values, v)
		}
		out = append(out, n)
	}
	return out
}

// Filter is the segment for a query, at a moment in the time zone of the house.
func (s *Segment) Filter(now time.Time) Filter {
	b := &segmentBuilder{lib: s.lib, now: now}
	return b.filter(s.tree)
}

// Match tells whether a doctor is in. found is what the rules find about the doctor.
func (s *Segment) Match(d *Dossier, found *Found, now time.Time) bool {
	if d.unclassed() {
		return false
	}
	return s.x.True(&segmentEnv{x: segmentDeriver(s.lib, d, found, now)})
}

// SegmentLine is one part of a segment as it holds for one doctor.
type SegmentLine struct {
	Depth int    // of the part within the whole
	Part  string // and, or, not; "" = a comparison
	Text  string // the comparison as written
	Holds bool
	Value string // what the doctor has, "" = nothing is known
}

// Why goes through the segment line by line for one doctor.
func (s *Segment) Why(d *Dossier, found *Found, now time.Time) []SegmentLine {
	w := &segmentWhy{s: s, env: &segmentEnv{x: segmentDeriver(s.lib, d, found, now)}}
	w.line(s.tree, 0)
	w.out[0].Holds = w.out[0].Holds && !d.unclassed()
	return w.out
}
