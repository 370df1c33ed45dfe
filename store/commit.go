package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Limits of the committer.
const (
	batchTurns    = 256             // turns in one transaction, each of another conversation
	batchLeast    = 32              // turns that a committer takes when they wait, before it leaves the rest to the other one
	commitTimeout = 4 * time.Second // of one transaction, whoever waits for it
)

// CommitTurn writes a turn, together with whatever other turns wait at that moment, and returns when it is durable.
//
// An event that was applied before changes nothing and gives its earlier reply with Duplicate set. Errors: ErrSeqTaken, ErrFactsStale and ErrInviteUsed
// (reload and decide again), ErrKeyTaken (a defect), ErrUnavailable (nothing is known to be accepted), the context's error when the caller stopped waiting (the turn may still be
// committed). The turn must not be changed until CommitTurn returns; when it returned the context's error, never.
func (s *Store) CommitTurn(ctx context.Context, t *Turn) (Committed, error) {
	s.completeTurn(t)
	if s.opt.Unbatched {
		return s.commitAlone(t)
	}
	p := &pending{ctx: ctx, turn: t, done: make(chan struct{})}
	if err := s.commits.queue.put(ctx, p); err != nil {
		return Committed{}, fmt.Errorf("committing turn: %w", err)
	}
	select {
	case <-p.done:
		return p.committed, p.err
	case <-ctx.Done():
		return Committed{}, fmt.Errorf("waiting for commit: %w", context.Cause(ctx))
	}
}

func (s *Store) commitAlone(t *Turn) (Committed, error) {
	p := &pending{ctx: context.Background(), turn: t, done: make(chan struct{})}
	s.commitBatch([]*pending{p})
	return p.committed, p.err
}

// pending is a turn on its way. Only the committer touches committed and err, and only before it closes done.
type pending struct {
	ctx       context.Context
	turn      *Turn
	done      chan struct{}
	stale     bool // set within a transaction, meaningless when that fails
	committed Committed
	err       error
}

func (p *pending) answer(c Committed, err error) {
	p.committed, p.err = c, err
	close(p.done)
}

// ok answers a turn that is committed.
func (p *pending) ok() {
	p.answer(Committed{Seq: p.turn.Journal.Seq, Reply: p.turn.Journal.Reply}, nil)
}

// committer writes turns. It never waits for company: a batch is what arrived while the last commit was running.
//
// On MySQL two goroutines take turns, each half of what waits: while the server works on one batch, the doctors of the other are answered and the next
// one is decided on. One alone leaves both sides idle by turns. SQLite has one writer, so it gets one.
type committer struct {
	store   *Store
	queue   *queue[*pending]
	writers int
	ended   chan struct{} // one token of each writer
}

func startCommitter(s *Store) *committer {
	c := &committer{store: s, queue: newQueue[*pending](), writers: 2}
	if s.Embedded() {
		c.writers = 1
	}
	c.ended = make(chan struct{}, c.writers)
	for range c.writers {
		go c.run()
	}
	return c
}

// close takes no more turns and waits until all taken ones are answered.
func (c *committer) close() {
	c.queue.close()
	for range c.writers {
		<-c.ended
	}
}

// room is how many turns the next batch may hold.
func (c *committer) room(held int) int {
	if c.writers == 1 {
		return batchTurns
	}
	return min(batchTurns, max(batchLeast, (held+len(c.queue.in)+1)/c.writers))
}

func (c *committer) run() {
	defer func() { c.ended <- struct{}{} }()
	var held []*pending
	for {
		var batch []*pending
		batch, held = c.next(held)
		if len(batch) == 0 {
			return
		}
		c.store.commitBatch(batch)
	}
}

// next takes what waits, at most one turn of a conversation; further ones are held for the next batch. No batch means that the queue has ended.
func (c *committer) next(held []*pending) (batch, rest []*pending) {
	seen := make(map[string]bool)
	room := c.room(len(held))
	take := func(p *pending) {
		switch id := p.turn.Journal.Conversation; {
		case p.ctx.Err() != nil:
			p.answer(Committed{}, fmt.Errorf("waiting for commit: %w", context.Cause(p.ctx)))
		case seen[id] || len(batch) >= room:
			rest = append(rest, p)
		default:
			seen[id] = true
			batch = append(batch, p)
		}
	}
	for _, p := range held {
		take(p)
	}
	for len(batch) < room && len(rest) < batchTurns {
		if len(batch) == 0 {
			p, open := <-c.queue.in
			if !open {
				return nil, nil
			}
			room = c.room(0)
			take(p)
			continue
		}
		select {
		case p, open := <-c.queue.in:
			if !open {
				return batch, rest
			}
			take(p)
		default:
			return batch, rest
		}
	}
	return batch, rest
}

