package sample

import (
	"fmt"

	"github.com/vrep/vrep/store"
)

// behave spreads what a doctor did over the days since the first visit: some read nearly everything, many now and then, some nothing.
func (w *World) behave(p *Person, age int) {
	keen := []int{0, 1, 2, 4, 7}[w.dice.weighted(5, func(i int) int { return []int{22, 28, 25, 17, 8}[i] })]
	if len(p.Community) > 0 { // whoever talks about co-operation reads too
		keen = max(keen, 3)
	}
	did := func(kind, object string, topics []string, amount int, at int64) {
		p.Deeds = append(p.Deeds, store.Behaviour{
			Kind: kind, Object: object, Topics: text(topics), Amount: amount, Ref: fmt.Sprintf("sample:%s:%d", kind, len(p.Deeds)), At: at,
		})
	}
	did(store.DidReply, "first_visit", nil, 0, p.TalkedAt)
	if len(p.Profile) > 5 {
		did(store.DidFinish, "first_visit", nil, 0, p.TalkedAt+4*60_000)
	}
	for i := range 2 + w.dice.IntN(4) {
		thing := w.words.Contents[(i+w.dice.IntN(len(w.words.Contents)))%len(w.words.Contents)]
		at := p.TalkedAt + int64(w.dice.IntN(max(1, age-2)))*dayMS + int64(w.dice.IntN(600))*60_000
		did(store.DidSent, thing.ID, thing.Topics, 0, at)
		if w.dice.IntN(8) >= keen {
			if w.dice.chance(40) {
				did(store.DidIgnore, thing.ID, thing.Topics, 0, at+3*dayMS)
			}
			continue
		}
		did(store.DidOpen, thing.ID, thing.Topics, 0, at+int64(10+w.dice.IntN(900))*60_000)
		if w.dice.chance(60) {
			did(store.DidRead, thing.ID, thing.Topics, 40+w.dice.IntN(240), at+int64(12+w.dice.IntN(900))*60_000)
		}
		if w.dice.chance(18) {
			did(store.DidRate, thing.ID, thing.Topics, 3+w.dice.IntN(3), at+dayMS)
		}
	}
	for range keen / 2 {
		m := w.words.Meetings[w.dice.IntN(len(w.words.Meetings))]
		kind, minutes := store.DidAttend, 25+w.dice.IntN(60)
		if w.dice.chance(20) {
			kind, minutes = store.DidMiss, 0
		}
		did(kind, m.ID, m.Topics, minutes, p.TalkedAt+int64(w.dice.IntN(max(1, age-1)))*dayMS)
	}
	if keen > 2 && w.dice.chance(50) {
		did(store.DidAsk, "request_literature", nil, 0, p.TalkedAt+int64(w.dice.IntN(max(1, age)))*dayMS)
	}
	for i := range busyReads[p.said("patient_band")] { // those with many patients read more in the months before the last ones
		if ago := 95 + 8*i; ago < age-3 {
			did(store.DidRead, w.words.Contents[i%len(w.words.Contents)].ID, w.words.Contents[i%len(w.words.Contents)].Topics, 70, w.now.UnixMilli()-int64(ago)*dayMS)
		}
	}
	for i := range p.Deeds { // nothing lies in the future
		p.Deeds[i].At = min(p.Deeds[i].At, w.now.UnixMilli()-int64(1+w.dice.IntN(300))*60_000)
	}
}

// busyReads is how many more readings doctors have by the band of their patients: something for calibration to find.
var busyReads = map[string]int{"ge80": 5, "b30_79": 3, "b10_29": 1}

// lead gives a doctor who wants a person the lead that this made, with the visit when it has been.
func (w *World) lead(p *Person, wish string) {
	rep := w.owner[p.Hospital]
	if !p.Shares || p.Level != store.LevelVerified || rep == "" || !w.dice.chance(70) {
		return
	}
	at := 0
	switch {
	case wish == "online":
		at = 1
	case p.said("barriers") != "" && w.dice.chance(25):
		at = 2
	}
	kind := w.words.Leads[at]
	l := &store.Lead{
		Kind: kind.Kind, Level: kind.Level, Explicit: true, Points: 45 + w.dice.IntN(45), Why: kind.Why, Note: kind.Note, Wish: kind.Wish, Rep: rep,
		Lines: text([]store.ScoreLine{{Group: "intent", Points: 20, Why: kind.Why, Evidence: kind.Note}}), CreatedAt: p.TalkedAt + 5*60_000,
		AcceptedAt: p.TalkedAt + int64(30+w.dice.IntN(1200))*60_000, Status: store.LeadAccepted,
	}
	l.DueAt = l.CreatedAt + dayMS
	p.Lead = l
	visited := l.AcceptedAt + int64(1+w.dice.IntN(12))*dayMS
	if visited > w.now.UnixMilli()-dayMS || w.dice.chance(22) {
		if w.dice.chance(40) {
			l.Status = store.LeadBooked
		}
		return
	}
	v := &store.Visit{Rep: rep, At: visited, Channel: "face", Result: "met", Topics: "[]", Barriers: "[]", NextStep: w.dice.of(w.words.Visit.Next), NextAt: w.day(-3 - w.dice.IntN(30)), Note: w.dice.of(w.words.Visit.Notes)}
	if wish == "online" {
		v.Channel = []string{"phone", "online"}[w.dice.IntN(2)]
	}
	if w.dice.chance(12) {
		v.Result = "not_met"
	} else {
		v.Prefers = []string{"literature", "case", "video", "meeting"}[w.dice.IntN(4)]
		v.Ladder = []string{"A1", "A2", "A3", "A4", "A5"}[w.dice.IntN(5)]
	}
	p.Visit = v
}
