package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// How a stored value of a portrait differs from what its observations come to.
const (
	DiffMissing = "missing" // the portrait lacks it
	DiffSurplus = "surplus" // nothing stands behind it
	DiffOther   = "other"   // another value, source or time
)

// Difference is one value of a portrait that is not what its observations come to. It holds no value: lists of differences are printed.
type Difference struct{ Doctor, Field, How string }

// Unobserved is an answer that was to be saved in the portrait and of which no observation exists.
type Unobserved struct{ Doctor, Field, Ref string }

// Rebuilt is what came out for one page of doctors.
type Rebuilt struct {
	Doctors     int
	Last        string // id of the last doctor; "" = there was none
	Differences []Difference
	Unobserved  []Unobserved
}

// Rebuilding says how portraits are rebuilt.
type Rebuilding struct {
	Write bool // the portraits are corrected; else only compared
	// Saves names the field in which an answer is saved, "" = in none. nil = answers are not compared.
	Saves func(a Answer) string
}

// RebuildDoctors folds the observations of the next n doctors after an id, in the order of ids, and compares or corrects their portraits. Doctors are
// locked while they are corrected, so it may run beside everything else.
func (s *Store) RebuildDoctors(ctx context.Context, after string, n int, how Rebuilding) (Rebuilt, error) {
	var ids []string
	q := s.read(ctx).Model(&Doctor{}).Where("account = ? AND id > ?", s.Account(), after).Order("id").Limit(n)
	if err := q.Pluck("id", &ids).Error; err != nil {
		return Rebuilt{}, fmt.Errorf("listing doctors: %w", err)
	}
	return s.rebuild(ctx, ids, how)
}

// RebuildDoctor does it for one doctor; ErrNotFound.
func (s *Store) RebuildDoctor(ctx context.Context, id string, how Rebuilding) (Rebuilt, error) {
	known, err := s.doctorsByID(ctx, []string{id})
	if err != nil {
		return Rebuilt{}, err
	}
	if _, ok := known[id]; !ok {
		return Rebuilt{}, fmt.Errorf("rebuilding: %w", ErrNotFound)
	}
	return s.rebuild(ctx, []string{id}, how)
}

func (s *Store) rebuild(ctx context.Context, ids []string, how Rebuilding) (Rebuilt, error) {
	out := Rebuilt{Doctors: len(ids)}
	if len(ids) == 0 {
		return out, nil
	}
	out.Last = ids[len(ids)-1]
	err := s.tx(ctx, func(tx *gorm.DB) error {
		out.Differences, out.Unobserved = nil, nil
		if how.Write {
			var locked []Doctor
			if err := tx.Select("id").Where("id IN ?", ids).Order("id").Clauses(clause.Locking{Strength: "UPDATE"}).Find(&locked).Error; err != nil {
				return fmt.Errorf("locking doctors: %w", err)
			}
		}
		f, told, err := s.refolded(tx, ids)
		if err != nil {
			return err
		}
		if out.Differences, err = compareStored(tx, ids, f); err != nil {
			return err
		}
		if how.Saves != nil {
			if out.Unobserved, err = s.unobserved(tx, ids, told, how.Saves); err != nil {
				return err
			}
		}
		if !how.Write || len(out.Differences) == 0 {
			return nil
		}
		return s.correct(tx, f, out.Differences)
	})
	if err != nil {
		return Rebuilt{}, fmt.Errorf("rebuilding portraits: %w", err)
	}
	return out, nil
}

// refolded folds all observations of the doctors; the second value has the sources that they name.
func (s *Store) refolded(tx *gorm.DB, ids []string) (*folding, map[string]bool, error) {
	var rows []Observation
	if err := tx.Where("doctor IN ?", ids).Order("doctor").Order("field").Order("id").Find(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("reading observations: %w", err)
	}
	told := make(map[string]bool, len(rows))
	f := s.newFolding()
	for from := 0; from < len(rows); {
		k, to := rows[from].slot(), from
		for ; to < len(rows) && rows[to].slot() == k; to++ {
			told[rows[to].Ref] = true
		}
		if o, ok := fold(rows[from:to], s.freshFor(k.Field)); ok {
			f.stands[k] = portraitOf(o)
		}
		from = to
	}
	return f, told, nil
}

// compareStored lists where the portraits differ from what was folded.
func compareStored(tx *gorm.DB, ids []string, f *folding) ([]Difference, error) {
	var stored []PortraitValue
	if err := tx.Where("doctor IN ?", ids).Find(&stored).Error; err != nil {
		return nil, fmt.Errorf("reading portraits: %w", err)
	}
	var out []Difference
	seen := make(map[slot]bool, len(stored))
	for _, p := range stored {
		seen[p.slot()] = true
		switch want, ok := f.stands[p.slot()]; {
		case !ok:
			out = append(out, Difference{p.Doctor, p.Field, DiffSurplus})
		case p != want:
			out = append(out, Difference{p.Doctor, p.Field, DiffOther})
		}
	}
	for k := range f.stands {
		if !seen[k] {
			out = append(out, Difference{k.Doctor, k.Field, DiffMissing})
		}
	}
	slices.SortFunc(out, func(a, b Difference) int { return compareSlots(slot{a.Doctor, a.Field}, slot{b.Doctor, b.Field}) })
	return out, nil
}

// correct writes what was folded where it differs, and marks the doctors: others have facts of theirs that are not true any more.
func (s *Store) correct(tx *gorm.DB, f *folding, wrong []Difference) error {
	var doctors []string
	for _, d := range wrong {
		f.moved[slot{d.Doctor, d.Field}] = true
		doctors = append(doctors, d.Doctor)
	}
	if err := f.write(tx); err != nil {
		return fmt.Errorf("writing portraits: %w", err)
	}
	doctors = distinctOf(doctors)
	if err := tx.Model(&Doctor{}).Where("id IN ?", doctors).UpdateColumn("version", gorm.Expr("version + 1")).Error; err != nil {
		return fmt.Errorf("raising versions: %w", err)
	}
	return s.refresh(tx, doctors...)
}

// unobserved lists the answers that count, are to be saved, and are named by no observation. What going back has put on record again is left out: its
// observation is the earlier one, which counts again.
func (s *Store) unobserved(tx *gorm.DB, ids []string, told map[string]bool, saves func(Answer) string) ([]Unobserved, error) {
	var answers []Answer
	if err := tx.Where("conversation IN ? AND retracted_at = 0", ids).Order("conversation").Order("seq").Order("n").Find(&answers).Error; err != nil {
		return nil, fmt.Errorf("reading answers: %w", err)
	}
	keys, err := s.keysOf(tx, ids)
	if err != nil {
		return nil, err
	}
	var out []Unobserved
	for _, a := range answers {
		if err := keys[a.Conversation].openAnswer(&a); err != nil {
			return nil, fmt.Errorf("opening an answer: %w", err)
		}
		ref := fmt.Sprintf("%s:%d:%d", a.Conversation, a.Seq, a.N)
		if told[ref] || a.How == answeredBack || a.Value == "null" {
			continue
		}
		if field := saves(a); field != "" {
			out = append(out, Unobserved{a.Conversation, field, ref})
		}
	}
	return out, nil
}

// answeredBack is how an answer came that going back put on record again; the word is the flow engine's.
const answeredBack = "back"
