package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gorm.io/gorm"
)

// StagePath is where the checked file of a large import is kept until all of it is written; "" where every import is one transaction. The embedded database
// has one writer: a transaction of a minute would keep the turns of doctors waiting for a minute. A staged import commits in batches instead, each of which
// may be written again, and its file stays until the import has ended, so that one that was broken off goes on.
func (s *Store) StagePath(im Import) string {
	if !s.Embedded() || s.opt.DataDir == "" {
		return ""
	}
	return filepath.Join(s.opt.DataDir, "imports", im.ID)
}

// Staged tells whether the file of an import is kept.
func (s *Store) Staged(im Import) bool {
	path := s.StagePath(im)
	if path == "" {
		return false
	}
	_, err := os.Stat(path)
	return err == nil
}

// deadImports are running imports that give no sign of life.
func (s *Store) deadImports(tx *gorm.DB, now int64) ([]Import, error) {
	var rows []Import
	err := tx.Omit("report").Where("account = ? AND status = ? AND claim_until < ?", s.Account(), ImportRunning, now).Order("at").Find(&rows).Error
	return rows, err
}

// LeftImport claims a staged import that was broken off; false: there is none.
func (s *Store) LeftImport(ctx context.Context) (im Import, found bool, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		im, found = Import{}, false
		now := s.Now()
		dead, err := s.deadImports(tx, now)
		if err != nil {
			return err
		}
		for _, d := range dead {
			if !s.Staged(d) {
				continue
			}
			until := now + importClaim.Milliseconds()
			won := tx.Model(&Import{}).Where("id = ? AND status = ? AND claim_until = ?", d.ID, ImportRunning, d.Until).UpdateColumn("claim_until", until)
			if won.Error != nil {
				return won.Error
			}
			if won.RowsAffected == 1 {
				d.Until = until
				im, found = d, true
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return Import{}, false, fmt.Errorf("looking for an unfinished import: %w", err)
	}
	return im, found, nil
}

// LeaveImport lets a staged import be taken up at once by whoever asks for it.
func (s *Store) LeaveImport(ctx context.Context, im Import) error {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		return tx.Model(&Import{}).Where("id = ? AND status = ?", im.ID, ImportRunning).UpdateColumn("claim_until", int64(0)).Error
	})
	if err != nil {
		return fmt.Errorf("leaving import: %w", err)
	}
	return nil
}
