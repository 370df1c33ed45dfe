package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Errors of acts about super customers.
var (
	// ErrSameRole: the second person must play another role than the first.
	ErrSameRole = errors.New("store: another role must decide")
	// ErrSuperFull: the product has as many super customers as the house allows.
	ErrSuperFull = errors.New("store: no more super customers for this product")
	// ErrSuperPoints: the points do not suffice.
	ErrSuperPoints = errors.New("store: too few points for a super customer")
	// ErrMaterial: the doctor asked for a benefit, and compliance has not set that aside.
	ErrMaterial = errors.New("store: material interest")
	// ErrTooLong: a text is longer than its place.
	ErrTooLong = errors.New("store: text too long")
)

// Longest texts about a super customer, in characters. Source: the empathy statement of the trade has 80.
const (
	EmpathyMost = 80
	TabooMost   = 200
	StepMost    = 200
)

// SuperConfirm makes a candidate a super customer: two people of different roles want it.
type SuperConfirm struct {
	Doctor, Product    string
	First, FirstRole   string
	Second, SecondRole string
	Least              int           // points that the rules demand
	Share              int           // most super customers, percent of the verified doctors
	Review             time.Duration // until it is looked at again
	Reason             string
}

// ConfirmSuper confirms a candidate. ErrSameRole; ErrSamePerson; ErrMoved: it is no candidate any more; ErrSuperPoints; ErrMaterial; ErrSuperFull.
func (s *Store) ConfirmSuper(ctx context.Context, c SuperConfirm) error {
	switch {
	case c.First == c.Second:
		return ErrSamePerson
	case c.FirstRole == c.SecondRole:
		return ErrSameRole
	}
	set := map[string]any{"status": SuperConfirmed, "first_by": c.First, "first_role": c.FirstRole, "second_by": c.Second, "second_role": c.SecondRole,
		"confirmed_at": s.Now(), "review_at": s.Now() + c.Review.Milliseconds(), "reason": cut(c.Reason, auditReason)}
	return s.actSuper(ctx, c.Doctor, c.Product, SuperMove{Event: SuperEventConfirm, Reason: c.First + " + " + c.Second}, set, func(tx *gorm.DB, r *Super) error {
		switch {
		case r.Status != SuperCandidate:
			return ErrMoved
		case r.Best < c.Least:
			return ErrSuperPoints
		}
		if material, err := s.material(tx, c.Doctor); err != nil || material {
			return errors.Join(err, errIf(material, ErrMaterial))
		}
		room, err := s.superRoom(tx, c.Product, c.Share, true)
		if err != nil {
			return err
		}
		return errIf(room.Confirmed >= room.Most, ErrSuperFull)
	})
}

// decisions are the moves whose reason belongs into the log.
var decisions = []string{SuperEventConfirm, SuperEventRefuse, SuperEventDrop, SuperEventReview, SuperEventClear}

func errIf(yes bool, err error) error {
	if yes {
		return err
	}
	return nil
}

// material tells whether a request for a benefit stands against the doctor.
func (s *Store) material(tx *gorm.DB, doctor string) (bool, error) {
	var asked, cleared int64
	if err := tx.Model(&Flag{}).Where("doctor = ? AND kind = ?", doctor, FlagBenefit).Select("COALESCE(MAX(at), 0)").Scan(&asked).Error; err != nil {
		return false, fmt.Errorf("reading flags: %w", err)
	}
	q := tx.Model(&SuperMove{}).Where("doctor = ? AND event = ?", doctor, SuperEventClear)
	if err := q.Select("COALESCE(MAX(at), 0)").Scan(&cleared).Error; err != nil {
		return false, fmt.Errorf("reading moves: %w", err)
	}
	return asked > cleared, nil
}

// SuperRoom is how many super customers a product has, and may have.
type SuperRoom struct{ Verified, Confirmed, Most int }

// SuperRoom counts. share is in percent of the verified doctors; a house that has any may have one.
func (s *Store) SuperRoom(ctx context.Context, product string, share int) (SuperRoom, error) {
	return s.superRoom(s.read(ctx), product, share, false)
}

