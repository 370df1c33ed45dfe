package flows

import (
	"hash/fnv"
	"math/rand/v2"
)

// maxFill is how many turns a filled form may take.
const maxFill = 400

// fill answers whatever is asked from the rows, in any order, until the flow has ended.
func (r *testRun) fill() {
	h := fnv.New64a()
	h.Write([]byte(r.facts.Doctor))
	rnd := rand.New(rand.NewPCG(h.Sum64(), 1))
	for i := range r.c.fill {
		r.c.fill[i].used = false
	}
	for range maxFill {
		p := r.last.Pending
		if r.failed || r.total.ended != "" || r.last.Human || p.ID == "" {
			break
		}
		if p.Confirming {
			r.tell(r.e.lib.line("yes"))
			continue
		}
		row := r.row(p)
		if row == nil {
			r.random(p, rnd)
			continue
		}
		row.used = true
		r.tell(row.text)
		if !r.last.Accepted && r.last.Pending.ID == p.ID && r.last.Pending.Asked == p.Asked {
			r.fail(row.at, "test_refused", "question", p.ID, "text", row.text, "got", r.last.Reply())
			return
		}
	}
	for i := range r.c.fill {
		if !r.c.fill[i].used && !r.failed {
			name := r.c.fill[i].question
			r.fail(r.c.fill[i].at, "test_unused_row", "question", name, "near", r.nearest(name))
		}
	}
}

func (r *testRun) tell(text string) {
	r.talk = append(r.talk, Said{SaidDoctor, text})
	r.step(r.e.lib.Said(text))
}

// random answers a question that has no row, if the case wants that.
func (r *testRun) random(p Pending, rnd *rand.Rand) {
	if !r.c.random {
		r.fail(r.c.at, "test_no_row", "question", p.ID)
		return
	}
	in, ok := r.e.suggest(r.st, r.facts, r.now, rnd)
	if !ok {
		r.fail(r.c.at, "test_no_answer", "question", p.ID)
		return
	}
	r.talk = append(r.talk, Said{SaidDoctor, in.said()})
	r.step(in)
}

// row finds the line for a question; one for a single round or run comes before one for all of them.
func (r *testRun) row(p Pending) *fillRow {
	for _, id := range []string{p.ID, bareID(p.ID)} {
		for i := range r.c.fill {
			row := &r.c.fill[i]
			if row.question == id || p.Flow+"."+row.question == id || row.question == p.Flow+"."+id {
				return row
			}
		}
	}
	return nil
}
