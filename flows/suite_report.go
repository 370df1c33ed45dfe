package flows

import (
	"fmt"
	"io"
	"strings"

	"github.com/vrep/vrep/flows/lint"
)

// Report is the result of a test run.
type Report struct {
	Files    int
	Cases    int
	Failed   int
	Problems []Problem // slips in the test files, failures, goals of coverage that were missed; with file and line
	Results  []CaseResult
	Coverage *Coverage
	Updated  map[string][]byte // TestOptions.Update: test files with new expected texts, by name
}

// CaseResult is one case that was run.
type CaseResult struct {
	File     string    `json:"file"`
	Line     int       `json:"line"`
	Name     string    `json:"name"`
	Flow     string    `json:"flow"`
	Failed   bool      `json:"failed"`
	Problems []Problem `json:"problems,omitempty"`
	Talk     []Said    `json:"talk,omitempty"` // everything said, up to the failure

	keys map[coverKey]bool
}

// OK reports whether the case passed.
func (c *CaseResult) OK() bool { return !c.Failed }

// Said is one line of a talk.
type Said struct {
	Who  string `json:"who"` // see the constants
	Text string `json:"text"`
}

// Who says something in a test.
const (
	SaidDoctor = "doctor"
	SaidBot    = "bot"
	SaidRep    = "rep"
	SaidEvent  = "event" // a picture, a menu, the clock
)

// saidWords are the entries of the message table for who says something.
var saidWords = map[string]string{SaidDoctor: "said_doctor", SaidBot: "said_bot", SaidRep: "said_rep", SaidEvent: "said_event"}

func saidLine(who, text string) []Said {
	if text == "" {
		return nil
	}
	return []Said{{Who: who, Text: text}}
}

// lastLines is how much of a talk a failure shows.
const lastLines = 7

// Tail is the end of the talk for people: who said what, one line each, longer texts with their further lines indented.
func (c *CaseResult) Tail() string {
	var b strings.Builder
	from := max(len(c.Talk)-lastLines, 0)
	if from > 0 {
		b.WriteString("    \u2026\n")
	}
	for _, s := range c.Talk[from:] {
		fmt.Fprintf(&b, "    %s", lint.Phrase(saidWords[s.Who], "text", strings.ReplaceAll(strings.TrimSpace(s.Text), "\n", "\n        ")))
		b.WriteByte('\n')
	}
	return b.String()
}

// OK reports whether every case passed and every goal of coverage was reached.
func (r *Report) OK() bool { return len(lint.Errors(r.Problems)) == 0 }

// Rename gives files the names that the author knows them by.
func (r *Report) Rename(name func(file string) string) {
	for i := range r.Problems {
		r.Problems[i].File = name(r.Problems[i].File)
	}
	for i := range r.Results {
		c := &r.Results[i]
		c.File = name(c.File)
		for k := range c.Problems {
			c.Problems[k].File = name(c.Problems[k].File)
		}
	}
	if r.Coverage == nil {
		return
	}
	for i := range r.Coverage.Items {
		r.Coverage.Items[i].File = name(r.Coverage.Items[i].File)
	}
}

// Text writes the failures, each with the end of its talk, and a last line with the figures.
func (r *Report) Text(w io.Writer) error {
	var b strings.Builder
	talks := map[string]*CaseResult{} // by the place of the first failure, as it is printed
	for i := range r.Results {
		if c := &r.Results[i]; len(c.Problems) > 0 && len(c.Talk) > 0 {
			talks[c.Problems[len(c.Problems)-1].Text()] = c
		}
	}
	for _, p := range r.Problems {
		b.WriteString(p.Text())
		if c := talks[p.Text()]; c != nil {
			b.WriteString("  " + lint.Phrase("said_before") + "\n" + c.Tail())
		}
	}
	key := "test_passed"
	if !r.OK() {
		key = "test_sum_failed"
	}
	b.WriteString(lint.Phrase(key, "files", itoa(r.Files), "cases", itoa(r.Cases), "failed", itoa(r.Failed)) + "\n")
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}
