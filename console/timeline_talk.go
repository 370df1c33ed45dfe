package console

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/vrep/vrep/store"
)

// messageItems are the turns that hold no answer: a follow, a question of the doctor, a picture.
func (c *Console) messageItems(rec store.DoctorRecord, safety bool) []item {
	answered := make(map[int64]bool, len(rec.Answers)+len(rec.Consents))
	for _, a := range rec.Answers {
		answered[a.Seq] = true
	}
	for _, k := range rec.Consents {
		answered[k.Seq] = true
	}
	var items []item
	for i, j := range rec.Journal {
		if answered[j.Seq] || j.Kind == store.KindTick || j.Kind == store.KindConsent || j.Kind == store.KindOpening { // what the clock made us say stands among our messages
			continue
		}
		var in struct{ Kind, Text, Event, Place string }
		var out struct{ Text string }
		if json.Unmarshal(j.Event, &in) != nil {
			in.Text, in.Event, in.Place = "", "", ""
		}
		if json.Unmarshal(j.Reply, &out) != nil {
			out.Text = ""
		}
		code := cmp.Or(in.Event, in.Kind, j.Kind)
		it := item{At: j.ReceivedAt, Kind: "message", Title: c.words.event(code), Words: store.MaskNumbers(cmp.Or(in.Text, in.Place)), Note: store.MaskNumbers(out.Text)}
		if !safety && c.confined(rec, i, in.Text) {
			it.Words, it.Note = "", c.words.word("timelinenote", "confined")
		}
		items = append(items, it)
	}
	return items
}

// scanItems are the codes that the doctor scanned.
func (c *Console) scanItems(rec store.DoctorRecord) []item {
	items := make([]item, 0, len(rec.Scans))
	for _, s := range rec.Scans {
		it := item{At: s.At, Kind: "scan", Title: cmp.Or(rec.SceneNames[s.Scene], s.Scene)}
		if rec.SceneNames[s.Scene] != "" {
			it.Link = "/console/scenes/" + s.Scene
		}
		var notes []string
		if s.FirstTouch {
			notes = append(notes, c.words.word("timelinenote", "first_scene"))
		}
		if s.Followed {
			notes = append(notes, c.words.word("timelinenote", "followed"))
		}
		it.Note = strings.Join(notes, " · ")
		items = append(items, it)
	}
	return items
}

// openItems are the content items that the doctor opened.
func (c *Console) openItems(rec store.DoctorRecord, titles map[string]string) []item {
	items := make([]item, 0, len(rec.Opens))
	for _, o := range rec.Opens {
		items = append(items, item{At: o.At, Kind: "open", Title: cmp.Or(titles[o.Content], o.Content)})
	}
	return items
}

// confined tells whether the i-th row of the journal, newest first, is for the safety desk alone: it opened a report, was typed into or led into its
// intake, or is part of its words.
func (c *Console) confined(rec store.DoctorRecord, i int, text string) bool {
	j := rec.Journal[i]
	if c.desk.SafetyFlow(j.Flow) || i+1 < len(rec.Journal) && c.desk.SafetyFlow(rec.Journal[i+1].Flow) {
		return true
	}
	text = strings.TrimSpace(text)
	return slices.ContainsFunc(rec.Cases, func(k store.Case) bool {
		return j.ReceivedAt == k.OpenedAt || text != "" && (strings.Contains(k.Words, text) || slices.Contains(strings.Split(caseFields(k)["words"], "\n"), text))
	})
}

// effectItems are the messages that we sent, or could not send, outside a reply.
func (c *Console) effectItems(rec store.DoctorRecord) []item {
	var items []item
	for _, e := range rec.Effects {
		var body struct{ Text, Title string }
		if json.Unmarshal(e.Body, &body) != nil {
			continue
		}
		it := item{At: cmp.Or(e.DoneAt, e.CreatedAt), Kind: "out", Title: cmp.Or(body.Title, c.words.word("effectkind", e.Kind)), Asked: body.Text}
		it.Badge = c.badge("effect", e.Status)
		if unsent(e.Status) {
			it.Note = c.sendWhy(e.Code, e.Reason)
		}
		items = append(items, it)
	}
	return items
}

func (c *Console) pushItems(rec store.DoctorRecord, titles map[string]string) []item {
	var items []item
	for _, p := range rec.Pushes {
		items = append(items, item{At: p.At, Kind: "push", Title: c.pushTitle(p, titles), Note: c.pushWhy(p.Reason), Badge: c.badge("push", p.Status)})
	}
	return items
}
