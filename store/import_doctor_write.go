package store

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// writeDoctors compares the rows with what imports said before and writes what is other.
func (in *intake) writeDoctors(rows []takenDoctor, seen map[string]bool) error {
	before, err := in.importedValues(rows)
	if err != nil {
		return err
	}
	var fresh []Doctor
	var obs []Observation
	var moved []takenDoctor
	for _, t := range rows {
		if seen[t.id] {
			in.counts.Merged++
		}
		news := in.news(t, before[t.id])
		switch {
		case t.old == nil && !seen[t.id]:
			in.counts.Added++
			fresh = append(fresh, in.freshDoctor(t))
		case len(news) > 0 || t.rekey:
			if !seen[t.id] {
				in.counts.Changed++
			}
			moved = append(moved, t)
		default:
			if !seen[t.id] {
				in.counts.Same++
			}
		}
		seen[t.id] = true
		obs = append(obs, news...)
	}
	if in.dry {
		return nil
	}
	if err := insert(in.tx, fresh); err != nil {
		return fmt.Errorf("writing doctors: %w", err)
	}
	for _, t := range moved {
		if err := in.moveDoctor(t); err != nil {
			return err
		}
	}
	return in.s.observeImport(in.tx, obs, len(moved) > 0)
}

// importedValues are the newest values of source import: doctor → field → value.
func (in *intake) importedValues(rows []takenDoctor) (map[string]map[string]Observation, error) {
	var ids []string
	for _, t := range rows {
		if t.old != nil {
			ids = append(ids, t.id)
		}
	}
	out := map[string]map[string]Observation{}
	if len(ids) == 0 {
		return out, nil
	}
	var old []Observation
	q := in.tx.Where("account = ? AND doctor IN ? AND source = ?", in.s.Account(), ids, SourceImport).Order("id")
	if err := q.Find(&old).Error; err != nil {
		return nil, fmt.Errorf("reading imported values: %w", err)
	}
	for _, o := range old {
		if out[o.Doctor] == nil {
			out[o.Doctor] = map[string]Observation{}
		}
		out[o.Doctor][o.Field] = o
	}
	return out, nil
}

// news are the values of a row that no import has said before.
func (in *intake) news(t takenDoctor, before map[string]Observation) []Observation {
	var out []Observation
	for _, v := range t.row.Values {
		if was, known := before[v.Field]; known && was.Value == v.Value && was.Label == v.Label {
			continue
		}
		out = append(out, Observation{
			Doctor: t.id, Field: v.Field, Account: in.s.Account(), Value: v.Value, Label: v.Label, Source: SourceImport,
			Ref: in.source(), Detail: in.im.Name, Confidence: importConfidence, At: in.now,
		})
	}
	return out
}

func (in *intake) freshDoctor(t takenDoctor) Doctor {
	key := t.row.key()
	return Doctor{
		ID: t.id, Account: in.s.Account(), Name: cut(t.row.Name, 64), Hospital: t.row.Hospital, HospitalName: cut(t.row.HospitalName, 128),
		Department: cut(t.row.Department, 64), Title: cut(t.row.Title, 64), Phase: PhaseIdle, MasterKey: &key,
		CreatedAt: in.now, UpdatedAt: in.now, RefreshAt: in.now,
	}
}

// moveDoctor changes the row of a doctor. Of one who follows only the key: what such a doctor is called comes from the portrait, where own answers count more.
func (in *intake) moveDoctor(t takenDoctor) error {
	set := map[string]any{"refresh_at": in.now}
	if t.rekey {
		set["master_key"] = t.row.Key
	}
	if t.old == nil || t.old.OpenID == "" {
		for column, text := range map[string]string{"name": t.row.Name, "hospital": t.row.Hospital, "hospital_name": t.row.HospitalName,
			"department": t.row.Department, "title": t.row.Title} {
			if text != "" {
				set[column] = text
			}
		}
	}
	if err := in.s.touchDoctor(in.tx, t.id, set); err != nil {
		return err
	}
	if !t.rekey {
		return nil
	}
	return in.s.addMerge(in.tx, Merge{Kind: MergeDoctor, Kept: t.id, Gone: *t.old.MasterKey, How: MergeByRule, Actor: in.im.Actor, Detail: "{}"})
}

// observeImport adds observations of source import and puts them into the portraits, but not in front of what the doctor said, a rep reported or a person
// typed.
func (s *Store) observeImport(tx *gorm.DB, obs []Observation, check bool) error {
	if err := insert(tx, obs); err != nil {
		return fmt.Errorf("writing observations: %w", err)
	}
	var firm map[[2]string]bool
	if check {
		var err error
		if firm, err = s.firmValues(tx, obs); err != nil {
			return err
		}
	}
	rows := make([]PortraitValue, 0, len(obs))
	for _, o := range obs {
		if firm[[2]string{o.Doctor, o.Field}] {
			continue
		}
		rows = append(rows, PortraitValue{
			Doctor: o.Doctor, Field: o.Field, Account: o.Account, Value: o.Value, Label: o.Label, Source: o.Source, Ref: o.Ref, Detail: o.Detail,
			At: o.At, Confidence: o.Confidence, Code: codeOf(o.Field, o.Value),
		})
	}
	if err := upsert(tx, rows, append(slices.Clone(portraitColumns), "confidence", "code")); err != nil {
		return fmt.Errorf("writing portrait: %w", err)
	}
	return nil
}

// firmValues are the values of the portrait that an import does not replace.
func (s *Store) firmValues(tx *gorm.DB, obs []Observation) (map[[2]string]bool, error) {
	ids := idsOf(obs, func(o Observation) string { return o.Doctor })
	slices.Sort(ids)
	var rows []PortraitValue
	sources := []string{SourceAnswer, SourceRep, SourceConsole}
	if err := tx.Select("doctor", "field").Where("doctor IN ? AND source IN ?", slices.Compact(ids), sources).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading portrait: %w", err)
	}
	out := make(map[[2]string]bool, len(rows))
	for _, r := range rows {
		out[[2]string{r.Doctor, r.Field}] = true
	}
	return out, nil
}

// codeOf is the short text by which segments find a value; "" for anything but one short text, and for names: nobody is sought by them.
func codeOf(field, value string) string {
	text := plainText(value)
	if field == "name" || len([]rune(text)) > 64 {
		return ""
	}
	return text
}
