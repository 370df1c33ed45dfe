package store

import (
	"context"
	"fmt"
	"slices"
)

// verifyPage is the number of rows read at a time.
const verifyPage = 5000

// mostFindings bounds the list of findings; further ones are counted.
const mostFindings = 100

// Kinds of finding in the audit.
const (
	FoundChanged   = "changed"    // the row does not say what it said
	FoundBroken    = "broken"     // the row does not follow the one before it: that one was changed, taken out, or another put in
	FoundMissing   = "missing"    // row numbers are missing
	FoundInserted  = "inserted"   // a second row of the same number, or one beyond the end
	FoundCut       = "cut"        // the chain ends before a row that a checkpoint or the chain's own end names
	FoundRewritten = "rewritten"  // the chain fits together, but is not the one that was signed
	FoundForged    = "forged"     // the signature of a checkpoint is wrong
	FoundUnmarked  = "unmarked"   // the file has a checkpoint that the table has not
	FoundLoose     = "loose"      // the row belongs to no chain
	FoundEnd       = "wrong_end"  // the kept end of the chain is not its last row
	FoundForeign   = "other_file" // the checkpoint of the file is of another account
)

// Finding is one thing that is wrong with the audit.
type Finding struct {
	Chain string
	Row   int64 // number within the chain; 0 = the chain as a whole
	ID    int64 // of the row in the table; 0 = there is none
	Kind  string
	Since int64 // FoundRewritten: the last row that a checkpoint still vouches for; FoundMissing, FoundCut: the last row before the hole
}

// AuditReport is what a verification found.
type AuditReport struct {
	Rows, Chains, Checkpoints int64
	Unsigned                  int64 // rows behind the last checkpoint of their chain: cut off, they would not be missed
	Findings                  []Finding
	More                      int // findings beyond those listed
}

func (r *AuditReport) found(f Finding) {
	if len(r.Findings) >= mostFindings {
		r.More++
		return
	}
	r.Findings = append(r.Findings, f)
}

// VerifyAudit recomputes every chain and compares it with the checkpoints of the table, of the data folder and those given, which is where a copy kept
// elsewhere goes. It may run while others write.
func (s *Store) VerifyAudit(ctx context.Context, elsewhere []Checkpoint) (AuditReport, error) {
	var r AuditReport
	held, err := s.heldMarks(ctx, &r, elsewhere)
	if err != nil {
		return r, err
	}
	names, err := s.chainNames(ctx, held)
	if err != nil {
		return r, err
	}
	for _, name := range names {
		if err := s.verifyChain(ctx, &r, name, held[name]); err != nil {
			return r, fmt.Errorf("verifying audit chain: %w", err)
		}
	}
	return r, s.looseRows(ctx, &r)
}

// heldMarks gathers the genuine checkpoints by chain.
func (s *Store) heldMarks(ctx context.Context, r *AuditReport, elsewhere []Checkpoint) (map[string][]Checkpoint, error) {
	outside := slices.Clone(elsewhere)
	if s.marks.file != "" {
		own, err := ReadMarks(s.marks.file)
		if err != nil {
			return nil, err
		}
		outside = append(outside, own...)
	}
	var table []Checkpoint // read after the files: what they hold was in the table before
	if err := s.read(ctx).Where(map[string]any{"account": s.Account()}).Find(&table).Error; err != nil {
		return nil, fmt.Errorf("reading audit checkpoints: %w", err)
	}
	held, known := map[string][]Checkpoint{}, map[[2]any]bool{}
	for _, c := range table {
		known[[2]any{c.Chain, c.Row}] = true
	}
	for i, c := range append(table, outside...) {
		switch {
		case !c.genuine(s.marks.key):
			r.found(Finding{Chain: c.Chain, Row: c.Row, Kind: FoundForged})
			continue
		case c.Account != s.Account():
			r.found(Finding{Chain: c.Chain, Row: c.Row, Kind: FoundForeign})
			continue
		case i >= len(table) && !known[[2]any{c.Chain, c.Row}]:
			r.found(Finding{Chain: c.Chain, Row: c.Row, Kind: FoundUnmarked})
		}
		r.Checkpoints++
		held[c.Chain] = append(held[c.Chain], c)
	}
	return held, nil
}

func (s *Store) chainNames(ctx context.Context, held map[string][]Checkpoint) ([]string, error) {
	var names []string
	mine := map[string]any{"account": s.Account()}
	if err := s.read(ctx).Model(&Audit{}).Where(mine).Distinct("chain").Pluck("chain", &names).Error; err != nil {
		return nil, fmt.Errorf("reading audit chains: %w", err)
	}
	heads, err := s.chains(ctx)
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		names = append(names, h.Name)
	}
	for name := range held {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" }), nil
}

// verifyChain walks one chain to its end. What is added meanwhile is walked too: the kept end is read after the rows, and rows again until both agree.
func (s *Store) verifyChain(ctx context.Context, r *AuditReport, name string, held []Checkpoint) error {
	r.Chains++
	w := newChainWalk(r, name, held)
	var lastID int64
	for {
		n, err := s.walkRows(ctx, w, &lastID)
		if err != nil {
			return err
		}
		head, err := s.chainEnd(ctx, name)
		if err != nil {
			return err
		}
		if n == 0 || head.Row <= w.last {
			w.end(head)
			return nil
		}
	}
}

// walkRows walks the rows that it has not seen and tells how many there were.
func (s *Store) walkRows(ctx context.Context, w *chainWalk, lastID *int64) (seen int, err error) {
	for {
		var rows []Audit
		q := s.read(ctx).Where(map[string]any{"account": s.Account(), "chain": w.name}).Where("(row_no > ? OR (row_no = ? AND id > ?))", w.last, w.last, *lastID)
		if err := q.Order("row_no").Order("id").Limit(verifyPage).Find(&rows).Error; err != nil {
			return seen, err
		}
		for i := range rows {
			w.row(&rows[i])
			*lastID = rows[i].ID
		}
		seen += len(rows)
		if len(rows) < verifyPage {
			return seen, nil
		}
	}
}

func (s *Store) chainEnd(ctx context.Context, name string) (Chain, error) {
	var rows []Chain
	if err := s.read(ctx).Where(map[string]any{"account": s.Account(), "chain": name}).Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return Chain{Name: name, Row: -1}, err
	}
	return rows[0], nil
}

// looseRows finds rows without a chain.
func (s *Store) looseRows(ctx context.Context, r *AuditReport) error {
	var rows []Audit
	q := s.read(ctx).Select("id").Where(map[string]any{"account": s.Account(), "chain": ""}).Order("id")
	if err := q.Limit(mostFindings).Find(&rows).Error; err != nil {
		return fmt.Errorf("reading audit rows without a chain: %w", err)
	}
	for _, a := range rows {
		r.found(Finding{ID: a.ID, Kind: FoundLoose})
	}
	return nil
}
