package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// Errors of releases.
var (
	// ErrStarted: another service that started at the same time has published the same folder.
	ErrStarted = errors.New("store: published by another service")
	// ErrLastRelease: without this release no flows would be in force.
	ErrLastRelease = errors.New("store: no other release could be in force")
)

// releaseColumns leaves out the folder, which is large.
var releaseColumns = []string{
	"id", "account", "hash", "cause", "back", "share", "at", "author", "message", "findings", "cases", "start_key", "created_at",
}

// Publish keeps a folder with the versions of its flows and says from when it counts; an audit row says who did it. Account, CreatedAt and, when zero, At
// are filled in. The release comes back with its number. ErrStarted: the StartKey exists; nothing was written.
func (s *Store) Publish(ctx context.Context, r Release, versions []FlowVersion) (Release, error) {
	r.Account, r.CreatedAt = s.Account(), s.Now()
	r.At, r.Author, r.Message = orNow(r.At, r.CreatedAt), cut(r.Author, 64), valid(r.Message)
	for i := range versions {
		versions[i].Account, versions[i].At = r.Account, orNow(versions[i].At, r.CreatedAt)
	}
	row := r
	err := s.tx(ctx, func(tx *gorm.DB) error {
		row = r
		made, err := create(tx, &row)
		if err != nil {
			return fmt.Errorf("writing release: %w", err)
		}
		if !made {
			return ErrStarted
		}
		if err := insertNew(tx, versions); err != nil {
			return fmt.Errorf("writing flow versions: %w", err)
		}
		return s.audit(tx, Audit{
			Actor: r.Author, Action: row.Cause + "_flows", Object: releaseObject(row.ID),
			Detail: fmt.Sprintf("folder %s, share %d, at %d, back %d: %s", r.Hash, r.Share, r.At, r.Back, r.Message),
		})
	})
	if err != nil {
		return Release{}, fmt.Errorf("publishing flows: %w", err)
	}
	return row, nil
}

// ProposeRelease keeps a folder together with the proposal to put it into force, which about makes of the release: both exist or neither. See Publish and
// Propose for the errors.
func (s *Store) ProposeRelease(ctx context.Context, r Release, versions []FlowVersion, about func(Release) (Approval, error)) (Release, error) {
	var out Release
	err := s.tx(ctx, func(tx *gorm.DB) error {
		ctx := joined(ctx, tx)
		var err error
		if out, err = s.Publish(ctx, r, versions); err != nil {
			return err
		}
		a, err := about(out)
		if err != nil {
			return err
		}
		_, err = s.Propose(ctx, a)
		return err
	})
	if err != nil {
		return Release{}, fmt.Errorf("proposing flows: %w", err)
	}
	return out, nil
}

func releaseObject(id int64) string { return fmt.Sprintf("release:%d", id) }

// Releases lists the newest releases without their folders, the one that counts last first, at most limit.
func (s *Store) Releases(ctx context.Context, limit int) ([]Release, error) {
	var rows []Release
	q := s.releases(s.read(ctx)).Order("at DESC, id DESC").Limit(limit)
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading releases: %w", err)
	}
	return rows, nil
}

// Release reads one release with its folder. ErrNotFound when there is none of that number.
func (s *Store) Release(ctx context.Context, id int64) (Release, error) {
	var rows []Release
	if err := s.read(ctx).Where("account = ? AND id = ?", s.Account(), id).Limit(1).Find(&rows).Error; err != nil {
		return Release{}, fmt.Errorf("reading release: %w", err)
	}
	return first(rows, "reading release")
}

// Released tells whether a folder was ever published.
func (s *Store) Released(ctx context.Context, hash string) (bool, error) {
	var n int64
	err := s.read(ctx).Model(&Release{}).Where("account = ? AND hash = ?", s.Account(), hash).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("looking for a release: %w", err)
	}
	return n > 0, nil
}

func (s *Store) releases(db *gorm.DB) *gorm.DB {
	return db.Model(&Release{}).Select(releaseColumns).Where(map[string]any{"account": s.Account()})
}

// InForce is what counts now.
type InForce struct {
	Main    *Release // the newest whole release whose time has come; nil when none is. Without its folder
	Canary  *Release // the newest one after it that only a part of the doctors gets; nil when none is. Without its folder
	Recalls []Recall // those that are not lifted
}

// InForce reads what counts now, in three small queries: every instance asks once a second.
func (s *Store) InForce(ctx context.Context) (InForce, error) {
	var f InForce
	db, now := s.read(ctx), s.Now()
	main, err := s.newest(db, now, 0)
	if err != nil {
		return f, err
	}
	f.Main = main
	if main != nil {
		var rows []Release
		q := s.releases(db).Where("at <= ? AND share > 0 AND share < 100 AND (at > ? OR (at = ? AND id > ?))", now, main.At, main.At, main.ID)
		if err := q.Order("at DESC, id DESC").Limit(1).Find(&rows).Error; err != nil {
			return f, fmt.Errorf("reading the partial release: %w", err)
		}
		if len(rows) > 0 {
			f.Canary = &rows[0]
		}
	}
	if err := db.Where("account = ? AND lifted_at = 0", s.Account()).Order("id").Find(&f.Recalls).Error; err != nil {
		return f, fmt.Errorf("reading recalls: %w", err)
	}
	return f, nil
}

// newest is the newest whole release at a time, one of them left out of account.
func (s *Store) newest(db *gorm.DB, at, without int64) (*Release, error) {
	var rows []Release
	q := s.releases(db).Where("at <= ? AND share = 100 AND id <> ?", at, without)
	if err := q.Order("at DESC, id DESC").Limit(1).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading the release in force: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return &rows[0], nil
}

// ShareRelease gives a release to so many percent of the doctors, 0 to 100, and records who did it and why. ErrNotFound: no such release. ErrLastRelease: it
// is the only one that can be in force. ErrMoved: it has that share already.
func (s *Store) ShareRelease(ctx context.Context, id int64, share int, actor, reason string) error {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var rows []Release
		if err := s.releases(tx).Where("id = ?", id).Limit(1).Find(&rows).Error; err != nil {
			return err
		}
		r, err := first(rows, "reading release")
		if err != nil {
			return err
		}
		if r.Share == share {
			return ErrMoved
		}
		if share < 100 && r.At <= s.Now() {
			other, err := s.newest(tx, s.Now(), id)
			if err != nil {
				return err
			}
			if other == nil {
				return ErrLastRelease
			}
		}
		if err := tx.Model(&Release{}).Where("id = ?", id).UpdateColumn("share", share).Error; err != nil {
			return err
		}
		return s.audit(tx, Audit{
			Actor: actor, Action: "share_flows", Object: releaseObject(id), Detail: fmt.Sprintf("share %d, was %d: %s", share, r.Share, valid(reason)),
		})
	})
	if err != nil {
		return fmt.Errorf("sharing release: %w", err)
	}
	return nil
}
