package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/vrep/vrep/store"
)

// portrait is what the page of one doctor shows.
type portrait struct {
	store.DoctorRecord
	Fields    []trait
	Holds     []store.Consent // newest decision of each purpose
	Gifts     []gift
	Days      []day
	Reach     reach
	Decides   bool                   // may say who the doctor is
	Decided   bool                   // somebody has; it may be corrected
	SeesCases bool                   // may read what was said about adverse events
	Waiting   *store.VerificationRow // a wish that no rep may hear of yet
	Settles   bool                   // may record that somebody has dealt with the wish
	Hidden    []navEntry             // protected fields that may be shown for a reason
	Revealed  *revealed              // nil = nobody asked
}

// trait is one value of the portrait with what it rests on.
type trait struct {
	store.PortraitValue
	Name  string // of the field
	Shown string
	Basis string // who or what said it
	Words string // the doctor's own words, when it rests on an answer that says it otherwise
}

func (c *Console) pageDoctor(w http.ResponseWriter, v *request) error { return c.showDoctor(w, v, nil) }

// showDoctor shows the page, with a protected value when somebody has just asked for one.
func (c *Console) showDoctor(w http.ResponseWriter, v *request, shown *revealed) error {
	id := v.PathValue("id")
	rec, err := c.store.DoctorRecord(v.Context(), id)
	if err != nil {
		return err
	}
	look := store.Audit{Actor: v.user.Name, Action: "view_portrait", Object: "doctor:" + id}
	if err := c.store.AddAudit(v.Context(), look); err != nil {
		return err
	}
	p := portrait{DoctorRecord: rec, SeesCases: c.mayRead(v, "/console/cases/{no}")}
	p.Fields = c.traits(rec)
	p.Revealed = shown
	if c.mayDo(v, "/console/doctors/{id}/reveal") {
		p.Hidden = c.hiddenFields(rec, v.masked())
	}
	p.Holds = newestConsents(rec.Consents)
	titles := c.contentTitles()
	p.Gifts = c.gifts(rec, titles)
	p.Reach = c.reach(rec)
	p.Decides, p.Decided = c.mayDo(v, "/console/doctors/{id}/verify"), decided(rec)
	p.Settles = c.mayDo(v, "/console/doctors/{id}/wish")
	if wish, ok := rec.Wish(); ok && wish.HeldBack() {
		p.Waiting = &wish
	}
	p.Days = c.days(c.timeline(rec, titles, p.SeesCases))
	return c.show(w, v, "doctor", p)
}

// decided tells whether it is settled who the doctor is.
func decided(rec store.DoctorRecord) bool {
	if rec.Verification == nil || rec.Verification.Status != store.VerifyOpen {
		return rec.Doctor.Level >= store.LevelVerified
	}
	return false
}

// traits ties every value to its answer or visit.
func (c *Console) traits(rec store.DoctorRecord) []trait {
	answers := make(map[string]store.Answer, len(rec.Answers))
	for _, a := range rec.Answers {
		answers[fmt.Sprintf("%s:%d:%d", a.Conversation, a.Seq, a.N)] = a
	}
	visits := make(map[string]store.Visit, len(rec.Visits))
	for _, v := range rec.Visits {
		visits["visit:"+v.ID] = v
	}
	order := c.fieldOrder()
	rows := make([]trait, 0, len(rec.Portrait))
	for _, p := range rec.Portrait {
		t := trait{PortraitValue: p, Name: c.fieldLabel(p.Field), Shown: c.shownValue(p.Field, p.Value, p.Label), Basis: store.BareQuestion(p.Detail)}
		if t.Shown == "" {
			continue // taken back
		}
		if p.Source == store.SourceComputed {
			t.Basis = c.flowTitle(p.Detail)
		}
		if a, ok := answers[p.Ref]; ok {
			t.Basis = store.BareQuestion(a.Asked)
			if a.Raw != t.Shown {
				t.Words = a.Raw
			}
		}
		if visit, ok := visits[p.Ref]; ok {
			t.Basis = nameOr(rec.RepNames, visit.Rep)
		}
		rows = append(rows, t)
	}
	slices.SortStableFunc(rows, func(a, b trait) int {
		return cmp.Compare(cmp.Or(order[a.Field], len(order)+1), cmp.Or(order[b.Field], len(order)+1))
	})
	return rows
}

// nameOr is the name of a rep, or the id when the rep is gone.
func nameOr(names map[string]string, id string) string {
	if name := names[id]; name != "" {
		return name
	}
	return id
}

// newestConsents keeps the decision that counts of each purpose; rows come newest first.
func newestConsents(rows []store.Consent) []store.Consent {
	var held []store.Consent
	seen := map[string]bool{}
	for _, r := range rows {
		if !seen[r.Purpose] {
			held = append(held, r)
			seen[r.Purpose] = true
		}
	}
	return held
}

// doVerify records that a person has checked who the doctor is.
func (c *Console) doVerify(w http.ResponseWriter, v *request) error {
	id := v.PathValue("id")
	if err := v.ParseForm(); err != nil {
		return err
	}
	decision := v.PostForm.Get("decision")
	if decision != store.VerifyPassed && decision != store.VerifyRefused {
		return store.ErrNotFound
	}
	passed := decision == store.VerifyPassed
	err := c.store.VerifyDoctor(v.Context(), id, passed, v.user.Name)
	if errors.Is(err, store.ErrMoved) {
		return c.back(w, v, "gone", "/console/doctors/"+id)
	}
	if err != nil {
		return err
	}
	act := store.Audit{Actor: v.user.Name, Action: "verify_" + decision, Object: "doctor:" + id}
	if err := c.store.AddAudit(v.Context(), act); err != nil {
		return err
	}
	c.desk.Wake()
	notice := "refused"
	if passed {
		notice = "verified"
	}
	return c.back(w, v, notice, "/console/doctors/"+id)
}
