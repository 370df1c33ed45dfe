package handoff

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/vrep/vrep/store"
)

// Keys of the card's buttons and of its drop-down list, as they come back with a press.
const (
	keyAccept  = "accept"
	keyDecline = "decline"
	keyReason  = "reason"
)

// codeValid is how long WeCom lets a card be changed with its response code, less an hour for the way (source: WeCom, updating template cards: 72 hours).
const codeValid = 71 * time.Hour

// effect makes a row of the outbox.
func effect(key, lane, kind string, payload any) (store.Effect, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return store.Effect{}, fmt.Errorf("encoding %s: %w", kind, err)
	}
	return store.Effect{Key: key, Lane: lane, Kind: kind, Body: body, Intent: store.IntentHandoff}, nil
}

// leadKey names a message about a lead at one version.
func leadKey(lead string, version int64, what string) string {
	return "lead:" + lead + ":" + strconv.FormatInt(version, 10) + ":" + what
}

// card is a lead as the phone's lock screen may show it: surname, hospital, kind and why now.
func (d *Desk) card(w store.LeadWork, rep, task string) store.Card {
	c := &d.words.Card
	url := d.link(w.ID, rep)
	card := store.Card{
		UserID: rep, Task: task, Lead: w.ID,
		Source:   fill(c.Source, "company", d.company, "bot", d.bot),
		Title:    fill(c.Title, "surname", d.surname(w.Who)),
		Subtitle: fill(c.Subtitle, "hospital", d.hospital(w.Who)),
		Rows: []store.CardRow{
			{Key: c.Kind, Value: d.words.Kinds.label(w.Kind)},
			{Key: c.Why, Value: d.why(w)},
		},
		Select:  &store.CardSelect{Key: keyReason, Title: c.Reason},
		Buttons: []store.CardButton{{Text: c.Accept, Key: keyAccept}, {Text: c.Decline, Key: keyDecline}},
		URL:     url,
		URLText: fill(c.Link, "url", url),
	}
	if w.DueAt > 0 {
		card.Rows = append(card.Rows, store.CardRow{Key: c.Due, Value: time.UnixMilli(w.DueAt).In(d.zone).Format("01-02 15:04")})
	}
	if w.Who.OptedOut {
		card.Rows = append(card.Rows, store.CardRow{Key: c.Quiet, Value: d.words.Quiet})
	}
	for _, r := range d.words.Reasons {
		card.Select.Options = append(card.Select.Options, store.CardButton{Text: r.Label, Key: r.Code})
	}
	return card
}

func (d *Desk) surname(who store.Doctor) string {
	return cmp.Or(d.words.surname(who.Name), d.words.Doctor)
}

func (d *Desk) hospital(who store.Doctor) string {
	return cmp.Or(who.HospitalName, d.words.say("no_hospital"))
}

// why is the line that says why now, without anything that names the doctor.
func (d *Desk) why(w store.LeadWork) string {
	switch {
	case w.Why != "":
		return d.words.quiet(w.Why, w.Who.Name)
	case w.Explicit:
		return d.words.say("why_explicit")
	}
	return d.words.say("why_score", "points", strconv.Itoa(w.Points))
}

// lost gives what tells the rep of an ended offer: the card is changed as long as WeCom allows it, else a message follows the card.
func (d *Desk) lost(w store.LeadWork, version int64, onCard string, text func(store.Offer) string) func(store.Offer) *store.Effect {
	return func(o store.Offer) *store.Effect {
		if !d.app {
			return nil
		}
		key := leadKey(w.ID, version, "lost:"+repTag(o.Rep))
		until := o.At + codeValid.Milliseconds()
		if o.Status == store.OfferOpen && o.ResponseCode != "" && d.ms() < until {
			e, err := effect(key, store.RepLane(o.Rep), store.KindCardUpdate, store.CardUpdate{UserID: o.Rep, ResponseCode: o.ResponseCode, Text: onCard})
			if err != nil {
				return nil
			}
			e.ValidUntil = until
			return &e
		}
		e, err := effect(key, store.RepLane(o.Rep), store.KindRepText, store.RepText{UserID: o.Rep, Text: text(o)})
		if err != nil {
			return nil
		}
		return &e
	}
}
