package author

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/vrep/vrep/flows"
)

// talk is one talk of a random doctor, with what is looked at after every turn.
type talk struct {
	w        *walker
	flow     string
	doctor   [2]string // seed and YAML
	r        *rand.Rand
	p        *flows.Player
	turn     flows.Turn
	moves    []move
	turns    int
	work     int // turns, each the more the longer the talk
	own      int // moves before the way to the end (finish)
	endless  bool
	traces   []flows.Trace
	tried    map[string]bool // questions whose options have been tried
	every    bool
	stubborn int    // pictures still to come, whatever is asked
	why      string // what is wrong, "" = nothing
}

func (w *walker) begin(flow, seed, doctor string, r *rand.Rand, every bool) (*talk, error) {
	t := &talk{w: w, flow: flow, doctor: [2]string{seed, doctor}, r: r, every: every, tried: map[string]bool{}}
	p, err := w.player(flow, t.doctor)
	if err != nil {
		return t, err
	}
	t.p = p
	t.turn = p.Start()
	t.look(flows.Turn{}, flows.Input{Kind: flows.InStart, Key: flow})
	return t, nil
}

// player is an imagined doctor (seed and YAML) who has not begun to talk.
func (w *walker) player(flow string, doctor [2]string) (*flows.Player, error) {
	return flows.NewPlayer(w.lib, flow, flows.PlayerOptions{Doctor: doctor[0], Profile: []byte(doctor[1]), Lang: w.opt.Lang, Now: w.opt.Now})
}

// do lets a move act and looks at the turn.
func (t *talk) do(m move) {
	t.moves = append(t.moves, m)
	if m.after > 0 {
		before := t.turn
		t.turn = t.p.Wait(m.after)
		t.look(before, m.in)
		return
	}
	before := t.turn
	if !t.now() {
		t.turn = t.p.Send(m.in)
		t.look(before, m.in)
		return
	}
	turn, err := t.p.SendTwice(m.in)
	t.turn = turn
	if err != nil {
		t.why = why("twice", "error", err.Error())
		return
	}
	t.look(before, m.in)
}

// oneIn is how rarely a turn is looked at from every side: that costs ten times the turn itself.
const oneIn = 8

// now reports a turn that is looked at from every side; in a talk that is played again all of them are.
func (t *talk) now() bool { return t.every || t.r.IntN(oneIn) == 0 }

// look holds a turn against what no talk may have.
func (t *talk) look(before flows.Turn, in flows.Input) {
	t.turns++
	t.work += 1 + len(t.turn.AnswersSoFar)
	t.traces = append(t.traces, t.turn.Trace...)
	out := &t.turn
	reply := len(strings.Join(out.Says, "\n"))
	switch {
	case len(out.Problems) > 0:
		t.why = why("problem", "what", out.Problems[0].Message)
	case reply > flows.MaxReply:
		t.why = why("long", "n", strconv.Itoa(reply), "max", strconv.Itoa(flows.MaxReply))
	case in.Kind == flows.InText && out.State.Asleep == 0 && before.State.Asleep == 0 && reply == 0 && len(out.Sends) == 0:
		t.why = why("silent")
	case !out.State.Idle() && out.State.Asleep == 0 && out.Pending.Asked == "":
		t.why = why("dead_end")
	default:
		if id := t.lost(before, in); id != "" {
			t.why = why("lost", "question", id)
			return
		}
		t.answerable()
	}
}

// lost names an answer that no longer counts although nothing that the doctor did takes it back.
func (t *talk) lost(before flows.Turn, in flows.Input) string {
	out := &t.turn
	if out.State.Talk != before.State.Talk || out.Forget || out.Ended != "" || before.Ended != "" || in.Kind == flows.InStart {
		return ""
	}
	if slices.Contains([]string{"back", "restart", "quit", "opt_out"}, out.Command) {
		return ""
	}
	for id, was := range before.AnswersSoFar {
		is, kept := out.AnswersSoFar[id]
		if kept && is == was || id == before.Pending.ID || id == out.Pending.ID || t.gone(before, id) {
			continue
		}
		if slices.ContainsFunc(out.Retracted, func(x flows.Retracted) bool { return x.Question == id }) {
			continue
		}
		last := id[strings.LastIndexByte(id, '.')+1:]
		if slices.ContainsFunc(out.Skipped, func(s flows.Skip) bool { return s.Step == last }) {
			continue
		}
		return id
	}
	return ""
}

