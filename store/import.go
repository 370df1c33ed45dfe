package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Status of an import.
const (
	ImportDry     = "dry" // only looked at
	ImportRunning = "running"
	ImportDone    = "done"
	ImportFailed  = "failed" // nothing of it was written; of a staged one possibly a part, as its report says
)

// Kinds of spreadsheet that are read in.
const (
	KindHospitals = "hospitals"
	KindDoctors   = "doctors"
	KindReps      = "reps"
	KindProducts  = "products"
	KindBatches   = "batches"
	KindAccess    = "access"
	KindPrices    = "prices"
	KindInvites   = "invites"
)

// importClaim is how long a running import is believed to be alive without a sign of life; it gives one three times as often.
const importClaim = time.Minute

// ErrImportRunning: another import of this account is being written.
var ErrImportRunning = errors.New("store: another import is running")

// Counts is what the rows of an import came to. Merged rows were found to be a record that another row stands for; they are not counted elsewhere.
type Counts struct{ Added, Changed, Same, Merged int }

// Total is the number of rows counted.
func (c Counts) Total() int { return c.Added + c.Changed + c.Same + c.Merged }

// Batches gives the rows of a spreadsheet in their order, a thousand or fewer at a time, and ends with the first error of do. It may be called again: a
// transaction that met a deadlock begins anew.
type Batches[T any] func(do func(rows []T) error) error

// BeginImport books an import. One in earnest claims the account until EndImport: ErrImportRunning while another one has it. An import whose process
// died is given up after a minute.
func (s *Store) BeginImport(ctx context.Context, im Import) (Import, error) {
	im.Account, im.At = s.Account(), s.Now()
	im.ID = newID("import", rand.Text())
	im.Name, im.Actor = cut(im.Name, 255), cut(im.Actor, 64)
	if im.Status != ImportDry {
		key := im.Account
		im.Status, im.RunKey, im.Until = ImportRunning, &key, im.At+importClaim.Milliseconds()
	}
	err := s.tx(ctx, func(tx *gorm.DB) error {
		dead, err := s.deadImports(tx, im.At)
		if err != nil {
			return err
		}
		for _, d := range dead {
			if s.Staged(d) {
				continue // it goes on first, see LeftImport
			}
			end := map[string]any{"status": ImportFailed, "run_key": nil, "done_at": im.At}
			if err := tx.Model(&Import{}).Where("id = ? AND status = ?", d.ID, ImportRunning).UpdateColumns(end).Error; err != nil {
				return err
			}
		}
		made, err := create(tx, &im)
		if err == nil && !made {
			return ErrImportRunning
		}
		return err
	})
	if err != nil {
		return Import{}, fmt.Errorf("beginning import: %w", err)
	}
	return im, nil
}

// KeepImport renews the claim of a running import until ctx ends. On the embedded database it waits its turn behind the import itself, which holds the one
// connection that writes; nobody else can write then either.
func (s *Store) KeepImport(ctx context.Context, im Import) {
	tick := time.NewTicker(importClaim / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s.writer.WithContext(ctx).Model(&Import{}).Where("id = ? AND status = ?", im.ID, ImportRunning).
			UpdateColumn("claim_until", s.Now()+importClaim.Milliseconds())
	}
}

// EndImport writes how an import ended: its status, counts and report.
func (s *Store) EndImport(ctx context.Context, im Import) error {
	im.RunKey, im.Until, im.DoneAt = nil, 0, s.Now()
	err := s.tx(ctx, func(tx *gorm.DB) error {
		columns := []string{"status", "total", "added", "changed", "same", "bad", "report", "run_key", "claim_until", "done_at"}
		if err := tx.Model(&Import{}).Select(columns).Where("id = ? AND account = ?", im.ID, s.Account()).Updates(&im).Error; err != nil {
			return err
		}
		if im.Status == ImportDry {
			return nil
		}
		detail := fmt.Sprintf("%s %s +%d ~%d =%d !%d", im.Kind, im.Status, im.Added, im.Changed, im.Same, im.Bad)
		return s.audit(tx, Audit{Actor: im.Actor, Action: "import", Object: "import:" + im.ID, Detail: detail})
	})
	if err != nil {
		return fmt.Errorf("ending import: %w", err)
	}
	if path := s.StagePath(im); path != "" {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clearing up after an import: %w", err)
		}
	}
	return nil
}

