package handoff

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// grouped is a house whose robot speaks into a group.
func grouped(t *testing.T, s *store.Store, only bool) *house {
	h := newHouse(t, s)
	h.desk = New(Options{
		Store: s, PublicURL: "https://vrep.example.com", Key: []byte("0123456789abcdef"), Company: "示例药业", BotName: "小安", Robot: true, RobotOnly: only,
	})
	return h
}

// opened is the round of the group's link in a robot's message about a lead.
func (h *house) opened(e store.Effect, lead string) int64 {
	h.t.Helper()
	token, ok := strings.CutPrefix(body[store.Robot](h.t, e).URL, "https://vrep.example.com/h/")
	got, round, err := h.desk.OpenGroup(token)
	if !ok || err != nil || got != lead {
		h.t.Fatalf("the link opens %q, %v", got, err)
	}
	return round
}

// TestRobotAlone: without an application everything goes through the group, and nothing to single reps.
func TestRobotAlone(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := grouped(t, s, true)
		h.rep("a", "张三", "all")
		h.rep("b", "李四", "all")
		h.repUntil("c", "王五", time.Now().Add(-time.Hour), "all")
		lead := h.lead("o1")
		h.sweep()
		sent := h.deliver()
		offer := h.one(sent, "r:robot", store.KindRobot)
		said := body[store.Robot](t, offer)
		if len(sent) != 1 || !strings.Contains(said.Title, "王老师") || !strings.Contains(said.Text, "希望当面交流") {
			t.Fatalf("sent %v: %+v", kinds(sent), said)
		}
		if words := string(offer.Body); strings.Contains(words, "王建国") || strings.Contains(words, "138") || strings.Contains(words, "心内") {
			t.Errorf("the group reads %s", words)
		}
		round := h.opened(offer, lead)
		g, err := h.desk.Group(t.Context(), lead, round)
		if err != nil || len(g.Reps) != 2 || g.Reps[0] != (Option{"a", "张三"}) || g.Brief.Mine || g.Brief.Who.Name != "" {
			t.Fatalf("%+v, %v", g, err)
		}
		for _, rep := range []string{"c", "nobody", ""} {
			if err := h.desk.TakeFromGroup(t.Context(), lead, round, rep); !errors.Is(err, ErrNotYours) {
				t.Errorf("%q takes it: %v", rep, err)
			}
		}
		if err := h.desk.TakeFromGroup(t.Context(), lead, round, "b"); err != nil {
			t.Fatal(err)
		}
		h.want(lead, store.LeadAccepted, "b")
		var taken ErrTaken
		if err := h.desk.TakeFromGroup(t.Context(), lead, round, "a"); !errors.As(err, &taken) || taken.By != "李四" {
			t.Errorf("who comes second: %v", err)
		}
		if _, err := h.desk.Group(t.Context(), lead, round); !errors.As(err, &taken) {
			t.Errorf("the page of who comes second: %v", err)
		}
		if b, err := h.desk.Brief(t.Context(), lead, "b"); err != nil || !b.Mine || b.Who.Name != "王建国" {
			t.Errorf("brief %+v, %v", b, err)
		}
		var told []string
		for _, e := range h.deliver() {
			if e.Lane == "r:robot" {
				told = append(told, body[store.Robot](t, e).Text)
			} else if e.Kind != store.KindText {
				t.Errorf("sent %s to %s", e.Kind, e.Lane)
			}
		}
		if len(told) != 1 || !strings.Contains(told[0], "已由李四接受") {
			t.Errorf("the group hears %q", told)
		}
		h.turn("o1", gone)
		h.sweep()
		sent = h.deliver()
		if end := body[store.Robot](t, h.one(sent, "r:robot", store.KindRobot)); len(sent) != 1 || !strings.Contains(end.Text, "已结束") || strings.Contains(end.Text, "王") {
			t.Errorf("sent %v, %+v", kinds(sent), end)
		}
	})
}

// TestRobotBesideTheApplication: the group hears too, and a rep who was sent no card may take the lead from there.
func TestRobotBesideTheApplication(t *testing.T) {
	s := storetest.SQLite(t)
	h := grouped(t, s, false)
	for i := range 7 {
		h.rep(fmt.Sprint("r", i), fmt.Sprint("代表", i), "all")
	}
	lead := h.lead("o1")
	h.sweep()
	sent := h.deliver()
	if len(sent) != maxOffers+1 {
		t.Fatalf("sent %v", kinds(sent))
	}
	round := h.opened(h.one(sent, "r:robot", store.KindRobot), lead)
	if err := h.desk.TakeFromGroup(t.Context(), lead, round, "r6"); err != nil {
		t.Fatal(err)
	}
	h.want(lead, store.LeadAccepted, "r6")
	if o := h.offer(lead, "r6"); o.Status != store.OfferAccepted || o.AnsweredAt == 0 {
		t.Errorf("offer %+v", o)
	}
	sent = h.deliver()
	if text := body[store.RepText](t, h.one(sent, "r:r6", store.KindRepText)).Text; !strings.Contains(text, "简报") {
		t.Errorf("r6 reads %q", text)
	}
	if u := body[store.CardUpdate](t, h.one(sent, "r:r0", store.KindCardUpdate)); u.Text != "已由代表6接受" {
		t.Errorf("r0's card says %q", u.Text)
	}
	if got := h.press(lead, "r0", keyAccept, nil); got != "已由代表6接受" {
		t.Errorf("a press on the old card answers %q", got)
	}
}

