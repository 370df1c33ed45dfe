package flows

import (
	"slices"

	"go.yaml.in/yaml/v4"
)

// What tools for authors may see of a loaded flow beside its model. The nodes belong to the library: nobody changes them.

// Node is the flow's file as written.
func (f *Flow) Node() *yaml.Node { return f.node }

// Node is the step as written.
func (s *Step) Node() *yaml.Node { return s.node }

// Line is the line of the flow's file at which the step begins, from 1.
func (s *Step) Line() int { return s.at.line }

// Line is the line of contents.yaml at which the item stands, from 1.
func (c Content) Line() int { return c.at.line }

// Listening is what one listener hears and does.
type Listening struct {
	ID       string
	Do       string   // report, offer, answer and so on
	Call     string   // flow that it offers or begins, "" = none
	Words    []string // words and forms, as written
	UnlessIn []string // flows in which it is silent
	Say      *Text
}

// Listeners lists what is heard at any time, in the order of _config.yaml.
func (lib *Library) Listeners() []Listening {
	out := make([]Listening, 0, len(lib.config.listen))
	for _, l := range lib.config.listen {
		words := slices.Clone(l.words)
		for _, re := range l.forms {
			words = append(words, "/"+re.String()+"/")
		}
		out = append(out, Listening{ID: l.ID, Do: l.Do, Call: l.Call, Words: words, UnlessIn: l.UnlessIn, Say: l.Say})
	}
	return out
}

// Labels is the wording of yes and no, or of agree and refuse, that doctors see at a question.
func (lib *Library) Labels(q *Question) [2]string { return (&Engine{lib: lib}).labels(q) }

// Limit is how many refusals a question takes and where the talk goes then, with the house's defaults.
func (lib *Library) Limit(q *Question) (most int, then string) {
	most, then = q.MaxRetry, q.OnFail
	if most < 1 {
		most = lib.config.MaxRetry
	}
	if then == "" {
		then = lib.config.OnFail
	}
	return most, then
}

// Refusals are the words for an answer that was not understood: the question's own, else the house's.
func (lib *Library) Refusals(q *Question) []*Text {
	if len(q.Retry) > 0 {
		return q.Retry
	}
	return lib.config.retries[lib.RefusalGroup(q)]
}

// RefusalGroup names the house's words for an answer that a question did not understand: its type, or name where a person's name is asked.
func (lib *Library) RefusalGroup(q *Question) string {
	if q.Type == "text" && lib.nameField(q.Save) {
		return "name"
	}
	return q.Type
}

// RuleSources lists the conditions of rules.yaml as written, in the order of the file.
func (lib *Library) RuleSources() []string {
	if lib.rules == nil {
		return nil
	}
	out := make([]string, 0, len(lib.rules.exprs))
	for _, e := range lib.rules.exprs {
		out = append(out, e.src)
	}
	return out
}