// commitBatch writes the batch in one transaction. When that fails, a poisoned turn must not harm its neighbours: the halves are written apart, and so on
// down to the turn itself. Writing each alone would cost a flush to the disk for every neighbour, and resends, the usual poison, come when it is slow.
func (s *Store) commitBatch(batch []*pending) {
	err := s.apply(batch)
	if isOutage(err) {
		if batch = s.resolve(batch); len(batch) == 0 {
			return
		}
		if err = s.apply(batch); isOutage(err) {
			for _, p := range s.resolve(batch) {
				p.answer(Committed{}, err)
			}
			return
		}
	}
	switch {
	case err == nil:
		s.answerApplied(batch)
	case len(batch) == 1:
		s.explain(batch[0], err)
	default:
		s.commitHalves(batch)
	}
}

// commitHalves gives up on the second half as soon as the database is gone.
func (s *Store) commitHalves(batch []*pending) {
	first, second := batch[:len(batch)/2], batch[len(batch)/2:]
	s.commitBatch(first)
	for _, p := range first {
		if isOutage(p.err) {
			for _, rest := range second {
				rest.answer(Committed{}, p.err)
			}
			return
		}
	}
	s.commitBatch(second)
}

func (s *Store) answerApplied(batch []*pending) {
	for _, p := range batch {
		if p.stale {
			s.explain(p, ErrFactsStale)
			continue
		}
		p.ok()
	}
}

// resolve asks the journal what became of turns whose transaction ended in silence. It answers the committed ones and gives back the others; without
// an answer from the journal it answers all with ErrUnavailable.
func (s *Store) resolve(batch []*pending) []*pending {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	keys := make([]string, len(batch))
	for i, p := range batch {
		keys[i] = p.turn.Journal.MessageKey
	}
	var rows []Journal
	db := s.writer.WithContext(ctx)
	err := db.Where("message_key IN ?", keys).Find(&rows).Error
	if err == nil {
		err = s.openTurns(db, rows)
	}
	found := make(map[string]Journal, len(rows))
	for _, r := range rows {
		found[r.MessageKey] = r
	}
	var open []*pending
	for _, p := range batch {
		r, ok := found[p.turn.Journal.MessageKey]
		switch {
		case err != nil:
			p.answer(Committed{}, unavailable(err))
		case !ok:
			open = append(open, p)
		case r.Conversation != p.turn.Journal.Conversation:
			p.answer(Committed{}, fmt.Errorf("committing turn: %w", ErrKeyTaken))
		default:
			ours := r.Seq == p.turn.Journal.Seq && r.Instance == p.turn.Journal.Instance
			p.answer(Committed{Seq: r.Seq, Duplicate: !ours, Reply: r.Reply}, nil)
		}
	}
	return open
}

// explain answers a turn that was refused: applied before, number taken, or the error as it is.
func (s *Store) explain(p *pending, refusal error) {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	j := p.turn.Journal
	var rows []Journal
	db := s.writer.WithContext(ctx)
	err := db.Where("message_key = ? OR (conversation = ? AND seq = ?)", j.MessageKey, j.Conversation, j.Seq).Find(&rows).Error
	if err == nil {
		err = s.openTurns(db, rows)
	}
	if err != nil {
		p.answer(Committed{}, unavailable(err))
		return
	}
	for _, r := range rows {
		if r.MessageKey == j.MessageKey && r.Conversation != j.Conversation {
			p.answer(Committed{}, fmt.Errorf("committing turn: %w", ErrKeyTaken))
			return
		}
		if r.MessageKey == j.MessageKey {
			p.answer(Committed{Seq: r.Seq, Duplicate: true, Reply: r.Reply}, nil)
			return
		}
	}
	if len(rows) > 0 {
		refusal = ErrSeqTaken
	}
	p.answer(Committed{}, fmt.Errorf("committing turn: %w", refusal))
}

// isOutage tells errors after which the outcome is unknown or nothing can be written.
func isOutage(err error) bool {
	return errors.Is(err, ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// unavailable makes sure that an outage reads as one.
func unavailable(err error) error {
	if errors.Is(err, ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
