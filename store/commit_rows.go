package store

import (
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// rowsPerStatement keeps a statement below SQLite's 32,766 parameters for the widest record.
const rowsPerStatement = 1000

// Columns that a later row overwrites. Those of a doctor leave out version (writers outside turns raise it) and created_at.
var (
	doctorColumns = []string{
		"open_id", "name", "hospital", "hospital_name", "department", "title", "level", "phase", "followed", "opted_out", "scene",
		"last_inbound_at", "last_typed_at", "wake_at", "updated_at", "standing", "last_scene",
		"sealed_key", "verified_at", "reverify_at",
	}
	markedColumns   = append(slices.Clone(doctorColumns), "refresh_at")
	portraitColumns = []string{"value", "label", "source", "ref", "detail", "at", "confidence", "code"}
	tagColumns      = []string{"source", "ref", "at", "removed_at", "expires_at", "confidence", "detail"}
	scoreColumns    = []string{"points", "grade", "score_lines", "at"}
)

// insert writes new rows; an existing key is an error.
func insert[T any](tx *gorm.DB, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.CreateInBatches(rows, rowsPerStatement).Error
}

// insertNew writes the rows whose keys do not exist and leaves the others alone.
func insertNew[T any](tx *gorm.DB, rows []T) error {
	return insert(tx.Clauses(clause.OnConflict{DoNothing: true}), rows)
}

// upsert writes rows; of those that exist it overwrites the columns. The last row of a key in the slice wins.
func upsert[T any](tx *gorm.DB, rows []T, columns []string) error {
	return insert(tx.Clauses(clause.OnConflict{Columns: primaryKey(rows), DoUpdates: clause.AssignmentColumns(columns)}), rows)
}

// primaryKey names the conflict target, which SQLite wants and MySQL ignores.
func primaryKey[T any](rows []T) []clause.Column {
	var names []string
	switch any(rows).(type) {
	case []Doctor:
		names = []string{"id"}
	case []PortraitValue:
		names = []string{"doctor", "field"}
	case []Tag:
		names = []string{"doctor", "tag"}
	case []Score:
		names = []string{"doctor", "name"}
	case []Attendance:
		names = []string{"meeting", "doctor"}
	case []Verification:
		names = []string{"doctor"}
	case []MediaID:
		names = []string{"account", "asset"}
	}
	columns := make([]clause.Column, len(names))
	for i, n := range names {
		columns[i] = clause.Column{Name: n}
	}
	return columns
}

// gather lists the rows of one kind over all turns.
func gather[T any](turns []*Turn, of func(*Turn) []T) []T {
	var rows []T
	for _, t := range turns {
		rows = append(rows, of(t)...)
	}
	return rows
}

// completeTurn fills what the store knows better than its callers, and cuts names to the width of their columns: a doctor with a very long name must
// not make every turn of his fail. Ids are never cut.
func (s *Store) completeTurn(t *Turn) {
	account, now := s.Account(), s.Now()
	j, d := &t.Journal, &t.Doctor
	j.Account, j.Instance = account, s.opt.Instance
	j.ReceivedAt = orNow(j.ReceivedAt, now)
	d.Account = account
	d.Name, d.Department, d.Title, d.Scene = cut(d.Name, 64), cut(d.Department, 64), cut(d.Title, 64), cut(d.Scene, 64)
	d.LastScene = cut(d.LastScene, 64)
	d.HospitalName = cut(d.HospitalName, 128)
	if t.Blank > 0 {
		*d = d.Forgotten()
	}
	if t.Erase != "" {
		*d = d.Wiped()
	}
	d.CreatedAt, d.UpdatedAt = orNow(d.CreatedAt, now), now
	if t.Scan != nil {
		t.Scan.Conversation, t.Scan.Seq, t.Scan.Account, t.Scan.At = j.Conversation, j.Seq, account, j.ReceivedAt
		t.Scan.Scene = cut(t.Scan.Scene, 64)
	}
	for i := range t.Answers {
		a := &t.Answers[i]
		a.Account = account
		a.Raw, a.Label, a.Value = valid(a.Raw), valid(a.Label), valid(a.Value)
	}
	for i := range t.Portrait {
		p := &t.Portrait[i]
		p.Account, p.At = account, orNow(p.At, j.ReceivedAt)
	}
	for i := range t.Tags {
		t.Tags[i].Account = account
		if t.Tags[i].Confidence == 0 {
			t.Tags[i].Confidence = 100
		}
	}
	for i := range t.Scores {
		t.Scores[i].Account = account
	}
	for i := range t.Consents {
		t.Consents[i].Account, t.Consents[i].Raw = account, valid(t.Consents[i].Raw)
	}
	for i := range t.Pushes {
		t.Pushes[i].Account = account
	}
	for i := range t.Sent {
		t.Sent[i].Account = account
	}
	for i := range t.Cases {
		t.Cases[i].Account, t.Cases[i].Words = account, valid(t.Cases[i].Words)
	}
	for i := range t.Inquiries {
		t.Inquiries[i].Account, t.Inquiries[i].Words = account, valid(t.Inquiries[i].Words)
	}
	for i := range t.Flags {
		t.Flags[i].Account, t.Flags[i].Words = account, valid(t.Flags[i].Words)
	}
	for i := range t.Leads {
		completeLead(&t.Leads[i], account, now)
	}
	for i := range t.Notices {
		t.Notices[i].Account, t.Notices[i].Words = account, valid(t.Notices[i].Words)
	}
	for i := range t.Audits {
		t.Audits[i].Account, t.Audits[i].At = account, orNow(t.Audits[i].At, now)
	}
	if t.Verify != nil {
		t.Verify.Account = account
	}
	s.Ready(t)
}

// completeLead gives a lead its first version and the key that keeps it the only open one of its kind.
func completeLead(l *Lead, account string, now int64) {
	if l.Status == "" {
		l.Status = LeadNew
	}
	open := l.Doctor + ":" + l.Kind
	l.Account, l.OpenKey, l.Version = account, &open, 1
	l.CreatedAt, l.UpdatedAt = orNow(l.CreatedAt, now), now
}

func orNow(at, now int64) int64 {
	if at == 0 {
		return now
	}
	return at
}

// valid replaces bytes that are no text: MySQL refuses them, and a message must not be lost for them.
func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// cut shortens to n characters.
func cut(text string, n int) string {
	text = valid(text)
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if n == 0 {
			break
		}
		b.WriteRune(r)
		n--
	}
	return b.String()
}
