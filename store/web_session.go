package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// WebSessions keeps console sessions and one-time links. It never stores a token: only its SHA-256. Its methods have the shape that
// github.com/alexedwards/scs/v2 asks of a store. That library ends sessions by the clock on the wall, so they are read by the same clock: the store's may be
// the platform's, which a demo turns forward.
type WebSessions struct {
	s    *Store
	wall func() time.Time
}

// WebSessions gives the session store of the console; wall is the clock on the wall, nil = time.Now.
func (s *Store) WebSessions(wall func() time.Time) *WebSessions {
	if wall == nil {
		wall = time.Now
	}
	return &WebSessions{s: s, wall: wall}
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// FindCtx reads the data of a session that has not expired.
func (w *WebSessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var rows []WebSession
	err := w.s.read(ctx).Where("token = ? AND expiry > ?", hashToken(token), w.wall().UnixMilli()).Limit(1).Find(&rows).Error
	if err != nil {
		return nil, false, fmt.Errorf("reading web session: %w", err)
	}
	if len(rows) == 0 {
		return nil, false, nil
	}
	return rows[0].Data, true, nil
}

// CommitCtx writes a session, replacing an earlier one of the same token.
func (w *WebSessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	row := WebSession{Token: hashToken(token), Data: data, Expiry: expiry.UnixMilli()}
	return w.s.tx(ctx, func(tx *gorm.DB) error {
		conflict := clause.OnConflict{
			Columns:   []clause.Column{{Name: "token"}},
			DoUpdates: clause.AssignmentColumns([]string{"data", "expiry"}),
		}
		if err := tx.Clauses(conflict).Create(&row).Error; err != nil {
			return fmt.Errorf("writing web session: %w", err)
		}
		return nil
	})
}

// DeleteCtx ends a session; a missing one is fine.
func (w *WebSessions) DeleteCtx(ctx context.Context, token string) error {
	_, err := w.take(ctx, token)
	return err
}

// Take reads a row and removes it: of several callers with the same token one gets it, the others ErrNotFound. It serves one-time links.
func (w *WebSessions) Take(ctx context.Context, token string) ([]byte, error) {
	data, found, err := w.FindCtx(ctx, token)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrNotFound
	}
	n, err := w.take(ctx, token)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, ErrNotFound
	}
	return data, nil
}

func (w *WebSessions) take(ctx context.Context, token string) (n int64, err error) {
	err = w.s.tx(ctx, func(tx *gorm.DB) error {
		res := tx.Where("token = ?", hashToken(token)).Delete(&WebSession{})
		if res.Error != nil {
			return fmt.Errorf("deleting web session: %w", res.Error)
		}
		n = res.RowsAffected
		return nil
	})
	return n, err
}

// Sweep removes expired rows.
func (w *WebSessions) Sweep(ctx context.Context) error {
	return w.s.tx(ctx, func(tx *gorm.DB) error {
		if err := tx.Where("expiry <= ?", w.wall().UnixMilli()).Delete(&WebSession{}).Error; err != nil {
			return fmt.Errorf("sweeping web sessions: %w", err)
		}
		return nil
	})
}

// errNeedContext answers the context-free half of the session library's interface, which it does not call when the other half is there.
var errNeedContext = errors.New("store: web sessions need a context")

// Find is never called: see FindCtx.
func (w *WebSessions) Find(string) ([]byte, bool, error) { return nil, false, errNeedContext }

// Commit is never called: see CommitCtx.
func (w *WebSessions) Commit(string, []byte, time.Time) error { return errNeedContext }

// Delete is never called: see DeleteCtx.
func (w *WebSessions) Delete(string) error { return errNeedContext }
