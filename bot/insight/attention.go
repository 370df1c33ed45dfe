package insight

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// fieldAttention is the field of the portrait that names what a doctor has turned to lately, the strongest first.
const fieldAttention = "attention"

// topicList is the list of the library that names the topics.
const topicList = "topics"

// attentionTopics is how many topics a rep's card names.
const attentionTopics = 3

// labelMark stands between labels.
const labelMark = "\u3001"

// Consents of which one must hold for what a doctor did to become part of the portrait.
var portraitConsents = []string{store.PurposePortrait, store.PurposePush}

// attention is what the doctor's behaviour says about the topics, when that differs from what the portrait has. Without consent, and with nothing to say,
// there is none, or what was said before is cleared.
func attention(lib *flows.Library, d *flows.Dossier, found *flows.Found, now time.Time) []store.Observation {
	var top []string
	if !d.PersonalOff && slices.ContainsFunc(portraitConsents, func(p string) bool { _, ok := d.Consents[p]; return ok }) {
		top = strongest(found.Topics)
	}
	if slices.Equal(top, d.Profile[fieldAttention].Value.Items()) {
		return nil
	}
	o := store.Observation{Doctor: d.Doctor, Field: fieldAttention, Source: store.SourceBehaviour, Ref: "behaviours", At: now.UnixMilli(), Value: store.Cleared}
	if len(top) > 0 {
		b, _ := json.Marshal(top) // texts always encode
		o.Value, o.Label = string(b), labels(lib, top)
	}
	return []store.Observation{o}
}

// strongest are the topics with most weight; those that are equal stand in the order of their names.
func strongest(topics map[string]float64) []string {
	names := slices.SortedFunc(maps.Keys(topics), func(a, b string) int {
		return cmp.Or(cmp.Compare(topics[b], topics[a]), cmp.Compare(a, b))
	})
	names = slices.DeleteFunc(names, func(n string) bool { return topics[n] <= 0 })
	return names[:min(len(names), attentionTopics)]
}

// labels are the topics in words.
func labels(lib *flows.Library, codes []string) string {
	out := slices.Clone(codes)
	if list := lib.Lists()[topicList]; list != nil {
		for i, code := range codes {
			at := slices.IndexFunc(list.Items, func(c flows.Choice) bool { return c.Code == code })
			if at >= 0 {
				out[i] = list.Items[at].Label
			}
		}
	}
	return strings.Join(out, labelMark)
}
