package store

import (
	"fmt"
	"strconv"

	"gorm.io/gorm"
)

// sealed are the rows of turns as the tables hold them.
type sealed struct {
	journal []Journal
	answers []Answer
}

// seal closes what doctors said in the turns. Each turn's doctor has the key of the locked row, or gets one; a turn that erases writes nothing that needs
// one and leaves none.
func (s *Store) seal(turns []*Turn) (sealed, error) {
	var out sealed
	for _, t := range turns {
		key, err := s.turnKey(t)
		if err != nil {
			return sealed{}, fmt.Errorf("sealing words: %w", err)
		}
		out.journal = append(out.journal, key.sealTurn(t.Journal))
		for _, a := range t.Answers {
			out.answers = append(out.answers, key.sealAnswer(a))
		}
	}
	return out, nil
}

func (s *Store) turnKey(t *Turn) (doctorKey, error) {
	if t.Erase != "" {
		t.Doctor.SealedKey = nil
		return doctorKey{}, nil
	}
	if len(t.Doctor.SealedKey) > 0 {
		return s.keyOf(t.Doctor.ID, t.Doctor.SealedKey)
	}
	key, wrapped, err := s.newKey(t.Doctor.ID)
	t.Doctor.SealedKey = wrapped
	return key, err
}

func (j *Journal) place(column string) string {
	return "journal|" + column + "|" + j.Conversation + "|" + strconv.FormatInt(j.Seq, 10)
}

func (k doctorKey) sealTurn(j Journal) Journal {
	j.Event, j.State, j.Reply = k.seal(j.place("event"), j.Event), k.seal(j.place("state"), j.State), k.seal(j.place("reply"), j.Reply)
	return j
}

func (k doctorKey) openTurn(j *Journal) (err error) {
	for column, body := range map[string]*[]byte{"event": &j.Event, "state": &j.State, "reply": &j.Reply} {
		if *body, err = k.open(j.place(column), *body); err != nil {
			return err
		}
	}
	return nil
}

// texts are the columns of an answer that hold words.
func (a *Answer) texts() map[string]*string {
	return map[string]*string{"asked": &a.Asked, "value": &a.Value, "label": &a.Label, "raw": &a.Raw}
}

func (a *Answer) place(column string) string {
	return "answers|" + column + "|" + a.Conversation + "|" + strconv.FormatInt(a.Seq, 10) + "|" + strconv.Itoa(a.N)
}

func (k doctorKey) sealAnswer(a Answer) Answer {
	for column, text := range a.texts() {
		*text = k.sealText(a.place(column), *text)
	}
	return a
}

func (k doctorKey) openAnswer(a *Answer) (err error) {
	for column, text := range a.texts() {
		if *text, err = k.openText(a.place(column), *text); err != nil {
			return err
		}
	}
	return nil
}

// keysOf reads the keys of doctors.
func (s *Store) keysOf(db *gorm.DB, doctors []string) (map[string]doctorKey, error) {
	var rows []struct {
		ID        string
		SealedKey []byte
	}
	if err := db.Model(&Doctor{}).Select("id, sealed_key").Where("id IN ?", doctors).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading keys: %w", err)
	}
	keys := make(map[string]doctorKey, len(rows))
	for _, r := range rows {
		key, err := s.keyOf(r.ID, r.SealedKey)
		if err != nil {
			return nil, err
		}
		keys[r.ID] = key
	}
	return keys, nil
}

// openTurns opens rows of the journal in place.
func (s *Store) openTurns(db *gorm.DB, rows []Journal) error {
	if len(rows) == 0 {
		return nil
	}
	doctors := make([]string, len(rows))
	for i, r := range rows {
		doctors[i] = r.Conversation
	}
	keys, err := s.keysOf(db, doctors)
	if err != nil {
		return err
	}
	for i := range rows {
		if err := keys[rows[i].Conversation].openTurn(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}
