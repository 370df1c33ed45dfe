package handoff

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vrep/vrep/store"
)

// maxSaid is the number of answers that a brief quotes.
const maxSaid = 20

// Brief reads what the rep may know about the lead now. ErrNotYours, ErrTaken, ErrEnded (withdrawn or expired), ErrFiling (the rep has left, or the filing has
// run out). After the report the rep who filed it still sees the brief, with the report.
func (d *Desk) Brief(ctx context.Context, lead, rep string) (Brief, error) {
	w, offer, err := d.offered(ctx, lead, rep)
	if err != nil {
		return Brief{}, err
	}
	if err := d.standing(ctx, w, rep); err != nil && !errors.Is(err, ErrFiled) {
		return Brief{}, err
	}
	mine := w.Rep == rep
	if !mine && offer.Status != store.OfferOpen {
		return Brief{}, ErrNotYours
	}
	if _, err := d.acting(ctx, rep); err != nil {
		return Brief{}, err
	}
	b := d.outline(w, rep)
	if !mine {
		return b, nil
	}
	return b, d.fillBrief(ctx, w, &b)
}

// outline is the brief as far as the card goes, with the doctor's wish and the reasons of the score.
func (d *Desk) outline(w store.LeadWork, rep string) Brief {
	b := Brief{
		Lead: w.ID, Rep: rep, Status: w.Status, Label: d.words.Statuses.label(w.Status), Kind: w.Kind, KindLabel: d.words.Kinds.label(w.Kind),
		CanAccept: w.Status == store.LeadAssigned && w.Rep == "",
		Who:       Who{Surname: d.surname(w.Who), Hospital: d.hospital(w.Who), Verified: w.Who.Level == store.LevelVerified},
		Why:       d.why(w), Points: w.Points, Lines: scoreLines(w.Lead), Wish: d.words.quiet(strings.TrimSpace(w.Wish), w.Who.Name),
		Donts: d.words.Donts,
	}
	if w.DueAt > 0 {
		b.DueAt = d.at(w.DueAt)
	}
	if w.Who.OptedOut {
		b.Quiet = d.words.Quiet
		b.Donts = append([]string{b.Quiet}, b.Donts...)
	}
	for i := range b.Lines {
		b.Lines[i].Evidence = ""
	}
	return b
}

// fillBrief adds what only the rep who has accepted may see.
func (d *Desk) fillBrief(ctx context.Context, w store.LeadWork, b *Brief) error {
	doctor, err := d.store.DoctorRecord(ctx, w.Doctor)
	if err != nil {
		return err
	}
	lead, err := d.store.LeadRecord(ctx, w.ID)
	if err != nil {
		return err
	}
	b.Mine, b.CanAccept = true, false
	b.CanFile = w.Status == store.LeadAccepted || w.Status == store.LeadBooked
	b.Who.Name, b.Who.Title, b.Who.Department = w.Who.Name, w.Who.Title, w.Who.Department
	b.Why, b.Lines, b.Wish, b.Note = cmp.Or(w.Why, b.Why), scoreLines(w.Lead), strings.TrimSpace(w.Wish), w.NoteBeyondWhy()
	b.Words = d.said(doctor)
	b.Portrait = d.traits(doctor.Portrait)
	b.Bring = d.bring(doctor.Portrait)
	b.Safety = slices.ContainsFunc(doctor.Cases, func(c store.Case) bool { return c.AcknowledgedAt == 0 })
	if b.Safety {
		b.Donts = append([]string{d.words.DontAE}, b.Donts...)
	}
	b.History = d.history(lead)
	b.Visit = lead.Visit
	b.Empathy, err = d.empathy(ctx, doctor, w.Rep)
	return err
}

// said quotes the newest answer to every question: first what the doctor wishes and worries about, in the order of the words file, then the rest, oldest
// first. Decisions about consent, and what belongs to the safety desk, are left out.
func (d *Desk) said(r store.DoctorRecord) []Said {
	var quoted []store.Answer
	seen := map[string]bool{}
	for _, a := range r.Answers {
		name := a.Flow + "\x00" + a.Question
		if seen[name] || a.RetractedAt != 0 || r.Consenting(a) || d.SafetyOnly(a, r.Cases) || slices.Contains(d.words.Unquoted, ownQuestion(a)) {
			continue
		}
		seen[name] = true
		if len(quoted) < maxSaid {
			quoted = append(quoted, a)
		}
	}
	slices.Reverse(quoted)
	slices.SortStableFunc(quoted, func(a, b store.Answer) int { return cmp.Compare(d.telling(a), d.telling(b)) })
	out := make([]Said, len(quoted))
	for i, a := range quoted {
		out[i] = Said{Asked: store.BareQuestion(a.Asked), Raw: a.Raw, Label: a.Label, At: d.at(a.At), Flow: a.Flow, Hash: a.FlowHash}
	}
	return out
}

