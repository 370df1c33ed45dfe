package sample

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/vrep/vrep/store"
)

// World is everything that is written.
type World struct {
	Products  []store.Product
	Batches   []store.Batch
	Prices    []store.Price
	Hospitals []store.Hospital
	Access    []store.HospitalAccess
	Reps      []store.RepRow
	People    []Person

	words *words
	dice  dice
	now   time.Time
	sizes []int // doctors that a hospital can have, by its index
	owner map[string]string
	tells map[int]told // by follower, see tell
}

// Make draws a world. The same seed and size make the same one; times lie in the 180 days before now.
func Make(seed uint64, size Size, now time.Time) (*World, error) {
	words, err := readWords()
	if err != nil {
		return nil, err
	}
	w := &World{words: words, dice: newDice(seed), now: now, owner: map[string]string{}, tells: map[int]told{}}
	w.makeProducts()
	w.makeHospitals(size.Hospitals)
	w.makeAccess()
	w.makeReps(size.Reps)
	w.makePeople(size.Doctors)
	return w, w.tell()
}

// text encodes a value as JSON.
func text(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(out)
}

func (w *World) day(back int) int64 {
	y, m, d := w.now.Date()
	return time.Date(y, m, d-back, 0, 0, 0, 0, w.now.Location()).UnixMilli()
}

func (w *World) makeProducts() {
	for _, p := range w.words.Products {
		w.Products = append(w.Products, store.Product{ID: p.ID, Name: p.Name, Generic: p.Generic, Lifecycle: p.Lifecycle, Active: true})
	}
	for _, b := range w.words.Batches {
		row := store.Batch{ID: b.ID, Product: b.Product, Name: b.Name, Kind: b.Kind, Status: b.Status, Share: b.Share, BeginsAt: w.day(320), EndsAt: w.day(-775)}
		if len(b.Provinces) > 0 {
			row.Provinces = text(b.Provinces)
		}
		w.Batches = append(w.Batches, row)
	}
	p := w.words.Price
	for i, where := range w.words.Provinces {
		if contains(p.Missing, where.Name) {
			continue
		}
		row := store.Price{
			ID: "sample_price_" + fmt.Sprint(i+1), Product: w.words.Products[0].ID, Spec: p.Spec, Package: p.Package, Province: where.Name,
			Amount: p.Amounts[i%len(p.Amounts)], Unit: p.Unit, Kind: "bid", Policy: fill(p.Policy, where.Name), FromAt: w.day(320), UntilAt: w.day(-775),
			ApprovedBy: p.Approved, ApprovedAt: w.day(318),
		}
		if contains(p.Expired, where.Name) {
			row.UntilAt = w.day(20)
		}
		w.Prices = append(w.Prices, row)
	}
}

func contains(list []string, one string) bool {
	for _, l := range list {
		if l == one {
			return true
		}
	}
	return false
}

func (w *World) makeHospitals(n int) {
	used := map[string]bool{}
	for i := 0; len(w.Hospitals) < n; i++ {
		kind := w.words.Hospitals[w.dice.weighted(len(w.words.Hospitals), func(i int) int { return w.words.Hospitals[i].Weight })]
		where := w.words.Provinces[w.dice.weighted(len(w.words.Provinces), func(i int) int { return w.words.Provinces[i].Weight })]
		place := w.dice.of(w.words.Places.First) + w.dice.of(w.words.Places.Last)
		name := fill(kind.Name, place)
		if used[name] {
			continue
		}
		used[name] = true
		h := store.Hospital{
			ID: fmt.Sprintf("sample_h%03d", len(w.Hospitals)+1), Name: name, Aliases: text([]string{fill(kind.Alias, place)}), Level: kind.Level,
			Grade: kind.Grade, Ownership: kind.Ownership, Kind: kind.Kind, Province: where.Name, City: place, Note: w.words.Note,
		}
		if w.dice.chance(70) {
			r := w.words.Reception
			h.Reception = text(store.ReceptionRule{
				Days: w.dice.of(r.Days), Time: w.dice.of(r.Times), Place: w.dice.of(r.Places), Contact: w.dice.of(r.Contacts), Channel: w.dice.of(r.Channels),
				NeedsFiling: "yes", CheckedAt: w.day(w.dice.IntN(120)),
			})
		}
		w.Hospitals = append(w.Hospitals, h)
		w.sizes = append(w.sizes, kind.Doctors)
	}
}

// stages are how far a product can be, by its stage of life: chances of each access state.
var stages = map[string][]int{ // untouched, touched, intent, scheduled, admitted, bought, stopped
	"vbp": {20, 12, 12, 8, 12, 33, 3}, "growth": {30, 18, 14, 10, 13, 14, 1}, "launch": {58, 20, 12, 6, 3, 1, 0},
}

func (w *World) makeAccess() {
	states := []string{store.AccessUntouched, store.AccessTouched, store.AccessIntent, store.AccessScheduled, store.AccessAdmitted, store.AccessBought, store.AccessStopped}
	for i, h := range w.Hospitals {
		base := 2 + w.sizes[i]/5
		for _, p := range w.words.Products {
			chances := stages[p.Lifecycle]
			a := store.HospitalAccess{
				Hospital: h.ID, Product: p.ID, State: states[w.dice.weighted(len(states), func(i int) int { return chances[i] })],
				Decile: min(10, max(1, base+w.dice.IntN(4)-1)),
			}
			switch a.State {
			case store.AccessBought:
				a.Drug, a.Reported = "yes", "yes"
			case store.AccessAdmitted:
				a.Drug, a.Reported = "yes", ""
			case store.AccessUntouched:
				a.Drug = ""
			default:
				a.Drug, a.Blocker = "no", w.dice.of(w.words.Blockers)
			}
			if a.State == store.AccessScheduled {
				a.MeetingAt = w.day(-10 - w.dice.IntN(60))
			}
			if p.Lifecycle == "vbp" {
				a.Batch = w.words.Batches[0].ID
			}
			w.Access = append(w.Access, a)
		}
	}
}

// name draws a plausible Chinese name that nobody has had yet.
func (w *World) name(used map[string]bool) string {
	for {
		n := w.dice.of(w.words.Families) + w.dice.of(w.words.Given)
		if w.dice.chance(72) {
			n += w.dice.of(w.words.Given)
		}
		if !used[n] || w.dice.chance(6) { // now and then two people are called the same
			used[n] = true
			return n
		}
	}
}

func (w *World) makeReps(n int) {
	used := map[string]bool{}
	team := map[string]string{}
	for _, p := range w.words.Provinces {
		team[p.Name] = p.Team
	}
	for i := range n {
		r := store.RepRow{Rep: store.Rep{
			UserID: fmt.Sprintf("sample_rep%02d", i+1), Name: w.name(used), FilingNo: fill(w.words.Filing, fmt.Sprintf("%04d", 1001+i)),
			FilingUntil: w.day(-200 - 10*i), Active: i != n-1, Employer: w.words.Employer, CommittedAt: w.day(300),
		}}
		if i == n-2 {
			r.FilingUntil = w.day(12) // run out: gets no lead
		}
		w.Reps = append(w.Reps, r)
	}
	for i, h := range w.Hospitals { // every seventh is looked after by nobody: white space
		if i%7 == 6 {
			continue
		}
		at := i % n
		w.Reps[at].Territories = append(w.Reps[at].Territories, store.Territory{Kind: store.TerritoryHospital, Value: h.ID})
		w.owner[h.ID] = w.Reps[at].UserID
		if w.Reps[at].Team == "" {
			w.Reps[at].Team = team[h.Province]
		}
	}
}
