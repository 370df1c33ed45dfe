package flows

import (
	"maps"
	"strings"
	"time"
)

// Reply joins the texts of a turn into the one passive reply, with the items that were sent.
func (o *Outcome) Reply() string {
	parts := append([]string{}, o.Says...)
	for _, id := range o.Images {
		parts = append(parts, "["+id+"]")
	}
	for i := range o.Sends {
		parts = append(parts, o.Sends[i].Content.Title+"\n"+o.Sends[i].Content.URL)
	}
	return strings.Join(parts, "\n")
}

// After returns the facts as they stand when an outcome has been committed: what a player or a test sees at the next turn.
func (f Facts) After(o Outcome, now time.Time) Facts {
	f.Profile, f.Consents, f.Tags, f.Sent = maps.Clone(f.Profile), maps.Clone(f.Consents), maps.Clone(f.Tags), maps.Clone(f.Sent)
	f.make()
	if o.Forget {
		clear(f.Profile)
		clear(f.Tags)
		f.Level = 0
	}
	for _, a := range o.Profile {
		if a.Value.IsNone() {
			delete(f.Profile, a.Field)
			continue
		}
		f.Profile[a.Field] = Known{Value: a.Value, Label: a.Label, At: now, Source: "answer"}
	}
	for _, c := range o.Consents {
		delete(f.Consents, c.Purpose)
		if c.Granted {
			f.Consents[c.Purpose] = c.Policy
		}
		if c.Purpose == purposePortrait {
			f.PersonalOff = !c.Granted && c.Raw != ""
		}
	}
	for _, t := range o.Tags {
		delete(f.Tags, t.Tag)
		if !t.Remove {
			f.Tags[t.Tag] = true
		}
	}
	for i := range o.Sends {
		f.Sent[o.Sends[i].Content.ID] = true
	}
	if o.Level >= 0 {
		f.Level = o.Level
	}
	for _, tag := range o.Drop {
		delete(f.Tags, tag)
	}
	f.OptedOut = (f.OptedOut || o.OptOut) && !o.OptIn
	if o.Erase {
		f.Profile, f.Consents, f.Tags, f.Sent, f.Level, f.OptedOut, f.PersonalOff = nil, nil, nil, nil, 0, false, false
		f.make()
	}
	return f
}

func (f *Facts) make() {
	if f.Profile == nil {
		f.Profile = map[string]Known{}
	}
	if f.Consents == nil {
		f.Consents = map[string]string{}
	}
	if f.Tags == nil {
		f.Tags = map[string]bool{}
	}
	if f.Sent == nil {
		f.Sent = map[string]bool{}
	}
}
