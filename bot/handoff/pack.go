package handoff

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/vrep/vrep/store"
)

// visitsInPack is how many of the last visits a handover pack shows.
const visitsInPack = 5

// Pack is what the next rep must know about a doctor: what was promised, what the doctor likes and cannot bear, what was said, and the last visits.
type Pack struct {
	store.TransferRow
	FromName, ToName string
	Who              Who
	Promises         []Promise
	Portrait         []Trait
	Bring            []string
	Words            []Said
	Donts            []string
	Empathy          *Empathy
	Visits           []PackVisit
	Safety           bool // a safety follow-up is open; what was said stays with the safety desk
}

// Promise is something that the house still owes the doctor.
type Promise struct {
	Kind  string // code
	Label string // of the kind, in Chinese
	Text  string
	At    time.Time // when it was promised
	Due   time.Time // zero = no time was named
}

// PackVisit is one of the last visits.
type PackVisit struct {
	store.Visit
	RepName string
}

// Pack reads the handover pack for the person of the context, whose reading is recorded; rep is the rep who reads, "" = somebody else. store.ErrNotFound: the
// transfer is none that the person may see.
func (d *Desk) Pack(ctx context.Context, transfer, rep, actor string) (Pack, error) {
	row, err := d.store.ReadTransfer(ctx, transfer, rep, actor)
	if err != nil {
		return Pack{}, err
	}
	rec, err := d.store.DoctorRecord(ctx, row.Doctor)
	if err != nil {
		return Pack{}, err
	}
	p := Pack{
		TransferRow: row, FromName: rec.RepNames[row.From], ToName: rec.RepNames[row.To],
		Who: Who{Surname: d.surname(row.Who), Hospital: d.hospital(row.Who), Name: row.Who.Name, Title: row.Who.Title, Department: row.Who.Department,
			Verified: row.Who.Level == store.LevelVerified},
		Portrait: d.traits(rec.Portrait), Bring: d.bring(rec.Portrait), Words: d.said(rec), Donts: slices.Clone(d.words.Donts),
	}
	p.Safety = slices.ContainsFunc(rec.Cases, func(c store.Case) bool { return c.AcknowledgedAt == 0 })
	if p.Safety {
		p.Donts = append([]string{d.words.DontAE}, p.Donts...)
	}
	if row.Who.OptedOut {
		p.Donts = append([]string{d.words.Quiet}, p.Donts...)
	}
	if p.Empathy, err = d.empathy(ctx, rec, row.To); err != nil {
		return Pack{}, err
	}
	visits := slices.SortedFunc(slices.Values(rec.Visits), func(a, b store.Visit) int { return cmp.Compare(b.At, a.At) })
	for _, v := range visits[:min(visitsInPack, len(visits))] {
		p.Visits = append(p.Visits, PackVisit{Visit: v, RepName: rec.RepNames[v.Rep]})
	}
	p.Promises = d.promises(rec, p.Empathy)
	return p, nil
}

// promises are what is open with the doctor, newest first.
func (d *Desk) promises(rec store.DoctorRecord, card *Empathy) []Promise {
	var out []Promise
	add := func(kind, text string, at, due int64) {
		p := Promise{Kind: kind, Label: d.words.Promises.label(kind), Text: text, At: d.at(at)}
		if due > 0 {
			p.Due = d.at(due)
		}
		out = append(out, p)
	}
	for _, l := range rec.Leads {
		if l.OpenKey != nil {
			add("lead", joined(d.words.Kinds.label(l.Kind), cmp.Or(l.Wish, l.Why)), l.CreatedAt, l.DueAt)
		}
	}
	for _, p := range rec.Pushes {
		if (p.Status == store.PushPlanned || p.Status == store.PushQueued) && p.Flow == "" {
			add("push", p.Content, p.At, p.DueAt)
		}
	}
	if wish, ok := rec.Wish(); ok && wish.HeldBack() {
		add("wish", joined(d.words.Kinds.label(wish.LeadKind), wish.LeadNote), wish.At, 0)
	}
	newest := slices.SortedFunc(slices.Values(rec.Visits), func(a, b store.Visit) int { return cmp.Compare(b.At, a.At) })
	if len(newest) > 0 && newest[0].NextStep != "" { // later steps replace earlier ones
		add("next", newest[0].NextStep, newest[0].At, newest[0].NextAt)
	}
	if card != nil && card.Next != "" {
		add("super", card.Next, d.ms(), 0)
	}
	slices.SortStableFunc(out, func(a, b Promise) int { return b.At.Compare(a.At) })
	return out
}

// joined puts a kind and its words into one line; the words may be missing.
func joined(kind, words string) string {
	if words == "" {
		return kind
	}
	return kind + " \u00b7 " + words
}
