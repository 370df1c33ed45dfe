package console_test

import (
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// TestTakeoverOnTheOverview: how far it is, what it brought; whoever never wrote is no recent letter.
func TestTakeoverOnTheOverview(t *testing.T) {
	s := newSite(t)
	b := s.as(store.RoleAdmin)
	if a := b.get("/console/"); strings.Contains(a.body, "接管") {
		t.Error("a takeover is shown that never began")
	}
	must(t, s.store.TakeFollowers(t.Context(), store.Takeover{}, []string{"o1", "o2"}, "o2", 3))
	a := b.get("/console/")
	wantHas(t, a, "正在接管已有的关注者：2 / 3")
	wantHas(t, a, "还没有医生来信")
	at, err := s.store.Takeover(t.Context())
	must(t, err)
	must(t, s.store.TakeFollowers(t.Context(), at, []string{"o3"}, "", 3))
	wantHas(t, b.get("/console/"), "接管了 3 位已有的关注者")
}
