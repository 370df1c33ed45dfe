package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/store"
)

// readiness tells whether the service may take traffic.
type readiness struct {
	up      atomic.Bool
	refused atomic.Int64 // unix ms at which the database last refused a turn; 0 after it took one
}

func (r *readiness) set(up bool) { r.up.Store(up) }

// refusalPause is how long one refused turn keeps the service from being ready; the next turn tries again.
const refusalPause = 5 * time.Second

// blocked reports whether the database has just refused to write (a full disk answers every question and takes no row).
func (r *readiness) blocked(now time.Time) bool {
	at := r.refused.Load()
	return at != 0 && now.Sub(time.UnixMilli(at)) < refusalPause
}

// watched is the bot as the webhook sees it, with an eye on what the database refuses.
type watched struct {
	bot.Receiver
	ready *readiness
}

// Receive implements bot.Receiver.
func (w watched) Receive(ctx context.Context, in bot.Inbound) (bot.Reply, error) {
	reply, err := w.Receiver.Receive(ctx, in)
	switch {
	case errors.Is(err, store.ErrUnavailable):
		w.ready.refused.Store(time.Now().UnixMilli())
	case err == nil:
		w.ready.refused.Store(0)
	}
	return reply, err
}

// routes are the addresses of the main listener.
func (a *app) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("/wechat/callback", a.callback)
	mux.Handle("/wecom/callback", a.wecom)
	mux.Handle("/console/", a.console.Handler())
	mux.Handle("/h/", a.console.Handler())
	mux.Handle("/d/", a.console.Handler())
	mux.Handle("/r/", a.console.Handler())
	mux.Handle("/i/", a.console.Handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", a.readyz)
	if a.cfg.MetricsListen == "" {
		mux.Handle("GET /metrics", a.metrics())
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/console/", http.StatusSeeOther)
	})
	return mux
}

// readyz: may this process take traffic? The database must answer; Redis need not (its loss costs time only).
func (a *app) readyz(w http.ResponseWriter, r *http.Request) {
	if !a.ready.up.Load() {
		answer(w, http.StatusServiceUnavailable, "draining")
		return
	}
	if a.ready.blocked(time.Now()) {
		answer(w, http.StatusServiceUnavailable, "database refuses to write")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := a.store.Ping(ctx); err != nil {
		answer(w, http.StatusServiceUnavailable, "database unavailable")
		return
	}
	answer(w, http.StatusOK, "ready")
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}

func (a *app) metrics() http.Handler {
	return promhttp.HandlerFor(a.registry, promhttp.HandlerOpts{})
}

// serveMetrics opens the second, loopback listener when it is configured.
func (a *app) serveMetrics(ctx context.Context) (*http.Server, error) {
	if a.cfg.MetricsListen == "" {
		return nil, nil
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.MetricsListen)
	if err != nil {
		return nil, fmt.Errorf("listening for metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metrics())
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 2 * time.Second}
	go func() {
		if err := srv.Serve(ln); err != nil && !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("metrics listener ended", "error", err)
		}
	}()
	return srv, nil
}
