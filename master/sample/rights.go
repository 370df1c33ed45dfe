package sample

import (
	"fmt"

	"github.com/vrep/vrep/store"
)

// Of the followers one in so many has used a right, and a copy that was asked for within so many days waits for a person.
const (
	asks  = 30
	fresh = 12
)

// rights are what some followers have asked for since their talk: a look, a copy, a tag that goes. The newest copies wait for a person.
func (w *World) rights(t *store.Turn, p *Person) {
	day := (p.TalkedAt / dayMS) % 4
	n := (p.TalkedAt / 60_000) % asks
	if n > 2 || len(p.Profile) < 3 {
		return
	}
	at := min(p.TalkedAt+(1+day)*dayMS, w.now.UnixMilli()-3_600_000)
	r := store.RightsRequest{
		ID: fmt.Sprintf("%.24s-right", t.Doctor.ID), Doctor: t.Doctor.ID, Kind: store.RightsRead, Status: store.RightsDone, At: at, DoneAt: at,
	}
	switch {
	case n == 1:
		r.Kind = store.RightsExport
		if r.DoneAt += 20 * 60_000; w.now.UnixMilli()-at < fresh*dayMS {
			r.Status, r.DoneAt = store.RightsOpen, 0
		}
	case n == 2:
		r.Kind, r.Detail = store.RightsTag, w.words.Consent.Deleted
		t.Suppress = append(t.Suppress, store.Suppression{Doctor: t.Doctor.ID, Tag: r.Detail, Until: at + 180*dayMS, At: at})
	}
	t.Rights = append(t.Rights, r)
}
