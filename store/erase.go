package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// KindErase is the journal's kind of an erasure that no message has caused.
const KindErase = "erase"

// ErrErased: the doctor's personal data was erased before, and nobody has come back since.
var ErrErased = errors.New("store: erased already")

// Erase erases the personal data of a doctor outside a turn, as a turn with Erase set does: see Erasure and the tables in erase_tables.go. It takes a
// turn number of its own, so that a turn that is being decided is decided again without what was known. What remains of the journal's bodies, and the
// session store, is up to the sweeper (OpenErasures). ErrNotFound: no such doctor. ErrErased: nothing was left to erase.
func (s *Store) Erase(ctx context.Context, doctor, cause string) (Erasure, error) {
	var done Erasure
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var rows []Doctor
		mine := map[string]any{"id": doctor, "account": s.Account()}
		if err := tx.Where(mine).Clauses(clause.Locking{Strength: "UPDATE"}).Limit(1).Find(&rows).Error; err != nil {
			return err
		}
		d, err := first(rows, "reading doctor")
		if err != nil {
			return err
		}
		if d.Erased() {
			return ErrErased
		}
		seq, err := s.eraseTurn(tx, doctor)
		if err != nil {
			return err
		}
		d = d.Wiped()
		d.Phase, d.OptedOut, d.UpdatedAt = PhaseIdle, false, s.Now()
		if err := upsert(tx, []Doctor{d}, doctorColumns); err != nil {
			return err
		}
		if err := s.touchDoctor(tx, doctor, nil); err != nil {
			return err
		}
		if err := s.cancelLanes(tx, []string{DoctorLane(doctor)}); err != nil {
			return err
		}
		if err := s.withdrawOpen(tx, doctor, ReasonErased, actorBot); err != nil {
			return err
		}
		done, err = s.erase(tx, doctor, seq, cause)
		return err
	})
	if err != nil {
		return Erasure{}, fmt.Errorf("erasing doctor: %w", err)
	}
	return done, nil
}

// ReasonErased is the reason for which open leads end when a doctor's data is erased on request.
const ReasonErased = "erased"

// eraseTurn writes the journal row of an erasure outside a turn. Its empty state is a talk that has not begun.
func (s *Store) eraseTurn(tx *gorm.DB, doctor string) (seq int64, err error) {
	var last []Journal
	if err := tx.Select("seq").Where("conversation = ?", doctor).Order("seq DESC").Limit(1).Find(&last).Error; err != nil {
		return 0, err
	}
	seq = 1
	if len(last) > 0 {
		seq = last[0].Seq + 1
	}
	now := s.Now()
	return seq, tx.Create(&Journal{
		Conversation: doctor, Seq: seq, Account: s.Account(), MessageKey: "x|" + newID(doctor, fmt.Sprint(seq)), Kind: KindErase,
		Event: []byte{}, State: []byte{}, Reply: []byte{}, SentAt: now, ReceivedAt: now, Instance: s.opt.Instance,
	}).Error
}

// erase does the small tables at once, in the transaction of the turn that erases, and leaves the bodies of earlier turns to the sweeper.
func (s *Store) erase(tx *gorm.DB, doctor string, seq int64, cause string) (Erasure, error) {
	ghost := make([]byte, 16)
	if _, err := rand.Read(ghost); err != nil {
		return Erasure{}, fmt.Errorf("drawing a name for nobody: %w", err)
	}
	w := wipe{tx: tx, account: s.Account(), doctor: doctor, ghost: hex.EncodeToString(ghost), seq: seq, now: s.Now(), counts: map[string]int64{}}
	for _, step := range w.steps() {
		if err := step.do(); err != nil {
			return Erasure{}, fmt.Errorf("%s: %w", step.table, err)
		}
	}
	counts, err := json.Marshal(w.counts)
	if err != nil {
		return Erasure{}, fmt.Errorf("encoding counts: %w", err)
	}
	row := Erasure{
		ID: newID("erase", doctor, fmt.Sprint(seq)), Account: s.Account(), Doctor: doctor, Seq: seq, Cause: cut(cause, 16), Counts: string(counts), At: w.now,
	}
	return row, tx.Create(&row).Error
}

// Rows is Counts, read: table name to number of rows erased.
func (e Erasure) Rows() map[string]int64 {
	var n map[string]int64
	if json.Unmarshal([]byte(e.Counts), &n) != nil {
		return nil
	}
	return n
}

// OpenErasures gives erasures that are not finished, oldest first, at most limit.
func (s *Store) OpenErasures(ctx context.Context, limit int) ([]Erasure, error) {
	var rows []Erasure
	q := s.read(ctx).Where("account = ? AND done_at = 0", s.Account()).Order("at").Order("id")
	if err := q.Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading open erasures: %w", err)
	}
	return rows, nil
}

// EraseTurns empties the bodies of up to n turns that an erasure has left, beginning after turn number after. It gives the last number that it looked
// at, 0 when none was left. It may run anywhere, any number of times: emptied rows are not counted again.
func (s *Store) EraseTurns(ctx context.Context, e Erasure, after int64, n int) (last int64, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		var seqs []int64
		turns := tx.Model(&Journal{}).Where("conversation = ? AND seq > ? AND seq < ?", e.Doctor, after, e.Seq)
		if err := turns.Order("seq").Limit(n).Pluck("seq", &seqs).Error; err != nil {
			return err
		}
		if last = 0; len(seqs) == 0 {
			return nil
		}
		last = seqs[len(seqs)-1]
		full := tx.Model(&Journal{}).Where("conversation = ? AND seq IN ?", e.Doctor, seqs).
			Where("LENGTH(event) > 0 OR LENGTH(state) > 0 OR LENGTH(reply) > 0")
		done := full.UpdateColumns(map[string]any{"event": []byte{}, "state": []byte{}, "reply": []byte{}})
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		return countErased(tx, e.ID, "journal", done.RowsAffected)
	})
	if err != nil {
		return 0, fmt.Errorf("emptying turns: %w", err)
	}
	return last, nil
}

// countErased adds to the counts of an erasure.
func countErased(tx *gorm.DB, id, table string, n int64) error {
	var row Erasure
	if err := tx.Where("id = ?", id).Clauses(clause.Locking{Strength: "UPDATE"}).Take(&row).Error; err != nil {
		return err
	}
	rows := row.Rows()
	if rows == nil {
		rows = map[string]int64{}
	}
	rows[table] += n
	counts, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	return tx.Model(&Erasure{}).Where("id = ?", id).UpdateColumn("counts", string(counts)).Error
}

// FinishErasure records that nothing is left to erase. On the embedded engine it first writes the log back into the file, where what was erased is
// overwritten; false: somebody is reading just now, ask again later.
func (s *Store) FinishErasure(ctx context.Context, e Erasure) (bool, error) {
	clean, err := s.engine.scrub(ctx, s.pools[0])
	if err != nil {
		return false, fmt.Errorf("scrubbing the database: %w", s.engine.translated(err))
	}
	if !clean {
		return false, nil
	}
	err = s.tx(ctx, func(tx *gorm.DB) error {
		return tx.Model(&Erasure{}).Where("id = ? AND done_at = 0", e.ID).UpdateColumn("done_at", s.Now()).Error
	})
	if err != nil {
		return false, fmt.Errorf("finishing erasure: %w", err)
	}
	return true, nil
}
