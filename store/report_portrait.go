package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// DoctorRecord is everything kept about one doctor that a person in the house may read. Lists are newest first unless said otherwise.
type DoctorRecord struct {
	Doctor       Doctor
	Portrait     []PortraitValue // by field
	Tags         []Tag           // those that still hold, by name
	Scores       []Score         // by name
	Consents     []Consent       // every decision
	Answers      []Answer        // with retracted ones
	Leads        []Lead
	Moves        []LeadMove
	Visits       []Visit
	Pushes       []Push
	Sent         []Sent
	Cases        []Case
	Scans        []Scan
	Opens        []LinkOpen
	Journal      []Journal // the newest ones, without State
	Effects      []Effect  // the newest ones to the doctor
	Verification *Verification
	Erasures     []Erasure // of this doctor's data; what lies before the newest one is not in the other lists, but for cases
	Ledger       Ledger    // what may still be sent
	Permits      []Permit  // one-time notices agreed to and not sent yet
	RepNames     map[string]string
	SceneNames   map[string]string // of the codes that were scanned
}

// portraitLimit bounds each list of the record: a page is for reading, not for exporting.
const portraitLimit = 300

// DoctorRecord reads the whole record of one doctor, as the person of the context may see it; ErrNotFound.
func (s *Store) DoctorRecord(ctx context.Context, id string) (DoctorRecord, error) {
	return s.doctorRecord(ctx, id, 0)
}

// doctorRecord reads the record; what happened at or after before (unix ms, 0 = no bound) is left out of the lists of what happened.
func (s *Store) doctorRecord(ctx context.Context, id string, before int64) (DoctorRecord, error) {
	var r DoctorRecord
	doctors, err := s.doctorsByID(ctx, []string{id})
	if err != nil {
		return r, err
	}
	d, ok := doctors[id]
	if !ok {
		return r, ErrNotFound
	}
	r.Doctor = d
	var waiting []Verification
	var ledgers []Ledger
	parts := append(s.portraitParts(ctx, id, before, &r, &waiting),
		portraitPart{"ledger", s.read(ctx).Where(map[string]any{"doctor": id, "account": s.Account()}), &ledgers})
	for _, part := range parts {
		if err := part.q.Limit(portraitLimit).Find(part.into).Error; err != nil {
			return r, fmt.Errorf("reading %s of a doctor: %w", part.name, err)
		}
	}
	if len(waiting) > 0 {
		r.Verification = &waiting[0]
	}
	if len(ledgers) > 0 {
		r.Ledger = ledgers[0]
	}
	if err := s.openRecord(&r); err != nil {
		return r, fmt.Errorf("reading a doctor's words: %w", err)
	}
	r.sinceErasure()
	if masked(ctx) {
		r.mask(s.Protected)
	}
	if r.SceneNames, err = s.sceneNames(ctx, r); err != nil {
		return r, err
	}
	r.RepNames, err = s.repNames(ctx)
	return r, err
}

// openRecord opens the words of the record.
func (s *Store) openRecord(r *DoctorRecord) error {
	key, err := s.keyOf(r.Doctor.ID, r.Doctor.SealedKey)
	if err != nil {
		return err
	}
	for i := range r.Journal {
		if err := key.openTurn(&r.Journal[i]); err != nil {
			return err
		}
	}
	for i := range r.Answers {
		if err := key.openAnswer(&r.Answers[i]); err != nil {
			return err
		}
	}
	return nil
}

// sceneNames maps the ids of the codes that a doctor has scanned to their names.
func (s *Store) sceneNames(ctx context.Context, r DoctorRecord) (map[string]string, error) {
	ids := []string{r.Doctor.Scene, r.Doctor.LastScene}
	for _, sc := range r.Scans {
		ids = append(ids, sc.Scene)
	}
	var rows []Scene
	if err := s.read(ctx).Select("id", "name").Where(map[string]any{"id": ids, "account": s.Account()}).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading names of codes: %w", err)
	}
	names := make(map[string]string, len(rows))
	for _, sc := range rows {
		names[sc.ID] = sc.Name
	}
	return names, nil
}

