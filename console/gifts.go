package console

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vrep/vrep/store"
)

// gift is one content item given to the doctor, or the wish for one that brought none yet.
type gift struct {
	Title string
	Why   string // why this one, or why none
	State badge
	Note  string // why it was not sent
	At    int64  // of the state
	DueAt int64  // when a wish is looked at again, 0 = not known
}

// gifts tells where every content item stands, newest first.
func (c *Console) gifts(rec store.DoctorRecord, titles map[string]string) []gift {
	carriers := make(map[string]store.Effect, len(rec.Effects))
	for _, e := range rec.Effects {
		carriers[e.Key] = e
	}
	var out []gift
	for _, s := range rec.Sent {
		g := gift{Title: cmp.Or(titles[s.Content], s.Content), Why: c.pushWhy(s.Why), At: s.At}
		e, known := carriers[s.Effect]
		switch {
		case s.SentAt > 0:
			g.State, g.At = c.badge("gift", store.EffectDone), s.SentAt
		case !known:
			g.State = c.badge("gift", store.EffectReady)
		default:
			g.State = c.badge("gift", e.Status)
			if unsent(e.Status) {
				g.Note, g.At = c.sendWhy(e.Code, e.Reason), cmp.Or(e.DoneAt, s.At)
			}
		}
		out = append(out, g)
	}
	for _, p := range rec.Pushes {
		if p.Status == store.PushQueued {
			continue // its content is in the list
		}
		g := gift{Title: c.pushTitle(p, titles), Why: c.pushWhy(p.Reason), State: c.badge("push", p.Status), At: p.At}
		if p.Status == store.PushPlanned && p.DueAt > c.now().UnixMilli() {
			g.DueAt = p.DueAt
		}
		out = append(out, g)
	}
	slices.SortStableFunc(out, func(a, b gift) int { return cmp.Compare(b.At, a.At) })
	return out
}

// pushTitle is the item of a push, before there is one what it was planned for.
func (c *Console) pushTitle(p store.Push, titles map[string]string) string {
	if p.Content != "" {
		return cmp.Or(titles[p.Content], p.Content)
	}
	if p.Flow != "" {
		return c.flowTitle(p.Flow)
	}
	cause, _, _ := strings.Cut(p.Cause, ":")
	return c.words.word("pushcause", cause)
}

// unsent are the states of a message that will not go out by itself.
func unsent(status string) bool { return status == store.EffectCancel || status == store.EffectDead }
