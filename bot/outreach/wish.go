package outreach

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// wish is what may be chosen for a doctor.
type wish struct {
	flows.Wish
	push     bool // consent to be written to unasked
	unwanted bool // the doctor has said that no content is wanted
}

// wish reads a doctor's facts. Preferences count only with consent to a portrait or to fitting pushes, and not after a portrait was
// refused; without, the newest item is chosen. A known preference is kept to: better nothing than a kind that the doctor did not want.
func (o *Outreach) wish(d store.DoctorFile) wish {
	w := wish{Wish: flows.Wish{Level: d.Level, Now: o.now().In(o.zone), Sent: make(map[string]bool, len(d.Sent))}}
	for _, id := range d.Sent {
		w.Sent[id] = true
	}
	portrait, off := false, false
	for _, c := range d.Consents {
		w.push = w.push || c.Granted && c.Purpose == store.PurposePush
		if c.Purpose == store.PurposePortrait {
			portrait, off = c.Granted, c.Refused()
		}
	}
	personal := portrait || w.push && !off
	kinds := codes(d.Portrait, fieldPrefers)
	if len(kinds) == 0 {
		kinds = codes(d.Portrait, fieldInterests)
	}
	w.unwanted = slices.Contains(kinds, codeNone)
	if w.Plain = !personal; w.Plain {
		return w
	}
	w.Kinds = slices.DeleteFunc(kinds, func(k string) bool { return k == codeNone })
	w.Topics = codes(d.Portrait, fieldTopics)
	w.Only = len(w.Kinds) > 0
	return w
}

// learn adds what the doctor did and where the doctor stands. A word for a kind that got old, or that the doctor does not keep to, counts no more.
func (o *Outreach) learn(ctx context.Context, w *wish, doctor string) error {
	if w.Plain {
		return nil
	}
	row, err := o.store.Dossier(ctx, doctor)
	if err != nil {
		return fmt.Errorf("reading what a doctor did: %w", err)
	}
	rules := o.match()
	did := make([]flows.Did, len(row.Behaviours))
	for i, b := range row.Behaviours {
		did[i] = flows.Did{Kind: b.Kind, Object: b.Object, Topics: texts(b.Topics), Amount: b.Amount, At: time.UnixMilli(b.At)}
	}
	w.Interest = flows.Interest(w.Topics, did, w.Now)
	w.Received = flows.Receptions(o.contents(), did)
	w.Stages = map[string]string{}
	if row.Facets != nil {
		w.Stages[""] = row.Facets.Ladder
	}
	for _, r := range row.Ratings {
		if r.Product != "" {
			w.Stages[r.Product] = r.Ladder
		}
	}
	old := w.Now.Add(-rules.Keep).UnixMilli()
	if slices.ContainsFunc(row.Portrait, func(p store.PortraitValue) bool {
		return (p.Field == fieldPrefers || p.Field == fieldInterests) && p.At >= old
	}) {
		w.Kinds = slices.DeleteFunc(w.Kinds, func(k string) bool { return w.Received[k].Ignored >= rules.Tired })
	} else {
		w.Kinds = nil
	}
	w.Only = len(w.Kinds) > 0
	return nil
}

func texts(list string) []string {
	var out []string
	if json.Unmarshal([]byte(list), &out) != nil {
		return nil
	}
	return out
}

// refusal is the reason for which nothing may be sent, "" = something may.
func refusal(d store.DoctorFile, w wish, asked bool) string {
	switch {
	case !d.Followed:
		return ReasonGone
	case d.OptedOut:
		return ReasonOptedOut
	case asked:
		return ""
	case !w.push:
		return ReasonNoConsent
	case w.unwanted:
		return ReasonUnwanted
	}
	return ""
}

// codes reads a portrait field that holds one code or a list of codes; anything else is no code.
func codes(portrait []store.PortraitValue, field string) []string {
	for _, p := range portrait {
		if p.Field != field {
			continue
		}
		var v flows.Value
		if err := json.Unmarshal([]byte(p.Value), &v); err != nil {
			return nil
		}
		return v.Items()
	}
	return nil
}

// effect carries the item to the doctor. It is cancelled when the item's last valid day ends before it could be sent, and when it was not asked for and
// has waited too long.
func (o *Outreach) effect(p store.Push, d store.Doctor, c flows.Content) (store.Effect, error) {
	body, err := json.Marshal(store.News{OpenID: d.OpenID, Content: c.ID, Title: c.Title, Description: c.Description, URL: c.URL})
	if err != nil {
		return store.Effect{}, fmt.Errorf("encoding content: %w", err)
	}
	e := store.Effect{Key: store.PushEffect(p.ID), Lane: store.DoctorLane(d.ID), Kind: store.KindNews, Body: body, Intent: store.IntentAsked}
	if !c.Until.IsZero() {
		year, month, day := c.Until.Date()
		e.ValidUntil = time.Date(year, month, day+1, 0, 0, 0, 0, o.zone).UnixMilli()
	}
	if !strings.HasPrefix(p.Cause, causeAsked) {
		e.Intent = store.IntentPush
		if stale := o.now().Add(pushLife).UnixMilli(); e.ValidUntil == 0 || stale < e.ValidUntil {
			e.ValidUntil = stale
		}
	}
	return e, nil
}
