package store

// chainWalk compares one chain, row by row in the order of their numbers, with itself and with its checkpoints.
type chainWalk struct {
	report *AuditReport
	name   string
	marks  map[int64][]string // row → hashes that were signed for it
	last   int64              // number of the row before
	hash   string             // its hash
	vouch  int64              // last row whose checkpoint agreed
	newest int64              // last row that any checkpoint names
	wrong  bool               // a checkpoint disagreed since
}

func newChainWalk(r *AuditReport, name string, held []Checkpoint) *chainWalk {
	w := &chainWalk{report: r, name: name, marks: make(map[int64][]string, len(held))}
	for _, c := range held {
		w.marks[c.Row] = append(w.marks[c.Row], c.Hash)
		w.newest = max(w.newest, c.Row)
	}
	return w
}

func (w *chainWalk) found(kind string, a *Audit, since int64) {
	w.report.found(Finding{Chain: w.name, Row: a.Row, ID: a.ID, Kind: kind, Since: since})
}

// row judges the next row. After a finding it goes on from what the row says of itself, so that one deed is one or two findings and not a million.
func (w *chainWalk) row(a *Audit) {
	w.report.Rows++
	if a.sum() != a.Hash {
		w.found(FoundChanged, a, 0)
	}
	switch {
	case a.Row <= w.last:
		w.found(FoundInserted, a, 0)
		return
	case a.Row > w.last+1:
		w.found(FoundMissing, a, w.last)
	case a.Prev != w.hash:
		w.found(FoundBroken, a, 0)
	}
	w.last, w.hash = a.Row, a.Hash
	for _, hash := range w.marks[a.Row] {
		if hash == a.Hash {
			w.vouch, w.wrong = a.Row, false
		} else if !w.wrong {
			w.found(FoundRewritten, a, w.vouch)
			w.wrong = true
		}
	}
}

// end compares the last row with the kept end of the chain and with the newest checkpoint.
func (w *chainWalk) end(head Chain) {
	w.report.Unsigned += max(0, w.last-w.newest)
	cut := max(w.newest, head.Row)
	switch {
	case cut > w.last:
		w.report.found(Finding{Chain: w.name, Row: cut, Kind: FoundCut, Since: w.last})
	case head.Row < w.last && head.Row >= 0:
		w.report.found(Finding{Chain: w.name, Row: w.last, Kind: FoundInserted, Since: head.Row})
	case head.Row < 0 || head.Hash != w.hash:
		w.report.found(Finding{Chain: w.name, Row: w.last, Kind: FoundEnd})
	}
}
