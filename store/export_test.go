package store

import (
	"context"
	"slices"

	"gorm.io/gorm"
)

// DB lets tests look at rows that no public method shows.
func (s *Store) DB(ctx context.Context) *gorm.DB { return s.read(ctx) }

// Records lists one value of every record.
func Records() []any { return records() }

// Engine names the engine.
func (s *Store) Engine() string { return s.engine.name() }

// Lock runs fn in a transaction of its own.
func (s *Store) Lock(ctx context.Context, fn func(tx *gorm.DB) error) error { return s.tx(ctx, fn) }

// NewerSchema records a migration that this program does not know.
func (s *Store) NewerSchema(ctx context.Context) error {
	return s.writer.WithContext(ctx).Exec("INSERT INTO schema_migrations (id) VALUES ('9999_later')").Error
}

// CommitTogether commits turns in one batch.
func (s *Store) CommitTogether(turns ...*Turn) []error {
	batch := make([]*pending, len(turns))
	for i, t := range turns {
		s.completeTurn(t)
		batch[i] = &pending{ctx: context.Background(), turn: t, done: make(chan struct{})}
	}
	s.commitBatch(slices.Clone(batch))
	errs := make([]error, len(turns))
	for i, p := range batch {
		<-p.done
		errs[i] = p.err
	}
	return errs
}

// Put inserts a row that no public method writes by itself.
func (s *Store) Put(ctx context.Context, row any) error {
	return s.writer.WithContext(ctx).Create(row).Error
}
