package flows

import (
	"cmp"
	"encoding/json"
	"maps"
	"path"
	"reflect"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

// testRun is one case while it runs.
type testRun struct {
	e      *Engine
	s      *suite
	c      *testCase
	flow   *Flow
	sink   *lint.Sink
	st     State
	facts  Facts
	now    time.Time
	last   Outcome
	says   []string // of the last line of the case: several turns when a clock was turned past several reminders
	before delivery
	total  testTotal
	talk   []Said
	keys   map[coverKey]bool
	j      job
	n      int // number of the doctor
	edits  []edit
	failed bool

	editions *editions
	hash     string // version on which the talk stood last
}

// delivery is the last input as it reached the engine, so that it can come a second time.
type delivery struct {
	st    State
	in    Input
	facts Facts
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

	meetings  []MeetingSaid
	colleague string
	scores    map[string]Score
	snap      *snapshot
	ended     string
	forgot    bool
	human     bool
	most      int // messages in one reply
}

// newRun prepares a case for its n-th doctor.
func (s *suite) newRun(j job, n int) *testRun {
	r := &testRun{e: &Engine{lib: s.lib, watch: true}, s: s, c: j.c, flow: s.lib.flows[j.f.flow], sink: &lint.Sink{}, now: j.c.now, j: j, n: n,
		editions: s.old}
	r.begin()
	r.facts = Facts{Doctor: "test:" + j.c.name, CaseNo: "AE-TEST-1", Reads: &imagined{lib: s.lib}}
	r.facts.make()
	if j.c.doctor != nil {
		r.facts.from(j.c.doctor, j.c.now)
	}
	if n > 0 {
		r.facts.Doctor += "#" + itoa(n)
	}
	r.total = testTotal{answers: map[string]Answer{}, asked: map[string]bool{}, cases: map[string]*Case{}, scores: map[string]Score{}}
	return r
}

// play runs the case to its end or to its first failure.
func (r *testRun) play() {
	c := r.c
	switch {
	case len(c.reads) > 0:
		r.reads()
	case c.from != "":
		r.startFrom(c.from, c.at)
	case c.start != "":
		r.step(Input{Kind: InStart, Key: c.start})
	case c.fills() || (len(c.chat) > 0 && contains([]string{"bot", "at", "answers"}, c.chat[0].key)):
		r.step(Input{Kind: InStart, Key: r.flow.ID})
	}
	if c.publish != "" && !r.failed {
		r.publish(c.at, c.publish)
	}
	if c.fills() {
		r.fill()
	}
	for i := range c.chat {
		if r.failed {
			return
		}
		r.turn(&c.chat[i])
	}
	if c.expect != nil && !r.failed {
		r.expect()
	}
}

func (r *testRun) fail(at place, key string, args ...string) {
	r.failed = true
	r.sink.Add(at.file.Fresh(), at.line, at.column, at.width, key, append(args, "case", r.c.name)...)
}

// step lets one input act, with the state through JSON as in life.
func (r *testRun) step(in Input) {
	r.says = nil
	r.act(in)
}

// act is step, with what is said added to what this line of the case has brought.
func (r *testRun) act(in Input) {
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
	r.before = delivery{st: st, in: in, facts: r.facts}
	r.take(r.e.Step(st, in, r.facts))
}

// again delivers the last input a second time. Whoever keeps talks knows the message and gives the same reply, without a second effect; what the engine
// owes for that is the identical outcome.
func (r *testRun) again(at place) {
	if r.before.in.Kind == "" {
		r.fail(at, "test_no_input")
		return
	}
	b := r.before
	if out := r.e.Step(b.st, b.in, b.facts); !reflect.DeepEqual(out, r.last) {
		r.fail(at, "test_twice", "want", r.last.Reply(), "got", out.Reply())
	}
}

// restart lets the process die: what goes on is the state as JSON, on an engine and a library that were made afresh.
func (r *testRun) restart(at place) {
	fresh := r.s.twin(r.e.lib)
	if fresh.flows[r.flow.ID] == nil {
		r.fail(at, "test_restart")
		return
	}
	r.e = &Engine{lib: fresh, watch: true, old: r.e.old}
	r.flow = fresh.flows[r.flow.ID]
}

// take adds an outcome to the totals.
func (r *testRun) take(out Outcome) {
	r.st, r.last = out.State, out
	r.follows(out)
	r.says = append(r.says, out.Reply())
	r.talk = append(r.talk, saidLine(SaidBot, out.Reply())...)
	r.facts = r.facts.After(out, r.now)
	if r.keys != nil {
		passed(r.keys, r.flow.ID, out.Trace)
	}
	t := &r.total
	t.add(out)
	if len(out.Cases) > 0 {
		r.facts.CaseNo = "AE-TEST-" + itoa(len(t.cases)+1)
	}
	for _, p := range out.Problems {
		r.fail(r.c.at, "test_problem", "what", p.Message)
	}
}

func (t *testTotal) add(out Outcome) {
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
	t.meetings = append(t.meetings, out.Meetings...)
	t.colleague = cmp.Or(out.Colleague, t.colleague)
	for i := range out.Sends {
		t.sent = append(t.sent, out.Sends[i].Content.ID)
	}
	for _, c := range out.Cases {
		t.addCase(c)
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
}

func (t *testTotal) addCase(c Case) {
	old := t.cases[c.No]
	if old == nil {
		c.Fields = maps.Clone(c.Fields) // the outcome stays as it was
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

// MaxReply is the most that one passive reply carries, in bytes: the platform refuses more than 2,048.
const MaxReply = 2000

// messages counts what a turn costs: the passive reply, further parts of an over-long text, one for every item sent.
func messages(out Outcome) int {
	n := (len(strings.Join(out.Says, "\n")) + MaxReply - 1) / MaxReply
	return n + len(out.Sends) + len(out.Images)
}

// startFrom begins in the middle: at a step, with answers given before.
func (r *testRun) startFrom(id string, named place) {
	i, ok := r.flow.index[id]
	if !ok {
		r.fail(named, "unknown_target", "name", id, "near", cond.Nearest(id, sortedKeys(r.flow.index)))
		return
	}
	if len(r.facts.Consents) == 0 {
		for _, p := range r.e.lib.purposes() {
			r.facts.Consents[p] = "given"
		}
	}
	f := Frame{Flow: r.flow.ID, Hash: r.flow.hash, P: i}
	given := map[string]Got{}
	if n := r.c.given; n != nil {
		for j := 0; j+1 < len(n.Content); j += 2 {
			given[n.Content[j].Value] = givenValue(n.Content[j+1])
		}
	}
	for _, s := range r.flow.Steps {
		if g, ok := given[s.ID]; ok && s.ID != "" {
			g.Q = s.ID
			f.Got = append(f.Got, g)
			f.Log = append(f.Log, Mark{K: "a", N: s.ID})
			delete(given, s.ID)
		}
	}
	for _, name := range sortedKeys(given) {
		f.Vars = append(f.Vars, Var{N: name, V: given[name].V})
	}
	r.st = State{Talk: 1, Frames: []Frame{f}, At: ms(r.now)}
	t := &turn{e: r.e, st: r.st.clone(), in: Input{Kind: InTick, At: r.now}, facts: r.facts, out: &Outcome{Accepted: true, Level: -1}}
	t.advance()
	t.finish()
	r.take(*t.out)
}

// givenValue reads a value, or {value, label} where the label does not follow from the value.
func givenValue(n *yaml.Node) Got {
	if n.Kind != yaml.MappingNode {
		return Got{V: nodeValue(n)}
	}
	var g Got
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch n.Content[i].Value {
		case "value":
			g.V = nodeValue(n.Content[i+1])
		case "label":
			g.L = n.Content[i+1].Value
		}
	}
	return g
}
