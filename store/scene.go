package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
)

// ErrScene: a code that cannot be stored.
var ErrScene = errors.New("store: code not valid")

// Most characters of a code's name and target, and of one of its tags; most tags of a code.
const (
	sceneName   = 128
	sceneTarget = 64
	sceneTags   = 20
)

// Kinds of codes, in the order in which pages show them.
func sceneKinds() []string { return []string{SceneRep, SceneHospital, SceneDepartment, SceneMeeting} }

// Opens tells whether a scan at the time now (unix ms) opens the code's flow and puts on its tags; later scans, and those of a closed code, only count.
func (sc Scene) Opens(now int64) bool {
	return sc.ClosedAt == 0 && (sc.ValidUntil == 0 || now < sc.ValidUntil)
}

// Labels are the tags that are put on whoever scans the code.
func (sc Scene) Labels() []string {
	var tags []string
	if json.Unmarshal([]byte(sc.Tags), &tags) != nil {
		return nil
	}
	return tags
}

// AddScene stores a new code under an id that is drawn: it stands in a public picture, so it must not name anybody. Kind, Target, Name, Flow, ValidUntil,
// Permanent and CreatedBy are taken from sc. ErrScene: a name is missing or too long, the kind is unknown, the rep does not exist, or the time has passed.
func (s *Store) AddScene(ctx context.Context, sc Scene, tags []string) (Scene, error) {
	row, err := s.scene(sc, tags)
	if err != nil {
		return Scene{}, err
	}
	if row.Kind == SceneRep {
		rep, err := s.Rep(ctx, row.Target)
		if errors.Is(err, ErrNotFound) {
			return Scene{}, fmt.Errorf("%w: no such rep", ErrScene)
		}
		if err != nil {
			return Scene{}, err
		}
		if row.Name == "" {
			row.Name = rep.Name
		}
	}
	if row.Name == "" {
		return Scene{}, fmt.Errorf("%w: a name is needed", ErrScene)
	}
	if err := s.tx(ctx, func(tx *gorm.DB) error { return s.addScenes(tx, []Scene{row}) }); err != nil {
		return Scene{}, fmt.Errorf("writing code: %w", err)
	}
	return row, nil
}

// scene completes and checks a new code.
func (s *Store) scene(sc Scene, tags []string) (Scene, error) {
	row := Scene{
		ID: rand.Text(), Account: s.Account(), Kind: sc.Kind, Target: strings.TrimSpace(valid(sc.Target)), Name: strings.TrimSpace(valid(sc.Name)),
		Flow: sc.Flow, ValidUntil: sc.ValidUntil, Permanent: sc.Permanent, CreatedBy: sc.CreatedBy, CreatedAt: s.Now(),
	}
	kept := []string{}
	for _, tag := range tags {
		if tag = strings.TrimSpace(valid(tag)); tag != "" && !slices.Contains(kept, tag) {
			kept = append(kept, tag)
		}
	}
	long := func(text string, n int) bool { return utf8.RuneCountInString(text) > n }
	switch {
	case !slices.Contains(sceneKinds(), row.Kind):
		return row, fmt.Errorf("%w: unknown kind", ErrScene)
	case long(row.Name, sceneName) || long(row.Target, sceneTarget) || long(row.Flow, sceneTarget):
		return row, fmt.Errorf("%w: too long", ErrScene)
	case len(kept) > sceneTags || slices.ContainsFunc(kept, func(tag string) bool { return long(tag, sceneTarget) }):
		return row, fmt.Errorf("%w: too many tags, or too long ones", ErrScene)
	case row.ValidUntil != 0 && row.ValidUntil <= s.Now():
		return row, fmt.Errorf("%w: its time has passed", ErrScene)
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return row, fmt.Errorf("encoding tags: %w", err)
	}
	row.Tags = string(text)
	return row, nil
}

