package flows

import "strings"

// score sums the points of the options chosen for a question, in a block those of all rounds.
func (e *env) score(question string) float64 {
	for x := e; x != nil && x.f != nil; x = x.outer() {
		if n, ok := x.points(question); ok {
			return n
		}
	}
	return e.Value(question).Sum()
}

func (e *env) points(question string) (float64, bool) {
	flow := e.flow()
	if g := e.f.got(question); g != nil && flow != nil {
		return g.points(flow.Step(question)), true
	}
	head, tail, dotted := strings.Cut(question, ".")
	if !dotted {
		return 0, false
	}
	if flow != nil {
		if s := flow.Step(head); s != nil {
			if body, ok := s.Body.(*BlockStep); ok {
				sum := 0.0
				e.each(s, body, func(round *env) {
					n, ok := round.points(tail)
					if !ok {
						x, _ := round.own(tail, false)
						n = x.v.Sum()
					}
					sum += n
				})
				return sum, true
			}
		}
	}
	if sub := e.f.sub(head); sub != nil {
		return (&env{t: e.t, f: sub}).points(tail)
	}
	return 0, false
}

// points are what the options of an answer score; an answer without options counts as its number.
func (g *Got) points(s *Step) float64 {
	if s == nil {
		return g.V.Num()
	}
	q, ok := s.Body.(*Question)
	if !ok || !q.kind.choices {
		return g.V.Num()
	}
	sum := 0.0
	for _, code := range g.V.Items() {
		if i, ok := q.byCode[code]; ok {
			sum += q.Choices[i].Score
		}
	}
	return sum
}
