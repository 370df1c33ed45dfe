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
		r.c.fill[i].used = 0
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
		text := r.line(row)
		r.tell(text)
		if !r.last.Accepted && r.last.Pending.ID == p.ID && r.last.Pending.Asked == p.Asked {
			r.fail(row.at, "test_refused", "question", p.ID, "text", text, "got", r.last.Reply())
			return
		}
	}
	for i := range r.c.fill {
		switch row := &r.c.fill[i]; {
		case r.failed || row.used >= len(row.texts):
		case row.used == 0:
			r.fail(row.at, "test_unused_row", "question", row.question, "near", r.nearest(row.question))
		default:
			r.fail(row.at, "test_unused_text", "question", row.question, "text", row.texts[row.used])
		}
	}
}

// line is what a row says now: the answer, or the addition to a chosen option that is waited for. Where it has none of its own the last one serves.
func (r *testRun) line(row *fillRow) string {
	n := 0
	if top := len(r.st.Frames) - 1; top >= 0 && r.st.Frames[top].Mode == modeText {
		n = 1 + len(r.st.Frames[top].Draft.Added)
	}
	n = min(n, len(row.texts)-1)
	row.used = max(row.used, n+1)
	return row.texts[n]
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
