package flows

import (
	"time"

	"github.com/vrep/vrep/flows/lint"
)

// checker looks at a loaded library for what reading it does not find.
type checker struct {
	lib  *Library
	now  time.Time
	sink *lint.Sink
	lang string // with the library in another language: which; only findings about the translation count
}

// ruleGroup is one file lint_<group>.go.
type ruleGroup struct {
	check func(c *checker)
	play  bool // counts for Play too, where nothing is published
}

// ruleGroups is the list of rules. Adding a rule: lint_<group>.go, a line here, a message in lint/messages.yaml, testdata/bad/<code>.yaml.
func ruleGroups() []ruleGroup {
	return []ruleGroup{
		{checkStructure, true},
		{checkTriggers, false},
		{checkApproval, false},
		{checkRefs, true},
		{checkMigrate, true},
		{checkPaths, true},
		{checkOptional, false},
		{checkLoops, true},
		{checkClasses, true},
		{checkTruth, false},
		{checkUnused, false},
		{checkFields, false},
		{checkRegister, false},
		{checkPurposes, true},
		{checkSize, false},
		{checkJumps, false},
		{checkConsent, true},
		{checkMatch, true},
		{checkLabels, false},
		{checkQuoted, false},
		{checkLanguages, false},
		{checkWords, false},
		{checkClaims, false},
		{checkProducts, false},
		{checkService, false},
		{checkAudience, false},
		{checkSafety, false},
		{checkPrivacy, false},
		{checkLength, true},
		{checkStretch, false},
		{checkWindow, false},
		{checkSigns, false},
		{checkMenu, false},
		{checkPictures, false},
		{checkExamples, false},
		{checkInsight, false},
	}
}

// Lint runs every rule over a loaded library. now decides what has expired.
func Lint(lib *Library, now time.Time) []Problem {
	ps := lib.check(now, nil)
	if lib.bare() {
		s := &lint.Sink{}
		s.Add(lint.NewFile(".", nil), 1, 1, 1, "no_flow")
		ps = append(ps, s.All...)
	}
	return lint.Sort(ps)
}

// bare reports a folder without a file that could be a flow.
func (lib *Library) bare() bool {
	for name := range lib.files {
		if IsFlowFile(name) {
			return false
		}
	}
	return true
}

// playRules leaves out what only matters for publishing.
func playRules(g ruleGroup) bool { return g.play }

func (lib *Library) check(now time.Time, want func(ruleGroup) bool) []Problem {
	c := &checker{lib: lib, now: now, sink: &lint.Sink{}}
	for _, g := range ruleGroups() {
		if want == nil || want(g) {
			g.check(c)
		}
	}
	return c.sink.All
}

func (c *checker) add(at place, key string, args ...string) {
	if c.lang != "" {
		at, key, args = c.inLanguage(at, key, args)
	}
	if at.file == nil {
		return
	}
	c.sink.Add(at.file, at.line, at.column, at.width, key, args...)
}

// questions calls do for every question of every flow.
func (c *checker) questions(do func(f *Flow, s *Step, q *Question)) {
	for _, f := range c.lib.parts() {
		for _, s := range f.Steps {
			if q, ok := s.Body.(*Question); ok && q.kind != nil {
				do(f, s, q)
			}
		}
	}
}
