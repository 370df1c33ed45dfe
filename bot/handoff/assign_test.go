package handoff

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

func (h *house) offeredTo(lead string) []string {
	var reps []string
	for _, o := range h.at(lead).Offers {
		if o.Status == store.OfferOpen {
			reps = append(reps, o.Rep)
		}
	}
	return reps
}

func TestAssignByTerritory(t *testing.T) {
	province := func(name string) func(*store.Turn) {
		return func(turn *store.Turn) {
			turn.Portrait = []store.PortraitValue{{Doctor: turn.Doctor.ID, Field: "province", Value: `"` + name + `"`, Source: store.SourceImport}}
		}
	}
	cases := []struct {
		name  string
		lands map[string][]string
		place func(*store.Turn)
		want  []string
	}{
		{"hospital first", map[string][]string{"a": {"hospital:pumch"}, "b": {"province:北京"}, "c": {"all"}}, province("北京"), []string{"a"}},
		{"then province", map[string][]string{"a": {"hospital:other"}, "b": {"province:北京"}, "c": {"all"}}, province("北京"), []string{"b"}},
		{"then all", map[string][]string{"a": {"hospital:other"}, "b": {"province:北京"}, "c": {"all"}}, func(*store.Turn) {}, []string{"c"}},
		{"at most five", map[string][]string{"a": {"all"}, "b": {"all"}, "c": {"all"}, "d": {"all"}, "e": {"all"}, "f": {"all"}}, func(*store.Turn) {}, []string{"a", "b", "c", "d", "e"}},
		{"nobody", map[string][]string{"a": {"hospital:other"}}, func(*store.Turn) {}, nil},
	}
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		for i, c := range cases {
			h := newHouse(t, s)
			for _, r := range []string{"a", "b", "c", "d", "e", "f"} {
				h.rep(r, "代表"+r, c.lands[r]...)
			}
			open := "o" + string(rune('0'+i))
			h.turn(open, c.place)
			lead := h.lead(open)
			h.sweep()
			if got := h.offeredTo(lead); !slices.Equal(got, c.want) {
				t.Errorf("%s: offered to %v, want %v", c.name, got, c.want)
			}
			if c.want == nil {
				if w := h.want(lead, store.LeadNew, ""); w.Reason != h.desk.words.Board["no_territory"] {
					t.Errorf("%s: reason %q", c.name, w.Reason)
				}
				continue
			}
			h.want(lead, store.LeadAssigned, "")
		}
	})
}

// Whose code brought the doctor comes first, wherever the doctor works; who may not take the lead, or has declined it, leaves it to the others.
func TestARepsOwnCodeComesFirst(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		h.rep("near", "王五", "hospital:pumch")
		h.rep("far", "李四", "province:上海")
		h.repUntil("old", "赵六", time.Now().Add(-time.Minute))
		for i, tt := range []struct {
			kind, target string
			want         []string
		}{
			{store.SceneRep, "far", []string{"far"}}, {store.SceneRep, "old", []string{"near"}}, {store.SceneHospital, "far", []string{"near"}}, {"", "", []string{"near"}},
		} {
			open := "o" + string(rune('0'+i))
			var code store.Scene
			if tt.kind != "" {
				var err error
				if code, err = s.AddScene(t.Context(), store.Scene{Kind: tt.kind, Target: tt.target, Name: "码"}, nil); err != nil {
					t.Fatal(err)
				}
			}
			h.turn(open, func(turn *store.Turn) { turn.Doctor.Scene = code.ID })
			lead := h.lead(open)
			h.sweep()
			if got := h.offeredTo(lead); !slices.Equal(got, tt.want) {
				t.Errorf("%s %s: offered to %v, want %v", tt.kind, tt.target, got, tt.want)
			}
			if i > 0 {
				continue
			}
			if err := h.desk.Decline(t.Context(), lead, "far", h.desk.Form().Reasons[0].Code); err != nil {
				t.Fatal(err)
			}
			h.sweep()
			if got := h.offeredTo(lead); !slices.Equal(got, []string{"near"}) {
				t.Errorf("after a decline offered to %v", got)
			}
		}
	})
}

