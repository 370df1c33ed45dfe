package console

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	pv "github.com/vrep/vrep/bot/safety"
	"github.com/vrep/vrep/store"
)

// casesShown is the number of reports in the list.
const casesShown = 200

// caseView is one adverse event report as the pages show it.
type caseView struct {
	store.CaseRow
	Missing []string // elements that nobody has told yet: patient, reporter, product, event
	Lines   []caseLine
	Told    []store.CaseWord // what was said since it was opened
	History []store.CaseMove
	Can     map[string]bool // acts of the desk that are possible now, for a person who may
	Enquiry int64           // until when the house must have looked into a death, unix ms; 0 = none
}

// caseList is what the list shows.
type caseList struct {
	Rows []caseView
	Acts bool
	Days []dayCount
}

// dayCount is one day of the reconciliation.
type dayCount struct {
	store.Reconciliation
	Names []string // cases that nobody has acknowledged
}

// caseLine is one field of the intake.
type caseLine struct {
	Name  string // in Chinese
	Value string // "" = nobody has told
	Vital bool   // one of the four elements
}

// daysShown is how many days of the reconciliation the list shows.
const daysShown = 14

func (c *Console) pageCases(w http.ResponseWriter, v *request) error {
	rows, err := c.store.Cases(v.Context(), casesShown)
	if err != nil {
		return err
	}
	list := caseList{Acts: c.mayDo(v, "/console/cases/{no}/acts/{act}")}
	for _, r := range rows {
		list.Rows = append(list.Rows, caseView{CaseRow: r, Missing: missing(r.Case)})
	}
	days, err := c.store.Reconciliations(v.Context(), daysShown)
	if err != nil {
		return err
	}
	for _, d := range days {
		list.Days = append(list.Days, dayCount{d, d.MissingCases()})
	}
	return c.show(w, v, "cases", list)
}

func (c *Console) pageCase(w http.ResponseWriter, v *request) error {
	f, err := c.store.CaseFile(v.Context(), v.PathValue("no"))
	if err != nil {
		return err
	}
	look := store.Audit{Actor: v.user.Name, Action: "view_case", Object: "case:" + f.No}
	if err := c.store.AddAudit(v.Context(), look); err != nil {
		return err
	}
	view := caseView{CaseRow: f.CaseRow, Missing: missing(f.Case), Lines: c.caseLines(f.Case), Told: f.Told, History: f.History, Can: map[string]bool{}}
	if c.mayDo(v, "/console/cases/{no}/acts/{act}") {
		view.Can = pv.Can(f.Status)
	}
	if f.Death {
		view.Enquiry = f.OpenedAt + store.LegalSerious.Milliseconds()
	}
	return c.show(w, v, "case", view)
}

// vital are the elements without which a report is not valid (ICH E2D).
var vital = []string{"patient", "reporter", "product", "event"}

// intakeOrder is the order of the intake's fields on the page; further ones follow by name.
var intakeOrder = []string{"event", "product", "patient", "serious", "onset", "reporter", "callback"}

// told is everything that the report holds, by field of the intake.
func told(k store.Case) map[string]string {
	fields := caseFields(k)
	for name, value := range map[string]string{
		"event": k.Event, "product": k.Product, "patient": k.Patient, "serious": k.SeriousHow, "onset": k.Onset, "reporter": k.Reporter,
	} {
		fields[name] = cmp.Or(value, fields[name])
	}
	return fields
}

// caseFields is what the intake collected; unreadable fields are none.
func caseFields(k store.Case) map[string]string {
	fields := map[string]string{}
	if json.Unmarshal([]byte(k.Fields), &fields) != nil || fields == nil {
		return map[string]string{}
	}
	return fields
}

func missing(k store.Case) []string {
	fields := told(k)
	return slices.DeleteFunc(slices.Clone(vital), func(name string) bool { return fields[name] != "" })
}

// caseLines lists every field of the intake, with those that nobody has told.
func (c *Console) caseLines(k store.Case) []caseLine {
	fields := told(k)
	if fields["serious"] == "" && k.Serious {
		fields["serious"] = c.words.word("casefield", "is_serious")
	}
	names := slices.Clone(intakeOrder)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(names, name) && fields[name] != "" {
			names = append(names, name)
		}
	}
	lines := make([]caseLine, len(names))
	for i, name := range names {
		lines[i] = caseLine{Name: c.words.word("casefield", name), Value: fields[name], Vital: slices.Contains(vital, name)}
	}
	return lines
}
