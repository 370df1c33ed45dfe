package bot

import (
	"maps"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// derived is what was derived about the doctor and what it was derived from, as far as a turn needs it to compute the same score as package insight.
type derived struct {
	Did     map[string]map[int64]int `json:"did,omitempty"`     // kind → hour since 1970 → how often
	Grades  map[string]string        `json:"grades,omitempty"`  // score → grade
	Classes map[string]string        `json:"classes,omitempty"` // ladder, class, result …
}

const hour = int64(time.Hour / time.Millisecond)

func derivedOf(f store.DoctorFile) derived {
	d := derived{Classes: f.Classes}
	for _, b := range f.Did {
		d.did(b)
	}
	for _, s := range f.Scores {
		d.grade(s)
	}
	return d
}

func (d *derived) did(b store.Behaviour) {
	if d.Did == nil {
		d.Did = map[string]map[int64]int{}
	}
	if d.Did[b.Kind] == nil {
		d.Did[b.Kind] = map[int64]int{}
	}
	d.Did[b.Kind][b.At/hour]++
}

func (d *derived) grade(s store.Score) {
	if d.Grades == nil {
		d.Grades = map[string]string{}
	}
	d.Grades[s.Name] = s.Grade
}

// after is the same once the turn is committed.
func (d derived) after(t *store.Turn) derived {
	if t.Blank > 0 || t.Erase != "" {
		d.Grades = nil
	}
	if t.Erase != "" {
		d.Did, d.Classes = nil, nil
	}
	d.Grades = maps.Clone(d.Grades)
	if len(t.Did) > 0 {
		did := make(map[string]map[int64]int, len(d.Did))
		for kind, hours := range d.Did {
			did[kind] = maps.Clone(hours)
		}
		d.Did = did
	}
	for _, b := range t.Did {
		d.did(b)
	}
	for _, s := range t.Scores {
		d.grade(s)
	}
	return d
}

// into gives the engine its view, by days of the time zone of now.
func (d derived) into(f *flows.Facts, now time.Time) {
	f.Digest, f.Grades, f.Classes = flows.Digest{}, d.Grades, d.Classes
	today := flows.DayNumber(now)
	for kind, hours := range d.Did {
		for h, n := range hours {
			day := flows.DayNumber(time.UnixMilli(h * hour).In(now.Location()))
			for range n {
				f.Digest.Add(kind, day, today)
			}
		}
	}
}
