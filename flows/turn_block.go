package flows

import (
	"cmp"
	"hash/fnv"
	"slices"

	"github.com/vrep/vrep/flows/cond"
)

// startRound puts a round of a block on the stack; false means that the block is done.
func (t *turn) startRound(f *Frame, s *Step, r int) bool {
	body := s.Body.(*BlockStep)
	if r > min(body.Max, maxRounds) {
		return false
	}
	next := Frame{Flow: f.Flow, Hash: f.Hash, Call: s.ID, R: r}
	switch {
	case body.ForEach != nil:
		item, ok := t.nextItem(f, s)
		if !ok {
			return false
		}
		next.In = []Var{item}
	case body.Times != nil:
		if n := t.eval(f, body.Times); n.Kind() != cond.KindNumber || float64(r) > n.Num() {
			return false
		}
	case !body.Loops() && r > 1:
		return false
	}
	if len(t.st.Frames) >= maxFrames-reserve {
		t.problem("lost_flow", f)
		return false
	}
	f.revive(&next)
	t.st.Frames = append(t.st.Frames, next)
	return true
}

// revive takes over the answers of a run that did not apply for a while, so that they are offered.
func (f *Frame) revive(next *Frame) {
	i := slices.IndexFunc(f.Off, func(o Frame) bool {
		return o.Call == next.Call && o.R == next.R && slices.Equal(o.In, next.In)
	})
	if i < 0 {
		return
	}
	next.Old, next.Off = f.Off[i].Old, f.Off[i].Off
	f.Off = slices.Delete(f.Off, i, i+1)
}

// endRound finishes the round on top: the next one follows, or what comes after the block. Words other than done end the flow that the block stands in.
// true means that the turn rests.
func (t *turn) endRound(word string) bool {
	n := len(t.st.Frames) - 1
	f, below := t.top(), t.flow(n-1)
	var s *Step
	if below != nil {
		s = below.Step(f.Call)
	}
	if s != nil {
		if _, ok := s.Body.(*BlockStep); !ok {
			s = nil
		}
	}
	more := word == "done" && s != nil && t.goesOn(f, s.Body.(*BlockStep))
	round := *f
	t.st.Frames = t.st.Frames[:n]
	caller := t.top()
	caller.keepRun(round)
	t.note(round.Call)
	t.settle()
	if word != "done" {
		return t.end(word)
	}
	if more && t.startRound(caller, s, round.R+1) {
		return false
	}
	if s == nil {
		caller.P++
		return false
	}
	return t.leave(caller, s)
}

// keepRun files a called flow or a round that has returned.
func (f *Frame) keepRun(run Frame) {
	run.calm()
	run.P, run.Visits = 0, nil
	f.Subs = append(f.Subs, run)
	f.Log = append(f.Log, Mark{K: "c", N: run.Call})
}

// goesOn tells whether another round may follow the one on top.
func (t *turn) goesOn(f *Frame, body *BlockStep) bool {
	if body.Until != nil && t.holds(f, body.Until) {
		return false
	}
	if body.Another == nil {
		return true
	}
	g := f.got(anotherName)
	return g != nil && g.V.Str() == "yes"
}

// nextItem is the first item of the list without a round.
func (t *turn) nextItem(f *Frame, s *Step) (Var, bool) {
	body := s.Body.(*BlockStep)
	for _, item := range t.items(t.env(f), s) {
		v := Var{N: body.As, V: item}
		if slices.ContainsFunc(f.Subs, func(sub Frame) bool { return sub.of(s.ID, v) }) {
			continue
		}
		if l := t.itemLabel(t.env(f), body.ForEach, item.Str()); l != item.Str() {
			v.L = l
		}
		return v, true
	}
	return Var{}, false
}

// of reports a round of a block about an item.
func (f *Frame) of(block string, item Var) bool {
	return f.R > 0 && f.Call == block && len(f.In) > 0 && f.In[0].V == item.V
}

// items are what a block has a round for, in the order for this doctor: each once, without options such as "none of these".
func (t *turn) items(e *env, s *Step) []Value {
	body := s.Body.(*BlockStep)
	var codes []string
	for _, code := range e.eval(body.ForEach).Items() {
		if !slices.Contains(codes, code) && !t.alone(e, body.ForEach, code) {
			codes = append(codes, code)
		}
	}
	order := t.order(len(codes), body, func(i int) string { return codes[i] }, e.f.Flow, s.ID)
	out := make([]Value, len(order))
	for i, k := range order {
		out[i] = cond.Text(codes[k])
		if x := body.ForEach.x; x != nil && x.Type().Of == cond.KindNumber {
			if n, err := parseFloat(codes[k]); err == nil && n != nil {
				out[i] = cond.Number(*n)
			}
		}
	}
	return out
}

// order picks and shuffles n things by numbers drawn from doctor, place and name: always the same for the same doctor.
func (t *turn) order(n int, body *BlockStep, name func(i int) string, at ...string) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	if !body.Shuffle && body.Pick == 0 {
		return out
	}
	seed := t.seed(at...)
	rank := make([]uint64, n)
	for i := range rank {
		rank[i] = drawn(seed, name(i))
	}
	slices.SortFunc(out, func(a, b int) int { return cmp.Or(cmp.Compare(rank[a], rank[b]), a-b) })
	if body.Pick > 0 {
		out = out[:min(body.Pick, n)]
	}
	if !body.Shuffle {
		slices.Sort(out)
	}
	return out
}

// drawn is a number for a name under a seed.
func drawn(seed uint64, name string) uint64 {
	h := fnv.New64a()
	var b [8]byte
	for k := range b {
		b[k] = byte(seed >> (8 * k))
	}
	h.Write(b[:])
	h.Write([]byte(name))
	return h.Sum64()
}

// arranged is the flow of a round on the stack: the block's steps, those of a group in the order for this doctor.
func (t *turn) arranged(f *Frame, in *Flow) *Flow {
	if !in.loose() {
		return in
	}
	order := t.order(len(in.Steps), in.block.Body.(*BlockStep), func(i int) string { return in.Steps[i].where() }, f.Flow, f.Call)
	view := *in
	view.Steps, view.index = make([]*Step, len(order)), make(map[string]int, len(order))
	for i, k := range order {
		view.Steps[i] = in.Steps[k]
		if id := in.Steps[k].ID; id != "" {
			view.index[id] = i
		}
	}
	return &view
}
