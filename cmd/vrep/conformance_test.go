package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"

	"github.com/vrep/vrep/sim/conformance"
	"github.com/vrep/vrep/store"
)

// The service as it is shipped, behind its own listener, passes every case of the suite, and none is skipped: what took effect is looked up in the journal.
func TestConformance(t *testing.T) {
	w := newWorld(t, 1, nil)
	a := w.apps[0]
	results, err := conformance.Run(t.Context(), conformance.Target{
		URL: listen(t, a) + "/wechat/callback", AppID: a.cfg.WeChat.AppID, Token: a.cfg.WeChat.Token.Reveal(), AESKey: a.cfg.WeChat.AESKey.Reveal(),
	}, conformance.Options{Probe: a.turns})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if !r.OK || r.Skipped {
			t.Errorf("%s after %s: %s", r.Name, r.Took, r.Why)
		}
	}
	if len(results) < 60 {
		t.Errorf("only %d cases", len(results))
	}
}

// listen serves an instance on a loopback port with the limits of the public listener.
func listen(t *testing.T, a *app) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := newServer(a.routes())
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Errorf("closing the listener: %v", err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serving: %v", err)
		}
	})
	return "http://" + ln.Addr().String()
}

// turns is how many events of a doctor were accepted.
func (a *app) turns(ctx context.Context, openID string) (int, error) {
	last, err := a.store.LastTurn(ctx, store.DoctorID(a.cfg.AccountID(), openID))
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return int(last.Seq), err
}
