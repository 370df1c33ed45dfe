package handoff

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/vrep/vrep/store"
)

// Portrait fields that a report writes; the flows use the same names.
const (
	fieldPrefers  = "prefers"
	fieldTopics   = "topics"
	fieldLadder   = "ladder"
	fieldBarriers = "barriers"
)

// FileVisit takes the report of the rep who holds the lead: it closes the lead with its outcome, writes what was learnt into the portrait, opens an adverse
// event case when one was heard of, and plans the next content. All of it happens or nothing, but for the adverse event: that is recorded whatever becomes
// of the rest, and ErrHeard says so. ErrInvalid lists what is wrong with the report; ErrFiled, ErrTaken, ErrEnded, ErrNotYours and ErrFiling say why there is
// nothing to report.
func (d *Desk) FileVisit(ctx context.Context, r Report) (store.Visit, error) {
	r = tidy(r)
	var v store.Visit
	err := d.retry(func() error {
		var err error
		v, err = d.file(ctx, r)
		return err
	})
	if err != nil && r.HeardAE == CodeYes {
		err = d.keepHeard(ctx, r, err)
	}
	return v, err
}

func (d *Desk) file(ctx context.Context, r Report) (store.Visit, error) {
	w, _, err := d.offered(ctx, r.Lead, r.Rep)
	if err != nil {
		return store.Visit{}, err
	}
	if err := d.standing(ctx, w, r.Rep); err != nil {
		return store.Visit{}, err
	}
	if w.Rep != r.Rep {
		return store.Visit{}, ErrNotYours
	}
	rep, err := d.acting(ctx, r.Rep)
	if err != nil {
		return store.Visit{}, err
	}
	unread, err := d.unread(ctx, w.Doctor, r)
	if err != nil {
		return store.Visit{}, err
	}
	if problems := d.check(r, unread); len(problems) > 0 {
		return store.Visit{}, ErrInvalid{Problems: problems}
	}
	filing, err := d.filing(w, rep, r)
	if err != nil {
		return store.Visit{}, err
	}
	return d.store.FileVisit(ctx, filing)
}

// filing is everything that a valid report changes.
func (d *Desk) filing(w store.LeadWork, rep store.Rep, r Report) (store.VisitFiling, error) {
	visited, err := Next(w.Status, EventVisit)
	if err != nil {
		return store.VisitFiling{}, err
	}
	closed, err := Next(visited, EventClose)
	if err != nil {
		return store.VisitFiling{}, err
	}
	now := d.ms()
	v := store.Visit{
		Rep: r.Rep, At: r.At.UnixMilli(), Channel: r.Channel, Result: r.Result, Prefers: r.Prefers, Topics: list(without(r.Topics)), Ladder: ladder(r.Ladder),
		Barriers: list(r.Barriers), NextStep: r.NextStep, HeardAE: r.HeardAE == CodeYes, Note: r.Note,
	}
	if !r.NextAt.IsZero() {
		v.NextAt = r.NextAt.UnixMilli()
	}
	f := store.VisitFiling{
		Move: store.LeadMoveSpec{
			ID: w.ID, Version: w.Version,
			Steps: []store.LeadStep{
				{Event: EventVisit, Status: visited, Actor: r.Rep},
				{Event: EventClose, Status: closed, Actor: r.Rep, Reason: d.words.Outcomes.label(r.Result)},
			},
			Set: func(l *store.Lead) {
				l.VisitedAt, l.ClosedAt, l.Outcome, l.Reason = v.At, now, r.Result, d.words.Board["closed"]
			},
		},
		Visit: v, Portrait: d.learnt(w, rep, r, now),
		Push: r.Result == ResultMet && w.Who.Followed && !w.Who.OptedOut,
	}
	if v.HeardAE {
		f.Case = d.heardCase(w, rep, Heard{Lead: w.ID, Rep: r.Rep, Note: r.Note})
	}
	return f, nil
}

// learnt is what the report says about the doctor. What the rep did not find out leaves the portrait as it is.
func (d *Desk) learnt(w store.LeadWork, rep store.Rep, r Report, now int64) []store.PortraitValue {
	var values []store.PortraitValue
	add := func(field, value, label string) {
		values = append(values, store.PortraitValue{
			Field: field, Value: value, Label: label, Source: store.SourceRep, Ref: store.VisitCause(store.VisitID(w.ID)),
			Detail: d.words.say("visit_detail", "rep", rep.Name), At: now,
		})
	}
	if r.Prefers != "" {
		add(fieldPrefers, list([]string{r.Prefers}), d.words.Prefers.label(r.Prefers))
	}
	if topics := without(r.Topics); len(topics) > 0 {
		add(fieldTopics, list(topics), d.words.labels(d.words.Topics, topics))
	}
	if step := ladder(r.Ladder); step != "" {
		add(fieldLadder, text(step), d.words.Ladder.label(step))
	}
	if len(r.Barriers) > 0 {
		add(fieldBarriers, list(r.Barriers), d.words.labels(d.words.Barriers, r.Barriers))
	}
	return values
}

// without drops the code that says that there are none.
func without(codes []string) []string {
	return slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return c == CodeNone })
}

// ladder is the step to store, "" when the rep did not find out.
func ladder(code string) string {
	if code == CodeUnknown {
		return ""
	}
	return code
}

// list writes codes as a JSON array; a slice of strings always encodes.
func list(codes []string) string {
	if len(codes) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(codes)
	return string(b)
}

// text writes a text as JSON; a string always encodes.
func text(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}
