package release

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
	"github.com/vrep/vrep/store"
)

// Draft is a folder that somebody wants to publish, with what was found out about it. Nothing is written by making one.
type Draft struct {
	Base     *store.Release  // in force, without its folder; nil = this is the first
	Back     int64           // the release whose folder it is; 0 = a folder from outside
	Findings []flows.Problem // of lint, and of the comparison with the version in force
	Tests    flows.Report
	Flows    []FlowChange // what changes, by flow
	Rules    []string     // files of rules that change how doctors are classified; they need a second person

	lib   *flows.Library
	files []byte
	same  bool
	zone  *time.Location
	now   time.Time
}

// Kinds of change of a flow.
const (
	FlowNew       = "new"
	FlowGone      = "gone"
	FlowText      = "text" // words only: they reach running talks at once
	FlowStructure = "structure"
)

// FlowChange is what a draft changes in one flow.
type FlowChange struct {
	Flow    string
	Title   string
	Kind    string // see the Flow constants
	From    string // hash in force, "" = none
	To      string // hash of the draft, "" = none
	Open    int    // talks open in it
	Lost    []Lost
	Changes []flows.Change
}

// Lost is a question with doctors standing at it that the draft does not have.
type Lost struct {
	Question string
	Doctors  int
	To       string // what migrate makes of it; "" = it does not say, or drops it
	Covered  bool   // migrate says what becomes of them
}

// Refused tells whether a draft must not be published. What was published once may be put into force again whatever lint says by now: approvals that
// have run out meanwhile only keep their flows from being started.
func (d *Draft) Refused() bool {
	return d.Back == 0 && (len(lint.Errors(d.Findings)) > 0 || !d.Tests.OK())
}

// Same tells whether the folder is in force already.
func (d *Draft) Same() bool { return d.same }

// Library is the folder that was read; nil when it cannot be used.
func (d *Draft) Library() *flows.Library { return d.lib }

// day is the label of versions that have none of their own: the day from which they count.
func (d *Draft) day(at int64) string {
	if at != 0 {
		return time.UnixMilli(at).In(d.zone).Format(time.DateOnly)
	}
	return d.now.Format(time.DateOnly)
}

// Check reads a folder, lints it, runs its tests and compares it with what is in force. A folder with errors gives a draft that says so.
func (p *Publisher) Check(ctx context.Context, folder fs.FS) (*Draft, error) {
	d := &Draft{zone: p.zone, now: p.now().In(p.zone)}
	var err error
	if d.files, err = Pack(folder); err != nil {
		return nil, err
	}
	lib, problems := flows.Load(folder)
	d.Findings = problems
	if lib == nil || len(lint.Errors(problems)) > 0 {
		return d, nil
	}
	d.lib = lib
	d.Findings = lint.Sort(append(d.Findings, flows.Lint(lib, d.now)...))
	d.Tests = flows.RunTests(folder, lib, flows.TestOptions{Now: d.now})
	return d, p.compare(ctx, d)
}

// Back makes a draft of an earlier release, for a roll-back. Its tests are not run again: they passed when it was published.
func (p *Publisher) Back(ctx context.Context, id int64) (*Draft, error) {
	r, err := p.store.Release(ctx, id)
	if err != nil {
		return nil, err
	}
	d := &Draft{zone: p.zone, now: p.now().In(p.zone), Back: id, files: r.Files, Tests: flows.Report{Cases: r.Cases}}
	if _, d.lib, err = Load(r); err != nil {
		return nil, err
	}
	d.Findings = flows.Lint(d.lib, d.now)
	return d, p.compare(ctx, d)
}

// Current is what is in force.
type Current struct {
	Release *store.Release
	Library *flows.Library // nil when nothing is in force
}

// Hash is the hash of a flow in force, "" when there is none.
func (c Current) Hash(id string) string {
	if c.Library == nil {
		return ""
	}
	if f := c.Library.Flow(id); f != nil {
		return f.Hash()
	}
	return ""
}

