package flows

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
)

// Fork copies a player with its talk: what the one goes through does not reach the other.
func (p *Player) Fork() *Player {
	q := *p
	return &q
}

// Sample is an answer that a doctor may give to the waiting question. Nobody has tried it: limits that depend on earlier answers, and checks of the
// author, may refuse it.
func (p *Player) Sample(r *rand.Rand) Input {
	t := &turn{e: p.e, st: p.st.clone(), in: Input{Kind: InTick, At: p.now}, facts: p.facts, out: &Outcome{}}
	return t.sample(t.pending(t.pendingStep()), r)
}

// Suggest finds an input that the waiting question takes and that leads on; false when none was found.
func (p *Player) Suggest(r *rand.Rand) (Input, bool) { return p.e.suggest(p.st, p.facts, p.now, r) }

// ErrNotSame says that the same state and input had two outcomes, or that a state does not survive being kept.
var ErrNotSame = errors.New("not the same outcome twice")

// SendTwice is Send with a second run beside it, from the state as it is kept between two messages. It returns ErrNotSame when the two differ.
func (p *Player) SendTwice(in Input) (Turn, error) {
	data, err := json.Marshal(p.st)
	if err != nil {
		return Turn{}, fmt.Errorf("keeping the state: %w: %w", ErrNotSame, err)
	}
	q := p.Fork()
	q.st = State{}
	if err := json.Unmarshal(data, &q.st); err != nil {
		return Turn{}, fmt.Errorf("reading the state: %w: %w", ErrNotSame, err)
	}
	a, b := p.Send(in), q.Send(in)
	x, y := a, b
	x.Trace, y.Trace = nil, nil
	was, err := json.Marshal(x) // as they are kept: a time read back is the same time without being the same value
	if err != nil {
		return a, fmt.Errorf("keeping the outcome: %w: %w", ErrNotSame, err)
	}
	is, err := json.Marshal(y)
	if err != nil {
		return a, fmt.Errorf("keeping the outcome: %w: %w", ErrNotSame, err)
	}
	if !bytes.Equal(was, is) {
		return a, fmt.Errorf("comparing outcomes: %w: %s and %s", ErrNotSame, was, is)
	}
	return a, nil
}

// Marks are the numbers or keys printed before the options of a question (Pending.Asked).
func Marks(asked string) []string { return marks(asked) }

// ListenWords are words that are heard in this folder: an example of what the guard hears, then those of the listeners, safety first.
func (lib *Library) ListenWords() []string {
	out := []string{lib.line("safety_example")}
	for _, report := range []bool{true, false} {
		for _, ls := range lib.config.listen {
			if (ls.Do == "report") == report {
				out = append(out, ls.words...)
			}
		}
	}
	return out
}

// Policies are the purposes of consent that the flows ask for, each with the version of the notice.
func (lib *Library) Policies() [][2]string {
	var out [][2]string
	seen := map[string]bool{}
	for _, f := range lib.Flows() {
		f.Walk(func(_ *Flow, s *Step) {
			if q, ok := s.Body.(*Question); ok && q.Purpose != "" && !seen[q.Purpose] {
				seen[q.Purpose] = true
				out = append(out, [2]string{q.Purpose, q.Policy})
			}
		})
	}
	return out
}
