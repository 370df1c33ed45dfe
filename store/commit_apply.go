package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// apply writes the turns in one transaction. Turns whose facts are stale are marked and left out; any other refusal fails the whole transaction.
func (s *Store) apply(batch []*pending) error {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	// One order of locks for all instances.
	slices.SortFunc(batch, func(a, b *pending) int { return cmp.Compare(a.turn.Journal.Conversation, b.turn.Journal.Conversation) })
	return s.tx(ctx, func(tx *gorm.DB) error {
		fresh, changed, err := markStale(tx, batch)
		if err != nil {
			return fmt.Errorf("checking facts: %w", err)
		}
		if len(fresh) == 0 {
			return nil
		}
		if err := s.writeRows(tx, fresh, changed); err != nil {
			return err
		}
		if err := s.writeRare(tx, fresh); err != nil {
			return err
		}
		return s.audits(tx, gather(fresh, func(t *Turn) []Audit { return t.Audits }))
	})
}

// markStale locks the doctors of the batch until the end of the transaction and compares their versions with those that the turns decided on. A
// doctor without a row has version 0. Turns that go on get the doctor's wrapped key. The second value tells when each doctor was changed last, unix ms.
func markStale(tx *gorm.DB, batch []*pending) ([]*Turn, map[string]int64, error) {
	ids := make([]string, len(batch))
	for i, p := range batch {
		ids[i] = p.turn.Doctor.ID
	}
	var rows []struct {
		ID        string
		Version   int64
		UpdatedAt int64
		SealedKey []byte
	}
	err := tx.Model(&Doctor{}).Select("id, version, updated_at, sealed_key").Where("id IN ?", ids).Order("id").
		Clauses(clause.Locking{Strength: "UPDATE"}).Find(&rows).Error
	if err != nil {
		return nil, nil, err
	}
	version, changed := make(map[string]int64, len(rows)), make(map[string]int64, len(batch))
	for _, id := range ids {
		changed[id] = 0
	}
	key := make(map[string][]byte, len(rows))
	for _, r := range rows {
		version[r.ID], changed[r.ID], key[r.ID] = r.Version, r.UpdatedAt, r.SealedKey
	}
	fresh := make([]*Turn, 0, len(batch))
	for _, p := range batch {
		p.stale = version[p.turn.Doctor.ID] != p.turn.Doctor.Version
		if !p.stale {
			p.turn.Doctor.SealedKey = key[p.turn.Doctor.ID]
			if last := changed[p.turn.Doctor.ID]; last > p.turn.Doctor.UpdatedAt { // the clock was set back: the stamp never is
				p.turn.Doctor.UpdatedAt = last + 1
			}
			fresh = append(fresh, p.turn)
		}
	}
	return fresh, changed, nil
}

// writeRows writes what nearly every turn has, one statement for each table. The journal comes first: it is the fence.
func (s *Store) writeRows(tx *gorm.DB, turns []*Turn, changed map[string]int64) error {
	rows, err := s.seal(turns)
	if err != nil {
		return err
	}
	if err := insert(tx, rows.journal); err != nil {
		return fmt.Errorf("writing journal: %w", err)
	}
	if err := s.clearLanes(tx, turns); err != nil {
		return err
	}
	if err := forget(tx, turns); err != nil {
		return fmt.Errorf("forgetting doctors: %w", err)
	}
	if err := s.writeDoctors(tx, turns); err != nil {
		return err
	}
	if err := s.secretsOfTurns(tx, turns); err != nil {
		return err
	}
	if err := insert(tx, rows.answers); err != nil {
		return fmt.Errorf("writing answers: %w", err)
	}
	if err := s.observeTurns(tx, turns, changed); err != nil {
		return err
	}
	if err := s.writeDeeds(tx, gather(turns, func(t *Turn) []Behaviour { return t.Did })); err != nil {
		return err
	}
	if err := upsert(tx, gather(turns, func(t *Turn) []Tag { return t.Tags }), tagColumns); err != nil {
		return fmt.Errorf("writing tags: %w", err)
	}
	if err := upsert(tx, gather(turns, func(t *Turn) []Score { return t.Scores }), scoreColumns); err != nil {
		return fmt.Errorf("writing scores: %w", err)
	}
	dropped, err := writeSent(tx, gather(turns, func(t *Turn) []Sent { return t.Sent }))
	if err != nil {
		return fmt.Errorf("writing sent: %w", err)
	}
	effects := gather(turns, func(t *Turn) []Effect { return t.Effects })
	effects = slices.DeleteFunc(effects, func(e Effect) bool { return dropped[e.Key] })
	if err := s.addEffects(tx, effects); err != nil {
		return fmt.Errorf("writing outbox: %w", err)
	}
	if err := s.openAllowances(tx, turns); err != nil {
		return fmt.Errorf("writing ledgers: %w", err)
	}
	return nil
}

// writeDoctors writes the doctors' rows. Those of whom something changed that rules look at are marked to be derived again in the same statement.
func (s *Store) writeDoctors(tx *gorm.DB, turns []*Turn) error {
	var marked, others []Doctor
	now := s.Now()
	for _, t := range turns {
		d := t.Doctor
		if d.RefreshAt = 0; t.refreshes() {
			d.RefreshAt = now
			marked = append(marked, d)
			continue
		}
		others = append(others, d)
	}
	if err := upsert(tx, marked, markedColumns); err != nil {
		return fmt.Errorf("writing doctors: %w", err)
	}
	if err := upsert(tx, others, doctorColumns); err != nil {
		return fmt.Errorf("writing doctors: %w", err)
	}
	return nil
}

// writeSent keeps the first row of a doctor and content. It gives the keys of effects whose content was queued by another before: they are dropped.
func writeSent(tx *gorm.DB, rows []Sent) (map[string]bool, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	if err := insertNew(tx, rows); err != nil {
		return nil, err
	}
	pairs := make([][]any, len(rows))
	for i, r := range rows {
		pairs[i] = []any{r.Doctor, r.Content}
	}
	var kept []Sent
	if err := tx.Where("(doctor, content) IN ?", pairs).Find(&kept).Error; err != nil {
		return nil, err
	}
	carrier := make(map[[2]string]string, len(kept))
	for _, k := range kept {
		carrier[[2]string{k.Doctor, k.Content}] = k.Effect
	}
	dropped := make(map[string]bool)
	for _, r := range rows {
		if carrier[[2]string{r.Doctor, r.Content}] != r.Effect {
			dropped[r.Effect] = true
		}
	}
	return dropped, nil
}

// observeTurns writes what the turns bring for the portraits. A doctor whose portrait is not what the turn believes gets another version: the next turn
// reads the facts again.
func (s *Store) observeTurns(tx *gorm.DB, turns []*Turn, changed map[string]int64) error {
	odd, err := s.observe(tx, saidBy(gather(turns, func(t *Turn) []PortraitValue { return t.Portrait })), changed)
	if err != nil || len(odd) == 0 {
		return err
	}
	if err := tx.Model(&Doctor{}).Where("id IN ?", odd).UpdateColumn("version", gorm.Expr("version + 1")).Error; err != nil {
		return fmt.Errorf("raising versions: %w", err)
	}
	return nil
}
