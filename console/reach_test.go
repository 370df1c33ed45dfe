package console_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

// The doctor's page says what may still be sent and until when, and what waits and why; the outbox says it of everybody.
func TestWhatMayStillBeSent(t *testing.T) {
	s := newSite(t)
	b := s.as(store.RoleAdmin)
	openid := "o-reach"
	id, now := store.DoctorID(s.store.Account(), openid), s.store.Now()
	page := func(seq int64, key string, change func(*store.Turn)) answer {
		t.Helper()
		turn := store.Turn{Journal: store.Journal{Seq: seq, MessageKey: key, Kind: "text"}, Doctor: store.Doctor{ID: id, OpenID: openid, Name: "孙宁", Followed: true, Phase: store.PhaseIdle}}
		change(&turn)
		commit(t, s.store, turn)
		return b.get("/console/doctors/" + id)
	}
	wantHas(t, page(1, "r1", func(*store.Turn) {}), "现在可发", "等医生下次来信")

	until := time.UnixMilli(now).Add(48 * time.Hour).UnixMilli()
	a := page(2, "r2", func(turn *store.Turn) {
		turn.Opens = &store.Allowance{Channel: store.ChannelChat, Left: 3, From: now, Until: until}
		turn.Permits = []store.PermitChange{{Template: "tpl", Accepted: true}}
	})
	wantHas(t, a, "可再发 3 条，至", "订阅通知可发 1 次")
	if strings.Contains(a.body, "等医生下次来信") {
		t.Error("says that nothing may be sent")
	}
	a = page(3, "r3", func(turn *store.Turn) {
		turn.Opens = &store.Allowance{Channel: store.ChannelQuick, Left: 2, From: now, Until: now + 60_000}
	})
	wantHas(t, a, "可再发 3 条，至", "刚有操作，另可发 2 条")

	body, err := json.Marshal(store.News{OpenID: openid, Content: "lit", Title: "文献"})
	must(t, err)
	must(t, s.store.AddEffects(t.Context(), []store.Effect{{Key: "wait", Lane: store.DoctorLane(id), Kind: store.KindNews, Intent: store.IntentPush, Body: body}}))
	claimed, err := s.store.ClaimEffects(t.Context(), "test", 1, time.Minute)
	must(t, err)
	must(t, s.store.FinishEffect(t.Context(), claimed[0], store.EffectResult{Status: store.EffectWaiting, Class: "wait", Reason: "window closed", Held: true}))
	wantHas(t, b.get("/console/doctors/"+id), "等待发送", "推荐内容", "医生近期没有来信")
	wantHas(t, b.get("/console/outbox"), "等待医生来信", "推荐内容", "医生近期没有来信", "/console/doctors/"+id)

	wantHas(t, page(4, "r4", func(turn *store.Turn) { turn.Doctor.Followed, turn.Closes = false, true }), "医生已取消关注")
}
