package console

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/vrep/vrep/store"
)

// Lengths of the lists.
const (
	deadShown  = 100
	waitsShown = 100
	massShown  = 20
)

// queue is what waits to be sent and what could not be.
type queue struct {
	Counts map[string]int64
	Codes  []string
	Dead   []store.Effect
	Waits  []store.Effect   // for doctors to speak, the oldest ones
	Mass   []store.MassSend // the newest ones
}

func (c *Console) pageOutbox(w http.ResponseWriter, v *request) error {
	counts, err := c.store.OutboxCounts(v.Context())
	if err != nil {
		return err
	}
	dead, err := c.store.DeadEffects(v.Context(), deadShown)
	if err != nil {
		return err
	}
	waits, err := c.store.WaitingEffects(v.Context(), waitsShown)
	if err != nil {
		return err
	}
	mass, err := c.store.MassSends(v.Context(), massShown)
	if err != nil {
		return err
	}
	codes := []string{store.EffectReady, store.EffectClaimed, store.EffectWaiting, store.EffectDone, store.EffectCancel, store.EffectDead}
	return c.show(w, v, "outbox", queue{Counts: counts, Codes: codes, Dead: dead, Waits: waits, Mass: mass})
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
