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
)

// readiness tells whether the service may take traffic.
type readiness struct{ up atomic.Bool }

func (r *readiness) set(up bool) { r.up.Store(up) }

// routes are the addresses of the main listener.
func (a *app) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("/wechat/callback", a.callback)
	mux.Handle("/wecom/callback", a.wecom)
	mux.Handle("/console/", a.console.Handler())
	mux.Handle("/h/", a.console.Handler())
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
