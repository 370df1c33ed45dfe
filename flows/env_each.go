package flows

import (
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// teller is what the environment of a running flow offers to the function each.
type teller interface{ tell(names []string) Value }

// eachFunction prints several answers of every round of a block side by side: each(uses.product, uses.since).
func eachFunction() cond.Function {
	return cond.Function{
		Args: []cond.Type{{Kind: cond.KindRef}}, Variadic: true, Result: cond.Type{Kind: cond.KindText, Missing: true},
		Call: func(env cond.Env, args []cond.Value) cond.Value {
			e, ok := env.(teller)
			if !ok {
				return cond.None()
			}
			names := make([]string, len(args))
			for i, a := range args {
				names[i] = a.Str()
			}
			return e.tell(names)
		},
	}
}

// tell prints the names once for every round of the first block among them; names of no block, or of another, are the same in every line.
func (e *env) tell(names []string) Value {
	at, s, body := e.blockOf(names)
	if s == nil {
		return textOrNone(e.side(names, func(name string) labelled { return e.find(name, true) }))
	}
	var lines []string
	at.each(s, body, func(round *env) {
		line := e.side(names, func(name string) labelled {
			tail, ok := strings.CutPrefix(name, s.ID+".")
			if !ok {
				return e.find(name, true)
			}
			x, _ := round.own(tail, true)
			return x
		})
		if line != "" {
			lines = append(lines, line)
		}
	})
	return textOrNone(strings.Join(lines, e.t.e.lib.line("rounds_separator")))
}

// blockOf finds the block that one of the names belongs to, here or further out.
func (e *env) blockOf(names []string) (*env, *Step, *BlockStep) {
	for x := e; x != nil && x.f != nil; x = x.outer() {
		flow := x.flow()
		if flow == nil {
			break
		}
		for _, name := range names {
			head, _, _ := strings.Cut(name, ".")
			if s := flow.Step(head); s != nil {
				if body, ok := s.Body.(*BlockStep); ok {
					return x, s, body
				}
			}
		}
	}
	return nil, nil, nil
}

// side prints values beside one another; what has none is left out.
func (e *env) side(names []string, find func(name string) labelled) string {
	var words []string
	for _, name := range names {
		if text := filterless(e, find(name)); text != "" {
			words = append(words, text)
		}
	}
	return strings.Join(words, e.t.e.lib.line("pair_separator"))
}