// telling ranks an answer: what the words file lists comes first.
func (d *Desk) telling(a store.Answer) int {
	if i := slices.Index(d.words.Telling, ownQuestion(a)); i >= 0 {
		return i
	}
	return len(d.words.Telling)
}

// ownQuestion is the question's id within the flow that asks it.
func ownQuestion(a store.Answer) string {
	return a.Question[strings.LastIndexByte(a.Question, '.')+1:]
}

// SafetyOnly tells whether an answer is for the safety desk alone: it was given in a safety flow, to a safety question, in the turn that opened a case,
// or in the words of a case.
func (d *Desk) SafetyOnly(a store.Answer, cases []store.Case) bool {
	s := d.words.Safety
	if d.SafetyFlow(a.Flow) || slices.Contains(s.Questions, ownQuestion(a)) {
		return true
	}
	if flow, _, called := strings.Cut(a.Question, "."); called {
		if flow, _, _ = strings.Cut(flow, "["); d.SafetyFlow(flow) { // its second run in a talk is flow[2]
			return true
		}
	}
	raw := strings.TrimSpace(a.Raw)
	return slices.ContainsFunc(cases, func(c store.Case) bool {
		words := strings.TrimSpace(c.Words)
		return a.At == c.OpenedAt || words != "" && (strings.Contains(raw, words) || utf8.RuneCountInString(raw) >= 4 && strings.Contains(words, raw))
	})
}

// SafetyFlow tells whether everything said in a flow is for the safety desk alone.
func (d *Desk) SafetyFlow(flow string) bool { return slices.Contains(d.words.Safety.Flows, flow) }

// traits are the lines of the portrait that help in a talk, in the order of the words file.
func (d *Desk) traits(portrait []store.PortraitValue) []Trait {
	var out []Trait
	for _, f := range d.words.Traits {
		for _, p := range portrait {
			if p.Field == f.Code && p.Label != "" {
				out = append(out, Trait{Field: p.Field, Name: f.Label, Label: p.Label, Source: d.words.Sources.label(p.Source), At: d.at(p.At)})
			}
		}
	}
	return out
}

// bring names the kinds of content that the doctor prefers, with the topics where they are known.
func (d *Desk) bring(portrait []store.PortraitValue) []string {
	topics := ""
	var kinds []string
	for _, p := range portrait {
		switch p.Field {
		case fieldPrefers:
			kinds = codes(p.Value)
		case fieldTopics:
			topics = p.Label
		}
	}
	var out []string
	for _, o := range d.words.Prefers {
		switch {
		case !slices.Contains(kinds, o.Code):
		case topics == "":
			out = append(out, o.Label)
		default:
			out = append(out, d.words.say("bring", "kind", o.Label, "topics", topics))
		}
	}
	return out
}

// codes reads a portrait value: one text or a list of texts.
func codes(value string) []string {
	var many []string
	if json.Unmarshal([]byte(value), &many) == nil {
		return many
	}
	var one string
	if json.Unmarshal([]byte(value), &one) == nil && one != "" {
		return []string{one}
	}
	return nil
}

// history names who did what.
func (d *Desk) history(r store.LeadRecord) []Step {
	out := make([]Step, len(r.Moves))
	for i, m := range r.Moves {
		out[i] = Step{
			Event: m.Event, Label: d.words.Events.label(m.Event), Status: m.Status, Actor: cmp.Or(r.RepNames[m.Actor], d.words.Actors.label(m.Actor)),
			Reason: m.Reason, At: d.at(m.At),
		}
	}
	return out
}

// scoreLines reads the lead's reasons; unreadable ones are left out.
func scoreLines(l store.Lead) []store.ScoreLine {
	var lines []store.ScoreLine
	if json.Unmarshal([]byte(l.Lines), &lines) != nil {
		return nil
	}
	return lines
}

func (d *Desk) at(ms int64) time.Time { return time.UnixMilli(ms).In(d.zone) }
