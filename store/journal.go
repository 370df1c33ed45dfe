package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// TurnByKey finds the turn of a message key. ErrNotFound when the event was never accepted.
func (s *Store) TurnByKey(ctx context.Context, key string) (Journal, error) {
	return s.turn(s.read(ctx), s.read(ctx).Where("message_key = ?", key))
}

// LastTurn reads the newest turn of a conversation, which holds its state. ErrNotFound when there is none.
func (s *Store) LastTurn(ctx context.Context, conversation string) (Journal, error) {
	return s.turn(s.read(ctx), s.read(ctx).Where("conversation = ?", conversation).Order("seq DESC"))
}

// turn reads the first row of a query of the journal and opens it.
func (s *Store) turn(db, q *gorm.DB) (Journal, error) {
	var rows []Journal
	if err := q.Limit(1).Find(&rows).Error; err != nil {
		return Journal{}, fmt.Errorf("reading journal: %w", err)
	}
	if err := s.openTurns(db, rows); err != nil {
		return Journal{}, fmt.Errorf("reading journal: %w", err)
	}
	return first(rows, "reading journal")
}

// first gives the only row, or ErrNotFound.
func first[T any](rows []T, doing string) (T, error) {
	if len(rows) == 0 {
		var none T
		return none, fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	return rows[0], nil
}
