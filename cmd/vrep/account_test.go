package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/bot/wechat"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// TestFollowersOfBefore: an account that is connected takes its followers over page by page. Nobody hears of it, and who writes later is served like
// anybody else.
func TestFollowersOfBefore(t *testing.T) {
	w := newWorld(t, 1, nil)
	const n = 10_050
	w.call("/_sim/users", map[string]any{"id": "old", "count": n, "following": true})
	a := w.apps[0]
	st := storetest.SQLite(t, func(o *store.Options) { o.Account = a.cfg.AccountID() })
	sender, err := newSender(a.cfg, slog.New(slog.DiscardHandler), func(o *wechat.SenderOptions) { o.Now = w.platform.Now })
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	taker := bot.New(bot.Options{Store: st, Instance: "new"})
	taker.TakeOver(t.Context(), sender)
	at, err := st.Takeover(t.Context())
	if at.Done != n || at.FinishedAt == 0 || err != nil {
		t.Errorf("%+v, %v", at, err)
	}
	page, err := st.DoctorPage(t.Context(), store.DoctorQuery{})
	if page.Total != n || err != nil {
		t.Errorf("%d doctors, %v", page.Total, err)
	}
	if messages := w.get("/_sim/users/old7/transcript")["messages"].([]any); len(messages) != 0 {
		t.Errorf("messages %v", messages)
	}
}

// TestWhoWasTakenOverSpeaks: a doctor who was there before is greeted by nothing and answered like anybody.
func TestWhoWasTakenOverSpeaks(t *testing.T) {
	w := newWorld(t, 1, nil)
	openID := w.call("/_sim/users", map[string]any{"id": "old", "following": true})["openid"].(string)
	st := w.apps[0].store
	if err := st.TakeFollowers(t.Context(), store.Takeover{}, []string{openID}, "", 1); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(w.call("/_sim/users/old/say", map[string]any{"text": "帮助"})["replies"])
	if !strings.Contains(got, "人工") {
		t.Errorf("answered %s", got)
	}
	d, err := st.LoadDoctor(t.Context(), store.DoctorID(st.Account(), openID))
	if err != nil || !d.Followed || d.LastTypedAt == 0 {
		t.Errorf("%+v, %v", d.Doctor, err)
	}
}

// TestMenuIsKept: the service writes the menu of its flows, and a verified doctor sees the other one and is answered when it is pressed.
func TestMenuIsKept(t *testing.T) {
	w := newWorld(t, 1, nil)
	openID := w.call("/_sim/users", map[string]any{"id": "d1", "following": true})["openid"].(string)
	w.call("/_sim/users/d1/say", map[string]any{"text": "帮助"})
	a := w.apps[0]
	seen := func() string { return fmt.Sprint(w.get("/_sim/users/d1")["menu"]) }
	w.eventually("the menu of everyone", func() bool { return strings.Contains(seen(), "身份核验") })
	if err := a.store.VerifyDoctor(t.Context(), store.DoctorID(a.cfg.AccountID(), openID), store.Judgement{Passed: true, Actor: "admin"}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- a.bot.KeepMenu(ctx, a.sender, a.accountMenu) }() // a second instance that starts now looks at everybody
	w.eventually("the menu of the verified", func() bool {
		return strings.Contains(seen(), "准入与集采") && !strings.Contains(seen(), "身份核验")
	})
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := w.call("/_sim/users/d1/press", map[string]any{"key": "command:human"}); !strings.Contains(fmt.Sprint(got), "同事") {
		t.Errorf("pressed: %v", got)
	}
}

// TestEveryMenuKeyHasAFlow: what the shipped menu offers is known to the shipped flows; lint says so too, this test says it of the binary.
func TestEveryMenuKeyHasAFlow(t *testing.T) {
	a := newWorld(t, 1, nil).apps[0]
	var walk func(list []flows.MenuButton)
	n := 0
	walk = func(list []flows.MenuButton) {
		for _, b := range list {
			n++
			walk(b.Sub)
			if b.Key == "" && b.URL == "" && len(b.Sub) == 0 {
				t.Errorf("%s leads nowhere", b.Name)
			}
		}
	}
	walk(a.accountMenu().Everyone)
	walk(a.accountMenu().Verified)
	if n < 20 {
		t.Errorf("%d buttons", n)
	}
}

// TestPlatformsAreChecked: vrep check finds nothing wrong with the demo's account.
func TestPlatformsAreChecked(t *testing.T) {
	w := newWorld(t, 1, nil)
	var out strings.Builder
	list := &checkList{w: &out}
	if err := checkPlatforms(t.Context(), list, w.apps[0].cfg, slog.New(slog.DiscardHandler)); err != nil || list.bad {
		t.Errorf("%v\n%s", err, out.String())
	}
	if !strings.Contains(out.String(), "订阅通知的模板") {
		t.Error(out.String())
	}
}

// TestMenuCommand: it tells the difference, writes when asked to, and is content afterwards.
func TestMenuCommand(t *testing.T) {
	w := newWorld(t, 1, map[string]string{"wechat_menu": "off"})
	cfg := w.apps[0].cfg
	for _, c := range []struct {
		write bool
		err   error
		says  string
	}{
		{false, errFindings, "another menu"}, {true, nil, "written to the account"}, {true, nil, "had it already"}, {false, nil, "the account has it"},
	} {
		var out strings.Builder
		if err := showMenu(t.Context(), &out, cfg, c.write); !errors.Is(err, c.err) || !strings.Contains(out.String(), c.says) || !strings.Contains(out.String(), "LITERATURE") {
			t.Errorf("%v\n%s", err, out.String())
		}
	}
}