// superRoom counts; lock keeps others from confirming until the transaction ends.
func (s *Store) superRoom(tx *gorm.DB, product string, share int, lock bool) (SuperRoom, error) {
	var verified int64
	if err := tx.Model(&Facets{}).Where("account = ? AND level = ?", s.Account(), LevelVerified).Count(&verified).Error; err != nil {
		return SuperRoom{}, fmt.Errorf("counting verified doctors: %w", err)
	}
	q := tx.Model(&Super{}).Where("account = ? AND product = ? AND status = ?", s.Account(), product, SuperConfirmed)
	if lock {
		q = q.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	var who []string
	if err := q.Pluck("doctor", &who).Error; err != nil {
		return SuperRoom{}, fmt.Errorf("counting super customers: %w", err)
	}
	r := SuperRoom{Verified: int(verified), Confirmed: len(who), Most: int(verified) * share / 100}
	if r.Most == 0 && verified > 0 {
		r.Most = 1
	}
	return r, nil
}

// actSuper changes a super customer in one transaction: lock, check, columns, history, a mark that the doctor is derived again, audit. ErrNotFound.
func (s *Store) actSuper(ctx context.Context, doctor, product string, move SuperMove, set map[string]any, check func(tx *gorm.DB, r *Super) error) error {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var rows []Super
		q := tx.Where("doctor = ? AND product = ? AND account = ?", doctor, product, s.Account()).Clauses(clause.Locking{Strength: "UPDATE"})
		if err := q.Limit(1).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return ErrNotFound
		}
		r := &rows[0]
		if err := check(tx, r); err != nil {
			return err
		}
		set["version"], set["updated_at"] = gorm.Expr("version + 1"), s.Now()
		if err := tx.Model(&Super{}).Where("doctor = ? AND product = ?", doctor, product).UpdateColumns(set).Error; err != nil {
			return err
		}
		move.Doctor, move.Product, move.Stage, move.Status = doctor, product, r.Stage, r.Status
		if status, ok := set["status"].(string); ok {
			move.Status = status
		}
		if err := s.moveSupers(tx, []SuperMove{move}); err != nil {
			return err
		}
		if err := s.refresh(tx, doctor); err != nil {
			return err
		}
		act := Audit{Action: "super_" + move.Event, Object: "doctor:" + doctor, Detail: product}
		if slices.Contains(decisions, move.Event) { // what people write about a doctor goes with the doctor's data
			act.Reason = cut(move.Reason, auditReason)
		}
		return s.audit(tx, act)
	})
	if err != nil {
		return fmt.Errorf("changing a super customer: %w", err)
	}
	return nil
}

// reasoned refuses a reason that says nothing.
func reasoned(reason string) (string, error) {
	reason = cut(strings.TrimSpace(reason), auditReason)
	return reason, errIf(utf8.RuneCountInString(reason) < shortestReason, ErrNoReason)
}

// RefuseSuper records that a candidate is not to be one, until again has passed. ErrMoved; ErrNoReason.
func (s *Store) RefuseSuper(ctx context.Context, doctor, product, reason string, again time.Duration) error {
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	set := map[string]any{"status": SuperRefused, "reason": reason, "review_at": s.Now() + again.Milliseconds()}
	return s.actSuper(ctx, doctor, product, SuperMove{Event: SuperEventRefuse, Reason: reason}, set, func(_ *gorm.DB, r *Super) error {
		return errIf(r.Status != SuperCandidate && r.Status != SuperNear, ErrMoved)
	})
}

// EndSuper ends a confirmed super customer. The rules may find the doctor a candidate again after again. ErrMoved; ErrNoReason.
func (s *Store) EndSuper(ctx context.Context, doctor, product, reason string, again time.Duration) error {
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	set := map[string]any{"status": SuperRefused, "reason": reason, "review_at": s.Now() + again.Milliseconds()}
	return s.actSuper(ctx, doctor, product, SuperMove{Event: SuperEventDrop, Reason: reason}, set, func(_ *gorm.DB, r *Super) error {
		return errIf(r.Status != SuperConfirmed, ErrMoved)
	})
}

// ReviewSuper records that a confirmed super customer was looked at again and stays one. ErrMoved; ErrNoReason.
func (s *Store) ReviewSuper(ctx context.Context, doctor, product, reason string, next time.Duration) error {
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	set := map[string]any{"review_at": s.Now() + next.Milliseconds()}
	return s.actSuper(ctx, doctor, product, SuperMove{Event: SuperEventReview, Reason: reason}, set, func(_ *gorm.DB, r *Super) error {
		return errIf(r.Status != SuperConfirmed, ErrMoved)
	})
}

// SuperCard is what a person has understood of a doctor.
type SuperCard struct {
	Doctor, Product         string
	Empathy, Channel, Taboo string
	Was                     string // statement that the person saw
}

// WriteSuperCard writes the understanding. ErrMoved: somebody wrote meanwhile; ErrTooLong; ErrNoReason: the statement is empty.
func (s *Store) WriteSuperCard(ctx context.Context, c SuperCard) error {
	c.Empathy, c.Taboo = strings.TrimSpace(valid(c.Empathy)), strings.TrimSpace(valid(c.Taboo))
	switch {
	case utf8.RuneCountInString(c.Empathy) < shortestReason:
		return ErrNoReason
	case utf8.RuneCountInString(c.Empathy) > EmpathyMost, utf8.RuneCountInString(c.Taboo) > TabooMost:
		return ErrTooLong
	}
	set := map[string]any{"empathy": c.Empathy, "channel": cut(c.Channel, 16), "taboo": c.Taboo}
	return s.actSuper(ctx, c.Doctor, c.Product, SuperMove{Event: SuperEventCard}, set, func(_ *gorm.DB, r *Super) error {
		return errIf(r.Status == SuperDropped || r.Empathy != c.Was, ErrMoved)
	})
}

