package safety

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/vrep/vrep/store"
)

// ErrReason: the act needs a reason, or a number, that is missing.
var ErrReason = errors.New("safety: a reason is missing")

// Judgement is what a person of the desk finds.
type Judgement struct {
	Verdict  string // see the Verdict constants of store
	Serious  bool
	Unlisted bool // the label does not name the reaction
	Death    bool
	Reason   string
}

// Acknowledge records that a person has the report. The first press counts. ErrNotFound.
func (d *Desk) Acknowledge(ctx context.Context, no, actor string) error {
	return d.store.AcknowledgeCase(ctx, no, actor)
}

// Judge records what a person finds. A valid report goes to the authority within the clock that follows; anything else asks for a second person, as the
// person of the context, who must be the actor. ErrNotFound, ErrMove, ErrReason, store.ErrMoved.
func (d *Desk) Judge(ctx context.Context, no, actor string, j Judgement) error {
	if strings.TrimSpace(j.Reason) == "" {
		return ErrReason
	}
	asks, err := closing(no, j)
	if err != nil {
		return err
	}
	err = d.act(ctx, no, EventJudge, actor, j.Reason, func(step *store.CaseStep) {
		if step.Asks = asks; asks == nil {
			step.Status = store.CaseValid
		}
		step.Set = func(c *store.Case) {
			c.Verdict, c.ClosedBy, c.SecondBy = j.Verdict, actor, ""
			c.Serious, c.Unlisted, c.Death = j.Serious || j.Death, j.Unlisted, j.Death
		}
	})
	if errors.Is(err, store.ErrNoReason) {
		return ErrReason
	}
	return err
}

// closeBody is what is proposed about a case: the body of a store.ActCaseClose.
type closeBody struct {
	Case    string `json:"case"`
	Verdict string `json:"verdict"` // see the Verdict constants of store
}

// closing is what a second person is asked to agree with; nil when the report is valid.
func closing(no string, j Judgement) (*store.Approval, error) {
	if j.Verdict == store.VerdictValid {
		return nil, nil
	}
	body, err := json.Marshal(closeBody{Case: no, Verdict: j.Verdict})
	if err != nil {
		return nil, fmt.Errorf("encoding a proposal: %w", err)
	}
	return &store.Approval{Kind: store.ActCaseClose, Object: no, Body: body, Reason: j.Reason}, nil
}

// Second closes a case that asked found to be no valid report. store.ErrSamePerson: whoever judged cannot agree with himself; store.ErrMoved: it was
// judged anew since.
func (d *Desk) Second(ctx context.Context, no, asked, actor string) error {
	if err := d.stillAsked(ctx, no, asked); err != nil {
		return err
	}
	return d.act(ctx, no, EventSecond, actor, "", func(step *store.CaseStep) {
		step.Set = func(c *store.Case) { c.SecondBy = actor }
	})
}

// stillAsked: the judgement is the one of asked.
func (d *Desk) stillAsked(ctx context.Context, no, asked string) error {
	row, err := d.store.Case(ctx, no)
	if err != nil {
		return err
	}
	if row.Status != store.CaseJudged || row.ClosedBy != asked {
		return store.ErrMoved
	}
	return nil
}

// Disagree puts a case back that asked has judged. ErrReason; store.ErrMoved: it was judged anew since.
func (d *Desk) Disagree(ctx context.Context, no, asked, actor, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return ErrReason
	}
	if err := d.stillAsked(ctx, no, asked); err != nil {
		return err
	}
	return d.act(ctx, no, EventDisagree, actor, reason, func(step *store.CaseStep) {
		step.Set = func(c *store.Case) { c.Verdict, c.ClosedBy = "", "" }
	})
}

// Elements are the four without which a report is not valid; "" leaves what is there.
type Elements struct{ Patient, Reporter, Product, Event string }

// Follow adds what a person of the desk has heard about the case. ErrReason: nothing was heard.
func (d *Desk) Follow(ctx context.Context, no, actor, words string, e Elements) error {
	if words = strings.TrimSpace(words); words == "" {
		return ErrReason
	}
	return d.act(ctx, no, EventFollow, actor, "", func(step *store.CaseStep) {
		step.Words = words
		step.Set = func(c *store.Case) {
			for _, x := range []struct {
				into *string
				told string
			}{{&c.Patient, e.Patient}, {&c.Reporter, e.Reporter}, {&c.Product, e.Product}, {&c.Event, e.Event}} {
				if told := strings.TrimSpace(x.told); told != "" {
					*x.into = told
				}
			}
			c.Complete = c.Patient != "" && c.Reporter != "" && c.Product != "" && c.Event != ""
		}
	})
}

// Send records that the authority has the report, under its number. ErrReason: no number.
func (d *Desk) Send(ctx context.Context, no, actor, reference string) error {
	if reference = strings.TrimSpace(reference); reference == "" {
		return ErrReason
	}
	return d.act(ctx, no, EventSend, actor, reference, func(step *store.CaseStep) {
		step.Set = func(c *store.Case) { c.Reference = reference }
	})
}

// Close ends a case that the authority has.
func (d *Desk) Close(ctx context.Context, no, actor string) error {
	return d.act(ctx, no, EventClose, actor, "", nil)
}

// Reopen takes up a closed case again. ErrReason.
func (d *Desk) Reopen(ctx context.Context, no, actor, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return ErrReason
	}
	return d.act(ctx, no, EventReopen, actor, reason, func(step *store.CaseStep) {
		step.Set = func(c *store.Case) { c.Verdict, c.ClosedBy, c.SecondBy, c.ClosedAt = "", "", "", 0 }
	})
}

// act does one act on a case as it is now.
func (d *Desk) act(ctx context.Context, no, event, actor, reason string, shape func(*store.CaseStep)) error {
	row, err := d.store.Case(ctx, no)
	if err != nil {
		return err
	}
	next, err := Next(row.Status, event)
	if err != nil {
		return err
	}
	step := store.CaseStep{No: no, From: row.Status, Event: event, Status: next, Actor: actor, Reason: strings.TrimSpace(reason)}
	if shape != nil {
		shape(&step)
	}
	return d.store.MoveCase(ctx, step)
}
