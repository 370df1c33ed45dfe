package console_test

import (
	"testing"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// S1-16: why a doctor got this content stands on the doctor's page, part by part with its points, in the list of contents and on the timeline.
func TestS1_16_WhyIsShown(t *testing.T) {
	s := newSite(t)
	id, now := store.DoctorID(s.store.Account(), "o-why"), s.store.Now()
	picked, ok := flows.Pick(s.keeper.Contents(), s.keeper.Match(), flows.Wish{Level: 2, Now: s.clock.now(), Kinds: []string{"literature"}, Interest: map[string]float64{"ckd": 2}})
	if !ok {
		t.Fatal("nothing fits")
	}
	commit(t, s.store, store.Turn{
		Journal: store.Journal{Seq: 1, MessageKey: "why", Kind: "text", Event: []byte(`{"Kind":"text","Text":"好"}`), Reply: []byte(`{}`)},
		Doctor:  store.Doctor{ID: id, OpenID: "o-why", Name: "孙宁", Level: 2, Phase: store.PhaseIdle, Followed: true},
		Pushes:  []store.Push{{ID: "why1", Doctor: id, Cause: "visit:v1", Status: store.PushQueued, Content: picked.ID, Reason: picked.Why(), At: now}},
		Sent:    []store.Sent{{Doctor: id, Content: picked.ID, Effect: "why1", Why: picked.Why(), At: now}},
	})
	page := s.as(store.RoleAdmin).get("/console/doctors/" + id)
	wantHas(t, page, "类型和主题都符合 · 主题 45 (ckd) · 类型 25 (文献速览) · 阶梯 8 · 共 78")
	wantHas(t, s.as(store.RoleViewer).get("/console/doctors/"+id+"?kind=push"), "主题 45")
}
