package console

import (
	"net/http"

	"github.com/vrep/vrep/store"
)

// portrait is what the page of one doctor shows.
type portrait struct {
	store.DoctorPast
	Fields    int // that are known
	Groups    []traitGroup
	Complete  int             // percent, -1 = nothing is weighed
	Stamp     string          // see liveDoctor
	Holds     []store.Consent // newest decision of each purpose
	Gifts     []gift
	History   history
	Stands    []stand
	Turns     []store.Change // of class, stage and grade
	Reach     reach
	Decides   bool                   // may look at how the doctor was verified
	Decided   bool                   // somebody has; it may be corrected
	SeesCases bool                   // may read what was said about adverse events
	Waiting   *store.VerificationRow // a wish that no rep may hear of yet
	Settles   bool                   // may record that somebody has dealt with the wish
	Hidden    []navEntry             // protected fields that may be shown for a reason
	Revealed  *revealed              // nil = nobody asked
}

func (c *Console) pageDoctor(w http.ResponseWriter, v *request) error { return c.showDoctor(w, v, nil) }

// showDoctor shows the page, with a protected value when somebody has just asked for one.
func (c *Console) showDoctor(w http.ResponseWriter, v *request, shown *revealed) error {
	id := v.PathValue("id")
	stamp, err := c.store.DoctorStamp(v.Context(), id) // before what it stands for, so that no change is missed
	if err != nil {
		return err
	}
	rec, err := c.store.DoctorPast(v.Context(), id, 0)
	if err != nil {
		return err
	}
	look := store.Audit{Actor: v.user.Name, Action: "view_portrait", Object: "doctor:" + id}
	if err := c.store.AddAudit(v.Context(), look); err != nil {
		return err
	}
	p := portrait{DoctorPast: rec, SeesCases: c.mayRead(v, "/console/cases/{no}"), Complete: c.complete(rec), Stamp: stamp}
	traits := c.traits(rec)
	p.Fields, p.Groups = len(traits), c.fieldGroups(traits)
	p.Revealed = shown
	if c.mayDo(v, "/console/doctors/{id}/reveal") {
		p.Hidden = c.hiddenFields(rec.DoctorRecord, v.masked())
	}
	p.Holds = newestConsents(rec.Consents)
	titles := c.contentTitles()
	p.Gifts = c.gifts(rec.DoctorRecord, titles)
	p.Reach = c.reach(rec.DoctorRecord)
	p.Decides, p.Decided = c.mayRead(v, "/console/verifications/{id}") && rec.Doctor.OpenID != "", decided(rec.DoctorRecord)
	p.Settles = c.mayDo(v, "/console/doctors/{id}/wish")
	if wish, ok := rec.Wish(); ok && wish.HeldBack() {
		p.Waiting = &wish
	}
	if p.History, err = c.timelineOf(v, id, rec, titles, p.SeesCases); err != nil {
		return err
	}
	if p.Stands, p.Turns, err = c.stands(v.Context(), id); err != nil {
		return err
	}
	return c.show(w, v, "doctor", p)
}

// decided tells whether it is settled who the doctor is.
func decided(rec store.DoctorRecord) bool {
	if rec.Verification == nil || rec.Verification.Status != store.VerifyOpen {
		return rec.Doctor.Level >= store.LevelVerified
	}
	return false
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
