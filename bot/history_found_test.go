package bot_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

// TestClickDuringASend is the shortest of the histories that random ones found: a click gets to the platform before a message that was taken off the chat
// allowance, so the platform counts that on the click. When the doctor writes again within the minute, seven more are taken and not eight.
func TestClickDuringASend(t *testing.T) {
	h := newHistory(t, 1)
	say, press := deed{name: "say", body: map[string]any{"text": "hello"}}, deed{name: "press", body: map[string]any{"key": "K"}}
	h.does(say)
	h.platform.Advance(2 * time.Second)
	h.trace.during = func() { h.does(press) }
	h.urge(1)
	h.platform.Advance(2 * time.Second)
	h.does(say)
	h.urge(8)
	counters := h.control("GET", "/_sim/counters", nil)
	if refused := counters["api_errors"].(map[string]any); len(refused) > 0 || counters["services"] != 8.0 {
		t.Errorf("%v messages were taken, refused were %v%s", counters["services"], refused, h.trace.told())
	}
}

// urge queues so many messages of the kind that nothing is kept back from for the first doctor, and sends what may be sent.
func (h *history) urge(n int) {
	h.t.Helper()
	body, err := json.Marshal(store.Text{OpenID: h.openIDs[0], Text: "a line"})
	if err != nil {
		h.t.Fatal(err)
	}
	var list []store.Effect
	for range n {
		h.queued++
		list = append(list, store.Effect{
			Key: fmt.Sprint("said ", h.queued), Lane: store.DoctorLane(store.DoctorID(appID, h.openIDs[0])), Intent: store.IntentSafety, Kind: store.KindText, Body: body,
		})
	}
	if err := h.store.AddEffects(h.t.Context(), list); err != nil {
		h.t.Fatal(err)
	}
	h.bot.DrainDue(h.t.Context())
}
