package flows

import (
	"errors"
	"fmt"
)

// ErrNoStep says that a flow has no such question.
var ErrNoStep = errors.New("no such question")

// At puts the player before one question, whatever comes before it: conditions are not looked at, every purpose of consent but the question's own is
// granted. It returns ErrNoStep when the flow has no such question. Steps of blocks are named without their block.
func (p *Player) At(id string) (Turn, error) {
	flow := p.e.lib.flows[p.flow]
	if flow == nil {
		return Turn{}, fmt.Errorf("playing %q: %w", p.flow, ErrNoFlow)
	}
	i, ok := flow.index[id]
	if !ok {
		return Turn{}, fmt.Errorf("playing %s.%s: %w", p.flow, id, ErrNoStep)
	}
	s := flow.Steps[i]
	q, ok := s.Body.(*Question)
	if !ok || q.kind == nil {
		return Turn{}, fmt.Errorf("playing %s.%s: %w", p.flow, id, ErrNoStep)
	}
	p.facts.make()
	for _, purpose := range p.e.lib.purposes() {
		if purpose != q.Purpose {
			p.facts.Consents[purpose] = "given"
		}
	}
	f := Frame{Flow: flow.ID, Hash: flow.hash, P: i}
	for _, in := range flow.Inputs {
		if !in.Default.IsNone() {
			f.In = append(f.In, Var{N: in.Name, V: in.Default})
		}
	}
	st := State{Talk: 1, Frames: []Frame{f}, At: ms(p.now)}
	t := &turn{e: p.e, st: st, in: Input{Kind: InTick, At: p.now}, facts: p.facts, out: &Outcome{Accepted: true, Level: -1}}
	if t.ask(t.top(), s) != wait {
		return Turn{}, fmt.Errorf("playing %s.%s: %w", p.flow, id, ErrNoStep)
	}
	t.finish()
	return p.take(*t.out), nil
}
