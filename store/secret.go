package store

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// A protected value (phone, licence number: what profile.yaml marks as personal data, but for the name) stands in the table secrets, sealed under the key of
// its doctor, once for every observation that gave it. Wherever people look, in observations, portrait, answers, the outbox, worklists, stands its mask. One
// function gives a value back: Unmask.

// Clear is a protected value on its way into the table of secrets.
type Clear struct {
	Field string
	Ref   string // of the observation
	Value string // as JSON
}

// hiddenMark is in every mask and in no value.
const hiddenMark = "***"

// Mask leaves of a value what is enough to recognise it by who knows it.
func Mask(text string) string {
	runes := []rune(text)
	if name, host, mail := strings.Cut(text, "@"); mail && name != "" {
		_, size := utf8.DecodeRuneInString(name)
		return name[:size] + hiddenMark + "@" + host
	}
	switch n := len(runes); {
	case n >= 11: // a phone of mainland China, a licence
		return string(runes[:3]) + "****" + string(runes[n-4:])
	case n >= 7:
		return string(runes[:1]) + "****" + string(runes[n-2:])
	}
	return hiddenMark
}

// numbers are runs of digits that are as long as a phone or longer.
var numbers = regexp.MustCompile(`[0-9]{11,}`)

// MaskNumbers masks what looks like a phone, a licence or an identity card in what somebody typed. The house does not know what it is, so pages hide it.
func MaskNumbers(text string) string { return numbers.ReplaceAllStringFunc(text, Mask) }

// Protected tells whether a field of the portrait is read in clear only through Unmask by whoever sees masked rows.
func (s *Store) Protected(field string) bool {
	return field == FieldName || slices.Contains(s.opt.Protected(), field)
}

// secluded tells whether the value of a field is kept in the table of secrets alone.
func (s *Store) secluded(field string) bool { return field != FieldName && s.Protected(field) }

// seclusion tells of one observed value whether it must go into the table of secrets. Masks stand for a value that is there already.
func (s *Store) seclusion(field, value string) (clear, mask bool) {
	if value == TakenBack || value == Cleared || !s.secluded(field) {
		return false, false
	}
	mask = strings.Contains(value, hiddenMark)
	return !mask, mask
}

// maskValue is the JSON value and the label that stand for a protected one.
func maskValue(value, label string) (string, string) {
	text := plainText(value)
	if text == "" {
		text = value // no text: a list or a number
	}
	if label != "" {
		label = Mask(label)
	}
	return jsonText(Mask(text)), label
}

// Ready makes the rows of a turn what the database will hold: protected values are taken out and leave masks, and who is verified from now on gets the times
// of it. CommitTurn does it; whoever remembers the turn's rows does it before. Doing it twice changes nothing. What the journal keeps of the turn is sealed,
// and of the message only the mask is kept.
func (s *Store) Ready(t *Turn) {
	if v := t.Verify; v != nil && v.Status == VerifyPassed {
		t.Doctor.VerifiedAt, t.Doctor.ReverifyAt = v.DecidedAt, v.DecidedAt+s.opt.Reverify.Milliseconds()
	}
	for i := range t.Portrait {
		p := &t.Portrait[i]
		clear, _ := s.seclusion(p.Field, p.Value)
		if !clear {
			continue
		}
		p.Ref = cmp.Or(p.Ref, fmt.Sprintf("%s:%d", t.Journal.Conversation, t.Journal.Seq))
		t.Secrets = append(t.Secrets, Clear{Field: p.Field, Ref: cut(p.Ref, 96), Value: p.Value})
		said := []string{plainText(p.Value), p.Label}
		p.Value, p.Label = maskValue(p.Value, p.Label)
		for j := range t.Answers {
			if a := &t.Answers[j]; a.ref() == p.Ref {
				said = append(said, a.Raw)
				a.conceal()
			}
		}
		t.redact(said)
	}
}

