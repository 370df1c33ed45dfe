package console

import (
	"net/http"
	"time"
)

// How long the page of a doctor is kept waiting for a change, and how often it is looked for. What a doctor answers is to be seen within a second.
const (
	liveWait  = 5 * time.Second
	liveEvery = 250 * time.Millisecond
)

// liveDoctor answers with the stamp of a doctor as soon as it is another one than the page has, and after liveWait at the latest.
func (c *Console) liveDoctor(w http.ResponseWriter, v *request) error {
	id, seen := v.PathValue("id"), v.URL.Query().Get("seen")
	end := time.NewTimer(liveWait)
	defer end.Stop()
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	for waiting := true; ; {
		stamp, err := c.store.DoctorStamp(v.Context(), id)
		if err != nil {
			return err
		}
		if stamp != seen || seen == "" || !waiting {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, err := w.Write([]byte(stamp))
			return err
		}
		select {
		case <-v.Context().Done():
			return nil
		case <-end.C:
			waiting = false
		case <-tick.C:
		}
	}
}
