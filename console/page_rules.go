package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/bot/release"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
	"github.com/vrep/vrep/flows/lint"
	"github.com/vrep/vrep/store"
)

// Spans and limits of the page of rules.
const (
	movesSpan = 30 * 24 * time.Hour
	jobsShown = 5
	maxRules  = 256 << 10 // bytes of a file of rules
)

// rulesView is what the page of rules shows.
type rulesView struct {
	Report   store.ClassReport
	Classes  *flows.ClassInfo
	Grid     []gridRow
	Spread   []spread
	Moves    migration
	Models   []flows.ModelInfo
	Tags     []tagRow
	Jobs     []store.Job
	Tries    bool // this person may try other rules
	Proposes bool // and propose them

	Files    []string // names that can be tried
	File     string
	Source   string
	Problems []flows.Problem
	Preview  *insight.Preview
	Diff     string // how what was tried differs from what is in force
	Problem  string // code of the word group "problem"
	Reason   string // as it was typed
}

// gridRow is one row of the matrix: a potential with the doctors of every stage.
type gridRow struct {
	Potential string
	Cells     []gridCell
}

type gridCell struct {
	Ladder string
	Matrix string
	Count  int64
	Share  int // of the doctors, percent
}

// spread is how the doctors are spread over one kind.
type spread struct {
	Kind string
	Rows []spreadRow
}

type spreadRow struct {
	Value string
	Count int64
	Share int
}

// tagRow is one tag of the house with how many doctors have it.
type tagRow struct {
	flows.TagInfo
	Count int64
}

// migration is the table of moves from class to class.
type migration struct {
	Values []string
	Rows   []migrationRow
}

type migrationRow struct {
	From  string
	Cells []int64
}

func (c *Console) pageRules(w http.ResponseWriter, v *request) error {
	view, err := c.rulesView(v)
	if err != nil {
		return err
	}
	return c.show(w, v, "rules", view)
}

func (c *Console) rulesView(v *request) (rulesView, error) {
	view := rulesView{Tries: c.mayDo(v, "/console/rules/preview"), Proposes: c.mayDo(v, "/console/rules/propose")}
	lib := c.libraryNow()
	if lib == nil {
		return view, store.ErrNotFound
	}
	var err error
	if view.Report, err = c.store.ClassReport(v.Context(), c.now().Add(-movesSpan).UnixMilli()); err != nil {
		return view, err
	}
	if view.Jobs, err = c.store.Jobs(v.Context(), store.JobClassify, jobsShown); err != nil {
		return view, err
	}
	view.Classes, view.Models = lib.Classes(), lib.Models()
	if view.Classes != nil {
		view.Grid, view.Spread, view.Moves = grid(&view.Report, view.Classes), spreads(&view.Report, view.Classes), migrations(&view.Report, view.Classes)
	}
	count := map[string]int64{}
	for _, t := range view.Report.Tags {
		count[t.Tag] += t.Count
	}
	for _, t := range lib.Tags() {
		view.Tags = append(view.Tags, tagRow{t, count[t.Tag]})
	}
	files := lib.RulesFiles()
	for name := range files {
		view.Files = append(view.Files, name)
	}
	slices.Sort(view.Files)
	view.File = v.URL.Query().Get("file")
	if !slices.Contains(view.Files, view.File) {
		view.File = ""
	}
	view.Source = files[view.File]
	if id, err := strconv.ParseInt(v.URL.Query().Get("release"), 10, 64); err == nil && view.File != "" {
		d, err := c.releases.Back(v.Context(), id)
		if errors.Is(err, release.ErrUnreadable) {
			return view, store.ErrNotFound
		}
		if err != nil {
			return view, err
		}
		view.Source = d.Library().RulesFiles()[view.File]
	}
	return view, nil
}

// typedRules takes what a form holds of a file of rules.
func (c *Console) typedRules(w http.ResponseWriter, v *request) (rulesView, error) {
	v.Body = http.MaxBytesReader(w, v.Body, 2*maxRules)
	if err := v.ParseForm(); err != nil {
		return rulesView{}, err
	}
	view, err := c.rulesView(v)
	if err != nil {
		return view, err
	}
	view.File, view.Source = v.PostForm.Get("file"), strings.ReplaceAll(cut(v.PostForm.Get("source"), maxRules), "\r\n", "\n")
	if !slices.Contains(view.Files, view.File) {
		return view, store.ErrNotFound
	}
	view.Diff = author.LineDiff(view.File, c.library().RulesFiles()[view.File], view.Source)
	return view, nil
}

