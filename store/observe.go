package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// freshness says how long a value of a field counts as fresh; 0 = for ever.
type freshness struct {
	of atomic.Pointer[func(field string) time.Duration]
}

// UseFreshness tells the store how long the value of a field counts as fresh (0 = for ever). Without it every field is fresh for 180 days.
func (s *Store) UseFreshness(of func(field string) time.Duration) { s.fresh.of.Store(&of) }

func (s *Store) freshFor(field string) time.Duration {
	if of := s.fresh.of.Load(); of != nil {
		return (*of)(field)
	}
	return freshDefault
}

// slot is one field of one doctor.
type slot struct{ Doctor, Field string }

func compareSlots(a, b slot) int {
	return cmp.Or(cmp.Compare(a.Doctor, b.Doctor), cmp.Compare(a.Field, b.Field))
}

// distinctOf lists texts in order, each once.
func distinctOf(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

func (o Observation) slot() slot   { return slot{o.Doctor, o.Field} }
func (p PortraitValue) slot() slot { return slot{p.Doctor, p.Field} }

// observe writes what became known about doctors and brings their portraits up to date: the only way in which a portrait changes. The rows of the doctors
// must be locked by the transaction. It gives the doctors whose portrait is not what the new rows say by themselves, because something stood against one
// or came back: what others remember of their facts is not true any more.
//
// changed tells when a doctor was changed last (unix ms), where that is known: every writer sets it, so what a doctor says later than that is the newest
// there is, and nothing has to be read to know that it stands.
func (s *Store) observe(tx *gorm.DB, rows []Observation, changed map[string]int64) ([]string, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	rows = s.completeObservations(rows)
	for i, now := 0, s.Now(); i < len(rows); i++ { // what is said after the clock was set back is said later all the same
		if last := changed[rows[i].Doctor]; last > now {
			rows[i].At = last + 1
		}
	}
	if err := s.seclude(tx, rows); err != nil {
		return nil, err
	}
	if err := insertObservations(tx, rows); err != nil {
		return nil, fmt.Errorf("writing observations: %w", err)
	}
	f := s.newFolding()
	asked := slices.DeleteFunc(slices.Clone(rows), func(o Observation) bool {
		last, known := changed[o.Doctor]
		return known && o.At >= last && o.Value != TakenBack && weight(o.Source) == weight(SourceAnswer)
	})
	if err := f.read(tx, asked); err != nil {
		return nil, fmt.Errorf("reading portrait: %w", err)
	}
	for _, o := range rows {
		f.take(o)
	}
	if err := f.again(tx); err != nil {
		return nil, fmt.Errorf("reading observations: %w", err)
	}
	if err := f.write(tx); err != nil {
		return nil, fmt.Errorf("writing portrait: %w", err)
	}
	odd := make([]string, 0, len(f.odd))
	for d, is := range f.odd {
		if is {
			odd = append(odd, d)
		}
	}
	slices.Sort(odd)
	return odd, nil
}

// insertObservations writes the rows by hand: they have numbers of their own, which GORM would read back one by one, and every answer brings some.
func insertObservations(tx *gorm.DB, rows []Observation) error {
	for part := range slices.Chunk(rows, rowsPerStatement) {
		args := make([]any, 0, 10*len(part))
		for _, o := range part {
			args = append(args, o.Doctor, o.Field, o.Account, o.Value, o.Label, o.Source, o.Ref, o.Detail, o.Confidence, o.At)
		}
		insert := "INSERT INTO observations (doctor, field, account, value, label, source, ref, detail, confidence, at) VALUES (?,?,?,?,?,?,?,?,?,?)"
		if err := tx.Exec(insert+strings.Repeat(",(?,?,?,?,?,?,?,?,?,?)", len(part)-1), args...).Error; err != nil {
			return err
		}
	}
	return nil
}

// completeObservations fills what the store knows better than its callers.
func (s *Store) completeObservations(rows []Observation) []Observation {
	account, now := s.Account(), s.Now()
	rows = slices.Clone(rows)
	for i := range rows {
		o := &rows[i]
		o.ID, o.Account, o.At = 0, account, min(orNow(o.At, now), now)
		o.Value, o.Label, o.Detail, o.Ref = valid(o.Value), valid(o.Label), valid(o.Detail), cut(o.Ref, 96)
		if o.Confidence == 0 {
			o.Confidence = confidence(o.Source)
		}
	}
	return rows
}

// folding brings portraits up to date. Most values settle against what stands; only where something is taken back, or arrives late, the history is read.
type folding struct {
	fresh  func(field string) time.Duration
	stands map[slot]PortraitValue
	moved  map[slot]bool   // stands differs from the table
	hard   map[slot]bool   // to be folded from its whole history
	odd    map[string]bool // doctors whose portrait is not what the rows say
}

func (s *Store) newFolding() *folding {
	return &folding{fresh: s.freshFor, stands: map[slot]PortraitValue{}, moved: map[slot]bool{}, hard: map[slot]bool{}, odd: map[string]bool{}}
}

// read fills what stands in the fields of the rows.
func (f *folding) read(tx *gorm.DB, rows []Observation) error {
	if len(rows) == 0 {
		return nil
	}
	doctors, fields := make([]string, len(rows)), make([]string, len(rows))
	for i, o := range rows {
		doctors[i], fields[i] = o.Doctor, o.Field
	}
	var known []PortraitValue
	q := tx.Select("doctor, field, source, at").Where("doctor IN ? AND field IN ?", distinctOf(doctors), distinctOf(fields))
	if err := q.Find(&known).Error; err != nil {
		return err
	}
	for _, p := range known {
		f.stands[p.slot()] = p
	}
	return nil
}

// take settles one observation against what stands. It comes to the same as folding the whole history: whatever was kept back by what stands would be
// kept back by a value that is newer and weighs no less, too.
func (f *folding) take(o Observation) {
	k := o.slot()
	now, stands := f.stands[k]
	switch {
	case f.hard[k]:
	case o.Value == TakenBack, stands && o.At < now.At:
		f.hard[k] = true
	case !stands || overrides(weight(now.Source), weight(o.Source), millis(o.At-now.At), f.fresh(o.Field)):
		f.stands[k], f.moved[k] = portraitOf(o), true
	default:
		f.odd[o.Doctor] = true
	}
}

// again folds the fields that need their whole history.
func (f *folding) again(tx *gorm.DB) error {
	if len(f.hard) == 0 {
		return nil
	}
	var doctors, fields []string
	for k := range f.hard {
		doctors, fields = append(doctors, k.Doctor), append(fields, k.Field)
	}
	var rows []Observation
	q := tx.Where("doctor IN ? AND field IN ?", distinctOf(doctors), distinctOf(fields)).Order("doctor").Order("field").Order("id")
	if err := q.Find(&rows).Error; err != nil {
		return err
	}
	bySlot := make(map[slot][]Observation, len(f.hard))
	for _, o := range rows {
		bySlot[o.slot()] = append(bySlot[o.slot()], o)
	}
	for k := range f.hard {
		delete(f.stands, k)
		f.moved[k] = true
		history := bySlot[k]
		o, ok := fold(history, f.fresh(k.Field))
		if ok {
			f.stands[k] = portraitOf(o)
		}
		last := history[len(history)-1]
		believed := last.Value == TakenBack && !ok || ok && o == last
		f.odd[k.Doctor] = f.odd[k.Doctor] || !believed
	}
	return nil
}

// write carries what moved into the table, in the order of the keys.
func (f *folding) write(tx *gorm.DB) error {
	var set []PortraitValue
	var gone [][]any
	for k := range f.moved {
		if p, ok := f.stands[k]; ok {
			set = append(set, p)
			continue
		}
		gone = append(gone, []any{k.Doctor, k.Field})
	}
	slices.SortFunc(set, func(a, b PortraitValue) int { return compareSlots(a.slot(), b.slot()) })
	if len(gone) > 0 {
		if err := tx.Where("(doctor, field) IN ?", gone).Delete(&PortraitValue{}).Error; err != nil {
			return err
		}
	}
	return upsert(tx, set, portraitColumns)
}

// Observe writes what became known about one doctor outside a turn: an import, an entry of a person of the house, a wish of the doctor. ErrNotFound.
func (s *Store) Observe(ctx context.Context, doctor string, rows ...Observation) error {
	return s.tx(ctx, func(tx *gorm.DB) error { return s.observeOutside(tx, doctor, rows) })
}

// observeOutside writes observations about one doctor outside a turn: it locks the doctor's row, and raises its version, so that a turn that is being
// decided is decided again. ErrNotFound.
func (s *Store) observeOutside(tx *gorm.DB, doctor string, rows []Observation) error {
	var locked []Doctor
	q := tx.Select("id").Where(map[string]any{"id": doctor, "account": s.Account()}).Clauses(clause.Locking{Strength: "UPDATE"})
	if err := q.Find(&locked).Error; err != nil {
		return fmt.Errorf("locking doctor: %w", err)
	}
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Doctor = doctor
	}
	if _, err := s.observe(tx, rows, nil); err != nil {
		return err
	}
	return s.touchDoctor(tx, doctor, nil)
}

// said is the observation that a value of a turn or a report is.
func (p PortraitValue) said() Observation {
	return Observation{
		Doctor: p.Doctor, Field: p.Field, Value: p.Value, Label: p.Label, Source: p.Source, Ref: p.Ref, Detail: p.Detail, Confidence: p.Confidence, At: p.At,
	}
}

func saidBy(values []PortraitValue) []Observation {
	rows := make([]Observation, len(values))
	for i, p := range values {
		rows[i] = p.said()
	}
	return rows
}

// Observations lists what became known about a doctor, newest first; field "" = about all fields.
func (s *Store) Observations(ctx context.Context, doctor, field string) ([]Observation, error) {
	var rows []Observation
	q := s.read(ctx).Where("doctor = ? AND account = ?", doctor, s.Account())
	if field != "" {
		q = q.Where("field = ?", field)
	}
	if err := q.Order("id DESC").Limit(maxObservations).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading observations: %w", err)
	}
	return rows, nil
}

// maxObservations bounds what a page reads of one doctor.
const maxObservations = 2000
