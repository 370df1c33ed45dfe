package console

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"

	"github.com/vrep/vrep/store"
)

// Lengths of the lists.
const (
	unsentShown = 100 // of each kind
	massShown   = 20
)

// queue is what waits to be sent and what could not be, each with its reason.
type queue struct {
	Counts    map[string]int64
	Codes     []string
	Dead      []store.Effect // the newest first
	Waits     []store.Effect // for doctors to speak, the oldest first
	Later     []store.Effect // put off or tried again, the next first
	Dropped   []store.Effect // the newest first
	Mass      []massRow      // the newest ones
	Abilities []Ability
}

// massRow is a mass send with the title of its content.
type massRow struct {
	store.MassSend
	Title string
}

func (c *Console) pageOutbox(w http.ResponseWriter, v *request) error {
	q := queue{
		Codes:     []string{store.EffectReady, store.EffectClaimed, store.EffectWaiting, store.EffectDone, store.EffectCancel, store.EffectDead},
		Abilities: c.abilities,
	}
	var err error
	if q.Counts, err = c.store.OutboxCounts(v.Context()); err != nil {
		return err
	}
	for status, list := range map[string]*[]store.Effect{
		store.EffectDead: &q.Dead, store.EffectWaiting: &q.Waits, store.EffectReady: &q.Later, store.EffectCancel: &q.Dropped,
	} {
		if *list, err = c.store.Unsent(v.Context(), status, unsentShown); err != nil {
			return err
		}
	}
	mass, err := c.store.MassSends(v.Context(), massShown)
	if err != nil {
		return err
	}
	titles := c.contentTitles()
	for _, m := range mass {
		q.Mass = append(q.Mass, massRow{MassSend: m, Title: cmp.Or(titles[m.Content], m.Content)})
	}
	return c.show(w, v, "outbox", q)
}

// doRetry puts a dead letter back into the queue.
func (c *Console) doRetry(w http.ResponseWriter, v *request) error {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return store.ErrNotFound
	}
	err = c.store.RetryEffect(v.Context(), id)
	if errors.Is(err, store.ErrMoved) {
		return c.back(w, v, "gone", "/console/outbox")
	}
	if err != nil {
		return err
	}
	act := store.Audit{Actor: v.user.Name, Action: "retry_effect", Object: "effect:" + strconv.FormatInt(id, 10)}
	if err := c.store.AddAudit(v.Context(), act); err != nil {
		return err
	}
	return c.back(w, v, "retried", "/console/outbox")
}