func (a *Answer) ref() string { return fmt.Sprintf("%s:%d:%d", a.Conversation, a.Seq, a.N) }

// conceal masks an answer that gave a protected value. Of the doctor's words stays what surrounds it.
func (a *Answer) conceal() {
	text := plainText(a.Value)
	if a.Value, a.Label = maskValue(a.Value, a.Label); text != "" && strings.Contains(a.Raw, text) {
		a.Raw = strings.ReplaceAll(a.Raw, text, Mask(text))
		return
	}
	a.Raw = hiddenMark
}

// shortest is the number of characters from which a protected value is looked for inside other texts: a shorter one is found in words that are not about it.
const shortest = 6

// redact puts masks for protected texts into the message of the turn and into what the turn tells others.
func (t *Turn) redact(said []string) {
	for _, text := range said {
		if text == "" || strings.Contains(text, hiddenMark) {
			continue
		}
		quoted, mask := []byte(jsonText(text)), []byte(jsonText(Mask(text)))
		t.Journal.Event = bytes.ReplaceAll(t.Journal.Event, quoted, mask)
		if utf8.RuneCountInString(text) < shortest {
			continue
		}
		quoted, mask = quoted[1:len(quoted)-1], mask[1:len(mask)-1]
		t.Journal.Event = bytes.ReplaceAll(t.Journal.Event, quoted, mask)
		for i := range t.Effects {
			t.Effects[i].Body = bytes.ReplaceAll(t.Effects[i].Body, quoted, mask)
		}
		for _, words := range t.told() {
			*words = strings.ReplaceAll(*words, text, Mask(text))
		}
	}
}

// told are the texts by which the turn tells people of the house about the doctor.
func (t *Turn) told() []*string {
	var out []*string
	for i := range t.Leads {
		l := &t.Leads[i]
		out = append(out, &l.Why, &l.Note, &l.Wish, &l.Lines)
	}
	for i := range t.Notices {
		out = append(out, &t.Notices[i].Words)
	}
	for i := range t.Scores {
		out = append(out, &t.Scores[i].Lines)
	}
	for i := range t.Inquiries {
		out = append(out, &t.Inquiries[i].Words)
	}
	for i := range t.Quotes {
		out = append(out, &t.Quotes[i].Words)
	}
	if t.Verify != nil {
		out = append(out, &t.Verify.LeadNote)
	}
	return out
}

func secretPlace(field, ref string) string { return "secrets|" + field + "|" + ref }

// secretOf is the row of a protected value.
func (s *Store) secretOf(key doctorKey, doctor string, c Clear) Secret {
	return Secret{
		Doctor: doctor, Field: c.Field, Ref: c.Ref, Account: s.Account(), Sealed: key.seal(secretPlace(c.Field, c.Ref), []byte(c.Value)),
		Blind: s.Keyed(c.Field + "|" + plainText(c.Value)), At: s.Now(),
	}
}

// writeSecrets writes rows; the same observation read again changes nothing that matters.
func writeSecrets(tx *gorm.DB, rows []Secret) error {
	if err := insert(tx.Clauses(clause.OnConflict{UpdateAll: true}), rows); err != nil {
		return fmt.Errorf("writing protected values: %w", err)
	}
	return nil
}

// secretsOfTurns writes the protected values of turns, whose doctors' rows hold their keys by now. A turn that erases leaves none.
func (s *Store) secretsOfTurns(tx *gorm.DB, turns []*Turn) error {
	var rows []Secret
	for _, t := range turns {
		if len(t.Secrets) == 0 || t.Erase != "" {
			continue
		}
		key, err := s.keyOf(t.Doctor.ID, t.Doctor.SealedKey)
		if err != nil {
			return err
		}
		for _, c := range t.Secrets {
			rows = append(rows, s.secretOf(key, t.Doctor.ID, c))
		}
	}
	return writeSecrets(tx, rows)
}
