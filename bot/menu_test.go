package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// menuPlatform is the platform's side of menus and tags: it keeps what it was told.
type menuPlatform struct {
	tagged []string
	calls  []string
	err    error
}

func (p *menuPlatform) SyncMenu(_ context.Context, m AccountMenu) (bool, error) {
	p.calls = append(p.calls, "menu "+m.Everyone[0].Name)
	return true, p.err
}

func (p *menuPlatform) Tagged(_ context.Context, after string) (FollowerPage, error) {
	p.calls = append(p.calls, "tagged "+after)
	rest := slices.Clone(p.tagged)
	if after != "" {
		rest = rest[slices.Index(rest, after)+1:]
	}
	page := FollowerPage{OpenIDs: rest[:min(tagPage, len(rest))]}
	if n := len(page.OpenIDs); n > 0 {
		page.Next = page.OpenIDs[n-1]
	}
	return page, nil
}

func (p *menuPlatform) Tag(_ context.Context, openIDs []string, on bool) error {
	p.calls = append(p.calls, fmt.Sprintf("tag %s %v", strings.Join(openIDs, "+"), on))
	for _, id := range openIDs {
		if p.tagged = slices.DeleteFunc(p.tagged, func(x string) bool { return x == id }); on {
			p.tagged = append(p.tagged, id)
		}
	}
	return nil
}

func (p *menuPlatform) did() []string {
	calls := p.calls
	p.calls = nil
	return calls
}

func TestKeepMenu(t *testing.T) {
	c := newClock(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
	st := storetest.SQLite(t, c.option())
	p := &menuPlatform{tagged: []string{"oGone"}}
	k := menuKeeper{bot: New(Options{Store: st, Now: c.Now}), platform: p}
	doctorRow(t, st, "o1", func(d *store.Doctor) { d.Level = store.LevelVerified })
	two := doctorRow(t, st, "o2", nil)
	doctorRow(t, st, "oLeft", func(d *store.Doctor) { d.Level, d.Followed = store.LevelVerified, false })
	menu := AccountMenu{Everyone: []MenuButton{{Name: "A", Key: "X"}}, Verified: []MenuButton{{Name: "V", Key: "Y"}}}
	round := func(what string, want ...string) {
		t.Helper()
		if err := k.round(t.Context(), menu); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if diff := cmp.Diff(want, p.did()); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
		c.advance(time.Minute)
	}
	round("at the start", "menu A", "tagged ", "tag o1 true", "tag oGone false")
	round("nothing new")
	if err := st.VerifyDoctor(t.Context(), two, store.Judgement{Passed: true, Actor: "admin"}); err != nil {
		t.Fatal(err)
	}
	round("one was verified", "tag o2 true")
	round("and only once")
	if err := st.VerifyDoctor(t.Context(), two, store.Judgement{Passed: false, Actor: "admin"}); err != nil {
		t.Fatal(err)
	}
	round("and refused after all", "tag o2 false")
	menu.Everyone[0].Name = "B"
	round("another menu", "menu B")
	c.advance(menuRecall)
	round("a day later", "menu B", "tagged ")

	p.err = &SendError{Class: ClassConfig, Code: 48001, Reason: "no"}
	menu.Everyone[0].Name = "C"
	if err := k.round(t.Context(), menu); err == nil {
		t.Error("a refusal was swallowed")
	}
	p.did()
	round("rests after a refusal")
	p.err = nil
	c.advance(takeoverRest)
	round("and tries again", "menu C")
	menu.Everyone = nil
	round("the flows have no menu any more")
}

// TestRetagInPages: pages and batches as the platform wants them.
func TestRetagInPages(t *testing.T) {
	st := storetest.SQLite(t)
	p := &menuPlatform{}
	for i := range tagPage + 3 {
		p.tagged = append(p.tagged, fmt.Sprintf("o%05d", i))
	}
	k := menuKeeper{bot: New(Options{Store: st}), platform: p}
	for i := range 3 {
		doctorRow(t, st, fmt.Sprintf("o%05d", tagPage+i), func(d *store.Doctor) { d.Level = store.LevelVerified })
	}
	if err := k.retag(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"o10000", "o10001", "o10002"}, p.tagged); diff != "" {
		t.Error(diff)
	}
	if n := len(p.calls); n != 2+tagPage/tagBatch {
		t.Errorf("%d calls", n)
	}
	if p.calls[1] != "tagged o09999" {
		t.Errorf("second page: %s", p.calls[1])
	}
}

// TestKeepMenuEnds with the service.
func TestKeepMenuEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := &menuPlatform{}
	if err := New(Options{Store: storetest.SQLite(t)}).KeepMenu(ctx, p, func() AccountMenu { return AccountMenu{} }); err != nil || len(p.calls) != 0 {
		t.Errorf("%v, %v", err, p.calls)
	}
}
