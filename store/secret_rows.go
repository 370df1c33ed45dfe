package store

import (
	"fmt"
	"strconv"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// seclude takes protected values out of observations that do not come by a turn, and gives what a turn or a page repeats of a mask the value that the mask
// stands for.
func (s *Store) seclude(tx *gorm.DB, rows []Observation) error {
	var secrets []Secret
	keys := map[string]doctorKey{}
	for i := range rows {
		o := &rows[i]
		clear, mask := s.seclusion(o.Field, o.Value)
		if !clear && !mask {
			continue
		}
		if o.Ref == "" {
			o.Ref = "at:" + strconv.FormatInt(o.At, 10)
		}
		key, known := keys[o.Doctor]
		if !known {
			var err error
			if key, err = s.writingKey(tx, o.Doctor); err != nil {
				return err
			}
			keys[o.Doctor] = key
		}
		if clear {
			secrets = append(secrets, s.secretOf(key, o.Doctor, Clear{Field: o.Field, Ref: o.Ref, Value: o.Value}))
			o.Value, o.Label = maskValue(o.Value, o.Label)
			continue
		}
		again, err := s.sameSecret(tx, key, *o)
		if err != nil {
			return err
		}
		secrets = append(secrets, again...)
	}
	return writeSecrets(tx, secrets)
}

// writingKey is the key of a doctor whose row the transaction may write; one without gets one.
func (s *Store) writingKey(tx *gorm.DB, doctor string) (doctorKey, error) {
	var rows []Doctor
	q := tx.Select("id", "sealed_key").Where("id = ?", doctor).Clauses(clause.Locking{Strength: "UPDATE"})
	if err := q.Find(&rows).Error; err != nil {
		return doctorKey{}, fmt.Errorf("reading a key: %w", err)
	}
	if len(rows) == 0 {
		return doctorKey{}, ErrNotFound
	}
	if len(rows[0].SealedKey) > 0 {
		return s.keyOf(doctor, rows[0].SealedKey)
	}
	key, wrapped, err := s.newKey(doctor)
	if err != nil {
		return doctorKey{}, err
	}
	return key, tx.Model(&Doctor{}).Where("id = ?", doctor).UpdateColumn("sealed_key", wrapped).Error
}

// sameSecret is the row of an observation that repeats the mask of what stands: the value was confirmed and not given again.
func (s *Store) sameSecret(tx *gorm.DB, key doctorKey, o Observation) ([]Secret, error) {
	var n int64
	if err := tx.Model(&Secret{}).Where(map[string]any{"doctor": o.Doctor, "field": o.Field, "ref": o.Ref}).Count(&n).Error; err != nil || n > 0 {
		return nil, err
	}
	value, err := s.secretValue(tx, key, o.Doctor, o.Field)
	if err != nil || value == "" {
		return nil, err
	}
	return []Secret{s.secretOf(key, o.Doctor, Clear{Field: o.Field, Ref: o.Ref, Value: value})}, nil
}

// secretValue opens the value that stands in the portrait as JSON; "" = none.
func (s *Store) secretValue(tx *gorm.DB, key doctorKey, doctor, field string) (string, error) {
	var rows []Secret
	q := tx.Model(&Secret{}).Select("secrets.*").Joins("JOIN portrait p ON p.doctor = secrets.doctor AND p.field = secrets.field AND p.ref = secrets.ref")
	q = q.Where("secrets.doctor = ? AND secrets.field = ? AND secrets.account = ?", doctor, field, s.Account())
	if err := q.Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return "", err
	}
	return openSecret(key, rows[0])
}

func openSecret(key doctorKey, row Secret) (string, error) {
	plain, err := key.open(secretPlace(row.Field, row.Ref), row.Sealed)
	return string(plain), err
}

// restore puts the protected values of a doctor back into observations that are to become another doctor's.
func (s *Store) restore(tx *gorm.DB, doctor string, rows []Observation) error {
	for i := range rows {
		o := &rows[i]
		if _, mask := s.seclusion(o.Field, o.Value); !mask {
			continue
		}
		var found []Secret
		if err := tx.Where(map[string]any{"doctor": doctor, "field": o.Field, "ref": o.Ref}).Find(&found).Error; err != nil {
			return err
		}
		if len(found) == 0 {
			continue
		}
		keys, err := s.keysOf(tx, []string{doctor})
		if err != nil {
			return err
		}
		if o.Value, err = openSecret(keys[doctor], found[0]); err != nil {
			return err
		}
		o.Label = plainText(o.Value)
	}
	return nil
}
