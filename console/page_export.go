package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/vrep/vrep/store"
)

// takeLife is how long an approved export may be taken.
const takeLife = 24 * time.Hour

// exportColumns are the columns of the file, by their names in the word group "exportcolumn".
var exportColumns = []string{"id", "name", "hospital", "department", "title", "level", "followed", "leads", "last", "since"}

// doExport puts the doctors of the list into a file. More than store.ExportAlone of them need a second person.
func (c *Console) doExport(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	body := actBody{"format": v.PostForm.Get("format")}
	for _, name := range []string{"q", "level", "phase", "lead"} {
		body[name] = cut(v.PostForm.Get(name), 128)
	}
	query, from := c.exportQuery(body)
	if body["format"] != sheetCSV && body["format"] != sheetXLSX {
		return store.ErrNotFound
	}
	n, err := c.store.CountDoctors(v.Context(), query)
	if err != nil {
		return err
	}
	body["count"] = strconv.FormatInt(n, 10)
	switch {
	case reason == "":
		return c.back(w, v, "unreasoned", from)
	case n > store.ExportMost:
		return c.back(w, v, "too_many", from)
	case n > store.ExportAlone:
		return c.propose(w, v, store.ActExport, "doctors", body, reason, from)
	}
	return c.giveFile(w, v, body, reason)
}

// exportQuery is the list that a body asks for, and the address of its page.
func (c *Console) exportQuery(body actBody) (store.DoctorQuery, string) {
	form := url.Values{}
	for _, name := range []string{"q", "level", "phase", "lead"} {
		if body[name] != "" {
			form.Set(name, body[name])
		}
	}
	_, query := c.doctorQuery(form)
	return query, "/console/doctors?" + form.Encode()
}

// takeable tells whether an approved export may be taken still.
func (c *Console) takeable(a store.Approval) bool {
	return a.Status == store.ApprovalApproved && c.now().Before(time.UnixMilli(a.DecidedAt).Add(takeLife))
}

// doExportApproved gives the file to the one who asked for it.
func (c *Console) doExportApproved(w http.ResponseWriter, v *request) error {
	a, err := c.store.Approval(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	if a.Actor != v.user.Name || a.Kind != store.ActExport || !c.takeable(a) {
		return store.ErrNotFound
	}
	body, err := bodyOf(a)
	if err != nil {
		return err
	}
	return c.giveFile(w, v, body, a.Reason)
}

// giveFile records the export and writes the file.
func (c *Console) giveFile(w http.ResponseWriter, v *request, body actBody, reason string) error {
	query, _ := c.exportQuery(body)
	act := store.Audit{
		Action: "export", Object: "doctors", Reason: reason,
		Detail: fmt.Sprintf("%s, %s rows, level %q, phase %q, lead %q, search %s", body["format"], body["count"], body["level"], body["phase"], body["lead"], c.store.Keyed(body["q"])),
	}
	doctors, err := c.store.ExportDoctors(v.Context(), query, act)
	if err != nil {
		return err
	}
	rows, now := c.exportRows(doctors), c.now()
	kind := "text/csv; charset=utf-8"
	var file []byte
	if body["format"] == sheetXLSX {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		word := func(name string) string { return c.words.word("exportnote", name) }
		file, err = writeXLSX(rows, [][]string{{word("by"), v.user.Name}, {word("at"), c.when(now.UnixMilli())}, {word("why"), reason}, {word("rows"), strconv.Itoa(len(doctors))}})
	} else {
		file, err = writeCSV(rows)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="doctors-%s-%s.%s"`, now.In(c.zone).Format("20060102-1504"), v.user.Name, body["format"]))
	return c.send(w, file)
}

func (c *Console) exportRows(doctors []store.DoctorRow) [][]string {
	head := make([]string, len(exportColumns))
	for i, name := range exportColumns {
		head[i] = c.words.word("exportcolumn", name)
	}
	rows := [][]string{head}
	for _, d := range doctors {
		rows = append(rows, []string{
			d.ID, d.Name, d.HospitalName, d.Department, d.Title, c.words.word("level", d.Level), c.words.word("value", d.Followed),
			strconv.FormatInt(d.OpenLeads, 10), c.clock(d.LastInboundAt, time.DateOnly), c.clock(d.CreatedAt, time.DateOnly),
		})
	}
	return rows
}
