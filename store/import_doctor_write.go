package store

import (
	"fmt"
)

// writeDoctors compares the rows with what imports said before and writes what is other.
func (in *intake) writeDoctors(rows []takenDoctor) error {
	before, err := in.importedValues(rows)
	if err != nil {
		return err
	}
	var fresh []Doctor
	var obs []Observation
	var moved []takenDoctor
	for _, t := range rows {
		seen := in.seen[t.id]
		if seen {
			in.counts.Merged++
		}
		news := in.news(t, before[t.id])
		switch {
		case t.old == nil && !seen:
			in.counts.Added++
			fresh = append(fresh, in.freshDoctor(t))
		case len(news) > 0 || t.rekey:
			if !seen {
				in.counts.Changed++
			}
			moved = append(moved, t)
		default:
			if !seen {
				in.counts.Same++
			}
		}
		if !seen {
			in.seen[t.id], in.marked = true, append(in.marked, t.id)
		}
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
	_, err = in.s.observe(in.tx, obs, nil)
	return err
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
		value, label := v.Value, v.Label
		if clear, _ := in.s.seclusion(v.Field, v.Value); clear {
			value, label = maskValue(v.Value, v.Label) // what is kept to compare with
		}
		if was, known := before[v.Field]; known && was.Value == value && was.Label == label {
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
