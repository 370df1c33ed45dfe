package console

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/vrep/vrep/store"
)

// casesShown is the number of reports in the list.
const casesShown = 200

// caseView is one adverse event report as the pages show it.
type caseView struct {
	store.CaseRow
	Missing []string // elements that nobody has told yet: patient, reporter, product, event
	Extra   []pair   // what else the intake collected
}

// pair is one label with a value.
type pair struct{ Name, Value string }

func (c *Console) pageCases(w http.ResponseWriter, v *request) error {
	rows, err := c.store.Cases(v.Context(), casesShown)
	if err != nil {
		return err
	}
	views := make([]caseView, len(rows))
	for i, r := range rows {
		views[i] = caseView{CaseRow: r, Missing: missing(r.Case)}
	}
	return c.show(w, v, "cases", views)
}

func (c *Console) pageCase(w http.ResponseWriter, v *request) error {
	row, err := c.store.Case(v.Context(), v.PathValue("no"))
	if err != nil {
		return err
	}
	look := store.Audit{Actor: v.user.Name, Action: "view_case", Object: "case:" + row.No}
	if err := c.store.AddAudit(v.Context(), look); err != nil {
		return err
	}
	return c.show(w, v, "case", caseView{CaseRow: row, Missing: missing(row.Case), Extra: c.extra(row.Case)})
}

// doAcknowledge records that a person has the report.
func (c *Console) doAcknowledge(w http.ResponseWriter, v *request) error {
	no := v.PathValue("no")
	if err := c.store.AcknowledgeCase(v.Context(), no, v.user.Name); err != nil {
		return err
	}
	return c.back(w, v, "acknowledged", "/console/cases/"+no)
}

// elements are the four without which a report is not valid (ICH E2D).
func elements(k store.Case) []pair {
	return []pair{{"patient", k.Patient}, {"reporter", k.Reporter}, {"product", k.Product}, {"event", k.Event}}
}

func missing(k store.Case) []string {
	var out []string
	for _, e := range elements(k) {
		if e.Value == "" {
			out = append(out, e.Name)
		}
	}
	return out
}

// extra is what the intake collected beyond the columns of the report, by name.
func (c *Console) extra(k store.Case) []pair {
	var fields map[string]string
	if json.Unmarshal([]byte(k.Fields), &fields) != nil {
		return nil
	}
	shown := []string{"patient", "reporter", "product", "event", "serious", "onset"}
	var out []pair
	for name, value := range fields {
		if !slices.Contains(shown, name) && value != "" {
			out = append(out, pair{c.words.word("casefield", name), value})
		}
	}
	slices.SortFunc(out, func(a, b pair) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out
}
