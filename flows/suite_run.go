package flows

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
)

// Report is the result of a test run.
type Report struct {
	Files    int
	Cases    int
	Failed   int
	Problems []Problem // failures and slips in the test files, with file and line
}

// OK reports whether every case passed.
func (r *Report) OK() bool { return len(lint.Errors(r.Problems)) == 0 }

// Text writes the failures and a last line with the figures.
func (r *Report) Text(w io.Writer) error {
	if err := lint.Text(w, r.Problems); err != nil {
		return err
	}
	key := "test_passed"
	if !r.OK() {
		key = "test_sum_failed"
	}
	_, err := fmt.Fprintln(w, lint.Phrase(key, "files", itoa(r.Files), "cases", itoa(r.Cases), "failed", itoa(r.Failed)))
	if err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}

// TestOptions set what the files do not say.
type TestOptions struct {
	Now time.Time // clock of cases without now, in the zone of the account
}

// RunTests runs tests/*.test.yaml of a folder against its library, without network and on a clock of its own.
func RunTests(fsys fs.FS, lib *Library, opt TestOptions) Report {
	var r Report
	names, _ := fs.Glob(fsys, "tests/*.test.yaml")
	sink, old := &lint.Sink{}, newEditions(fsys, lib)
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			sink.Add(lint.NewFile(name, nil), 1, 1, 1, "unreadable", "error", err.Error())
			continue
		}
		r.Files++
		b, root := lib.fileBinder(name, data, sink)
		if root == nil {
			continue
		}
		f := b.readTests(root, opt.Now.Location(), opt.Now)
		if lib.flows[f.flow] == nil {
			sink.Add(b.file, 1, 1, 1, "unknown_flow", "name", f.flow, "near", cond.Nearest(f.flow, lib.flowNames()))
			continue
		}
		for _, c := range f.cases {
			before := len(lint.Errors(sink.All))
			r.Cases++
			runCase(old, f, c, sink)
			if len(lint.Errors(sink.All)) > before {
				r.Failed++
			}
		}
	}
	if len(names) == 0 {
		sink.Add(lint.NewFile("tests", nil), 1, 1, 1, "no_tests")
	}
	r.Problems = sink.All
	return r
}

// testRun is one case while it runs.
type testRun struct {
	e      *Engine
	c      *testCase
	flow   *Flow
	sink   *lint.Sink
	st     State
	facts  Facts
	now    time.Time
	last   Outcome
	total  testTotal
	failed bool

	editions *editions
	hash     string // version on which the talk stood last
}

// testTotal is what a case has produced so far.
type testTotal struct {
	answers map[string]Answer
	asked   map[string]bool
	leads   []Lead
	sent    []string
	cases   map[string]*Case
	verify  []Verify
	notices []Notice
	scores  map[string]Score
	snap    *snapshot
	ended   string
	forgot  bool
	human   bool
	most    int // messages in one reply
}

func runCase(old *editions, f *testFile, c *testCase, sink *lint.Sink) {
	e := &Engine{lib: old.lib, watch: true}
	r := &testRun{e: e, c: c, flow: old.lib.flows[f.flow], sink: sink, now: c.now, editions: old}
	r.begin()
	r.facts = Facts{Doctor: "test:" + c.name, CaseNo: "AE-TEST-1", Reads: &imagined{lib: old.lib}}
	r.facts.make()
	if c.doctor != nil {
		r.facts.from(c.doctor, c.now)
	}
	r.total = testTotal{answers: map[string]Answer{}, asked: map[string]bool{}, cases: map[string]*Case{}, scores: map[string]Score{}}
	switch {
	case c.from != "":
		r.startFrom()
	case c.start != "":
		r.step(Input{Kind: InStart, Key: c.start})
	case len(c.fill) > 0 || c.random || (len(c.chat) > 0 && contains([]string{"bot", "at", "answers"}, c.chat[0].key)):
		r.step(Input{Kind: InStart, Key: r.flow.ID})
	}
	if c.publish != "" && !r.failed {
		r.publish(c.at, c.publish)
	}
	if len(c.fill) > 0 || c.random {
		r.fill()
	}
	for i := range c.chat {
		r.turn(&c.chat[i])
		if r.failed {
			return
		}
	}
	if c.expect != nil && !r.failed {
		r.expect()
	}
}

func (r *testRun) fail(at place, key string, args ...string) {
	r.failed = true
	r.sink.Add(at.file, at.line, at.column, at.width, key, append(args, "case", r.c.name)...)
}

