package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// openAgain is how soon the same doctor may open the same link without its counting again: a page that is loaded anew.
const openAgain = time.Minute

// AddLinkOpen records that a tracked link was opened. Doctor "" is somebody who is not the doctor it was sent to, or is not known.
func (s *Store) AddLinkOpen(ctx context.Context, o LinkOpen) error {
	o.ID, o.Account, o.At = 0, s.Account(), s.Now()
	return s.tx(ctx, func(tx *gorm.DB) error {
		if o.Doctor != "" {
			var n int64
			same := map[string]any{"account": o.Account, "doctor": o.Doctor, "content": o.Content, "effect": o.Effect}
			if err := tx.Model(&LinkOpen{}).Where(same).Where("at > ?", o.At-openAgain.Milliseconds()).Count(&n).Error; err != nil {
				return fmt.Errorf("reading openings: %w", err)
			}
			if n > 0 {
				return nil
			}
		}
		row := o
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("writing an opening: %w", err)
		}
		if o.Doctor == "" {
			return nil
		}
		return s.did(tx, []Behaviour{{Doctor: o.Doctor, Kind: DidOpen, Object: o.Content, Ref: openRef(row.ID), At: o.At}})
	})
}

// ContentFigures is what became of one content item.
type ContentFigures struct {
	Content   string
	Given     int64 // doctors to whom it was given, sent or on its way
	Sent      int64 // of these, where the platform said yes
	Readers   int64 // doctors who opened their link
	Opens     int64 // openings by them
	Strangers int64 // openings of passed-on links by others
}

// ContentFigures counts, by content id, what was given and what was opened.
func (s *Store) ContentFigures(ctx context.Context) (map[string]ContentFigures, error) {
	mine := map[string]any{"account": s.Account()}
	var given, opened []ContentFigures
	q := s.read(ctx).Model(&Sent{}).Select("content, COUNT(*) AS given, SUM(CASE WHEN sent_at > 0 THEN 1 ELSE 0 END) AS sent")
	if err := q.Where(mine).Group("content").Find(&given).Error; err != nil {
		return nil, fmt.Errorf("counting what was given: %w", err)
	}
	q = s.read(ctx).Model(&LinkOpen{}).Select(`content, COUNT(DISTINCT CASE WHEN doctor <> '' THEN doctor END) AS readers,
		SUM(CASE WHEN doctor <> '' THEN 1 ELSE 0 END) AS opens, SUM(CASE WHEN doctor = '' THEN 1 ELSE 0 END) AS strangers`)
	if err := q.Where(mine).Group("content").Find(&opened).Error; err != nil {
		return nil, fmt.Errorf("counting openings: %w", err)
	}
	all := make(map[string]ContentFigures, len(given))
	for _, g := range given {
		all[g.Content] = g
	}
	for _, o := range opened {
		o.Given, o.Sent = all[o.Content].Given, all[o.Content].Sent
		all[o.Content] = o
	}
	return all, nil
}