// addScenes writes codes and who made them.
func (s *Store) addScenes(tx *gorm.DB, rows []Scene) error {
	if err := insert(tx, rows); err != nil {
		return err
	}
	for _, row := range rows {
		if err := s.audit(tx, Audit{Actor: row.CreatedBy, Action: "add_code", Object: "code:" + row.ID, Detail: row.Kind}); err != nil {
			return err
		}
	}
	return nil
}

// AddRepScenes makes a permanent code for every active rep who has none that is open, and tells how many it made.
func (s *Store) AddRepScenes(ctx context.Context, flow, by string) (int, error) {
	made := 0
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var reps []Rep
		has := tx.Model(&Scene{}).Select("target").Where("account = ? AND kind = ? AND closed_at = 0 AND valid_until = 0", s.Account(), SceneRep)
		if err := tx.Where("account = ? AND active AND user_id NOT IN (?)", s.Account(), has).Order("user_id").Find(&reps).Error; err != nil {
			return err
		}
		rows := make([]Scene, len(reps))
		for i, r := range reps {
			row, err := s.scene(Scene{Kind: SceneRep, Target: r.UserID, Name: r.Name, Flow: flow, Permanent: true, CreatedBy: by}, nil)
			if err != nil {
				return err
			}
			rows[i] = row
		}
		made = len(rows)
		return s.addScenes(tx, rows)
	})
	if err != nil {
		return 0, fmt.Errorf("writing codes of reps: %w", err)
	}
	return made, nil
}

// Scene reads one code; ErrNotFound. The id may be anything that a platform sent.
func (s *Store) Scene(ctx context.Context, id string) (Scene, error) {
	var rows []Scene
	if err := s.read(ctx).Where(map[string]any{"id": id, "account": s.Account()}).Limit(1).Find(&rows).Error; err != nil {
		return Scene{}, fmt.Errorf("reading code: %w", err)
	}
	if len(rows) == 0 {
		return Scene{}, ErrNotFound
	}
	return rows[0], nil
}

// CloseScene ends a code: later scans count and do nothing else. ErrMoved: it is closed already, or does not exist.
func (s *Store) CloseScene(ctx context.Context, id, by string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		done := tx.Model(&Scene{}).Where("id = ? AND account = ? AND closed_at = 0", id, s.Account()).UpdateColumn("closed_at", s.Now())
		if done.Error != nil {
			return fmt.Errorf("closing code: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return ErrMoved
		}
		return s.audit(tx, Audit{Actor: by, Action: "close_code", Object: "code:" + id})
	})
}

// KeepTicket remembers by what the platform gives the picture of a code, what the picture says, and until when (unix ms, 0 = for ever). Where two draw at
// once, the one that lasts longer stays.
func (s *Store) KeepTicket(ctx context.Context, id, ticket, url string, until int64) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		q := tx.Model(&Scene{}).Where("id = ? AND account = ?", id, s.Account())
		if until != 0 {
			q = q.Where("ticket = '' OR ticket_until > 0 AND ticket_until < ?", until)
		}
		if err := q.UpdateColumns(map[string]any{"ticket": ticket, "url": url, "ticket_until": until}).Error; err != nil {
			return fmt.Errorf("keeping a ticket: %w", err)
		}
		return nil
	})
}

// sceneReps names, of the given doctors, the reps whose codes brought them.
func (s *Store) sceneReps(ctx context.Context, who map[string]Doctor) (map[string]string, error) {
	var ids []string
	for _, d := range who {
		if d.Scene != "" {
			ids = append(ids, d.Scene)
		}
	}
	reps := map[string]string{}
	if len(ids) == 0 {
		return reps, nil
	}
	var rows []Scene
	if err := s.read(ctx).Select("id", "target").Where(map[string]any{"id": ids, "account": s.Account(), "kind": SceneRep}).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading codes: %w", err)
	}
	for _, sc := range rows {
		for id, d := range who {
			if d.Scene == sc.ID {
				reps[id] = sc.Target
			}
		}
	}
	return reps, nil
}
