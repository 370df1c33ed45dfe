package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// jobSeclude is the kind of the job that takes protected values of earlier rows into the table of secrets. Its detail is the list of fields.
const jobSeclude = "seclude"

// secludeAtOnce is the number of doctors in one transaction.
const secludeAtOnce = 200

// SecludeEarlier takes into the table of secrets what was written before the fields were protected, in observations, portraits, answers, messages and what was
// told to people of the house. Migrate does it; a process does it at its start for the flows in force, which may name other fields. It notes how far it has come
// and goes on there when it was broken off; done for these fields, it costs one query. It gives the number of values.
func (s *Store) SecludeEarlier(ctx context.Context) (int, error) {
	fields := slices.DeleteFunc(slices.Clone(s.opt.Protected()), func(f string) bool { return f == FieldName })
	slices.Sort(fields)
	if len(fields) == 0 {
		return 0, nil
	}
	j, err := s.secludeJob(ctx, strings.Join(fields, ","))
	if err != nil {
		return 0, err
	}
	for j.Status != JobDone {
		ids, err := s.DoctorIDs(ctx, j.Position, secludeAtOnce)
		if err != nil {
			return j.Changed, err
		}
		if err := s.secludePage(ctx, &j, ids, fields); err != nil {
			return j.Changed, fmt.Errorf("protecting earlier values: %w", err)
		}
	}
	return j.Changed, nil
}

// secludeJob is the job for the fields, begun or as it was left.
func (s *Store) secludeJob(ctx context.Context, detail string) (Job, error) {
	total, err := s.CountAllDoctors(ctx)
	if err != nil {
		return Job{}, err
	}
	now := s.Now()
	j := Job{
		ID: newID(jobSeclude, s.Account(), detail), Account: s.Account(), Kind: jobSeclude, Status: JobRunning, Total: total, Detail: detail,
		Owner: s.opt.Instance, Actor: "system", At: now, UpdatedAt: now,
	}
	if total == 0 {
		j.Status = JobDone
		return j, nil // nothing to do and nothing to remember
	}
	err = s.tx(ctx, func(tx *gorm.DB) error {
		if err := insertNew(tx, []Job{j}); err != nil {
			return err
		}
		return tx.Where("id = ?", j.ID).Take(&j).Error
	})
	if err != nil {
		return Job{}, fmt.Errorf("noting what to protect: %w", err)
	}
	return j, nil
}

// secludePage does some doctors and notes it, in one transaction. No doctors = the end.
func (s *Store) secludePage(ctx context.Context, j *Job, ids, fields []string) error {
	next := *j
	err := s.tx(ctx, func(tx *gorm.DB) error {
		next = *j
		if len(ids) > 0 {
			n, err := s.secludeDoctors(tx, ids, fields)
			if err != nil {
				return err
			}
			next.Done, next.Changed, next.Position = next.Done+len(ids), next.Changed+n, ids[len(ids)-1]
		}
		next.UpdatedAt = s.Now()
		if len(ids) < secludeAtOnce {
			next.Status, next.DoneAt = JobDone, next.UpdatedAt
		}
		return tx.Model(&Job{}).Where("id = ?", j.ID).Select("status", "done", "changed", "position", "updated_at", "done_at").UpdateColumns(&next).Error
	})
	*j = next
	return err
}

// secludeDoctors does the rows of some doctors; the number of values.
func (s *Store) secludeDoctors(tx *gorm.DB, ids, fields []string) (int, error) {
	var rows []Observation
	if err := tx.Where("doctor IN ? AND field IN ?", ids, fields).Order("doctor").Order("id").Find(&rows).Error; err != nil {
		return 0, err
	}
	rows = slices.DeleteFunc(rows, func(o Observation) bool {
		clear, _ := s.seclusion(o.Field, o.Value)
		return !clear
	})
	for from := 0; from < len(rows); {
		to := from
		for to < len(rows) && rows[to].Doctor == rows[from].Doctor {
			to++
		}
		if err := s.secludeDoctor(tx, rows[from:to]); err != nil {
			return 0, err
		}
		from = to
	}
	return len(rows), nil
}

