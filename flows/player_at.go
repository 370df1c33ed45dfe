package flows

import (
	"errors"
	"fmt"

	"github.com/vrep/vrep/flows/cond"
)

// ErrNoStep says that a flow has no such question.
var ErrNoStep = errors.New("no such question")

// At puts the player before one question, whatever comes before it: conditions are not looked at, every purpose of consent but the question's own is
// granted. It returns ErrNoStep when the flow has no such question. A question of a block is asked in the first round.
func (p *Player) At(id string) (Turn, error) {
	flow := p.e.lib.flows[p.flow]
	if flow == nil {
		return Turn{}, fmt.Errorf("playing %q: %w", p.flow, ErrNoFlow)
	}
	frames, s := standAt(flow, id)
	if s == nil {
		return Turn{}, fmt.Errorf("playing %s.%s: %w", p.flow, id, ErrNoStep)
	}
	q := s.Body.(*Question)
	p.facts.make()
	for _, purpose := range p.e.lib.purposes() {
		if purpose != q.Purpose {
			p.facts.Consents[purpose] = "given"
		}
	}
	for _, in := range flow.Inputs {
		if !in.Default.IsNone() {
			frames[0].In = append(frames[0].In, Var{N: in.Name, V: in.Default})
		}
	}
	st := State{Talk: 1, Frames: frames, At: ms(p.now)}
	t := &turn{e: p.e, st: st, in: Input{Kind: InTick, At: p.now}, facts: p.facts, out: &Outcome{Accepted: true, Level: -1}}
	if t.ask(t.top(), s) != wait {
		return Turn{}, fmt.Errorf("playing %s.%s: %w", p.flow, id, ErrNoStep)
	}
	t.finish()
	return p.take(*t.out), nil
}

// standAt is the stack of a talk that has come to a question, in the first round of the blocks around it; no step when there is no such question.
func standAt(flow *Flow, id string) ([]Frame, *Step) {
	f := Frame{Flow: flow.ID, Hash: flow.hash}
	for i, s := range flow.Steps {
		f.P = i
		switch body := s.Body.(type) {
		case *Question:
			if s.ID == id && body.kind != nil {
				return []Frame{f}, s
			}
		case *BlockStep:
			if body.Inner == nil {
				continue
			}
			inner, found := standAt(body.Inner, id)
			if found == nil {
				continue
			}
			round := &inner[0]
			round.Flow, round.Hash, round.Call, round.R = f.Flow, f.Hash, s.ID, 1
			if body.ForEach != nil {
				round.In = []Var{flow.anItem(body)}
			}
			return append([]Frame{f}, inner...), found
		}
	}
	return nil, nil
}

// anItem stands for the item of a round: the first option of the question that the block goes through.
func (f *Flow) anItem(b *BlockStep) Var {
	v := Var{N: b.As, V: cond.Number(1)}
	if s := f.Step(b.ForEach.src); s != nil {
		if q, ok := s.Body.(*Question); ok && len(q.Choices) > 0 {
			v.V, v.L = cond.Text(q.Choices[0].Code), q.Choices[0].Label
		}
	}
	return v
}
