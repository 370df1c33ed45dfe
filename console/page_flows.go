package console

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/vrep/vrep/bot/release"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
	"github.com/vrep/vrep/flows/lint"
	"github.com/vrep/vrep/store"
)

// approvalSoon is how many days before its end an approval is marked.
const approvalSoon = 30

// flowRow is one flow of the list.
type flowRow struct {
	ID, Title, Owner, Version, Hash string
	Urgent                          bool
	Until                           string // last valid day of the approval, "" = none given
	Days                            int    // until then; negative: it has run out
	Soon                            bool
	Open                            int // talks open, on whichever version
	Errors, Warnings                int
	Recalled                        bool
	Gone                            bool // not in the folder in force any more; talks go on in it
}

// flowList is what the page about all flows shows.
type flowList struct {
	Rows     []flowRow
	Releases []release.Listed
	Recalls  []store.Recall // open ones
	Ignored  []lint.Exception
	Acts     bool // may roll back, share and recall
}

func (c *Console) pageFlows(w http.ResponseWriter, v *request) error {
	o, err := c.releases.Overview(v.Context())
	if err != nil {
		return err
	}
	list := flowList{Releases: o.Releases, Acts: c.mayDo(v, "/console/flows/{id}/recall")}
	list.Recalls = slices.DeleteFunc(slices.Clone(o.Recalls), func(r store.Recall) bool { return r.LiftedAt != 0 })
	findings, ignored := c.findings()
	list.Ignored = ignored
	seen := map[string]bool{}
	for _, f := range c.flows() {
		list.Rows = append(list.Rows, c.flowRow(f, o, findings))
		seen[f.ID] = true
	}
	for _, t := range o.Talks {
		if !seen[t.Flow] {
			list.Rows = append(list.Rows, flowRow{ID: t.Flow, Title: t.Flow, Open: o.Open(t.Flow, ""), Gone: true})
			seen[t.Flow] = true
		}
	}
	return c.show(w, v, "flows", list)
}

// flows are the flows in force.
func (c *Console) flows() []*flows.Flow {
	if c.library == nil {
		return nil
	}
	return c.library().Flows()
}

func (c *Console) flowRow(f *flows.Flow, o release.Overview, findings []flows.Problem) flowRow {
	r := flowRow{
		ID: f.ID, Title: cmp.Or(f.Title, f.ID), Owner: f.Owner, Version: f.Version, Hash: f.Hash(), Urgent: f.Urgent, Open: o.Open(f.ID, ""),
		Recalled: o.Recall(f.ID, f.Hash()) != nil,
	}
	if until := f.Approval.Until; !until.IsZero() {
		now := c.now().In(c.zone)
		last := time.Date(until.Year(), until.Month(), until.Day(), 0, 0, 0, 0, time.UTC)
		today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
		r.Until, r.Days = until.Format(time.DateOnly), int(last.Sub(today).Hours()/24)
		r.Soon = r.Days <= approvalSoon
	}
	for _, p := range findings {
		switch {
		case p.File != f.File():
		case p.Level == lint.Error:
			r.Errors++
		default:
			r.Warnings++
		}
	}
	return r
}

// lintMemory keeps the findings of the folder in force: they change with the folder and with the day.
type lintMemory struct {
	mu      sync.Mutex
	lib     *flows.Library
	day     string
	found   []flows.Problem
	ignored []lint.Exception
}

// findings are what lint says about the folder in force, today, and what its authors have excepted.
func (c *Console) findings() ([]flows.Problem, []lint.Exception) {
	if c.library == nil {
		return nil, nil
	}
	lib, now := c.library(), c.now().In(c.zone)
	c.linted.mu.Lock()
	defer c.linted.mu.Unlock()
	if day := now.Format(time.DateOnly); c.linted.lib != lib || c.linted.day != day {
		c.linted.lib, c.linted.day, c.linted.found, c.linted.ignored = lib, day, flows.Lint(lib, now), lib.Exceptions()
	}
	return c.linted.found, c.linted.ignored
}

// flowView is what the page of one flow shows.
type flowView struct {
	flowRow
	ApprovalNo string
	Findings   []flows.Problem
	Versions   []release.FlowVersion
	Questions  []questionRow
	Funnel     []funnelStep // doctors who answered in each stage of the first contact
	Most       int64        // of the widest step
	Recalls    []store.Recall
	Acts       bool
}

// questionRow is one question with the doctors who stand at it now.
type questionRow struct {
	ID, Text string
	Doctors  int
	Gone     bool // the version in force does not have it
}