// gone reports an answer of a flow that is no longer on the stack: it ended, and its answers are in the doctor's records.
func (t *talk) gone(before flows.Turn, id string) bool {
	head, _, dotted := strings.Cut(id, ".")
	head, _, _ = strings.Cut(head, "[")
	if !dotted || t.w.lib.Flow(head) == nil {
		return false
	}
	was, is := before.State.Frames, t.turn.State.Frames
	if !slices.ContainsFunc(is, func(f flows.Frame) bool { return called(f.Subs, head) }) && (len(is) == 0 || !called(is[1:], head)) {
		return true // names of the flow at the bottom have nothing before them
	}
	if len(is) >= len(was) {
		return false
	}
	over := was[len(is):] // a flow that was pushed over the talk takes what it called along
	return slices.ContainsFunc(over, func(f flows.Frame) bool { return f.Own }) && called(over, head)
}

// called reports whether a flow is among the frames or among those that they called.
func called(frames []flows.Frame, flow string) bool {
	return slices.ContainsFunc(frames, func(f flows.Frame) bool { return f.Flow == flow || called(f.Subs, flow) })
}

// answerable tries a question that was not seen in this talk before: some answer must lead on, and every option that is printed must be taken.
func (t *talk) answerable() {
	p := t.turn.Pending
	key := p.ID + strconv.FormatBool(p.Confirming)
	if p.Asked == "" || t.turn.State.Asleep > 0 || t.tried[key] || !t.now() {
		return
	}
	t.tried[key] = true
	if _, ok := t.p.Suggest(t.r); !ok {
		t.why = why("unanswerable", "question", p.ID)
		return
	}
	q := t.question(p)
	if q == nil || len(q.Check) > 0 || p.Confirming {
		return
	}
	if t := p.Type; t != "one" && t != "yesno" && t != "consent" && (t != "many" || q.PickLow > 1) {
		return
	}
	for _, mark := range flows.Marks(p.Asked) {
		if out := t.p.Fork().Send(flows.Input{Kind: flows.InText, Text: mark}); !out.Accepted {
			t.why = why("option", "question", p.ID, "mark", mark)
			return
		}
	}
}

// question is what is being asked, nil when it is the engine's own question.
func (t *talk) question(p flows.Pending) *flows.Question {
	f := t.w.lib.Flow(p.Flow)
	if f == nil {
		return nil
	}
	var q *flows.Question
	id := p.ID[strings.LastIndexByte(p.ID, '.')+1:]
	f.Walk(func(_ *flows.Flow, s *flows.Step) {
		if body, ok := s.Body.(*flows.Question); ok && s.ID == id && q == nil {
			q = body
		}
	})
	return q
}

// maxToEnd is how many answers may lie between any place of a talk and its end.
const maxToEnd = 400

// finish answers what is asked until the talk has ended: an end must be in reach from everywhere.
func (t *talk) finish() {
	t.own = len(t.moves)
	r := rand.New(rand.NewPCG(1, 1))
	for range maxToEnd {
		switch {
		case t.why != "" || t.turn.State.Idle():
			return
		case t.turn.State.Asleep > 0: // a person is done with it
			t.do(move{in: flows.Input{Kind: flows.InResume}})
			continue
		}
		in, ok := t.p.Suggest(r)
		if !ok {
			t.why = why("stuck", "question", t.turn.Pending.ID)
			return
		}
		if t.do(move{in: in}); t.turn.Ended != "" {
			return
		}
	}
	t.endless, t.why = true, why("endless", "n", strconv.Itoa(maxToEnd))
}
