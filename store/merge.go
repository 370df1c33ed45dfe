package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Kinds of merge, and how it was found.
const (
	MergeDoctor   = "doctor"
	MergeHospital = "hospital"
	MergeByRule   = "rule"
	MergeByPerson = "person"
)

// maxMerges bounds how often a merged record is followed to the one that stands for it.
const maxMerges = 8

// ErrMerge: these two records cannot become one.
var ErrMerge = errors.New("store: cannot be merged")

// mergeDetail is what the record that went had, for whoever must find out later what stood there. There is no way back.
type mergeDetail struct {
	MasterKey  string            `json:"master_key,omitempty"`
	Name       string            `json:"name,omitempty"`
	Hospital   string            `json:"hospital,omitempty"`
	Place      string            `json:"hospital_name,omitempty"`
	Department string            `json:"department,omitempty"`
	Title      string            `json:"title,omitempty"`
	Values     map[string]string `json:"values,omitempty"` // field → label
	Moved      map[string]int64  `json:"moved,omitempty"`  // table → rows
	Doctors    []string          `json:"doctors,omitempty"`
	Access     []HospitalAccess  `json:"access,omitempty"` // rows that gave way
}

// Who is the name that the record which went had; "" when it was erased.
func (m Merge) Who() string {
	var d mergeDetail
	if json.Unmarshal([]byte(m.Detail), &d) != nil {
		return ""
	}
	return d.Name
}

// MergeDoctors makes one doctor of two, in one transaction. The one who follows stays, else kept; it takes over the master key when it has none, what
// imports said of the other one, and the rows of the other's that a doctor who never followed can have. The other one stays as an empty row that points to
// it. How is MergeByRule or MergeByPerson. ErrMerge: the same doctor, both follow, or one was erased or merged before. ErrNotFound.
func (s *Store) MergeDoctors(ctx context.Context, kept, gone, how, actor string) (Merge, error) {
	var m Merge
	err := s.tx(ctx, func(tx *gorm.DB) (err error) {
		m, err = s.mergeDoctors(tx, kept, gone, how, actor)
		return err
	})
	if err != nil {
		return Merge{}, fmt.Errorf("merging doctors: %w", err)
	}
	return m, nil
}

// mergeDoctors is MergeDoctors inside a transaction.
func (s *Store) mergeDoctors(tx *gorm.DB, kept, gone, how, actor string) (Merge, error) {
	a, b, err := s.pair(tx, kept, gone)
	if err != nil {
		return Merge{}, err
	}
	if a.OpenID == "" && b.OpenID != "" {
		a, b = b, a
	}
	detail := mergeDetail{MasterKey: keyOf(b), Name: b.Name, Hospital: b.Hospital, Place: b.HospitalName, Department: b.Department, Title: b.Title}
	if detail.Values, err = s.handOver(tx, a.ID, b.ID); err != nil {
		return Merge{}, err
	}
	if detail.Moved, err = s.moveRows(tx, a.ID, b.ID); err != nil {
		return Merge{}, err
	}
	empty := map[string]any{
		"merged_into": a.ID, "name": "", "hospital": "", "hospital_name": "", "department": "", "title": "", "level": LevelFollower, "refresh_at": 0,
	}
	fill := map[string]any{
		"refresh_at": s.Now(), "name": cmp.Or(a.Name, b.Name), "hospital": cmp.Or(a.Hospital, b.Hospital), "hospital_name": cmp.Or(a.HospitalName, b.HospitalName),
		"department": cmp.Or(a.Department, b.Department), "title": cmp.Or(a.Title, b.Title),
	}
	if a.MasterKey == nil || drawn(*a.MasterKey) && b.MasterKey != nil {
		empty["master_key"], fill["master_key"] = nil, b.MasterKey
	}
	if err := s.touchDoctor(tx, b.ID, empty); err != nil {
		return Merge{}, err
	}
	if err := s.touchDoctor(tx, a.ID, fill); err != nil {
		return Merge{}, err
	}
	text, err := json.Marshal(detail)
	if err != nil {
		return Merge{}, fmt.Errorf("encoding detail: %w", err)
	}
	m := Merge{Kind: MergeDoctor, Kept: a.ID, Gone: b.ID, How: how, Actor: actor, Detail: string(text)}
	if err := s.addMerge(tx, m); err != nil {
		return Merge{}, err
	}
	return m, s.audit(tx, Audit{Actor: actor, Action: "merge_doctors", Object: "doctor:" + a.ID, Detail: b.ID + " " + how})
}

