package console

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// doctorFile is what a doctor sees of what we keep.
type doctorFile struct {
	store.DoctorFile
	Known   []trait
	Agreed  []consentState
	Nothing bool // nothing is kept of the doctor
	Notify  bool // the page where notices can be agreed to exists
}

// doctorData shows a doctor everything that was recorded of him, with source and date. Source of the duty: Personal Information Protection Law, article 45.
func (c *Console) doctorData(w http.ResponseWriter, v *visit) error {
	v.doctor.Tags = slices.DeleteFunc(v.doctor.Tags, func(t store.Tag) bool { return c.library != nil && !c.library().TagShown(t.Tag) })
	for i := range v.doctor.Tags {
		v.doctor.Tags[i].Tag = c.tagLabel(v.doctor.Tags[i].Tag)
	}
	f := doctorFile{DoctorFile: v.doctor, Known: c.ownTraits(v.doctor), Agreed: c.consentStates(v.doctor), Notify: c.doctors.Template != ""}
	d := v.doctor.Doctor
	f.Nothing = d.Name+d.HospitalName+d.Department+d.Title == "" && len(f.Known)+len(f.Tags) == 0
	act := store.Audit{Actor: "doctor", Action: "own_data", Object: "doctor:" + v.doctor.ID}
	if err := c.store.AddRight(v.Context(), store.RightsRequest{Doctor: v.doctor.ID, Kind: store.RightsRead}, act); err != nil {
		return err
	}
	return c.render(w, http.StatusOK, "doctor_data", page{Data: f})
}

// auditDoctor records what a doctor did on a page.
func (c *Console) auditDoctor(v *visit, action, detail string) error {
	return c.store.AddAudit(v.Context(), store.Audit{Actor: "doctor", Action: action, Object: "doctor:" + v.doctor.ID, Detail: detail})
}

// columns are the fields of the portrait that the doctor's own row shows already.
var columns = []string{"name", "hospital", "department", "title"}

// ownTraits are the values of the portrait in the order of their file, without those of the doctor's row.
func (c *Console) ownTraits(d store.DoctorFile) []trait {
	order := c.fieldOrder()
	var rows []trait
	for _, p := range d.Portrait {
		t := trait{PortraitValue: p, Name: c.fieldLabel(p.Field), Shown: c.shownValue(p.Field, p.Value, p.Label)}
		if t.Shown != "" && !slices.Contains(columns, p.Field) {
			rows = append(rows, t)
		}
	}
	slices.SortStableFunc(rows, func(a, b trait) int {
		return cmp.Compare(cmp.Or(order[a.Field], len(order)+1), cmp.Or(order[b.Field], len(order)+1))
	})
	return rows
}

// consentState is where a doctor stands on one purpose.
type consentState struct {
	flows.Request
	Granted bool
	Renewed bool  // agreed to an earlier version of the notice
	At      int64 // of the newest decision, 0 = never asked
	Base    bool
	Blocked bool // nothing can be agreed to without the base consent
	Spoken  bool // it can be agreed to in the chat only
}

// consentStates lists what the doctor is asked to agree to, or has agreed to in the words that were put to him. What only a talk can ask for
// is listed when the doctor has agreed to it, so that it can be withdrawn.
func (c *Console) consentStates(d store.DoctorFile) []consentState {
	if c.doctors.Requests == nil {
		return nil
	}
	held := make(map[string]store.Consent, len(d.Consents))
	for _, k := range d.Consents {
		held[k.Purpose] = k
	}
	var out []consentState
	for _, q := range c.doctors.Requests() {
		k, spoken := held[q.Purpose], q.Text == ""
		if spoken && !k.Granted {
			continue
		}
		if k.Granted && (spoken || k.Policy == q.Policy && !strings.HasPrefix(k.Asked, q.Text)) { // with its options it begins the same
			q.Text = cmp.Or(k.Asked, q.Text)
		}
		out = append(out, consentState{
			Request: q, Granted: k.Granted, Renewed: k.Granted && k.Policy != q.Policy, At: k.At, Base: q.Purpose == store.PurposeBase,
			Blocked: q.Purpose != store.PurposeBase && !held[store.PurposeBase].Granted, Spoken: spoken,
		})
	}
	return out
}
