package store

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// DoctorFile is what a turn knows of a doctor beside the live conversation.
type DoctorFile struct {
	Doctor
	Portrait []PortraitValue
	Consents []Consent         // the newest of every purpose
	Tags     []Tag             // those not removed
	Sent     []string          // ids of content given or on its way
	Did      []Behaviour       // of the last 90 days: kind and time only
	Scores   []Score           // name and grade only
	Classes  map[string]string // what was derived last, by the names of the rules; empty values are left out
	OpenCase string            // number of the adverse event case whose intake is not finished, "" = none
}

// LoadDoctor reads the facts of a turn. A doctor who never wrote gives ErrNotFound. Loads that wait at the same time share one reading.
func (s *Store) LoadDoctor(ctx context.Context, id string) (DoctorFile, error) {
	f, err := s.loads.do(ctx, id)
	if err != nil {
		return DoctorFile{}, fmt.Errorf("reading doctor: %w", err)
	}
	if f == nil {
		return DoctorFile{}, fmt.Errorf("reading doctor: %w", ErrNotFound)
	}
	return *f, nil
}

// factsQuery reads five tables in one round trip: it runs for every message.
const factsQuery = `
SELECT 'portrait' AS kind, doctor AS id, field AS t1, value AS t2, label AS t3, source AS t4, ref AS t5, detail AS t6, at AS n1, 0 AS n2, 0 AS n3
  FROM portrait WHERE doctor IN @ids
UNION ALL SELECT 'consent', conversation, purpose, policy, asked, raw, '', '', at, seq, granted FROM consents WHERE conversation IN @ids
UNION ALL SELECT 'tag', doctor, tag, source, ref, '', '', '', at, 0, 0 FROM tags WHERE doctor IN @ids AND removed_at = 0
UNION ALL SELECT 'sent', doctor, content, '', '', '', '', '', at, 0, 0 FROM sent WHERE doctor IN @ids
UNION ALL SELECT 'case', doctor, no, '', '', '', '', '', opened_at, 0, 0 FROM cases WHERE doctor IN @ids AND status = @open
UNION ALL SELECT 'did', doctor, kind, '', '', '', '', '', at, id, 0 FROM behaviours WHERE doctor IN @ids AND at >= @since
UNION ALL SELECT 'score', doctor, name, grade, '', '', '', '', at, 0, 0 FROM scores WHERE doctor IN @ids
UNION ALL SELECT 'class', doctor, ladder, potential, matrix, class, result, cell, 0, 0, affinity FROM facets WHERE doctor IN @ids
ORDER BY kind, id, t1, n2`

// factsSpan is how far back a turn knows what the doctor did.
const factsSpan = 91 * 24 * time.Hour

// factRow is one row of factsQuery.
type factRow struct {
	Kind, ID               string
	T1, T2, T3, T4, T5, T6 string
	N1, N2, N3             int64
}

// readFacts reads the files of several doctors. Those who never wrote are missing in the map.
func (s *Store) readFacts(ctx context.Context, ids []string) (map[string]*DoctorFile, error) {
	var doctors []Doctor
	if err := s.read(ctx).Where("id IN ? AND account = ?", ids, s.Account()).Find(&doctors).Error; err != nil {
		return nil, err
	}
	files := make(map[string]*DoctorFile, len(doctors))
	for _, d := range doctors {
		files[d.ID] = &DoctorFile{Doctor: d}
	}
	if len(files) == 0 {
		return files, nil
	}
	var rows []factRow
	if err := s.read(ctx).Raw(factsQuery, map[string]any{"ids": ids, "open": CaseOpen, "since": s.Now() - factsSpan.Milliseconds()}).Scan(&rows).Error; err != nil {
		return nil, err
	}
	opened := make(map[string]int64)
	for _, r := range rows {
		f := files[r.ID]
		if f == nil {
			continue
		}
		if r.Kind != "case" {
			f.add(r)
			continue
		}
		if r.N1 >= opened[r.ID] {
			opened[r.ID], f.OpenCase = r.N1, r.T1
		}
	}
	return files, nil
}

func (f *DoctorFile) add(r factRow) {
	switch r.Kind {
	case "portrait":
		f.Portrait = append(f.Portrait, PortraitValue{
			Doctor: f.ID, Account: f.Account, Field: r.T1, Value: r.T2, Label: r.T3, Source: r.T4, Ref: r.T5, Detail: r.T6, At: r.N1,
		})
	case "consent":
		f.addConsent(Consent{
			Conversation: f.ID, Account: f.Account, Purpose: r.T1, Policy: r.T2, Asked: r.T3, Raw: r.T4, At: r.N1, Seq: r.N2, Granted: r.N3 != 0,
		})
	case "tag":
		f.Tags = append(f.Tags, Tag{Doctor: f.ID, Account: f.Account, Tag: r.T1, Source: r.T2, Ref: r.T3, At: r.N1})
	case "sent":
		f.Sent = append(f.Sent, r.T1)
	case "did":
		f.Did = append(f.Did, Behaviour{Doctor: f.ID, Account: f.Account, Kind: r.T1, At: r.N1})
	case "score":
		f.Scores = append(f.Scores, Score{Doctor: f.ID, Account: f.Account, Name: r.T1, Grade: r.T2})
	case "class":
		f.addClasses(r)
	}
}

func (f *DoctorFile) addClasses(r factRow) {
	f.Classes = map[string]string{}
	for name, v := range map[string]string{"ladder": r.T1, "potential": r.T2, "matrix": r.T3, "class": r.T4, "result": r.T5, "cell": r.T6} {
		if v != "" {
			f.Classes[name] = v
		}
	}
	if r.N3 >= 0 {
		f.Classes["affinity"] = strconv.FormatInt(r.N3, 10)
	}
}

// addConsent keeps the newest decision about a purpose; rows come in the order of purpose and turn.
func (f *DoctorFile) addConsent(c Consent) {
	if n := len(f.Consents); n > 0 && f.Consents[n-1].Purpose == c.Purpose {
		f.Consents[n-1] = c
		return
	}
	f.Consents = append(f.Consents, c)
}
