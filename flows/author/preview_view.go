package author

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
)

// View is what a preview page shows: the phone, where the talk stands and what it has brought.
type View struct {
	Session  string     `json:"session"`
	Revision int        `json:"revision"` // grows with every change
	File     string     `json:"file"`
	Flow     string     `json:"flow"`
	Title    string     `json:"title"`
	Files    []FlowFile `json:"files"`
	Langs    []Language `json:"langs"` // that the doctor may speak; empty when no flow of the folder is translated

	Bubbles []bubble `json:"bubbles"`
	Taps    []Tap    `json:"taps"`
	Waiting *Waiting `json:"waiting"` // null: no question waits
	Over    string   `json:"over"`    // word with which the talk ended, human = a person took over, "" = it goes on

	Trail   []Stage   `json:"trail"` // what the last message set off, in order
	Answers []Entry   `json:"answers"`
	Values  []Entry   `json:"values"`
	Scores  []Points  `json:"scores"`
	Profile []Entry   `json:"profile"` // fields written in this talk
	Tags    []string  `json:"tags"`    // "!x" = taken off
	Deeds   []Deed    `json:"deeds"`   // consents, leads, cases, items sent, requests to verify
	Steps   []StepRow `json:"steps"`

	Findings []Finding `json:"findings"`
	Errors   int       `json:"errors"`   // findings of level error in what is shown
	Blocked  bool      `json:"blocked"`  // the files cannot be played as they are: the talk shown is of an earlier state
	Fault    string    `json:"fault"`    // why, where no finding says it: gone, no_flow, unreadable
	Turned   *Turned   `json:"turned"`   // how the talk changed when it was played again
	Replayed int       `json:"replayed"` // messages played again after a save, -1 = none since the doctor's last message

	Clock    Clock  `json:"clock"`
	Doctor   string `json:"doctor"` // seed of shuffles and splits, "" = the usual one
	Imagined string `json:"profile_yaml"`
	Writable bool   `json:"writable"` // test cases are written to the folder
	CanUndo  bool   `json:"can_undo"`
}

// Language is one of the folder's.
type Language struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Now   bool   `json:"now"`   // the doctor speaks it
	Lacks bool   `json:"lacks"` // the flow shown is not translated into it
}

// Tap is a quick reply: what a doctor would type, and what it says.
type Tap struct {
	Send  string `json:"send"`
	Label string `json:"label"`
}

// Entry is a name with its value.
type Entry struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Label string `json:"label,omitempty"`
	Raw   string `json:"raw,omitempty"` // what was typed
	How   string `json:"how,omitempty"` // how it was read
	From  string `json:"from,omitempty"`
	Held  bool   `json:"held,omitempty"` // written when the doctor agrees
}

// Points is a score with its reasons.
type Points struct {
	Name   string            `json:"name"`
	Points int               `json:"points"`
	Grade  string            `json:"grade"`
	Lines  []flows.ScoreLine `json:"lines"`
}

// Deed is something that the talk would set off outside.
type Deed struct {
	Kind string `json:"kind"` // consent, lead, case, send, verify, notify
	What string `json:"what"`
	More string `json:"more,omitempty"`
}

// Stage is a step that the last message came past.
type Stage struct {
	Step    string  `json:"step"`
	ID      bool    `json:"-"` // Step is an id
	Kind    string  `json:"kind"`
	Words   string  `json:"words"`
	Line    int     `json:"line"`
	Skipped bool    `json:"skipped"`
	Why     string  `json:"why,omitempty"` // condition that did not hold, known, no_content
	Names   []Entry `json:"names,omitempty"`
}

// Finding is a finding of lint with its line cut where the mistake stands.
type Finding struct {
	lint.Problem
	Rule   string `json:"rule"`
	Before string `json:"before"`
	Bad    string `json:"bad"`
	After  string `json:"after"`
}

// Clock is the clock of the talk.
type Clock struct {
	Now    time.Time `json:"now"`
	Remind int64     `json:"remind"` // seconds until the next reminder, 0 = none
	Expire int64     `json:"expire"` // seconds until the talk expires, 0 = it does not
}

// view is what the page shows now.
func (p *Preview) view(s *session) View {
	p.mu.Lock()
	files, findings := p.files, p.findings
	p.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	v := View{
		Session: s.id, Revision: s.revision, File: s.file, Flow: strings.TrimSuffix(s.file, ".yaml"), Files: files,
		Blocked: s.blocked != nil || s.fault != "", Fault: s.fault, Turned: s.turned, Replayed: s.replayed,
		Doctor: s.doctor, Imagined: string(s.profile), Writable: p.opt.Dir != "", Clock: Clock{Now: s.began},
	}
	v.find(append(slices.Clone(s.blocked), findings...), s.file, p.opt.Place)
	if s.talk != nil {
		v.show(s.talk)
	}
	return v
}

// find takes the findings over: what forbids playing first, then the file shown, then the rest of the folder.
func (v *View) find(ps []lint.Problem, file, place string) {
	seen := map[string]bool{}
	for _, p := range ps {
		key := p.File + p.Code + p.Message + p.Source
		if seen[key] {
			continue
		}
		seen[key] = true
		if p.Level == lint.Error {
			v.Errors++
		}
		f := Finding{Problem: p, Rule: p.Title}
		f.Before, f.Bad, f.After = p.Cut()
		v.Findings = append(v.Findings, f)
	}
	rank := func(f Finding) int {
		r := slices.Index([]string{lint.Error, lint.Warning, lint.Hint}, f.Level) * 2
		if f.File != file {
			r++
		}
		return r
	}
	slices.SortStableFunc(v.Findings, func(a, b Finding) int { return cmp.Compare(rank(a), rank(b)) })
	for i := range v.Findings {
		v.Findings[i].File = path.Join(place, v.Findings[i].File)
	}
}

