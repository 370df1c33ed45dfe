package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
)

// Kinds of cost. Source: what the trade books for winning customers.
const (
	CostPlatform = "platform"
	CostContent  = "content"
	CostPeople   = "people"
	CostMeeting  = "meeting"
	CostOther    = "other"
)

// CostKinds lists them in the order of pages.
var CostKinds = []string{CostPlatform, CostContent, CostPeople, CostMeeting, CostOther}

// Limits of a cost.
const (
	CostMost     = 1_000_000_000_00 // hundredths of a yuan
	CostNoteMost = 200              // characters
	costsRead    = 2000
)

// Errors of costs.
var (
	// ErrCost: month, kind, source, product or amount is not one that can be.
	ErrCost = errors.New("store: no such cost")
	// ErrCostUnexplained: a correction below 0 says in its note what it corrects.
	ErrCostUnexplained = errors.New("store: a correction needs a note")
)

// AddCost writes down what was spent, with who wrote it, and a row of the log in the same transaction. ErrCost, ErrCostUnexplained, ErrTooLong.
func (s *Store) AddCost(ctx context.Context, c Cost) error {
	now := s.Now()
	c.Account, c.Note, c.At = s.Account(), strings.TrimSpace(c.Note), now
	if v, ok := Viewing(ctx); ok {
		c.Actor = v.Name
	}
	at, err := time.Parse("2006-01", c.Month)
	switch {
	case err != nil, at.Year() < 2000, at.After(time.UnixMilli(now).AddDate(0, 1, 0)):
		return ErrCost
	case !slices.Contains(CostKinds, c.Kind), c.Source != "" && !slices.Contains(Sources, c.Source), c.Cents == 0, max(c.Cents, -c.Cents) > CostMost:
		return ErrCost
	case c.Cents < 0 && c.Note == "":
		return ErrCostUnexplained
	case utf8.RuneCountInString(c.Note) > CostNoteMost:
		return ErrTooLong
	}
	err = s.tx(ctx, func(tx *gorm.DB) error {
		var known, before int64
		if err := tx.Model(&Product{}).Where("account = ? AND id = ?", s.Account(), c.Product).Count(&known).Error; err != nil {
			return err
		}
		if c.Product != "" && known == 0 {
			return ErrCost
		}
		if err := tx.Model(&Cost{}).Where("account = ?", s.Account()).Count(&before).Error; err != nil {
			return err
		}
		c.ID = newID("cost", s.Account(), c.Month, c.Kind, c.Actor, strconv.FormatInt(now, 10), strconv.FormatInt(before, 10))
		if err := tx.Create(&c).Error; err != nil {
			return err
		}
		return s.audit(tx, Audit{Action: "cost", Object: c.Month, Reason: c.Note, Detail: fmt.Sprintf("%s, source %q, product %q, %d cents", c.Kind, c.Source, c.Product, c.Cents)})
	})
	if err != nil {
		return fmt.Errorf("writing down a cost: %w", err)
	}
	return nil
}

// Costs reads what was spent in some months, both ends within, newest first. Costs are those of the house: whoever sees only a part of it sees none, because
// they cannot be laid beside that part.
func (s *Store) Costs(ctx context.Context, from, to string) ([]Cost, error) {
	if team, ok := figureTeam(ctx); !ok || team != "" {
		return nil, nil
	}
	var rows []Cost
	q := s.read(ctx).Where("account = ? AND month >= ? AND month <= ?", s.Account(), from, to)
	if err := q.Order("month DESC").Order("at DESC").Order("id").Limit(costsRead).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading costs: %w", err)
	}
	return rows, nil
}

// CostSum is what was spent on one thing in a month.
type CostSum struct {
	Month, Kind, Source, Product string
	Cents                        int64
}

// CostSums adds up what Costs lists one by one, without a limit.
func (s *Store) CostSums(ctx context.Context, from, to string) ([]CostSum, error) {
	if team, ok := figureTeam(ctx); !ok || team != "" {
		return nil, nil
	}
	var rows []CostSum
	q := s.read(ctx).Model(&Cost{}).Select("month, kind, source, product, SUM(cents) AS cents").Where("account = ? AND month >= ? AND month <= ?", s.Account(), from, to)
	if err := q.Group("month, kind, source, product").Order("month, kind, source, product").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("adding up costs: %w", err)
	}
	return rows, nil
}