func TestExpiredFilingGetsNoLead(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		h.repUntil("old", "李四", time.Now().Add(-time.Minute), "hospital:pumch")
		lead := h.lead("o1")
		h.sweep()
		if w := h.want(lead, store.LeadNew, ""); w.Reason != h.desk.words.Board["no_filing"] {
			t.Errorf("reason %q", w.Reason)
		}
		h.rep("far", "王五", "all")
		h.sweep()
		if got := h.offeredTo(lead); !slices.Equal(got, []string{"far"}) {
			t.Errorf("offered to %v", got)
		}
		if w := h.want(lead, store.LeadAssigned, ""); w.Reason != "" {
			t.Errorf("the board still says %q", w.Reason)
		}
		h.repUntil("far", "王五", time.Now().Add(-time.Minute), "all") // runs out while the card is open
		if got := h.press(lead, "far", keyAccept, nil); got != h.desk.words.say("filing") {
			t.Errorf("press answers %q", got)
		}
		h.want(lead, store.LeadAssigned, "")
	})
}

func TestBusyRepsComeLast(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	h.rep("a", "张三", "all")
	first := h.lead("o1")
	h.sweep()
	h.press(first, "a", keyAccept, nil)
	for _, r := range []string{"b", "c", "d", "e", "f"} {
		h.rep(r, r, "all")
	}
	second := h.lead("o2")
	h.sweep()
	if got := h.offeredTo(second); slices.Contains(got, "a") || len(got) != maxOffers {
		t.Errorf("offered to %v", got)
	}
}

func TestCardShowsNothingPersonal(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	h.rep("a", "张三", "all")
	lead := h.lead("o1")
	h.sweep()
	e := h.one(h.deliver(), store.RepLane("a"), store.KindCard)
	for _, secret := range []string{"王建国", "建国", "13800138000", "愿意当面\"", "下周三", "心内科", "openid", "o1\""} {
		if strings.Contains(string(e.Body), secret) {
			t.Errorf("the card shows %q", secret)
		}
	}
	card := body[store.Card](t, e)
	if card.Title != "新线索：王老师" || card.Subtitle != "北京协和医院" || card.UserID != "a" || card.Task != h.offer(lead, "a").Task {
		t.Errorf("card %+v", card)
	}
	if len(card.Rows) > 6 || len(card.Buttons) != 2 || card.Select == nil || len(card.Select.Options) == 0 || !strings.HasPrefix(card.URL, "https://vrep.example.com/h/") {
		t.Errorf("card %+v", card)
	}
	token := strings.TrimPrefix(card.URL, "https://vrep.example.com/h/")
	if l, r, err := h.desk.Open(token); l != lead || r != "a" || err != nil {
		t.Errorf("the link opens %q, %q, %v", l, r, err)
	}
	if h.offer(lead, "a").ResponseCode != "code-"+e.Key {
		t.Error("the receipt's code did not reach the offer")
	}
}

func TestManyDesksNotifyOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		h.rep("a", "张三", "all")
		h.rep("b", "李四", "all")
		const n = 5
		for i := range n {
			h.lead("o" + string(rune('0'+i)))
		}
		var wg sync.WaitGroup
		for range 2 {
			desk := newDesk(s)
			for range 20 {
				wg.Go(func() {
					if err := desk.Sweep(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		cards := map[string]int{}
		for _, e := range h.deliver() {
			cards[body[store.Card](t, e).Lead+" "+e.Lane]++
		}
		if len(cards) != 2*n {
			t.Errorf("%d cards to different reps, want %d", len(cards), 2*n)
		}
		for key, times := range cards {
			if times != 1 {
				t.Errorf("%s: %d cards", key, times)
			}
		}
		for i := range n {
			w := h.want(leadID("o"+string(rune('0'+i))), store.LeadAssigned, "")
			if w.Version != 2 {
				t.Errorf("version %d after one move", w.Version)
			}
		}
	})
}

func TestRunServesWakesAndEnds(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	woken := make(chan struct{}, 8)
	h.desk.wake = func() { woken <- struct{}{} }
	h.rep("a", "张三", "all")
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { done <- h.desk.Run(ctx) }()
	lead := h.lead("o1")
	h.desk.Wake()
	select {
	case <-woken:
	case <-time.After(10 * time.Second):
		t.Fatal("nobody was woken")
	}
	h.want(lead, store.LeadAssigned, "")
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