func (c *Console) pageFlow(w http.ResponseWriter, v *request) error {
	id := v.PathValue("id")
	o, err := c.releases.Overview(v.Context())
	if err != nil {
		return err
	}
	versions, err := c.releases.Versions(v.Context(), o, id)
	if err != nil {
		return err
	}
	flow := c.flow(id)
	if flow == nil && len(versions) == 0 {
		return store.ErrNotFound
	}
	view := flowView{flowRow: flowRow{ID: id, Title: id, Open: o.Open(id, ""), Gone: true}, Versions: versions, Acts: c.mayDo(v, "/console/flows/{id}/recall")}
	if flow != nil {
		findings, _ := c.findings()
		view.flowRow, view.ApprovalNo = c.flowRow(flow, o, findings), flow.Approval.No
		view.Findings = slices.DeleteFunc(slices.Clone(findings), func(p flows.Problem) bool { return p.File != flow.File() })
	}
	view.Questions = questions(flow, id, o.Talks)
	if view.Funnel, err = c.stages(v, flow); err != nil {
		return err
	}
	for _, step := range view.Funnel {
		view.Most = max(view.Most, step.N)
	}
	view.Recalls = slices.DeleteFunc(slices.Clone(o.Recalls), func(r store.Recall) bool { return r.Flow != id })
	return c.show(w, v, "flow", view)
}

// flow is a flow in force, nil when there is none.
func (c *Console) flow(id string) *flows.Flow {
	if c.library == nil {
		return nil
	}
	return c.library().Flow(id)
}

// stages counts how many doctors have answered a question of each stage of the first contact in the last 90 days; nothing for a flow without stages.
func (c *Console) stages(v *request, flow *flows.Flow) ([]funnelStep, error) {
	if flow == nil {
		return nil, nil
	}
	asked := map[string][]string{}
	flow.Walk(func(_ *flows.Flow, s *flows.Step) {
		if q, ok := s.Body.(*flows.Question); ok && q.Stage != "" {
			asked[q.Stage] = append(asked[q.Stage], s.ID, flow.ID+"."+s.ID) // as it is named in a talk of its own, and when another flow calls it
		}
	})
	var out []funnelStep
	for _, stage := range flows.ContactStages {
		if len(asked[stage]) == 0 {
			continue
		}
		n, err := c.store.CountAnswered(v.Context(), flow.ID, asked[stage], c.now().Add(-effortSpan).UnixMilli())
		if err != nil {
			return nil, err
		}
		out = append(out, funnelStep{stage, n})
	}
	return out, nil
}

// questions lists the questions of the version in force in their order, then those of older versions at which doctors stand.
func questions(flow *flows.Flow, id string, talks []store.OpenTalks) []questionRow {
	count := release.AtQuestions(talks, id)
	var rows []questionRow
	if flow != nil {
		flow.Walk(func(_ *flows.Flow, s *flows.Step) {
			if q, ok := s.Body.(*flows.Question); ok {
				rows = append(rows, questionRow{ID: s.ID, Text: q.Ask.Source(), Doctors: count[s.ID]})
				delete(count, s.ID)
			}
		})
	}
	var gone []questionRow
	for question, n := range count {
		gone = append(gone, questionRow{ID: question, Doctors: n, Gone: true})
	}
	slices.SortFunc(gone, func(a, b questionRow) int { return cmp.Compare(a.ID, b.ID) })
	return append(rows, gone...)
}

// showDrawing gives the drawing of a flow in force, findings coloured.
func (c *Console) showDrawing(w http.ResponseWriter, v *request) error {
	flow := c.flow(v.PathValue("id"))
	if flow == nil {
		return store.ErrNotFound
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	findings, _ := c.findings()
	return c.send(w, author.SVG(c.library(), flow, findings))
}

// showPrint gives the print for medical and legal review, as a file: it brings its own styles, which pages of the console must not.
func (c *Console) showPrint(w http.ResponseWriter, v *request) error {
	flow := c.flow(v.PathValue("id"))
	if flow == nil {
		return store.ErrNotFound
	}
	var out bytes.Buffer
	if err := author.Print(&out, c.library(), author.PrintOptions{Flows: []string{flow.ID}, Now: c.now().In(c.zone)}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+flow.ID+`.html"`)
	return c.send(w, out.Bytes())
}

// send writes a file that is no page.
func (c *Console) send(w http.ResponseWriter, body []byte) error {
	if _, err := w.Write(body); err != nil {
		c.log.Debug("console reader has gone", "error", err)
	}
	return nil
}