// secludeDoctor does the rows of one doctor, whose clear observations these are.
func (s *Store) secludeDoctor(tx *gorm.DB, rows []Observation) error {
	doctor := rows[0].Doctor
	key, err := s.writingKey(tx, doctor)
	if err != nil {
		return err
	}
	texts := map[string]string{} // protected → mask
	for _, o := range rows {
		for _, said := range []string{plainText(o.Value), o.Label} {
			if utf8.RuneCountInString(said) >= shortest {
				texts[said] = Mask(said)
			}
		}
		if err := s.secludeAnswer(tx, key, o.Ref); err != nil {
			return err
		}
	}
	was := slices.Clone(rows)
	if err := s.seclude(tx, rows); err != nil {
		return err
	}
	for i, o := range rows {
		set := map[string]any{"value": o.Value, "label": o.Label, "ref": o.Ref}
		if err := tx.Model(&Observation{}).Where("id = ?", o.ID).UpdateColumns(set).Error; err != nil {
			return err
		}
		set["code"] = codeOf(o.Value)
		stands := map[string]any{"doctor": doctor, "field": o.Field, "ref": was[i].Ref, "value": was[i].Value}
		if err := tx.Model(&PortraitValue{}).Where(stands).UpdateColumns(set).Error; err != nil {
			return err
		}
	}
	version := tx.Model(&Doctor{}).Where("id = ?", doctor).UpdateColumn("version", gorm.Expr("version + 1")) // live conversations read the facts again
	if version.Error != nil {
		return version.Error
	}
	return redactEarlier(tx, doctor, texts)
}

// secludeAnswer masks the answer that an observation came from, and the message that gave it.
func (s *Store) secludeAnswer(tx *gorm.DB, key doctorKey, ref string) error {
	conversation, seq, n, ok := answerRef(ref)
	if !ok {
		return nil
	}
	var a Answer
	err := tx.Where(map[string]any{"conversation": conversation, "seq": seq, "n": n}).Take(&a).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := key.openAnswer(&a); err != nil {
		return err
	}
	said := []string{plainText(a.Value), a.Label, a.Raw}
	a.conceal()
	a = key.sealAnswer(a)
	if err := tx.Model(&a).Select("asked", "value", "label", "raw").UpdateColumns(&a).Error; err != nil {
		return err
	}
	var j Journal
	if err := tx.Where(map[string]any{"conversation": conversation, "seq": seq}).Take(&j).Error; err != nil {
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil
		}
		return err
	}
	if err := key.openTurn(&j); err != nil {
		return err
	}
	t := Turn{Journal: j}
	t.redact(said)
	event := key.seal(j.place("event"), t.Journal.Event)
	return tx.Model(&Journal{}).Where(map[string]any{"conversation": conversation, "seq": seq}).UpdateColumn("event", event).Error
}

// answerRef reads the ref of an answer: conversation:seq:n.
func answerRef(ref string) (conversation, seq, n string, ok bool) {
	parts := strings.Split(ref, ":")
	if len(parts) != 3 {
		return "", "", "", false
	}
	return parts[0], parts[1], parts[2], true
}

// redactEarlier masks what messages to the doctor and the house's worklists repeat of protected values.
func redactEarlier(tx *gorm.DB, doctor string, texts map[string]string) error {
	var sent []Effect
	if err := tx.Select("id", "body").Where("lane = ?", DoctorLane(doctor)).Clauses(clause.Locking{Strength: "UPDATE"}).Find(&sent).Error; err != nil {
		return err
	}
	for _, e := range sent {
		body := e.Body
		for text, mask := range texts {
			body = bytes.ReplaceAll(body, []byte(text), []byte(mask))
		}
		if bytes.Equal(body, e.Body) {
			continue
		}
		if err := tx.Model(&Effect{}).Where("id = ?", e.ID).UpdateColumn("body", body).Error; err != nil {
			return err
		}
	}
	mine := []any{"doctor = ?", doctor}
	moves := []any{"lead_id IN (?)", tx.Model(&Lead{}).Select("id").Where("doctor = ?", doctor)}
	for _, place := range []struct {
		record  any
		of      []any
		columns []string
	}{
		{&Lead{}, mine, []string{"why", "note", "wish", "score_lines"}}, {&LeadMove{}, moves, []string{"reason"}}, {&Notice{}, mine, []string{"words"}},
		{&Score{}, mine, []string{"score_lines"}}, {&Inquiry{}, mine, []string{"words"}}, {&Verification{}, mine, []string{"lead_note"}},
	} {
		for _, column := range place.columns {
			for text, mask := range texts {
				repeats := tx.Model(place.record).Where(place.of[0], place.of[1:]...).Where(column+" LIKE ? ESCAPE '!'", "%"+escapeLike(text)+"%")
				if err := repeats.UpdateColumn(column, gorm.Expr("REPLACE("+column+", ?, ?)", text, mask)).Error; err != nil {
					return err
				}
			}
		}
	}
	return nil
}
