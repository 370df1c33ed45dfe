package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
)

// Fields of a doctor that are hidden from whoever sees masked rows, beside the protected fields of the portrait.
const (
	FieldName   = "name"
	FieldOpenID = "open_id"
)

// shortestReason is the number of characters below which a reason says nothing.
const shortestReason = 2

// masked tells whether the person of the context sees no names.
func masked(ctx context.Context) bool {
	v, ok := Viewing(ctx)
	return ok && v.Masked
}

// maskName leaves the first character of a name.
func maskName(name string) string {
	_, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return ""
	}
	return name[:size] + "**"
}

// NameFor is a doctor's name as the person of the context may see it.
func NameFor(ctx context.Context, name string) string {
	if masked(ctx) {
		return maskName(name)
	}
	return name
}

// maskDoctors hides who doctors are, when the person of the context is to see no names.
func maskDoctors(ctx context.Context, rows []Doctor) {
	if !masked(ctx) {
		return
	}
	for i := range rows {
		rows[i].Name = maskName(rows[i].Name)
		if rows[i].OpenID != "" {
			rows[i].OpenID = "***"
		}
	}
}

// mask hides from a record what would say who the doctor is: protected values, the doctor's own words, and our questions and messages, which call the
// doctor by name.
func (r *DoctorRecord) mask(protected func(field string) bool) {
	for i := range r.Portrait {
		if p := &r.Portrait[i]; protected(p.Field) {
			p.Value, p.Label, p.Code = `"***"`, "***", ""
		}
		if r.Portrait[i].Source == SourceAnswer {
			r.Portrait[i].Detail = "" // the question, which may call the doctor by name
		}
	}
	for i := range r.Answers {
		a := &r.Answers[i]
		if a.Raw, a.Asked = "", ""; r.protectedAnswer(*a, protected) {
			a.Value, a.Label = `"***"`, "***"
		}
	}
	for i := range r.Consents {
		r.Consents[i].Raw, r.Consents[i].Asked = "", ""
	}
	for i := range r.Journal {
		r.Journal[i].Event, r.Journal[i].Reply = nil, nil
	}
	for i := range r.Effects {
		r.Effects[i].Body = nil
	}
	for i := range r.Cases {
		r.Cases[i].Words = ""
	}
	for i := range r.Leads {
		r.Leads[i].bare()
	}
	for i := range r.Scores {
		r.Scores[i].Lines = withoutEvidence(r.Scores[i].Lines)
	}
	for i := range r.Visits {
		r.Visits[i].Note = ""
	}
}

// protectedAnswer tells whether an answer set a protected field.
func (r *DoctorRecord) protectedAnswer(a Answer, protected func(field string) bool) bool {
	ref := a.ref()
	return slices.ContainsFunc(r.Portrait, func(p PortraitValue) bool { return p.Ref == ref && protected(p.Field) }) ||
		protected(a.Question)
}

// withoutEvidence keeps of the lines of a score what the rules say, and drops what the doctor said.
func withoutEvidence(lines string) string {
	var rows []ScoreLine
	if json.Unmarshal([]byte(lines), &rows) != nil {
		return "[]"
	}
	for i := range rows {
		rows[i].Evidence = ""
	}
	b, err := json.Marshal(rows)
	if err != nil {
		return "[]"
	}
	return string(b)
}

// bare takes from a lead what the doctor said.
func (l *Lead) bare() { l.Why, l.Note, l.Wish, l.Lines = "", "", "", "[]" }

// Unmask gives one protected value of a doctor in clear to the person of the context and writes down who wanted it, why, and a keyed mark of the value,
// in the same transaction: a reading that cannot be recorded does not happen. ErrNoReason; ErrForbidden: no such field, not for this
// role, or nobody is asking; ErrNotFound:
// no such doctor in the person's reach, or no value.
func (s *Store) Unmask(ctx context.Context, doctor, field, reason string) (value string, err error) {
	v, ok := Viewing(ctx)
	reason = strings.TrimSpace(reason)
	switch {
	case !ok || v.Name == "" || field != FieldOpenID && !s.Protected(field):
		return "", ErrForbidden
	case v.Masked && field != FieldOpenID && field != FieldName: // who works without names has no use for a phone or a licence
		return "", ErrForbidden
	case utf8.RuneCountInString(reason) < shortestReason:
		return "", ErrNoReason
	}
	if seen, err := s.SeesDoctor(ctx, doctor); err != nil || !seen {
		return "", orNotFound(err)
	}
	err = s.tx(ctx, func(tx *gorm.DB) error {
		if value, err = s.clearValue(tx, doctor, field); err != nil {
			return err
		}
		return s.audit(tx, Audit{Action: "unmask", Object: "doctor:" + doctor, Detail: field + " " + s.Keyed(value), Reason: reason})
	})
	if err != nil {
		return "", fmt.Errorf("reading a protected value: %w", err)
	}
	return value, nil
}

func orNotFound(err error) error {
	if err == nil {
		return ErrNotFound
	}
	return err
}

// clearValue reads a protected value; ErrNotFound when there is none.
func (s *Store) clearValue(tx *gorm.DB, doctor, field string) (string, error) {
	var rows []Doctor
	if err := tx.Select("name", "open_id", "sealed_key").Where(map[string]any{"id": doctor, "account": s.Account()}).Limit(1).Find(&rows).Error; err != nil {
		return "", err
	}
	if len(rows) == 0 {
		return "", ErrNotFound
	}
	var value string
	switch field {
	case FieldName:
		value = rows[0].Name
	case FieldOpenID:
		value = rows[0].OpenID
	default:
		key, err := s.keyOf(doctor, rows[0].SealedKey)
		if err != nil {
			return "", err
		}
		sealed, err := s.secretValue(tx, key, doctor, field)
		if err != nil {
			return "", err
		}
		value = plainText(sealed)
	}
	if value == "" {
		return "", ErrNotFound
	}
	return value, nil
}