// sinceErasure leaves out the emptied rows that an erasure keeps for the order of turns and as a proof.
func (r *DoctorRecord) sinceErasure() {
	if len(r.Erasures) == 0 {
		return
	}
	seq := r.Erasures[0].Seq
	r.Journal = slices.DeleteFunc(r.Journal, func(j Journal) bool { return j.Seq < seq || j.Seq == seq && j.Kind == KindErase })
	r.Consents = slices.DeleteFunc(r.Consents, func(c Consent) bool { return c.Seq <= seq })
	r.Effects = slices.DeleteFunc(r.Effects, func(e Effect) bool { return len(e.Body) == 0 })
}

// portraitPart is one list of the record.
type portraitPart struct {
	name string
	q    *gorm.DB
	into any
}

func (s *Store) portraitParts(ctx context.Context, id string, before int64, r *DoctorRecord, waiting *[]Verification) []portraitPart {
	of := func(column string) *gorm.DB {
		return s.read(ctx).Where(map[string]any{column: id, "account": s.Account()})
	}
	past := func(q *gorm.DB, at string) *gorm.DB {
		if before == 0 {
			return q
		}
		return q.Where(at+" < ?", before)
	}
	leads := s.read(ctx).Model(&Lead{}).Select("id").Where(map[string]any{"doctor": id})
	journal := []string{"conversation", "seq", "kind", "event", "reply", "flow", "sent_at", "received_at", "late"}
	return []portraitPart{
		{"portrait", of("doctor").Order("field"), &r.Portrait},
		{"tags", of("doctor").Where(map[string]any{"removed_at": 0}).Order("tag"), &r.Tags},
		{"scores", of("doctor").Order("name"), &r.Scores},
		{"consents", past(of("conversation"), "at").Order("seq DESC"), &r.Consents},
		{"answers", past(of("conversation"), "at").Order("seq DESC").Order("n DESC"), &r.Answers},
		{"leads", of("doctor").Order("created_at DESC"), &r.Leads},
		{"moves", past(s.read(ctx).Where("lead_id IN (?)", leads), "at").Order("at DESC").Order("lead_id").Order("n DESC"), &r.Moves},
		{"visits", past(of("doctor"), "at").Order("at DESC"), &r.Visits},
		{"pushes", past(of("doctor"), "at").Order("at DESC"), &r.Pushes},
		{"sent", of("doctor").Order("at DESC"), &r.Sent},
		{"scans", past(of("conversation"), "at").Order("seq DESC"), &r.Scans},
		{"openings", past(of("doctor"), "at").Order("at DESC").Order("id DESC"), &r.Opens},
		{"cases", of("doctor").Order("opened_at DESC"), &r.Cases},
		{"journal", past(of("conversation").Select(journal), "received_at").Order("seq DESC"), &r.Journal},
		{"effects", past(s.read(ctx).Where(map[string]any{"lane": DoctorLane(id), "account": s.Account()}), "created_at").Order("id DESC"), &r.Effects},
		{"verification", of("doctor"), waiting},
		{"erasures", of("doctor").Order("at DESC").Order("seq DESC"), &r.Erasures},
		{"permits", of("doctor").Where("remaining > 0").Order("template"), &r.Permits},
	}
}

// repNames maps user ids to names.
func (s *Store) repNames(ctx context.Context) (map[string]string, error) {
	return s.repNamesIn(s.read(ctx))
}

// repNamesIn is repNames within a session.
func (s *Store) repNamesIn(tx *gorm.DB) (map[string]string, error) {
	var reps []Rep
	if err := tx.Where(map[string]any{"account": s.Account()}).Find(&reps).Error; err != nil {
		return nil, fmt.Errorf("reading reps: %w", err)
	}
	names := make(map[string]string, len(reps))
	for _, rep := range reps {
		names[rep.UserID] = rep.Name
	}
	return names, nil
}
