package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/vrep/vrep/store"
)

// twinsShown and mergesShown bound the lists of the page about doubles.
const (
	twinsShown  = 50
	mergesShown = 15
)

// mergePage is what the page about doubles shows.
type mergePage struct {
	Doctors   []store.Twin
	Hospitals [][2]store.Hospital
	Done      []store.Merge
	DoneAt    []store.Merge // hospitals
	Acts      bool
}

func (c *Console) pageMerges(w http.ResponseWriter, v *request) error {
	p := mergePage{Acts: importers[v.user.Role] > blind}
	var err error
	if p.Doctors, err = c.store.Twins(v.Context(), twinsShown); err != nil {
		return err
	}
	if p.Hospitals, err = c.store.HospitalTwins(v.Context(), twinsShown); err != nil {
		return err
	}
	if p.Done, err = c.store.Merges(v.Context(), store.MergeDoctor, mergesShown); err != nil {
		return err
	}
	if p.DoneAt, err = c.store.Merges(v.Context(), store.MergeHospital, mergesShown); err != nil {
		return err
	}
	return c.show(w, v, "merges", p)
}

// pairRow is one line of two records side by side.
type pairRow struct {
	Name, A, B string
	Other      bool // both are filled and not the same
}

// pairPage shows two records side by side.
type pairPage struct {
	Kind   string
	A, B   string // ids
	Rows   []pairRow
	Follow [2]bool
	Acts   bool
}

func (p *pairPage) add(name, a, b string) {
	if a != "" || b != "" {
		p.Rows = append(p.Rows, pairRow{Name: name, A: a, B: b, Other: a != "" && b != "" && a != b})
	}
}

func (c *Console) pagePair(w http.ResponseWriter, v *request) error {
	p := pairPage{Kind: v.PathValue("kind"), A: v.FormValue("a"), B: v.FormValue("b"), Acts: importers[v.user.Role] > blind}
	var err error
	switch p.Kind {
	case store.MergeDoctor:
		err = c.pairDoctors(v, &p)
	case store.MergeHospital:
		err = c.pairHospitals(v, &p)
	default:
		err = store.ErrNotFound
	}
	if err != nil {
		return err
	}
	return c.show(w, v, "pair", p)
}

// pairDoctors puts two doctors side by side. Each look at a portrait leaves a row in the audit.
func (c *Console) pairDoctors(v *request, p *pairPage) error {
	var side [2]store.DoctorRecord
	var err error
	for i, id := range []string{p.A, p.B} {
		if side[i], err = c.store.DoctorRecord(v.Context(), id); err != nil {
			return err
		}
		if err := c.store.AddAudit(v.Context(), store.Audit{Actor: v.user.Name, Action: "view_portrait", Object: "doctor:" + id}); err != nil {
			return err
		}
	}
	a, b := side[0].Doctor, side[1].Doctor
	p.Follow = [2]bool{a.Followed, b.Followed}
	for _, f := range []struct{ name, a, b string }{
		{"name", a.Name, b.Name}, {"hospital", a.HospitalName, b.HospitalName}, {"department", a.Department, b.Department}, {"title", a.Title, b.Title},
		{"key", shownKey(a), shownKey(b)}, {"level", c.words.word("level", a.Level), c.words.word("level", b.Level)},
	} {
		p.add(c.words.word("pair", f.name), f.a, f.b)
	}
	shown := map[string]bool{"name": true, "hospital": true, "department": true, "title": true}
	other := map[string]store.PortraitValue{}
	for _, one := range side[1].Portrait {
		other[one.Field] = one
	}
	for _, one := range append(side[0].Portrait, side[1].Portrait...) {
		if shown[one.Field] {
			continue
		}
		shown[one.Field] = true
		left := ""
		if one.Doctor == a.ID {
			left = one.Label
		}
		p.add(c.fieldLabel(one.Field), left, other[one.Field].Label)
	}
	return nil
}

// shownKey is the key of the master data; a drawn one says nothing to people.
func shownKey(d store.Doctor) string {
	if d.MasterKey == nil || (*d.MasterKey)[:1] == "~" {
		return ""
	}
	return *d.MasterKey
}

func (c *Console) pairHospitals(v *request, p *pairPage) error {
	a, err := c.store.Hospital(v.Context(), p.A)
	if err != nil {
		return err
	}
	b, err := c.store.Hospital(v.Context(), p.B)
	if err != nil {
		return err
	}
	_, doctorsA, err := c.store.DoctorsAt(v.Context(), a.ID, 1)
	if err != nil {
		return err
	}
	_, doctorsB, err := c.store.DoctorsAt(v.Context(), b.ID, 1)
	if err != nil {
		return err
	}
	for _, f := range []struct{ name, a, b string }{
		{"name", a.Name, b.Name}, {"code", a.ID, b.ID}, {"aliases", strings.Join(a.Names()[1:], " / "), strings.Join(b.Names()[1:], " / ")},
		{"level", c.words.orSame("hlevel", a.Level), c.words.orSame("hlevel", b.Level)}, {"province", a.Province, b.Province}, {"city", a.City, b.City},
		{"county", a.County, b.County}, {"doctors", strconv.FormatInt(doctorsA, 10), strconv.FormatInt(doctorsB, 10)},
	} {
		p.add(c.words.word("pair", f.name), f.a, f.b)
	}
	return nil
}

func (c *Console) doMerge(w http.ResponseWriter, v *request) error {
	kept, gone := v.FormValue("kept"), v.FormValue("gone")
	if v.FormValue("sure") == "" { // there is no way back
		return c.back(w, v, "merge_unsure", "/console/merges")
	}
	var err error
	switch v.PathValue("kind") {
	case store.MergeDoctor:
		_, err = c.store.MergeDoctors(v.Context(), kept, gone, store.MergeByPerson, v.user.Name)
	case store.MergeHospital:
		_, err = c.store.MergeHospitals(v.Context(), kept, gone, store.MergeByPerson, v.user.Name)
	default:
		err = store.ErrNotFound
	}
	if errors.Is(err, store.ErrMerge) {
		return c.back(w, v, "merge_refused", "/console/merges")
	}
	if err != nil {
		return err
	}
	return c.back(w, v, "merged", "/console/merges")
}
