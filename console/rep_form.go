package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/bot/handoff"
)

// Shapes of the times in the form, as browsers send them.
const (
	formTime = "2006-01-02T15:04"
	formDay  = time.DateOnly
)

// repBriefData is a lead that the rep has taken: what to know, and the report.
type repBriefData struct {
	Token   string
	Brief   handoff.Brief
	Form    visitForm
	Choices handoff.Form
	Filed   bool // just now
	Card    *repCard
}

// visitForm is the report as it was typed, with everything that is wrong with it.
type visitForm struct {
	At, NextAt, NextStep, Note string
	Channel, Result, Prefers   map[string]bool
	Topics, Ladder, Barriers   map[string]bool
	HeardAE                    map[string]bool
	Problems                   map[string]string // field → what to do, in Chinese
	Kept                       string            // the adverse event is recorded all the same, "" = there was none
}

// freshForm is an empty report; the visit was a moment ago.
func (c *Console) freshForm() visitForm {
	return visitForm{At: c.now().In(c.zone).Truncate(5 * time.Minute).Format(formTime)}
}

func (c *Console) repBrief(w http.ResponseWriter, v *repRequest, b handoff.Brief, status int, f visitForm) error {
	data := repBriefData{Token: v.token, Brief: b, Form: f, Choices: c.desk.Form(), Filed: v.URL.Query().Has("filed"), Card: c.cardOf(b)}
	return c.render(w, status, "rep_brief", page{Data: data})
}

// repFile takes the report. Every problem is shown at once, with everything else as it was typed.
func (c *Console) repFile(w http.ResponseWriter, v *repRequest) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	report, problems := c.readReport(v)
	_, err := c.desk.FileVisit(v.Context(), report)
	var invalid handoff.ErrInvalid
	var heard handoff.ErrHeard
	kept := errors.As(err, &heard)
	switch {
	case errors.As(err, &invalid):
		for _, p := range invalid.Problems {
			if problems[p.Field] == "" {
				problems[p.Field] = p.Message
			}
		}
	case errors.Is(err, handoff.ErrFiled) && !kept:
		http.Redirect(w, v.Request, "/h/"+v.token, http.StatusSeeOther)
		return nil
	case err != nil:
		return err
	}
	if len(problems) == 0 {
		return c.repDone(w, v, "visit", "?filed")
	}
	b, err := c.desk.Brief(v.Context(), v.lead, v.rep)
	if err != nil {
		return err
	}
	form := typed(v, problems)
	if kept {
		form.Kept = c.desk.Explain(heard)
	}
	return c.repBrief(w, v, b, http.StatusUnprocessableEntity, form)
}

// readReport turns the form into a report. A visit's time that cannot be read is left empty: the desk says that it is missing.
func (c *Console) readReport(v *repRequest) (handoff.Report, map[string]string) {
	problems := map[string]string{}
	get := func(name string) string { return strings.TrimSpace(v.PostForm.Get(name)) }
	r := handoff.Report{
		Lead: v.lead, Rep: v.rep, Channel: get("channel"), Result: get("result"), Barriers: withoutNone(v.PostForm["barriers"]),
		NextStep: get("next_step"), HeardAE: get("heard_ae"), Note: get("note"), CardRead: get("card_read") != "",
	}
	if at, err := time.ParseInLocation(formTime, get("at"), c.zone); err == nil {
		r.At = at
	}
	if next := get("next_at"); next != "" {
		at, err := time.ParseInLocation(formDay, next, c.zone)
		if err != nil {
			problems["next_at"] = c.words.word("problem", "next_at")
			at = time.Time{} // before any visit, so that the desk refuses it too
		}
		r.NextAt = at.Add(24*time.Hour - time.Minute) // the whole day counts
	}
	if r.Result != handoff.ResultNotMet {
		r.Prefers, r.Ladder, r.Topics = get("prefers"), get("ladder"), withoutNone(v.PostForm["topics"])
	}
	return r, problems
}

// withoutNone drops "none" beside a real choice.
func withoutNone(codes []string) []string {
	if len(codes) < 2 {
		return codes
	}
	return slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return code == handoff.CodeNone })
}

// typed keeps what was typed for the next try.
func typed(v *repRequest, problems map[string]string) visitForm {
	set := func(name string) map[string]bool {
		m := map[string]bool{}
		for _, code := range v.PostForm[name] {
			m[code] = true
		}
		return m
	}
	get := v.PostForm.Get
	return visitForm{
		At: get("at"), NextAt: get("next_at"), NextStep: get("next_step"), Note: get("note"),
		Channel: set("channel"), Result: set("result"), Prefers: set("prefers"), Topics: set("topics"), Ladder: set("ladder"),
		Barriers: set("barriers"), HeardAE: set("heard_ae"), Problems: problems,
	}
}
