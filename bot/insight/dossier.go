package insight

import (
	"encoding/json"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// DossierOf is what the rules read of the rows about one doctor. Rows that cannot be read count as unknown.
func DossierOf(row *store.Dossier) flows.Dossier {
	doc := row.Doctor
	d := flows.Dossier{
		Doctor: doc.ID, Account: doc.Account, Name: doc.Name, Level: doc.Level, Followed: doc.Followed, OptedOut: doc.OptedOut, OpenCase: row.OpenCase,
		FrozenUntil: moment(doc.FrozenUntil), CreatedAt: moment(doc.CreatedAt), LastTyped: moment(doc.LastTypedAt), Owner: row.Owner,
		Profile: map[string]flows.Known{}, Consents: map[string]flows.Consented{}, Barred: map[string]time.Time{},
		Scores: map[string]flows.Score{}, Ratings: map[string]flows.Rating{}, Hospital: place(row),
	}
	for _, v := range row.Portrait {
		know(&d, v)
	}
	if d.Hospital.Province == "" { // without master data the doctor's own word counts
		d.Hospital.Province = code(&d, fieldProvince, 32)
	}
	for _, c := range row.Consents {
		switch {
		case c.Granted:
			d.Consents[c.Purpose] = flows.Consented{Policy: c.Policy, At: moment(c.At)}
		case c.Purpose == store.PurposeBase:
			d.Withdrawn = true
		case c.Purpose == store.PurposePortrait:
			d.PersonalOff = c.Refused()
		}
	}
	for _, t := range row.Tags {
		d.Tags = append(d.Tags, flows.Tagged{Tag: t.Tag, Source: t.Source, Ref: t.Ref, Detail: t.Detail, At: moment(t.At), Expires: moment(t.ExpiresAt),
			Confidence: t.Confidence})
	}
	for _, s := range row.Suppressions {
		d.Barred[s.Tag] = moment(s.Until)
	}
	for _, b := range row.Behaviours {
		d.Did = append(d.Did, flows.Did{Kind: b.Kind, Object: b.Object, Topics: texts(b.Topics), Amount: b.Amount, At: moment(b.At)})
	}
	for _, v := range row.Visits {
		d.Visits = append(d.Visits, flows.Visited{ID: v.ID, Rep: v.Rep, At: moment(v.At), Channel: v.Channel, Met: v.Result == store.VisitMet, Prefers: v.Prefers,
			Topics: texts(v.Topics), Ladder: v.Ladder, Barriers: texts(v.Barriers)})
	}
	for _, l := range row.Leads {
		d.Leads = append(d.Leads, flows.Pursued{ID: l.ID, Kind: l.Kind, Status: l.Status, At: moment(l.CreatedAt)})
	}
	for _, s := range row.Scores {
		d.Scores[s.Name] = flows.Score{Name: s.Name, Points: s.Points, Grade: s.Grade}
	}
	if row.Facets != nil {
		d.DerivedAt = moment(row.Facets.UpdatedAt)
	}
	d.History = history(row.Observations)
	supers(row, &d)
	for _, r := range row.Ratings {
		d.Ratings[r.Product] = flows.Rating{Ladder: r.Ladder, Potential: r.Potential, Matrix: r.Matrix, Class: r.Class}
	}
	return d
}

func know(d *flows.Dossier, v store.PortraitValue) {
	var value flows.Value
	if err := json.Unmarshal([]byte(v.Value), &value); err != nil || value.IsNone() || v.Value == store.Cleared {
		return
	}
	d.Profile[v.Field] = flows.Known{Value: value, Label: v.Label, At: moment(v.At), Source: v.Source, Ref: v.Ref, Confidence: v.Confidence}
}

// history lists the values of each field, oldest first. A value that was taken back takes the newest one of its source with it; a cleared field begins anew.
func history(rows []store.Observation) map[string][]flows.Known {
	out := map[string][]flows.Known{}
	for _, o := range rows {
		var value flows.Value
		if err := json.Unmarshal([]byte(o.Value), &value); err != nil {
			continue
		}
		list := out[o.Field]
		if o.Value == store.Cleared {
			delete(out, o.Field)
			continue
		}
		if !value.IsNone() {
			out[o.Field] = append(list, flows.Known{Value: value, Label: o.Label, At: moment(o.At), Source: o.Source, Ref: o.Ref, Confidence: o.Confidence})
			continue
		}
		for i := len(list) - 1; i >= 0; i-- {
			if list[i].Source == o.Source {
				out[o.Field] = append(list[:i:i], list[i+1:]...)
				break
			}
		}
	}
	return out
}

func place(row *store.Dossier) flows.Place {
	p := flows.Place{ID: row.Doctor.Hospital, Name: row.Doctor.HospitalName, Access: map[string]flows.Access{}}
	if h := row.Hospital; h != nil {
		p.ID, p.Name, p.Level, p.Grade, p.Province, p.City = h.ID, h.Name, h.Level, h.Grade, h.Province, h.City
	}
	for _, a := range row.Access {
		p.Access[a.Product] = flows.Access{State: a.State, Drug: a.Drug, Decile: a.Decile}
	}
	return p
}

// moment is unix ms as a time; 0 is the zero time.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// texts reads a JSON array; anything else is empty.
func texts(raw string) []string {
	var out []string
	if raw == "" || json.Unmarshal([]byte(raw), &out) != nil {
		return nil
	}
	return out
}
