package author

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/vrep/vrep/flows"
)

// maxWork bounds how long a shorter talk is looked for: some seconds, also for flows with hundreds of questions.
const maxWork = 200_000

// shortest leaves out of a failing talk whatever it does not need to fail, and writes the rest as a test case. When the context ends it makes do with
// the shortest found so far.
func (w *walker) shortest(ctx context.Context, t *talk) (text, reason string) {
	if t.endless { // hundreds of answers tell less than the place from which there is no end
		t.moves = t.moves[:t.own]
		return w.asCase(t), t.why
	}
	best, work := t, 0
	fails := func(moves []move) bool {
		again := w.replay(best, moves)
		work += again.work
		if again.why == "" || len(again.moves) > len(moves) && len(again.moves) >= len(best.moves) { // the way to the end may be longer than what was left out
			return false
		}
		best = again
		return true
	}
	goOn := func() bool { return work < maxWork && ctx.Err() == nil }
	for size := max(len(best.moves)/2, 1); size > 0; size /= 2 {
		for from := 0; from < len(best.moves) && goOn(); {
			if !fails(slices.Delete(slices.Clone(best.moves), from, min(from+size, len(best.moves)))) {
				from += size
			}
		}
	}
	for i := 0; i < len(best.moves); i++ { // long texts; a shorter one may make the talk fail earlier
		for i < len(best.moves) && goOn() {
			runes, moves := []rune(best.moves[i].in.Text), slices.Clone(best.moves)
			moves[i].in.Text = string(runes[:len(runes)/2])
			if len(runes) <= 20 || !fails(moves) {
				break
			}
		}
	}
	return w.asCase(best), best.why
}

// replay plays moves for the same doctor, up to the first failure.
func (w *walker) replay(like *talk, moves []move) *talk {
	t, err := w.begin(like.flow, like.doctor[0], like.doctor[1], rand.New(rand.NewPCG(1, 1)), true)
	if err != nil {
		return t
	}
	for _, m := range moves {
		if t.why != "" {
			return t
		}
		t.do(m)
	}
	if t.why == "" {
		t.finish()
	}
	return t
}

// asCase plays a talk once more and writes it down.
func (w *walker) asCase(t *talk) string {
	p, err := w.player(t.flow, t.doctor)
	if err != nil {
		return ""
	}
	turns := []RecordedTurn{{In: flows.Input{Kind: flows.InStart, Key: t.flow}, Facts: p.Facts(), Out: p.Start()}}
	for _, m := range t.moves {
		rt := RecordedTurn{In: m.in, After: m.after, Facts: p.Facts()}
		if m.after > 0 {
			rt.Out = p.Wait(m.after)
		} else {
			rt.Out = p.Send(m.in)
		}
		turns = append(turns, rt)
	}
	return RecordCase(t.why, w.opt.Now, turns)
}