// show takes over what a talk has brought.
func (v *View) show(t *rehearsal) {
	flow := t.lib.Flow(t.flow)
	v.Flow, v.Title, v.Bubbles, v.Over = t.flow, flow.Title, t.bubbles, t.last.Over
	v.CanUndo = len(t.deeds) > 0
	remind, expire := t.next()
	v.Clock = Clock{Now: t.p.Now(), Remind: int64(remind.Seconds()), Expire: int64(expire.Seconds())}
	v.Taps, v.Waiting, v.Langs = t.taps(), t.waiting(), t.languages(flow)
	v.Trail, v.Steps = t.trail(), t.stepRows(flow, 0, map[string]bool{})
	v.Answers = t.answers()
	for _, name := range slices.Sorted(maps.Keys(t.last.Values)) {
		v.Values = append(v.Values, Entry{Name: name, Value: t.last.Values[name].Str()})
	}
	for _, s := range t.scores {
		v.Scores = append(v.Scores, Points{Name: s.Name, Points: s.Points, Grade: s.Grade, Lines: s.Lines})
	}
	v.Profile, v.Tags, v.Deeds = t.written(), t.tagged(), t.deedsDone()
}

// languages lists those of the folder, the house's own first.
func (t *rehearsal) languages(shown *flows.Flow) []Language {
	if !slices.ContainsFunc(t.lib.Flows(), func(f *flows.Flow) bool { return len(f.Also) > 0 }) {
		return nil
	}
	var out []Language
	for i, code := range t.lib.Languages() {
		lacks := i > 0 && code != shown.Lang && !slices.Contains(shown.Also, code)
		out = append(out, Language{Code: code, Name: t.lib.LanguageName(code), Now: code == t.p.Language(), Lacks: lacks})
	}
	return out
}

// answers lists what counts now, in the order in which it was asked.
func (t *rehearsal) answers() []Entry {
	var out []Entry
	for _, id := range slices.Sorted(maps.Keys(t.last.AnswersSoFar)) {
		value := t.last.AnswersSoFar[id]
		r := Entry{Name: id, Value: value.Str(), How: "known"}
		if a, ok := t.got[id]; ok {
			r.Label, r.Raw, r.How = a.Label, a.Raw, a.How
		}
		if r.Label == r.Value {
			r.Label = ""
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return cmp.Compare(t.turnOf(a.Name), t.turnOf(b.Name)) })
	return out
}

// turnOf is the turn in which a question was last answered.
func (t *rehearsal) turnOf(question string) int {
	for i := len(t.record) - 1; i >= 0; i-- {
		if v, ok := t.record[i].Out.AnswersSoFar[question]; ok {
			for i > 0 && t.record[i-1].Out.AnswersSoFar[question] == v {
				i--
			}
			return i
		}
	}
	return len(t.record)
}

// written lists the profile fields that the talk wrote, each with its last value, and those that wait for consent.
func (t *rehearsal) written() []Entry {
	var out []Entry
	wrote, held := t.wrote, len(t.wrote)
	if h := t.last.State.Held; h != nil {
		wrote = slices.Concat(wrote, h.Profile)
	}
	for i, a := range wrote {
		out = slices.DeleteFunc(out, func(r Entry) bool { return r.Name == a.Field })
		if a.Value.IsNone() {
			continue
		}
		r := Entry{Name: a.Field, Value: a.Value.Str(), Label: a.Label, From: a.From, Held: i >= held}
		if r.Label == r.Value {
			r.Label = ""
		}
		out = append(out, r)
	}
	return out
}

// tagged lists the tags put on and taken off.
func (t *rehearsal) tagged() []string {
	var out []string
	for _, c := range t.tags {
		out = slices.DeleteFunc(out, func(s string) bool { return strings.TrimPrefix(s, "!") == c.Tag })
		if c.Remove {
			out = append(out, "!"+c.Tag)
		} else {
			out = append(out, c.Tag)
		}
	}
	return out
}

// deedsDone lists what would reach others.
func (t *rehearsal) deedsDone() []Deed {
	var out []Deed
	for _, c := range t.agreed {
		what := "refused"
		if c.Granted {
			what = "granted"
		}
		out = append(out, Deed{Kind: "consent", What: c.Purpose, More: what})
	}
	for _, l := range t.leads {
		out = append(out, Deed{Kind: "lead", What: l.Kind, More: slashed(l.Level, l.Wish, l.Note, l.Why)})
	}
	for _, c := range t.cases {
		if c.New {
			out = append(out, Deed{Kind: "case", What: c.No, More: c.Words})
		}
	}
	for _, s := range t.sends {
		out = append(out, Deed{Kind: "send", What: s.Content.ID, More: s.Content.Title})
	}
	for _, r := range t.verify {
		out = append(out, Deed{Kind: "verify", What: r.Method, More: r.Invite})
	}
	for _, n := range t.told {
		out = append(out, Deed{Kind: "notify", What: n.To, More: n.Text})
	}
	return out
}

func slashed(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " / ")
}
