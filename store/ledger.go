package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Allowance is what an inbound event opens: the platform takes so many customer service messages for the doctor. Source: its page on them.
type Allowance struct {
	Channel string // ChannelChat or ChannelQuick
	Left    int
	From    int64 // when the platform opened it, unix ms, not later than it did
	Until   int64 // when it ends, unix ms
}

// PermitChange is what the doctor answered about one-time notices of a template: one more, or none at all.
type PermitChange struct {
	Template string
	Accepted bool
}

// Spent is one send taken off an allowance or a permit. The zero value took nothing.
type Spent struct {
	Channel  string // ChannelChat, ChannelQuick or ChannelSubscribe
	Seen     Ledger // what was decided on; the end of an allowance names it, for a fresh one ends later
	Template string // of a permit
}

func (sp Spent) until() int64 {
	if sp.Channel == ChannelQuick {
		return sp.Seen.QuickUntil
	}
	return sp.Seen.ChatUntil
}

// Settling says what became of a send that was spent.
type Settling string

// How a send that was spent is settled.
const (
	SettleKept   Settling = ""       // it was sent, or may have been
	SettleRefund Settling = "refund" // it certainly was not
	SettleClosed Settling = "closed" // the platform says that nothing was left
)

// Purse is what may be sent to a doctor. A doctor of whom nothing is known has an empty one.
type Purse struct {
	Ledger
	Permits map[string]int // by template
}

// Purse reads what may be sent to a doctor.
func (s *Store) Purse(ctx context.Context, doctor string) (Purse, error) {
	p := Purse{Ledger: Ledger{Doctor: doctor, Account: s.Account()}}
	var permits []Permit
	of := map[string]any{"doctor": doctor, "account": s.Account()}
	if err := s.read(ctx).Where(of).Limit(1).Find(&p.Ledger).Error; err != nil {
		return Purse{}, fmt.Errorf("reading ledger: %w", err)
	}
	if err := s.read(ctx).Where(of).Where("remaining > 0").Find(&permits).Error; err != nil {
		return Purse{}, fmt.Errorf("reading permits: %w", err)
	}
	p.Permits = make(map[string]int, len(permits))
	for _, m := range permits {
		p.Permits[m.Template] = m.Remaining
	}
	return p, nil
}

// MassLeft is how many of limit mass sends a month are left in that month (year*100 + month).
func (l Ledger) MassLeft(month, limit int) int {
	if l.MassMonth != month {
		return limit
	}
	return max(limit-l.MassUsed, 0)
}

// Spend takes one send off, before the call; keep is how many must stay. False: what the caller saw has changed or is used up, and nothing was taken.
func (s *Store) Spend(ctx context.Context, sp Spent, keep int) (bool, error) {
	took := s.writer.WithContext(ctx)
	switch sp.Channel {
	case ChannelChat, ChannelQuick:
		left, until, mark := columnsOf(sp.Channel)
		took = took.Model(&Ledger{}).Where("doctor = ? AND account = ? AND "+until+" = ? AND "+left+" > ?", sp.Seen.Doctor, s.Account(), sp.until(), keep).
			UpdateColumns(map[string]any{left: gorm.Expr(left + " - 1"), mark: s.Now(), "updated_at": s.Now()})
	case ChannelSubscribe:
		took = took.Model(&Permit{}).Where("doctor = ? AND template = ? AND account = ? AND remaining > 0", sp.Seen.Doctor, sp.Template, s.Account()).
			UpdateColumns(map[string]any{"remaining": gorm.Expr("remaining - 1"), "updated_at": s.Now()})
	default:
		return true, nil
	}
	if took.Error != nil {
		return false, fmt.Errorf("spending a send: %w", took.Error)
	}
	return took.RowsAffected == 1, nil
}

// columnsOf names the columns of an allowance.
func columnsOf(channel string) (left, until, mark string) {
	if channel == ChannelQuick {
		return "quick_left", "quick_until", "quick_mark"
	}
	return "chat_left", "chat_until", "chat_mark"
}

// settle carries the end of a send into what it was spent from. A refund never credits an allowance that came after.
func (s *Store) settle(tx *gorm.DB, sp Spent, how Settling) error {
	if sp.Channel == "" {
		return nil
	}
	if sp.Channel == ChannelSubscribe {
		return s.settlePermit(tx, sp, how)
	}
	left, until, _ := columnsOf(sp.Channel)
	row := tx.Model(&Ledger{}).Where("doctor = ? AND account = ?", sp.Seen.Doctor, s.Account())
	switch how {
	case SettleRefund:
		return row.Where(until+" = ?", sp.until()).UpdateColumns(map[string]any{left: gorm.Expr(left + " + 1"), "updated_at": s.Now()}).Error
	case SettleClosed: // whichever allowance the platform would have taken it from, none had anything left
		return row.UpdateColumns(map[string]any{
			"chat_left":  gorm.Expr("CASE WHEN chat_until <= ? THEN 0 ELSE chat_left END", sp.Seen.ChatUntil),
			"quick_left": gorm.Expr("CASE WHEN quick_until <= ? THEN 0 ELSE quick_left END", sp.Seen.QuickUntil), "updated_at": s.Now(),
		}).Error
	}
	return row.UpdateColumns(s.counted(sp)).Error
}

