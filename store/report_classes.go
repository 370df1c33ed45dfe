package store

import (
	"context"
	"fmt"
	"strconv"
)

// ClassReport is how the doctors are spread over what is derived about them.
type ClassReport struct {
	Total int64
	Grid  map[string]map[string]int64 // potential → ladder → doctors, by the leading product
	By    map[string]map[string]int64 // class, result, affinity, cell, grade → value → doctors
	Tags  []TagCount                  // by rule, most frequent first
	Moves []MoveCount                 // of class within the time asked for
}

// TagCount is how many doctors have a tag.
type TagCount struct {
	Tag    string
	Source string
	Count  int64
}

// MoveCount is how many doctors went from one value to another.
type MoveCount struct {
	Before string `gorm:"column:was"`
	After  string `gorm:"column:is_now"`
	Count  int64
}

// ClassReport counts the doctors of whom the person of the context may know how many there are. Moves are those of class since a time, unix ms: the migration from tier to tier.
func (s *Store) ClassReport(ctx context.Context, since int64) (ClassReport, error) {
	r := ClassReport{Grid: map[string]map[string]int64{}, By: map[string]map[string]int64{}}
	var rows []struct {
		Potential, Ladder, Class, Result, Cell, LeadGrade string
		Affinity                                          int
		N                                                 int64
	}
	const by = "potential, ladder, class, result, cell, lead_grade, affinity"
	q, err := s.withinCount(ctx, s.read(ctx).Model(&Facets{}).Select(by+", COUNT(*) AS n").Where("account = ?", s.Account()), "facets.doctor")
	if err != nil {
		return r, err
	}
	if err := q.Group(by).Scan(&rows).Error; err != nil {
		return r, fmt.Errorf("counting classes: %w", err)
	}
	add := func(into map[string]map[string]int64, a, b string, n int64) {
		if into[a] == nil {
			into[a] = map[string]int64{}
		}
		into[a][b] += n
	}
	for _, x := range rows {
		r.Total += x.N
		add(r.Grid, x.Potential, x.Ladder, x.N)
		for kind, v := range map[string]string{ChangeClass: x.Class, ChangeResult: x.Result, ChangeAffinity: strconv.Itoa(x.Affinity), "cell": x.Cell, ChangeGrade: x.LeadGrade} {
			add(r.By, kind, v, x.N)
		}
	}
	tags, err := s.withinCount(ctx, s.read(ctx).Model(&Tag{}).Select("tag, source, COUNT(*) AS count").Where("account = ? AND removed_at = 0", s.Account()), "tags.doctor")
	if err != nil {
		return r, err
	}
	if err := tags.Group("tag, source").Order("count DESC").Order("tag").Limit(100).Scan(&r.Tags).Error; err != nil {
		return r, fmt.Errorf("counting tags: %w", err)
	}
	moves := s.read(ctx).Model(&Change{}).Select("was, is_now, COUNT(*) AS count").Where("account = ? AND kind = ? AND at >= ?", s.Account(), ChangeClass, since)
	if moves, err = s.withinCount(ctx, moves, "changes.doctor"); err != nil {
		return r, err
	}
	if err := moves.Group("was, is_now").Order("was").Order("is_now").Scan(&r.Moves).Error; err != nil {
		return r, fmt.Errorf("counting moves: %w", err)
	}
	return r, nil
}

// Effort is what was spent on a doctor: messages that went out and visits. Source: seed requirement of an effort ledger; no figure of sales stands beside it.
type Effort struct {
	Touches int // messages sent
	Visits  int // reports of reps
	Minutes int // of reps, by the usual length of a visit of its channel
}

// minutesOf is the usual length of a visit, in minutes.
var minutesOf = map[string]int{"face": 30, "phone": 10, "online": 15}

// Efforts sums what was spent on doctors since a time, unix ms.
func (s *Store) Efforts(ctx context.Context, doctors []string, since int64) (map[string]Effort, error) {
	out := make(map[string]Effort, len(doctors))
	if len(doctors) == 0 {
		return out, nil
	}
	lanes := make([]string, len(doctors))
	for i, d := range doctors {
		lanes[i] = DoctorLane(d)
	}
	var sent []struct {
		Lane string
		N    int
	}
	q := s.read(ctx).Model(&Effect{}).Select("lane, COUNT(*) AS n").Where("lane IN ? AND status = ? AND done_at >= ?", lanes, EffectDone, since)
	if err := q.Group("lane").Scan(&sent).Error; err != nil {
		return nil, fmt.Errorf("counting messages: %w", err)
	}
	for _, x := range sent {
		d := Effect{Lane: x.Lane}.Doctor()
		e := out[d]
		e.Touches = x.N
		out[d] = e
	}
	var visits []Visit
	if err := s.read(ctx).Select("doctor", "channel").Where("doctor IN ? AND at >= ?", doctors, since).Find(&visits).Error; err != nil {
		return nil, fmt.Errorf("reading visits: %w", err)
	}
	for _, v := range visits {
		e := out[v.Doctor]
		e.Visits++
		e.Minutes += v.Minutes()
		out[v.Doctor] = e
	}
	return out, nil
}

// Ratings lists where a doctor stands with every product; the row without a product holds what is not about one.
func (s *Store) Ratings(ctx context.Context, doctor string) ([]Rating, error) {
	var rows []Rating
	if err := s.read(ctx).Where("doctor = ? AND account = ?", doctor, s.Account()).Order("product").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading ratings: %w", err)
	}
	return rows, nil
}

// Minutes is the usual length of a visit of its channel: the house does not time its reps.
func (r Visit) Minutes() int { return minutesOf[r.Channel] }
