package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ReverifyDefault is how long a verification holds, RejectedFor how long a rejected doctor waits before applying again. Source: the levels of the trade.
const (
	ReverifyDefault = 365 * 24 * time.Hour
	RejectedFor     = 30 * 24 * time.Hour
)

// How many doctors a rep may confirm alone. Above it another person agrees first. Source: the fraud guard of the trade (20 in a week); that of a day keeps
// one afternoon from using up the week.
const (
	RepConfirmsDay  = 8
	RepConfirmsWeek = 20
)

// ErrManyConfirmed: the rep has confirmed as many doctors as one person may; another one has to agree.
var ErrManyConfirmed = errors.New("store: another person has to agree to more confirmations")

// verified are the columns of a doctor who is verified from now on.
func (s *Store) verified() map[string]any {
	now := s.Now()
	return map[string]any{"level": LevelVerified, "verified_at": now, "reverify_at": now + s.opt.Reverify.Milliseconds()}
}

// addCheck writes one judgement. The same doctor judged the same way at the same moment is one.
func (s *Store) addCheck(tx *gorm.DB, c ProfileCheck) error {
	c.Account, c.At = s.Account(), orNow(c.At, s.Now())
	c.Evidence = valid(c.Evidence)
	if c.Level == LevelVerified && c.Until == 0 {
		c.Until = c.At + s.opt.Reverify.Milliseconds()
	}
	c.ID = newID("check", c.Doctor, c.Method, strconv.Itoa(c.Level), c.Actor, strconv.FormatInt(c.At, 10))
	if err := insertNew(tx, []ProfileCheck{c}); err != nil {
		return fmt.Errorf("writing a judgement: %w", err)
	}
	return nil
}

// checkTurn writes the judgement that a turn has made by itself: a good invitation code, the one fitting row of master data.
func (s *Store) checkTurn(tx *gorm.DB, t *Turn) error {
	if t.Verify == nil || t.Verify.Status != VerifyPassed {
		return nil
	}
	c := ProfileCheck{Doctor: t.Doctor.ID, Method: t.Verify.Method, Level: LevelVerified, Actor: actorBot, Evidence: t.Invite, At: t.Verify.DecidedAt, Until: t.Doctor.ReverifyAt}
	if t.Master == "" || t.Master == t.Doctor.ID {
		return s.addCheck(tx, c)
	}
	_, err := s.mergeDoctors(tx, t.Doctor.ID, t.Master, MergeByRule, actorBot)
	if errors.Is(err, ErrMerge) || errors.Is(err, ErrNotFound) { // somebody else has become that doctor meanwhile
		return fmt.Errorf("%w: %w", ErrFactsStale, err)
	}
	if err != nil {
		return err
	}
	return s.addCheck(tx, c)
}

// MasterOf is the one doctor of master data with the name, hospital (its id) and department (its label), for whom doctor may be taken: nobody else has become
// that one, and there is no second one. "" = none. Who is known there by a key of their own is that one.
func (s *Store) MasterOf(ctx context.Context, doctor, name, hospital, department string) (string, error) {
	if name == "" || hospital == "" || department == "" {
		return "", nil
	}
	var rows []Doctor
	same := map[string]any{"account": s.Account(), "name": name, "hospital": hospital, "department": department, "merged_into": ""}
	q := s.read(ctx).Select("id", "open_id").Where(same).Where("master_key IS NOT NULL")
	if err := q.Order("id").Limit(2).Find(&rows).Error; err != nil {
		return "", fmt.Errorf("looking into master data: %w", err)
	}
	if len(rows) != 1 || rows[0].OpenID != "" && rows[0].ID != doctor {
		return "", nil
	}
	return rows[0].ID, nil
}

