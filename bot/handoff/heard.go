package handoff

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/vrep/vrep/store"
)

// caseWithin is how soon somebody of the safety desk must look at what a rep has heard (source: the house rule that reps pass on within a day).
const caseWithin = 24 * time.Hour

// seriousWithin is the same when the words name something serious.
const seriousWithin = time.Hour

// maxHeard bounds each text about an adverse event, in characters. What is longer is cut, never refused.
const maxHeard = 4000

// Heard is an adverse event that a rep has heard of from or about the doctor of a lead.
type Heard struct {
	Lead string
	Rep  string // WeCom user id of who reports
	What string // drug and what happened; may be empty when Note says it
	Note string
}

// ReportHeard opens the adverse event case of what a rep has heard and gives its number. It asks nothing of the lead but that the rep was offered it at some
// time, and nothing of the rep: a lead that has ended or is another's, an account that is closed, a filing that has run out keep no safety report back.
// The same words of the same rep about the same lead open one case. ErrNotOffered; ErrInvalid: nothing was said.
func (d *Desk) ReportHeard(ctx context.Context, h Heard) (string, error) {
	h.What, h.Note = strings.TrimSpace(h.What), strings.TrimSpace(h.Note)
	if h.What == "" && h.Note == "" {
		return "", ErrInvalid{Problems: []Problem{{Field: "what", Code: "missing", Message: d.words.Problems["nothing"]}}}
	}
	no, _, err := d.hear(ctx, h)
	return no, err
}

// keepHeard records the adverse event of a report that was refused. A report that only lacks something comes again; until something is said about the event,
// so does the event. After an outage or a defect the rep is told to try again, although the event may be recorded by then.
func (d *Desk) keepHeard(ctx context.Context, r Report, refused error) error {
	var invalid ErrInvalid
	again := errors.As(refused, &invalid)
	if again && r.Note == "" {
		return refused
	}
	no, made, err := d.hear(ctx, Heard{Lead: r.Lead, Rep: r.Rep, Note: r.Note})
	switch {
	case errors.Is(err, ErrNotOffered):
		return refused
	case err != nil:
		return err
	case errors.Is(refused, ErrFiled) && !made: // the report that was filed held it
		return refused
	case !again && d.Explain(refused) == "":
		return refused
	}
	return ErrHeard{Case: no, Why: refused}
}

// hear opens the case; false: it was open already.
func (d *Desk) hear(ctx context.Context, h Heard) (no string, made bool, err error) {
	w, _, err := d.offered(ctx, h.Lead, h.Rep)
	if err != nil {
		return "", false, err
	}
	who, err := d.store.Rep(ctx, h.Rep)
	if errors.Is(err, store.ErrNotFound) {
		who, err = store.Rep{UserID: h.Rep, Name: h.Rep}, nil
	}
	if err != nil {
		return "", false, err
	}
	return d.store.HearCase(ctx, *d.heardCase(w, who, h), "rep:"+h.Rep, "lead:"+h.Lead)
}

// heardCase is the case that a rep's words open. Its intake is not a conversation, so it counts as reported: a person takes it from here.
func (d *Desk) heardCase(w store.LeadWork, rep store.Rep, h Heard) *store.Case {
	var said []string
	for _, text := range []string{h.What, h.Note} {
		if text != "" {
			said = append(said, clip(text))
		}
	}
	if len(said) == 0 {
		said = []string{d.words.say("case_note")}
	}
	now, weight := d.ms(), d.weigh(strings.Join(said, "\n"))
	within := caseWithin
	if weight.Serious || weight.Death {
		within = seriousWithin
	}
	return &store.Case{
		No: "AE-" + d.now().In(d.zone).Format("20060102") + "-" + heardMark(h), Doctor: w.Doctor,
		Status: store.CaseReported, Words: d.words.say("case_words", "note", strings.Join(said, "\n")), Event: clip(h.What),
		Reporter: d.words.say("case_reporter", "rep", rep.Name, "doctor", d.address(w.Who)),
		Fields:   "{}", DueAt: now + within.Milliseconds(), OpenedAt: now, UpdatedAt: now,
		Kind: weight.Kind, Serious: weight.Serious, Death: weight.Death, Source: store.CaseSourceRep,
	}
}

// heardMark stands in a case's number for who heard what about which lead; the way of breaking lines does not count.
func heardMark(h Heard) string {
	parts := []string{h.Lead, h.Rep, strings.Join(strings.Fields(h.What), " "), strings.Join(strings.Fields(h.Note), " ")}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return "V" + strings.ToUpper(hex.EncodeToString(sum[:6]))
}

// clip cuts to maxHeard characters.
func clip(text string) string {
	if r := []rune(text); len(r) > maxHeard {
		return string(r[:maxHeard])
	}
	return text
}
