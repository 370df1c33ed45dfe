package author

import (
	"math/rand/v2"
	"slices"

	"github.com/vrep/vrep/flows"
)

// maxReplays bounds how long a shorter talk is looked for.
const maxReplays = 1500

// shortest leaves out of a failing talk whatever it does not need to fail, and writes the rest as a test case.
func (w *walker) shortest(t *talk) (text, reason string) {
	best, plays := t, 0
	for size := max(len(best.moves)/2, 1); size > 0; size /= 2 {
		for from := 0; from < len(best.moves) && plays < maxReplays; plays++ {
			moves := slices.Delete(slices.Clone(best.moves), from, min(from+size, len(best.moves)))
			if again := w.replay(best, moves); again.why != "" {
				best = again
				continue
			}
			from += size
		}
	}
	for i := range best.moves { // long texts
		for runes := []rune(best.moves[i].in.Text); len(runes) > 20; runes = []rune(best.moves[i].in.Text) {
			moves := slices.Clone(best.moves)
			moves[i].in.Text = string(runes[:len(runes)/2])
			again := w.replay(best, moves)
			if again.why == "" || len(again.moves) <= i {
				break
			}
			best = again
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
	p, err := flows.NewPlayer(w.lib, t.flow, flows.PlayerOptions{Doctor: t.doctor[0], Profile: []byte(t.doctor[1]), Now: w.opt.Now})
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
