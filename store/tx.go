package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"gorm.io/gorm"
)

// conflictTries is how often work that met a deadlock or a lock wait is tried again.
const conflictTries = 3

// tx runs fn in one transaction and commits it, or rolls back when fn fails. fn may run several times (deadlocks), so it must not change anything
// outside the transaction that a second run would not simply overwrite. Errors match ErrUnavailable and gorm.ErrDuplicatedKey.
//
// Within the context of a transaction that waits for this one (see joined) fn is part of it: it commits with it, and its failure is the other's to act on.
func (s *Store) tx(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if outer, ok := ctx.Value(joinKey{}).(*gorm.DB); ok {
		return fn(outer.WithContext(ctx))
	}
	for try := 0; ; try++ {
		err := s.writer.WithContext(ctx).Transaction(fn)
		if !hasKind(err, faultConflict) || try == conflictTries {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

type joinKey struct{}

// joined gives a context in which every method of the store that writes does so within tx. It must not outlive the transaction or leave its goroutine.
func joined(ctx context.Context, tx *gorm.DB) context.Context {
	return context.WithValue(ctx, joinKey{}, tx)
}

// read gives a session for queries. It sees everything committed before each query starts.
func (s *Store) read(ctx context.Context) *gorm.DB { return s.reader.WithContext(ctx) }

// pause waits 5 to 20 ms, doubled with every try.
func pause(ctx context.Context, try int) error {
	d := time.Duration(5+rand.IntN(16)) * time.Millisecond << try
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// newID derives an id from the parts: 32 hex digits. The same parts give the same id, so that work that runs twice makes one row.
func newID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// create inserts one row and tells whether it did: false when its key exists. Only this way is the answer the same on both engines, because MySQL
// counts a row that "ON CONFLICT DO NOTHING" left alone as affected.
func create(tx *gorm.DB, row any) (bool, error) {
	err := tx.Create(row).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return false, nil
	}
	return err == nil, err
}