// Imports lists the newest imports without their reports, newest first, at most limit.
func (s *Store) Imports(ctx context.Context, limit int) ([]Import, error) {
	var rows []Import
	err := s.read(ctx).Omit("report").Where(map[string]any{"account": s.Account()}).Order("at DESC").Order("id").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading imports: %w", err)
	}
	return rows, nil
}

// Import reads one import with its report; ErrNotFound.
func (s *Store) Import(ctx context.Context, id string) (Import, error) {
	return one[Import](s, ctx, "import", map[string]any{"id": id})
}

// one reads the row of the account that fits; ErrNotFound.
func one[T any](s *Store, ctx context.Context, what string, where map[string]any) (T, error) {
	var rows []T
	var none T
	where["account"] = s.Account()
	if err := s.read(ctx).Where(where).Limit(1).Find(&rows).Error; err != nil {
		return none, fmt.Errorf("reading %s: %w", what, err)
	}
	if len(rows) == 0 {
		return none, ErrNotFound
	}
	return rows[0], nil
}

// intake is one import being compared with what is kept and, unless it is dry, written.
type intake struct {
	s      *Store
	tx     *gorm.DB
	im     Import
	dry    bool
	now    int64
	counts Counts
	fresh  map[string]string // master key → id of a doctor who is new
	salt   string            // of those ids
	seen   map[string]bool   // doctors whom an earlier row was about
	marked []string          // of those, the ones of the batch at work
}

// take runs an import: dry ones read outside any transaction, others write everything in one transaction or nothing. One whose file waits beside the embedded
// database (see StagePath) commits batch by batch: every batch may be written again, and whoever breaks off is followed by LeftImport.
func take[T any](ctx context.Context, s *Store, im Import, rows Batches[T], each func(*intake, []T) error) (Counts, error) {
	in := &intake{s: s, im: im, dry: im.Status == ImportDry, salt: rand.Text()}
	in.begin()
	var err error
	switch {
	case in.dry:
		in.tx = s.read(ctx)
		err = rows(func(batch []T) error { return each(in, batch) })
	case s.Staged(im):
		err = rows(func(batch []T) error {
			for part := range slices.Chunk(batch, stagedBatch) {
				if err := takeBatch(ctx, in, part, each); err != nil {
					return err
				}
			}
			return nil
		})
	default:
		err = s.tx(ctx, func(tx *gorm.DB) error {
			in.begin()
			in.tx = tx
			return rows(func(batch []T) error { return each(in, batch) })
		})
	}
	if err != nil {
		return Counts{}, fmt.Errorf("importing %s: %w", im.Kind, err)
	}
	return in.counts, nil
}

// begin forgets what an earlier try has counted.
func (in *intake) begin() {
	in.now, in.counts, in.fresh, in.seen = in.s.Now(), Counts{}, map[string]string{}, map[string]bool{}
}

// stagedBatch is how many rows a staged import commits at once: a doctor's turn waits for one such transaction at most.
const stagedBatch = 250

// takeBatch writes one batch in a transaction of its own.
func takeBatch[T any](ctx context.Context, in *intake, batch []T, each func(*intake, []T) error) error {
	before := in.counts
	in.marked = nil
	return in.s.tx(ctx, func(tx *gorm.DB) error {
		for _, id := range in.marked { // of a try that met a conflict
			delete(in.seen, id)
		}
		in.tx, in.now, in.counts, in.marked = tx, in.s.Now(), before, nil
		return each(in, batch)
	})
}

// source is how rows name the import that wrote them.
func (in *intake) source() string { return ImportRef(in.im.ID) }

// ImportRef is how values and records name the import that they came from.
func ImportRef(id string) string { return "import:" + id }

// trimmed cuts an id as every id is stored.
func trimmed(id string) string { return strings.TrimSpace(id) }
