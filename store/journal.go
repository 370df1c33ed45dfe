package store

import (
	"context"
	"fmt"
)

// TurnByKey finds the turn of a message key. ErrNotFound when the event was never accepted.
func (s *Store) TurnByKey(ctx context.Context, key string) (Journal, error) {
	var rows []Journal
	if err := s.read(ctx).Where("message_key = ?", key).Limit(1).Find(&rows).Error; err != nil {
		return Journal{}, fmt.Errorf("reading journal: %w", err)
	}
	return first(rows, "reading journal")
}

// LastTurn reads the newest turn of a conversation, which holds its state. ErrNotFound when there is none.
func (s *Store) LastTurn(ctx context.Context, conversation string) (Journal, error) {
	var rows []Journal
	if err := s.read(ctx).Where("conversation = ?", conversation).Order("seq DESC").Limit(1).Find(&rows).Error; err != nil {
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