// doProposeRules asks for a second person to put other rules into force. What lint or a test of the folder finds wrong is shown instead.
func (c *Console) doProposeRules(w http.ResponseWriter, v *request) error {
	view, err := c.typedRules(w, v)
	if err != nil {
		return err
	}
	view.Reason = typedText(v, "reason")
	d, err := c.releases.Rewrite(v.Context(), view.File, view.Source)
	if err != nil {
		return err
	}
	if d.Refused() {
		view.Problems, view.Problem = append(lint.Errors(d.Findings), d.Tests.Problems...), "rules_refused"
		return c.again(w, v, "rules", view)
	}
	_, err = c.releases.Publish(v.Context(), d, release.Order{Share: 100, Author: v.user.Name, Message: view.Reason})
	switch {
	case errors.Is(err, store.ErrNoReason):
		view.Problem = "why"
		return c.again(w, v, "rules", view)
	case errors.Is(err, release.ErrSame):
		view.Problem = "rules_same"
		return c.again(w, v, "rules", view)
	case err != nil:
		return err
	}
	return c.back(w, v, "proposed", "/console/approvals")
}

// doPreviewRules tries a file of rules on the doctors. Nothing is changed or kept.
func (c *Console) doPreviewRules(w http.ResponseWriter, v *request) error {
	view, err := c.typedRules(w, v)
	if err != nil {
		return err
	}
	next, problems := c.library().WithRules(view.File, view.Source)
	if next != nil && !lint.Blocks(problems, false) {
		problems = append(problems, flows.Lint(next, c.now().In(c.zone))...)
	}
	view.Problems = slices.DeleteFunc(problems, func(p flows.Problem) bool { return p.File != view.File })
	if next == nil || lint.Blocks(view.Problems, false) {
		return c.again(w, v, "rules", view)
	}
	p, err := c.insight.Preview(v.Context(), next, nil)
	if err != nil {
		return err
	}
	view.Preview = &p
	return c.show(w, v, "rules", view)
}

func share(n, all int64) int {
	if all == 0 {
		return 0
	}
	return int(100 * n / all)
}

func grid(r *store.ClassReport, info *flows.ClassInfo) []gridRow {
	var out []gridRow
	for _, potential := range []string{"high", "mid", "low", ""} {
		row := gridRow{Potential: potential}
		for i, column := range info.Columns {
			cell := ""
			if cells := info.Rows[potential]; i < len(cells) {
				cell = cells[i]
			}
			for _, stage := range column {
				n := r.Grid[potential][stage]
				row.Cells = append(row.Cells, gridCell{Ladder: stage, Matrix: cell, Count: n, Share: share(n, r.Total)})
			}
		}
		out = append(out, row)
	}
	return out
}

// spreads lists the kinds with their values in the order of the rules; a value that no rule names any more comes last.
func spreads(r *store.ClassReport, info *flows.ClassInfo) []spread {
	values := map[string][]string{store.ChangeAffinity: {"4", "3", "2", "1", "0", "-1"}, store.ChangeGrade: {"hot", "warm", "cold", "watch"}}
	var out []spread
	for _, kind := range []string{store.ChangeClass, store.ChangeResult, "cell", store.ChangeAffinity, store.ChangeGrade} {
		order := slices.Concat(info.Values[kind], values[kind])
		for _, v := range sortedCodes(r.By[kind]) {
			if !slices.Contains(order, v) {
				order = append(order, v)
			}
		}
		s := spread{Kind: kind}
		for _, v := range order {
			if n := r.By[kind][v]; n > 0 || v != "" {
				s.Rows = append(s.Rows, spreadRow{v, n, share(n, r.Total)})
			}
		}
		out = append(out, s)
	}
	return out
}

func sortedCodes(m map[string]int64) []string {
	var out []string
	for v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

func migrations(r *store.ClassReport, info *flows.ClassInfo) migration {
	m := migration{Values: info.Values[store.ChangeClass]}
	count := map[[2]string]int64{}
	for _, x := range r.Moves {
		count[[2]string{x.Before, x.After}] += x.Count
	}
	for _, from := range m.Values {
		row := migrationRow{From: from}
		for _, to := range m.Values {
			row.Cells = append(row.Cells, count[[2]string{from, to}])
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}