// PlanSuper sets a step of the house's own with its day; an empty step gives the word back to the rules. ErrTooLong; ErrMoved: there is nobody to plan for.
func (s *Store) PlanSuper(ctx context.Context, doctor, product, step string, at int64) error {
	step = strings.TrimSpace(valid(step))
	if utf8.RuneCountInString(step) > StepMost {
		return ErrTooLong
	}
	if step == "" {
		at = 0
	}
	return s.actSuper(ctx, doctor, product, SuperMove{Event: SuperEventPlan, Reason: step}, map[string]any{"next_step": step, "next_at": at}, alive)
}

// DoneSuper records that the next step was done, in words; the rules then say what comes after. ErrNoReason; ErrMoved.
func (s *Store) DoneSuper(ctx context.Context, doctor, product, what string) error {
	what, err := reasoned(what)
	if err != nil {
		return err
	}
	return s.actSuper(ctx, doctor, product, SuperMove{Event: SuperEventStep, Reason: what}, map[string]any{"next_step": "", "next_at": 0}, alive)
}

func alive(_ *gorm.DB, r *Super) error {
	return errIf(r.Status == SuperDropped || r.Status == SuperRefused, ErrMoved)
}

// ClearBenefit sets requests for a benefit aside: compliance has found that the doctor did not mean it so. ErrNoReason.
func (s *Store) ClearBenefit(ctx context.Context, doctor, product, reason string) error {
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	return s.actSuper(ctx, doctor, product, SuperMove{Event: SuperEventClear, Reason: reason}, map[string]any{}, func(tx *gorm.DB, _ *Super) error {
		material, err := s.material(tx, doctor)
		return errors.Join(err, errIf(!material, ErrMoved))
	})
}

// ReadSuperCard is the receipt of a rep who has read the card. Read twice it is one receipt until the card changes.
func (s *Store) ReadSuperCard(ctx context.Context, doctor, product, rep string) error {
	move := SuperMove{Event: SuperEventRead, Actor: rep, Role: RoleRep}
	err := s.actSuper(ctx, doctor, product, move, map[string]any{}, func(tx *gorm.DB, _ *Super) error {
		read, err := s.readSince(tx, doctor, product, rep)
		return errors.Join(err, errIf(read, errRead))
	})
	if errors.Is(err, errRead) {
		return nil
	}
	return err
}

// errRead: the receipt is there.
var errRead = errors.New("store: read already")

// readSince tells whether a rep has read the card as it is.
func (s *Store) readSince(tx *gorm.DB, doctor, product, rep string) (bool, error) {
	var card, read int64
	of := func() *gorm.DB { return tx.Model(&SuperMove{}).Where("doctor = ? AND product = ?", doctor, product) }
	if err := of().Where("event = ?", SuperEventCard).Select("COALESCE(MAX(n), 0)").Scan(&card).Error; err != nil {
		return false, fmt.Errorf("reading moves: %w", err)
	}
	if err := of().Where("event = ? AND actor = ?", SuperEventRead, rep).Select("COALESCE(MAX(n), 0)").Scan(&read).Error; err != nil {
		return false, fmt.Errorf("reading moves: %w", err)
	}
	return read > card, nil
}

// AddInfluence records an outcome that the doctor helped to. The same outcome about the same other, on one day, is one. ErrTooLong; ErrForbidden: no kind of outcome.
func (s *Store) AddInfluence(ctx context.Context, in Influence) error {
	kinds := []string{InfluenceReferral, InfluenceHosted, InfluenceAccess, InfluenceSpoke, InfluenceShared, InfluenceCocreated}
	in.Note, in.Other = strings.TrimSpace(valid(in.Note)), strings.TrimSpace(valid(in.Other))
	switch {
	case !slices.Contains(kinds, in.Kind):
		return ErrForbidden
	case utf8.RuneCountInString(in.Note) > TabooMost || utf8.RuneCountInString(in.Other) > 64:
		return ErrTooLong
	}
	in.At = orNow(in.At, s.Now())
	in.ID, in.Account = newID("influence", in.Doctor, in.Product, in.Kind, in.Other, fmt.Sprint(in.At/(24*time.Hour).Milliseconds())), s.Account()
	if v, ok := Viewing(ctx); ok && in.Actor == "" {
		in.Actor = v.Name
	}
	return s.actSuper(ctx, in.Doctor, in.Product, SuperMove{Event: SuperEventInfluence, Reason: in.Kind}, map[string]any{}, func(tx *gorm.DB, _ *Super) error {
		return insertNew(tx, []Influence{in})
	})
}
