package store

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// PurposeQuote is the consent to be quoted. It is asked for by itself; whoever takes it back is quoted nowhere any more.
const PurposeQuote = "quote"

// Status of words that may be quoted.
const (
	QuoteOffered   = "offered"   // the doctor was asked, or is to be
	QuoteConsented = "consented" // waits for approval
	QuoteRefused   = "refused"
	QuoteApproved  = "approved"
	QuoteRejected  = "rejected"  // by whoever approves
	QuoteWithdrawn = "withdrawn" // taken back by the doctor
	QuoteExpired   = "expired"   // an approval that has ended; read, never written
)

// How a doctor wants to be named under words.
const (
	SignName  = "name"  // name, hospital and department
	SignPlace = "place" // department and province
	SignNone  = "none"
)

// signatures lists them.
var signatures = []string{SignName, SignPlace, SignNone}

// QuoteSign is what a doctor decided about words of an earlier turn.
type QuoteSign struct {
	ID        string
	Signature string // "" = refused
	Policy    string // text version of the consent
}

// place names where words are sealed, so that they cannot be moved.
func (q *Quote) place(column string) string { return "quotes|" + column + "|" + q.ID }

// writeQuotes writes what a turn says about being quoted: words that are offered, decisions, and the end of everything when the consent is taken back.
func (s *Store) writeQuotes(tx *gorm.DB, t *Turn) error {
	if t.Erase != "" || t.Blank > 0 {
		return nil // nothing of the doctor stays
	}
	if len(t.Quotes) > 0 {
		key, err := s.keyOf(t.Doctor.ID, t.Doctor.SealedKey)
		if err != nil {
			return err
		}
		rows := slices.Clone(t.Quotes)
		for i := range rows {
			q := &rows[i]
			q.Doctor, q.Account, q.Status, q.OfferedAt = t.Doctor.ID, s.Account(), QuoteOffered, t.Journal.ReceivedAt
			q.Words = key.sealText(q.place("words"), valid(q.Words))
		}
		if err := insertNew(tx, rows); err != nil {
			return err
		}
	}
	for _, d := range t.Signs {
		set := map[string]any{"status": QuoteRefused, "words": "", "decided_at": t.Journal.ReceivedAt}
		if slices.Contains(signatures, d.Signature) {
			set = map[string]any{"status": QuoteConsented, "signature": d.Signature, "policy": d.Policy, "consented_at": t.Journal.ReceivedAt}
		}
		if err := tx.Model(&Quote{}).Where("id = ? AND doctor = ? AND status = ?", d.ID, t.Doctor.ID, QuoteOffered).UpdateColumns(set).Error; err != nil {
			return err
		}
	}
	for _, c := range t.Consents {
		if c.Purpose != PurposeQuote || c.Granted {
			continue
		}
		of := tx.Model(&Quote{}).Where("doctor = ? AND status IN ?", t.Doctor.ID, []string{QuoteOffered, QuoteConsented, QuoteApproved, QuoteRejected})
		if err := of.UpdateColumns(map[string]any{"status": QuoteWithdrawn, "words": "", "approved": "", "decided_at": t.Journal.ReceivedAt}).Error; err != nil {
			return err
		}
	}
	return nil
}

// openQuotes opens rows in place. What was sealed under a key that is gone is empty.
func (s *Store) openQuotes(db *gorm.DB, rows []Quote) error {
	if len(rows) == 0 {
		return nil
	}
	doctors := make([]string, len(rows))
	for i, q := range rows {
		doctors[i] = q.Doctor
	}
	keys, err := s.keysOf(db, distinctOf(doctors))
	if err != nil {
		return err
	}
	now := s.Now()
	for i := range rows {
		q := &rows[i]
		if q.Words, err = keys[q.Doctor].openText(q.place("words"), q.Words); err != nil {
			return err
		}
		if q.Approved, err = keys[q.Doctor].openText(q.place("approved"), q.Approved); err != nil {
			return err
		}
		if q.Status == QuoteApproved && q.UntilAt <= now {
			q.Status = QuoteExpired
		}
	}
	return nil
}

// lockedQuote reads one row for writing, opened; ErrNotFound.
func (s *Store) lockedQuote(tx *gorm.DB, id string) (Quote, error) {
	var rows []Quote
	q := tx.Where("id = ? AND account = ?", id, s.Account()).Clauses(clause.Locking{Strength: "UPDATE"})
	if err := q.Limit(1).Find(&rows).Error; err != nil {
		return Quote{}, fmt.Errorf("reading words: %w", err)
	}
	if len(rows) == 0 {
		return Quote{}, ErrNotFound
	}
	err := s.openQuotes(tx, rows)
	return rows[0], err
}
