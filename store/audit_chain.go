package store

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ChainBefore is the chain of the rows that were written before rows were chained. Nobody adds to it.
const ChainBefore = "before"

// Times and numbers of the marks (threat model of the house: every 1,000 rows or 5 minutes).
const (
	markEvery = 1000            // rows
	markAfter = 5 * 60 * 1000   // ms
	auditForm = "vrep-audit-1"  // first part of what a row's hash covers
	markForm  = "vrep-mark-1"   // first part of what a mark's signature covers
	markUse   = "vrep audit v1" // what the key is derived for
	valueUse  = "vrep audit value v1"
)

// sum is the row's hash: over the hash before it and everything that the row says, every part with its length in front, so that no two rows have the same
// text. The id is left out: it is a handle, and what it would prove the row number proves.
func (a *Audit) sum() string {
	text := make([]byte, 0, 256)
	for _, part := range []string{
		auditForm, a.Prev, a.Account, a.Chain, strconv.FormatInt(a.Row, 10), strconv.FormatInt(a.At, 10), a.Actor, a.Role, a.Action, a.Object, a.Detail, a.Reason,
	} {
		text = appendPart(text, part)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func appendPart(text []byte, part string) []byte {
	text = strconv.AppendInt(text, int64(len(part)), 10)
	text = append(text, ':')
	return append(text, part...)
}

// lockChain gives the end of a chain and keeps others from adding to it until the transaction ends. Chains of other processes are not touched.
func (s *Store) lockChain(tx *gorm.DB, name string) (Chain, error) {
	for try := 0; ; try++ {
		var rows []Chain
		of := tx.Where(map[string]any{"account": s.Account(), "chain": name}).Limit(1)
		if err := of.Clauses(clause.Locking{Strength: "UPDATE"}).Find(&rows).Error; err != nil {
			return Chain{}, fmt.Errorf("locking audit chain: %w", err)
		}
		if len(rows) > 0 {
			return rows[0], nil
		}
		if try > 0 {
			return Chain{}, fmt.Errorf("locking audit chain: %w", ErrNotFound)
		}
		if err := insertNew(tx, []Chain{{Account: s.Account(), Name: name}}); err != nil {
			return Chain{}, fmt.Errorf("beginning audit chain: %w", err)
		}
	}
}

func saveChain(tx *gorm.DB, c Chain) error {
	if err := tx.Select("row_no", "hash", "signed_row", "signed_at").UpdateColumns(&c).Error; err != nil {
		return fmt.Errorf("writing end of audit chain: %w", err)
	}
	return nil
}

// derive gives a key of 32 bytes for one use of the secret of the house.
func derive(secret []byte, use string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, use, ed25519.SeedSize)
	if err != nil {
		panic("store: 32 bytes can always be derived: " + err.Error())
	}
	return key
}

// Keyed turns a value that the audit must be able to recognise, and must not hold, into 32 hex digits: who has the value and the secret of the house can
// tell that it is the one, nobody can read it from the row.
func (s *Store) Keyed(value string) string {
	h := hmac.New(sha256.New, derive(s.opt.Secret, valueUse))
	h.Write([]byte(value))
	return hex.EncodeToString(h.Sum(nil)[:16])
}