// pair reads and locks the two doctors.
func (s *Store) pair(tx *gorm.DB, kept, gone string) (a, b Doctor, err error) {
	var rows []Doctor
	q := tx.Where("account = ? AND id IN ?", s.Account(), []string{kept, gone}).Order("id").Clauses(clause.Locking{Strength: "UPDATE"})
	if err := q.Find(&rows).Error; err != nil {
		return a, b, fmt.Errorf("reading doctors: %w", err)
	}
	if kept == gone {
		return a, b, fmt.Errorf("%w: it is one doctor", ErrMerge)
	}
	if len(rows) < 2 {
		return a, b, ErrNotFound
	}
	a, b = rows[0], rows[1]
	if a.ID != kept {
		a, b = b, a
	}
	switch {
	case a.OpenID != "" && b.OpenID != "":
		return a, b, fmt.Errorf("%w: both follow", ErrMerge)
	case a.MergedInto != "" || b.MergedInto != "":
		return a, b, fmt.Errorf("%w: one was merged before", ErrMerge)
	case a.Erased() || b.Erased():
		return a, b, fmt.Errorf("%w: one was erased", ErrMerge)
	}
	return a, b, nil
}

func keyOf(d Doctor) string {
	if d.MasterKey == nil {
		return ""
	}
	return *d.MasterKey
}

// handOver gives what imports said of one doctor to another and empties the portrait of the first; the labels that it had, by field.
func (s *Store) handOver(tx *gorm.DB, to, from string) (map[string]string, error) {
	var old []Observation
	if err := tx.Where("doctor = ? AND source = ?", from, SourceImport).Order("id").Find(&old).Error; err != nil {
		return nil, fmt.Errorf("reading observations: %w", err)
	}
	newest := map[string]Observation{}
	labels := map[string]string{}
	for _, o := range old {
		o.ID, o.Doctor = 0, to
		newest[o.Field], labels[o.Field] = o, o.Label
	}
	obs := make([]Observation, 0, len(newest))
	for _, o := range old {
		if n, ok := newest[o.Field]; ok {
			obs = append(obs, n)
			delete(newest, o.Field)
		}
	}
	if err := s.restore(tx, from, obs); err != nil {
		return nil, fmt.Errorf("reading protected values: %w", err)
	}
	for _, empty := range []any{&PortraitValue{}, &Secret{}} {
		if err := tx.Where("doctor = ?", from).Delete(empty).Error; err != nil {
			return nil, fmt.Errorf("emptying portrait: %w", err)
		}
	}
	_, err := s.observe(tx, obs, nil)
	return labels, err
}

// addMerge writes a merge. The same one again changes nothing.
func (s *Store) addMerge(tx *gorm.DB, m Merge) error {
	m.Account, m.At = s.Account(), s.Now()
	m.ID = newID("merge", m.Account, m.Kind, m.Kept, m.Gone)
	if err := insertNew(tx, []Merge{m}); err != nil {
		return fmt.Errorf("writing merge: %w", err)
	}
	return nil
}

// Merges lists the newest merges of a kind, newest first, at most limit.
func (s *Store) Merges(ctx context.Context, kind string, limit int) ([]Merge, error) {
	var rows []Merge
	q := s.read(ctx).Where(map[string]any{"account": s.Account(), "kind": kind})
	if kind == MergeDoctor {
		var err error
		if q, err = s.within(ctx, q, "merges.kept"); err != nil {
			return nil, err
		}
	}
	if err := q.Order("at DESC").Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading merges: %w", err)
	}
	return rows, nil
}