// TestGroupLinkEndsWithItsOffer: after everybody has declined, and after a new round, the old link takes nothing.
func TestGroupLinkEndsWithItsOffer(t *testing.T) {
	s := storetest.SQLite(t)
	h := grouped(t, s, false)
	h.rep("a", "张三", "all")
	lead := h.lead("o1")
	h.sweep()
	first := h.opened(h.one(h.deliver(), "r:robot", store.KindRobot), lead)
	h.press(lead, "a", keyDecline, nil)
	if err := h.desk.TakeFromGroup(t.Context(), lead, first, "a"); !errors.Is(err, ErrRenewed) {
		t.Errorf("after everybody declined: %v", err)
	}
	h.rep("b", "李四", "all")
	h.sweep()
	second := h.opened(h.one(h.deliver(), "r:robot", store.KindRobot), lead)
	if err := h.desk.TakeFromGroup(t.Context(), lead, first, "b"); !errors.Is(err, ErrRenewed) || h.desk.Explain(err) == "" {
		t.Errorf("the old link: %v", err)
	}
	if err := h.desk.TakeFromGroup(t.Context(), lead, second, "a"); !errors.Is(err, ErrNotYours) {
		t.Errorf("who has declined: %v", err)
	}
	if err := h.desk.TakeFromGroup(t.Context(), lead, second, "b"); err != nil {
		t.Error(err)
	}
	for _, l := range []string{strings.Repeat("0", 32), "x"} {
		if _, err := h.desk.Group(t.Context(), l, 1); !errors.Is(err, ErrLink) {
			t.Errorf("lead %q: %v", l, err)
		}
	}
}

// TestGroupTakesOnce: many press at the same time, one wins.
func TestGroupTakesOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := grouped(t, s, true)
		for i := range 5 {
			h.rep(fmt.Sprint("r", i), fmt.Sprint("代表", i), "all")
		}
		lead := h.lead("o1")
		h.sweep()
		round := h.opened(h.one(h.deliver(), "r:robot", store.KindRobot), lead)
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for i := range 5 {
			wg.Go(func() {
				err := h.desk.TakeFromGroup(t.Context(), lead, round, fmt.Sprint("r", i))
				var taken ErrTaken
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case !errors.As(err, &taken):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won != 1 {
			t.Errorf("%d won", won)
		}
	})
}

// TestGroupTokens: a group's link is no rep's link, and neither can be changed or outlive its time.
func TestGroupTokens(t *testing.T) {
	now := time.Unix(1793500000, 0)
	d := New(Options{Key: []byte("0123456789abcdef"), Now: func() time.Time { return now }})
	lead := strings.Repeat("ab", 16)
	group, own := d.groupToken(lead, 7, now.Add(time.Hour)), d.token(lead, "zhan", now.Add(time.Hour))
	if got, round, err := d.OpenGroup(group); got != lead || round != 7 || err != nil {
		t.Errorf("%s %d %v", got, round, err)
	}
	if _, _, err := d.OpenGroup(own); !errors.Is(err, ErrLink) {
		t.Errorf("a rep's link opens as a group's: %v", err)
	}
	if _, _, err := d.Open(group); !errors.Is(err, ErrLink) {
		t.Errorf("a group's link opens as a rep's: %v", err)
	}
	for i := range group {
		for _, c := range "Ab0_" {
			forged := group[:i] + string(c) + group[i+1:]
			if _, _, err := d.OpenGroup(forged); forged != group && err == nil {
				t.Errorf("a link changed at %d opens", i)
			}
		}
	}
	now = now.Add(2 * time.Hour)
	if _, _, err := d.OpenGroup(group); !errors.Is(err, ErrLinkExpired) {
		t.Errorf("an old link: %v", err)
	}
}

// TestCardsKeepOffTheFullHour: what the doctor did not ask for waits for the next minute, what he asked for does not.
func TestCardsKeepOffTheFullHour(t *testing.T) {
	for clock, waits := range map[string]bool{"10:00:30": true, "10:30:59": true, "10:01:00": false, "10:29:59": false} {
		at, err := time.Parse(time.TimeOnly, clock)
		if err != nil {
			t.Fatal(err)
		}
		d := New(Options{Key: []byte("0123456789abcdef"), Now: func() time.Time { return at }})
		if got := d.offPeak(store.LeadWork{}); (got != 0) != waits || waits && got != at.Truncate(time.Minute).Add(time.Minute).UnixMilli() {
			t.Errorf("%s: %d", clock, got)
		}
		if got := d.offPeak(store.LeadWork{Lead: store.Lead{Explicit: true}}); got != 0 {
			t.Errorf("%s, asked for: %d", clock, got)
		}
	}
}