// counted books a send that ended now on every allowance that the platform may have counted it on: it takes the short one first, as it stood at some
// moment of the call. So a send that ended under a later allowance than it was taken from is taken off there too; a chat message leaves nothing of the
// short one, which had nothing to give when it was chosen, unless a click came meanwhile; and one that outlasted the short one is a chat message. The
// marks hold back what is only heard of later.
func (s *Store) counted(sp Spent) map[string]any {
	now := s.Now()
	set := map[string]any{"updated_at": now}
	if sp.Channel == ChannelChat {
		set["chat_left"], set["chat_mark"] = gorm.Expr("CASE WHEN chat_until > ? AND chat_left > 0 THEN chat_left - 1 ELSE chat_left END", sp.Seen.ChatUntil), now
		set["quick_left"], set["quick_mark"] = gorm.Expr("CASE WHEN quick_until > ? AND quick_left > 0 THEN quick_left - 1 ELSE 0 END", sp.Seen.QuickUntil), now
		return set
	}
	set["quick_left"], set["quick_mark"] = gorm.Expr("CASE WHEN quick_until > ? AND quick_left > 0 THEN quick_left - 1 ELSE quick_left END", sp.Seen.QuickUntil), now
	if now >= sp.Seen.QuickUntil {
		set["chat_left"], set["chat_mark"] = gorm.Expr("CASE WHEN chat_left > 0 THEN chat_left - 1 ELSE 0 END"), now
	}
	return set
}

func (s *Store) settlePermit(tx *gorm.DB, sp Spent, how Settling) error {
	row := tx.Model(&Permit{}).Where("doctor = ? AND template = ? AND account = ?", sp.Seen.Doctor, sp.Template, s.Account())
	switch how {
	case SettleRefund:
		return row.UpdateColumns(map[string]any{"remaining": gorm.Expr("remaining + 1"), "updated_at": s.Now()}).Error
	case SettleClosed:
		return row.UpdateColumns(map[string]any{"remaining": 0, "updated_at": s.Now()}).Error
	}
	return nil
}

// openAllowances writes what the turns open. An allowance replaces what was left of the earlier one of its sort, not the other way round when they come
// out of order. When a send through the earlier one ended after the message was written, the platform may have counted it on the new one; then no more
// is left than was before.
func (s *Store) openAllowances(tx *gorm.DB, turns []*Turn) error {
	var rows []Ledger
	for _, t := range turns {
		a := t.Opens
		if a == nil {
			continue
		}
		l := Ledger{Doctor: t.Doctor.ID, Account: s.Account(), UpdatedAt: s.Now()}
		if a.Channel == ChannelQuick {
			l.QuickLeft, l.QuickUntil, l.QuickMark = a.Left, a.Until, a.From
		} else {
			l.ChatLeft, l.ChatUntil, l.ChatMark = a.Left, a.Until, a.From
		}
		rows = append(rows, l)
	}
	set := append(s.renewal(ChannelChat), s.renewal(ChannelQuick)...)
	set = append(set, assign("updated_at", s.incoming("updated_at")))
	return insert(tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "doctor"}}, DoUpdates: set}), rows)
}

// renewal lists the columns of one allowance in an order that suits MySQL, which sees the columns assigned before as changed.
func (s *Store) renewal(channel string) clause.Set {
	left, until, mark := columnsOf(channel)
	newLeft, newUntil, newMark := s.incoming(left), s.incoming(until), s.incoming(mark)
	later := newUntil + " > " + until
	return clause.Set{
		assign(left, "CASE WHEN "+later+" AND ("+mark+" < "+newMark+" OR "+newLeft+" < "+left+") THEN "+newLeft+" ELSE "+left+" END"),
		assign(mark, "CASE WHEN "+newMark+" > "+mark+" THEN "+newMark+" ELSE "+mark+" END"),
		assign(until, "CASE WHEN "+later+" THEN "+newUntil+" ELSE "+until+" END"),
	}
}

// incoming is the value of a column in the row that an upsert could not insert.
func (s *Store) incoming(column string) string {
	if s.Embedded() {
		return "excluded." + column
	}
	return "VALUES(" + column + ")"
}

func assign(column, expression string) clause.Assignment {
	return clause.Assignment{Column: clause.Column{Name: column}, Value: gorm.Expr(expression)}
}

// closeAllowances ends everything for doctors who left: a later follow does not bring it back. Mass sends of the month stay counted.
func (s *Store) closeAllowances(tx *gorm.DB, turns []*Turn) error {
	var left []string
	for _, t := range turns {
		if t.Closes {
			left = append(left, t.Doctor.ID)
		}
	}
	if len(left) == 0 {
		return nil
	}
	now := s.Now()
	ended := func(until string) any {
		return gorm.Expr("CASE WHEN "+until+" > ? THEN ? ELSE "+until+" END", now, now)
	}
	err := tx.Model(&Ledger{}).Where("doctor IN ?", left).UpdateColumns(map[string]any{
		"chat_left": 0, "chat_until": ended("chat_until"), "quick_left": 0, "quick_until": ended("quick_until"), "updated_at": now,
	}).Error
	if err != nil {
		return err
	}
	return tx.Model(&Permit{}).Where("doctor IN ?", left).UpdateColumns(map[string]any{"remaining": 0, "updated_at": now}).Error
}

// writePermits books what a doctor answered about one-time notices. A refusal ends what was agreed to before: nothing is sent that is no longer wanted.
func (s *Store) writePermits(tx *gorm.DB, t *Turn) error {
	for _, c := range t.Permits {
		row := Permit{Doctor: t.Doctor.ID, Template: cut(c.Template, 64), Account: s.Account(), UpdatedAt: s.Now()}
		remaining := "0"
		if c.Accepted {
			row.Remaining, remaining = 1, "remaining + 1"
		}
		set := clause.Set{assign("remaining", remaining), assign("updated_at", s.incoming("updated_at"))}
		target := []clause.Column{{Name: "doctor"}, {Name: "template"}}
		if err := tx.Clauses(clause.OnConflict{Columns: target, DoUpdates: set}).Create(&row).Error; err != nil {
			return err
		}
	}
	return nil
}