// Alike lists doctors of master data who may be a follower: of the same name in the same hospital, those of the same department first. A person decides.
func (s *Store) Alike(ctx context.Context, who Doctor, limit int) ([]Doctor, error) {
	if who.Name == "" || who.Hospital == "" {
		return nil, nil
	}
	var rows []Doctor
	same := map[string]any{"account": s.Account(), "name": who.Name, "hospital": who.Hospital, "merged_into": "", "open_id": ""}
	q, err := s.within(ctx, s.read(ctx).Where(same).Where("master_key IS NOT NULL AND id <> ?", who.ID), "doctors.id")
	if err != nil {
		return nil, err
	}
	if err := q.Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("looking into master data: %w", err)
	}
	other := func(d Doctor) int {
		if d.Department == who.Department {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(rows, func(a, b Doctor) int {
		return cmp.Compare(other(a), other(b))
	})
	maskDoctors(ctx, rows)
	return rows, nil
}

// SameSecret counts other doctors of whom the same value of a protected field stands: a licence belongs to one person.
func (s *Store) SameSecret(ctx context.Context, doctor, field string) (int64, error) {
	var n int64
	mine := s.read(ctx).Model(&Secret{}).Select("secrets.blind").
		Joins("JOIN portrait p ON p.doctor = secrets.doctor AND p.field = secrets.field AND p.ref = secrets.ref").
		Where("secrets.doctor = ? AND secrets.field = ?", doctor, field)
	q := s.read(ctx).Model(&Secret{}).Where("account = ? AND field = ? AND doctor <> ? AND blind IN (?)", s.Account(), field, doctor, mine)
	if err := q.Distinct("doctor").Count(&n).Error; err != nil {
		return 0, fmt.Errorf("looking for the same value: %w", err)
	}
	return n, nil
}

// Checks lists the judgements on who a doctor is, newest first.
func (s *Store) Checks(ctx context.Context, doctor string) ([]ProfileCheck, error) {
	var rows []ProfileCheck
	q := s.read(ctx).Where(map[string]any{"doctor": doctor, "account": s.Account()})
	if err := q.Order("at DESC").Order("id").Limit(portraitLimit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading judgements: %w", err)
	}
	return rows, nil
}

// repRoom fails with ErrManyConfirmed when a person has confirmed as many doctors in person as one may alone. second is who agrees to more.
func (s *Store) repRoom(tx *gorm.DB, actor, second string) error {
	if second != "" {
		return nil
	}
	var alone []User // two confirmations of one person at the same moment count one after the other
	if err := tx.Where(map[string]any{"account": s.Account(), "name": actor}).Clauses(clause.Locking{Strength: "UPDATE"}).Find(&alone).Error; err != nil {
		return fmt.Errorf("locking a person: %w", err)
	}
	for _, l := range []struct {
		span time.Duration
		most int64
	}{{24 * time.Hour, RepConfirmsDay}, {7 * 24 * time.Hour, RepConfirmsWeek}} {
		var n int64
		q := tx.Model(&ProfileCheck{}).Where(map[string]any{"account": s.Account(), "actor": actor, "method": MethodRep, "level": LevelVerified})
		if err := q.Where("at > ?", s.Now()-l.span.Milliseconds()).Count(&n).Error; err != nil {
			return fmt.Errorf("counting confirmations: %w", err)
		}
		if n >= l.most {
			return ErrManyConfirmed
		}
	}
	return nil
}

// LapseVerified takes level 2 back from doctors whose verification has held for its time, at most n, and tells how many. They keep what they declared
// (level 1), product content closes at once, and the next talk asks again. It may run anywhere, any number of times.
func (s *Store) LapseVerified(ctx context.Context, n int) (int, error) {
	now := s.Now()
	due := func(db *gorm.DB) *gorm.DB {
		return db.Where("account = ? AND level = ? AND reverify_at > 0 AND reverify_at <= ?", s.Account(), LevelVerified, now)
	}
	var ids []string
	if err := due(s.read(ctx).Model(&Doctor{})).Order("reverify_at").Limit(n).Pluck("id", &ids).Error; err != nil {
		return 0, fmt.Errorf("looking for lapsed verifications: %w", err)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	slices.Sort(ids) // one order of locks for all instances
	lapsed := 0
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var held []Doctor
		if err := due(tx.Where("id IN ?", ids)).Order("id").Clauses(clause.Locking{Strength: "UPDATE"}).Find(&held).Error; err != nil {
			return err
		}
		lapsed = len(held)
		for _, d := range held {
			if err := s.lapse(tx, d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("ending verifications: %w", err)
	}
	return lapsed, nil
}

// lapse ends one verification. Leads of the doctor stay: a rep who has accepted goes on.
func (s *Store) lapse(tx *gorm.DB, d Doctor) error {
	if err := s.touchDoctor(tx, d.ID, map[string]any{"level": LevelDeclared, "reverify_at": 0}); err != nil {
		return err
	}
	now := s.Now()
	row := Verification{Doctor: d.ID, Account: s.Account(), Method: MethodLapse, Status: VerifyLapsed, At: now, DecidedAt: now, DecidedBy: actorBot}
	if err := upsert(tx, []Verification{row}, []string{"status", "decided_at", "decided_by", "asked", "reason"}); err != nil {
		return fmt.Errorf("writing verification: %w", err)
	}
	return s.addCheck(tx, ProfileCheck{Doctor: d.ID, Method: MethodLapse, Level: LevelDeclared, Actor: actorBot})
}