// step lets one input act, with the state through JSON as in life.
func (r *testRun) step(in Input) {
	in.At = r.now
	data, err := json.Marshal(r.st)
	if err != nil {
		r.fail(r.c.at, "test_form", "what", err.Error())
		return
	}
	var st State
	if err := json.Unmarshal(data, &st); err != nil {
		r.fail(r.c.at, "test_form", "what", err.Error())
		return
	}
	r.take(r.e.Step(st, in, r.facts))
}

// take adds an outcome to the totals.
func (r *testRun) take(out Outcome) {
	r.st, r.last = out.State, out
	r.follows(out)
	r.facts = r.facts.After(out, r.now)
	t := &r.total
	for _, x := range out.Retracted {
		delete(t.answers, x.Question)
	}
	if out.Forget {
		clear(t.answers)
		t.forgot = true
	}
	for _, a := range out.Answers {
		t.answers[a.Question] = a
	}
	t.leads = append(t.leads, out.Leads...)
	t.notices = append(t.notices, out.Notices...)
	for i := range out.Sends {
		t.sent = append(t.sent, out.Sends[i].Content.ID)
	}
	for _, c := range out.Cases {
		t.add(c)
	}
	if out.Verify != nil {
		t.verify = append(t.verify, *out.Verify)
	}
	for _, s := range out.Scores {
		t.scores[s.Name] = s
	}
	if out.snap != nil {
		t.snap = out.snap
	}
	if out.Ended != "" {
		t.ended = out.Ended
	}
	t.human = t.human || out.Human
	if out.Pending.ID != "" {
		t.asked[out.Pending.ID] = true
		t.asked[bareID(out.Pending.ID)] = true
		t.asked[path.Ext("." + out.Pending.ID)[1:]] = true
	}
	t.most = max(t.most, messages(out))
	if len(out.Cases) > 0 {
		r.facts.CaseNo = "AE-TEST-" + itoa(len(t.cases)+1)
	}
	for _, p := range out.Problems {
		r.fail(r.c.at, "test_problem", "what", p.Message)
	}
}

func (t *testTotal) add(c Case) {
	old := t.cases[c.No]
	if old == nil {
		t.cases[c.No] = &c
		return
	}
	if old.Fields == nil {
		old.Fields = map[string]string{}
	}
	for k, v := range c.Fields {
		old.Fields[k] = v
	}
	if c.Complete {
		old.Complete, old.Serious, old.Within = true, c.Serious, c.Within
	}
}

// maxReply is the most that one passive reply carries, in bytes.
const maxReply = 2000

// messages counts what a turn costs: the passive reply, further parts of an over-long text, one for every item sent.
func messages(out Outcome) int {
	n := (len(strings.Join(out.Says, "\n")) + maxReply - 1) / maxReply
	return n + len(out.Sends) + len(out.Images)
}

// startFrom begins in the middle: at a question, with answers given before.
func (r *testRun) startFrom() {
	i, ok := r.flow.index[r.c.from]
	if !ok {
		r.fail(r.c.at, "unknown_target", "name", r.c.from, "near", cond.Nearest(r.c.from, sortedKeys(r.flow.index)))
		return
	}
	if len(r.facts.Consents) == 0 {
		for _, p := range r.e.lib.purposes() {
			r.facts.Consents[p] = "given"
		}
	}
	f := Frame{Flow: r.flow.ID, Hash: r.flow.hash, P: i}
	given := map[string]Value{}
	if n := r.c.given; n != nil {
		for j := 0; j+1 < len(n.Content); j += 2 {
			given[n.Content[j].Value] = nodeValue(n.Content[j+1])
		}
	}
	for _, s := range r.flow.Steps {
		if v, ok := given[s.ID]; ok && s.ID != "" {
			f.Got = append(f.Got, Got{Q: s.ID, V: v})
			f.Log = append(f.Log, Mark{K: "a", N: s.ID})
			delete(given, s.ID)
		}
	}
	for _, name := range sortedKeys(given) {
		f.Vars = append(f.Vars, Var{N: name, V: given[name]})
	}
	r.st = State{Talk: 1, Frames: []Frame{f}, At: ms(r.now)}
	t := &turn{e: r.e, st: r.st.clone(), in: Input{Kind: InTick, At: r.now}, facts: r.facts, out: &Outcome{Accepted: true, Level: -1}}
	t.advance()
	t.finish()
	r.take(*t.out)
}
