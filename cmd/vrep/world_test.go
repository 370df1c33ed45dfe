package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/sim"
)

// world is a service of one or more instances on databases of the test's choice, together with the pretend platform, which posts its callbacks to the
// instances in turn: what a load balancer does.
type world struct {
	t        *testing.T
	front    *httptest.Server
	platform *sim.Platform
	apps     []*app
	doors    []http.Handler // of each app
	turn     atomic.Int64
	patience time.Duration // of eventually
}

// worldConfig is the demo's configuration on other databases.
func worldConfig(t *testing.T, url string, extra map[string]string) *config.Config {
	t.Helper()
	values := demoValues(url, demoOptions{listen: "127.0.0.1:0", data: t.TempDir()})
	values["secret_key"] = strings.Repeat("k", 40)
	for k, v := range extra {
		values[k] = v
	}
	cfg, err := loadValues(values)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func newWorld(t *testing.T, instances int, settings map[string]string) *world {
	t.Helper()
	w := &world{t: t, patience: 15 * time.Second}
	w.front = httptest.NewServer(http.HandlerFunc(w.serve))
	log := slog.New(slog.DiscardHandler)
	cfg := worldConfig(t, w.front.URL, settings)
	platform, err := sim.New(simOptions(worldConfig(t, w.front.URL, nil), w.front.URL, "", log)) // whatever the service is told
	if err != nil {
		t.Fatal(err)
	}
	w.platform = platform
	ctx := t.Context()
	for range instances {
		if len(w.apps) == 0 {
			migrate(t, cfg)
		}
		a, err := newApp(ctx, cfg, log, platform.Now)
		if err != nil {
			t.Fatal(err)
		}
		w.apps, w.doors = append(w.apps, a), append(w.doors, a.routes())
	}
	if err := seedDemo(ctx, w.apps[0].store); err != nil {
		t.Fatal(err)
	}
	work, stop := context.WithCancel(context.Background())
	var waits []func() error
	for _, a := range w.apps {
		a.ready.set(true)
		waits = append(waits, a.startLoops(work))
	}
	t.Cleanup(func() {
		if err := platform.Close(); err != nil {
			t.Errorf("closing the platform: %v", err)
		}
		stop()
		for i, a := range w.apps {
			if err := waits[i](); err != nil {
				t.Errorf("ending the loops: %v", err)
			}
			if err := a.close(); err != nil {
				t.Errorf("closing the service: %v", err)
			}
		}
		w.front.Close()
	})
	return w
}

func migrate(t *testing.T, cfg *config.Config) {
	t.Helper()
	if cfg.MySQLDSN == "" {
		return
	}
	var out bytes.Buffer
	t.Setenv("VREP_MYSQL_DSN", cfg.MySQLDSN.Reveal())
	t.Setenv("VREP_SECRET_KEY", cfg.SecretKey.Reveal())
	if code := run(t.Context(), []string{"migrate", "up"}, nil, &out, &out); code != exitFine {
		t.Fatalf("migrating: %s", out.String())
	}
}

// serve is the load balancer: callbacks go to the instances in turn, the platform's own pages to the platform.
func (w *world) serve(res http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sim/") || strings.HasPrefix(r.URL.Path, "/sim/") {
		w.platform.Handler().ServeHTTP(res, r)
		return
	}
	n := w.turn.Add(1)
	w.doors[int(n)%len(w.doors)].ServeHTTP(res, r)
}

// call posts JSON to the simulator's control API.
func (w *world) call(path string, body any) map[string]any {
	w.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := http.Post(w.front.URL+path, "application/json", bytes.NewReader(data))
	if err != nil {
		w.t.Fatal(err)
	}
	return w.read(res, path)
}

func (w *world) get(path string) map[string]any {
	w.t.Helper()
	res, err := http.Get(w.front.URL + path)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.read(res, path)
}

func (w *world) read(res *http.Response, path string) map[string]any {
	w.t.Helper()
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil || res.StatusCode >= 300 {
		w.t.Fatalf("%s answers %d: %s", path, res.StatusCode, data)
	}
	return out
}

// say types a line as a doctor and wants all the words in what comes back.
func (w *world) say(user, line string, words ...string) string {
	w.t.Helper()
	return w.heard(line, w.call("/_sim/users/"+user+"/say", map[string]string{"text": line}), words)
}

func (w *world) heard(what string, answer map[string]any, words []string) string {
	w.t.Helper()
	text := fmt.Sprint(answer["replies"])
	for _, word := range words {
		if !strings.Contains(text, word) {
			w.t.Fatalf("after %q: %q is missing in\n%s", what, word, text)
		}
	}
	return text
}

// eventually waits until what is wanted holds.
func (w *world) eventually(what string, holds func() bool) {
	w.t.Helper()
	limit := time.After(w.patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			w.t.Fatalf("waited in vain for %s", what)
		}
	}
}