// Current reads what is in force.
func (p *Publisher) Current(ctx context.Context) (Current, error) {
	now, err := p.store.InForce(ctx)
	if err != nil || now.Main == nil {
		return Current{}, err
	}
	r, err := p.store.Release(ctx, now.Main.ID)
	if err != nil {
		return Current{}, err
	}
	c := Current{Release: now.Main}
	if _, c.Library, err = Load(r); errors.Is(err, ErrUnreadable) {
		return c, nil // what replaces it cannot be compared with it, and must not be kept from replacing it
	}
	return c, err
}

// compare finds out what the draft changes, and for how many doctors.
func (p *Publisher) compare(ctx context.Context, d *Draft) error {
	current, err := p.Current(ctx)
	if err != nil {
		return err
	}
	talks, err := p.store.OpenTalks(ctx)
	if err != nil {
		return err
	}
	d.Base = current.Release
	d.same = current.Release != nil && current.Release.Hash == d.lib.Hash()
	old := current.Library
	if old == nil {
		for _, f := range d.lib.Flows() {
			d.Flows = append(d.Flows, FlowChange{Flow: f.ID, Title: f.Title, Kind: FlowNew, To: f.Hash()})
		}
		return nil
	}
	d.Findings = lint.Sort(append(d.Findings, flows.LintAgainst(old, d.lib, Standing(talks))...))
	d.Rules = changedRules(old, d.lib)
	for _, id := range flowIDs(old, d.lib) {
		if c, ok := change(old.Flow(id), d.lib.Flow(id), talks); ok {
			d.Flows = append(d.Flows, c)
		}
	}
	return nil
}

// Standing counts open talks by "flow.question", as flows.LintAgainst wants them.
func Standing(talks []store.OpenTalks) map[string]int {
	out := map[string]int{}
	for _, t := range talks {
		if t.Question != "" {
			out[t.Flow+"."+t.Question] += t.Doctors
		}
	}
	return out
}

func flowIDs(libs ...*flows.Library) []string {
	var ids []string
	for _, lib := range libs {
		for _, f := range lib.Flows() {
			ids = append(ids, f.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// change compares one flow; ok is false when nothing has changed.
func change(old, now *flows.Flow, talks []store.OpenTalks) (c FlowChange, ok bool) {
	switch {
	case old == nil:
		c = FlowChange{Flow: now.ID, Title: now.Title, Kind: FlowNew, To: now.Hash()}
	case now == nil:
		c = FlowChange{Flow: old.ID, Title: old.Title, Kind: FlowGone, From: old.Hash()}
	case old.Hash() == now.Hash():
		return c, false
	default:
		c = FlowChange{Flow: now.ID, Title: now.Title, Kind: FlowStructure, From: old.Hash(), To: now.Hash(), Changes: flows.Compare(old, now)}
		if flows.ShapeOf(c.From) == flows.ShapeOf(c.To) {
			c.Kind = FlowText
		}
	}
	c.Open = Overview{Talks: talks}.Open(c.Flow, "")
	c.Lost = lost(c, talks)
	return c, true
}

// lost lists the questions with doctors that are gone.
func lost(c FlowChange, talks []store.OpenTalks) []Lost {
	var out []Lost
	standing := AtQuestions(talks, c.Flow)
	for _, x := range c.Changes {
		if x.Kind != flows.QuestionGone && x.Kind != flows.Renamed {
			continue
		}
		if n := standing[x.Step]; n > 0 {
			out = append(out, Lost{Question: x.Step, Doctors: n, To: x.To, Covered: x.Covered})
		}
	}
	slices.SortFunc(out, func(a, b Lost) int {
		return cmp.Or(cmp.Compare(b.Doctors, a.Doctors), cmp.Compare(a.Question, b.Question))
	})
	return out
}

// AtQuestions counts the doctors who stand at each question of a flow, in whichever version.
func AtQuestions(talks []store.OpenTalks, flow string) map[string]int {
	out := map[string]int{}
	for _, t := range talks {
		if t.Flow == flow {
			out[t.Question] += t.Doctors
		}
	}
	return out
}
