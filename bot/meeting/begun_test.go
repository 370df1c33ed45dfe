package meeting

import (
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

// waiting are the pushes that are due within a year.
func (h *house) waiting() []store.Push {
	h.t.Helper()
	was := h.now
	h.now = h.now.AddDate(1, 0, 0)
	due, err := h.st.DuePushes(h.t.Context(), 100)
	h.must(err)
	h.now = was
	return due
}

// TestNothingIsToldTooLate: an invitation or a reminder that still waits when the meeting begins, such as for the end of the quiet hours, is not given any more.
func TestNothingIsToldTooLate(t *testing.T) {
	engines(t, func(h *house) {
		id, ctx := h.meeting(), h.as("ops", store.RoleOperations)
		begins := time.UnixMilli(h.file(id).BeginsAt)
		_, err := h.Invite(ctx, id, []string{h.doctor("d1"), h.doctor("d2")})
		h.must(err)
		h.says("d1", id, map[string]string{"answer": "accept"})
		h.says("d1", id, map[string]string{"remind": "yes"})
		h.round(begins.Add(-time.Hour))
		if n := len(h.waiting()); n != 3 {
			t.Fatalf("%d wait before, want two invitations and a reminder", n)
		}
		for range 2 {
			h.round(begins)
			if got := h.waiting(); len(got) > 0 {
				t.Errorf("told after the beginning: %+v", got)
			}
		}
		if f := h.file(id); f.Status != store.MeetingOpen {
			t.Errorf("it is %s", f.Status)
		}
	})
}

// TestAnErasedDoctorIsToldNothing: what stays of somebody who is gone is a number on the list, and nobody to speak to.
func TestAnErasedDoctorIsToldNothing(t *testing.T) {
	engines(t, func(h *house) {
		id, ctx := h.meeting(), h.as("ops", store.RoleOperations)
		d1, d2, d3 := h.doctor("d1"), h.doctor("d2"), h.doctor("d3")
		_, err := h.Invite(ctx, id, []string{d1, d2, d3})
		h.must(err)
		h.says("d1", id, map[string]string{"answer": "replay"})
		h.says("d2", id, map[string]string{"answer": "accept"})
		h.says("d3", id, map[string]string{"answer": "accept"})
		h.round(time.UnixMilli(h.file(id).EndsAt))
		h.must(h.Presence(ctx, id, []store.Presence{{Doctor: d2, Came: true}, {Doctor: d3, Came: true}}))
		for _, d := range []string{d1, d2} {
			_, err := h.st.Erase(t.Context(), d, store.EraseRequest)
			h.must(err)
		}
		h.must(h.Replay(ctx, id, "replay_1"))
		h.round(h.now.Add(time.Minute))
		if got := h.waiting(); len(got) != 1 || got[0].Doctor != d3 {
			t.Errorf("waiting %+v", got)
		}
		if f := h.file(id); f.Came != 2 || f.Done != 1 || f.Invited != 3 {
			t.Errorf("%+v", f.MeetingFigures)
		}
	})
}
