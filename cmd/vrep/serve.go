package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/master"
)

func newServe() *cobra.Command {
	var configFile string
	c := &cobra.Command{
		Use: "serve", Short: "run the service",
		Long:    "Runs the webhook, the outbox, the lead desk and the console until SIGTERM, then drains.",
		Example: "  vrep serve --config vrep.yaml\n  VREP_MYSQL_DSN='vrep:…@tcp(db:3306)/vrep' VREP_REDIS_ADDR=redis:6379 vrep serve",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return serve(c.Context(), configFile)
		},
	}
	c.Flags().StringVar(&configFile, "config", "", "configuration file (YAML); settings may also come from VREP_… variables")
	return c
}

func serve(ctx context.Context, configFile string) (err error) {
	cfg, err := loadConfig(configFile)
	if err != nil {
		return err
	}
	log := newLog(slog.LevelInfo)
	warnSettings(cfg, log)
	a, err := newApp(ctx, cfg, log, time.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	if err := a.welcomeAdmin(ctx, os.Stdout); err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	log.Info("ready", "listen", ln.Addr().String(), "embedded_sql", a.store.Embedded(), "embedded_redis", cfg.RedisAddr == "",
		"wechat", cfg.WeChat.Ready(), "wecom", cfg.WeCom.Ready(), "flows", len(a.flows.Library().Flows()), "version", version())
	return a.run(ctx, ln, a.routes(), nil)
}

// run serves until ctx ends, then drains: not ready any more, finish the requests, stop the loops. first, when given, is called at the beginning of
// the drain, while requests are still answered.
func (a *app) run(ctx context.Context, ln net.Listener, h http.Handler, first func() error) error {
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	loops := a.startLoops(work)
	srv := newServer(h)
	metrics, err := a.serveMetrics(work)
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	a.ready.set(true)

	var serveErr error
	select {
	case <-ctx.Done():
	case serveErr = <-failed:
	}
	a.ready.set(false)
	a.log.Info("draining")
	var firstErr error
	if first != nil {
		firstErr = first()
	}
	drain, cancel := context.WithTimeout(context.Background(), drainLimit)
	defer cancel()
	shutdownErr := srv.Shutdown(drain)
	if errors.Is(shutdownErr, context.DeadlineExceeded) {
		shutdownErr = srv.Close()
	}
	stopWork()
	loopErr := loops()
	if metrics != nil {
		shutdownErr = errors.Join(shutdownErr, metrics.Close())
	}
	if errors.Is(serveErr, http.ErrServerClosed) {
		serveErr = nil
	}
	return errors.Join(serveErr, firstErr, shutdownErr, loopErr)
}

// startLoops starts the outbox, the waking of silent talks, the end of erasures, the lead desk, the safety desk, the outreach, what is
// derived about doctors, and the watch over published flows and the signing of the audit, on the embedded database imports that were broken off, with an
// account also the takeover of its followers and the keeping of its menu; the function it returns waits for their end.
func (a *app) startLoops(ctx context.Context) func() error {
	loops := []func(context.Context) error{a.bot.Drain, a.bot.WakeTalks, a.bot.EraseLeft, a.desk.Run, a.safety.Run, a.meetings.Run, a.outreach.Run, a.insight.Run, a.insight.RunFigures, a.flows.Run, a.store.KeepAudit}
	if a.store.Embedded() {
		loops = append(loops, a.resumeImports)
	}
	if a.cfg.WeChat.Ready() {
		loops = append(loops, func(ctx context.Context) error {
			a.bot.TakeOver(ctx, a.sender)
			return nil
		})
	}
	if a.cfg.WeChat.Ready() && a.cfg.WeChat.Menu {
		loops = append(loops, func(ctx context.Context) error { return a.bot.KeepMenu(ctx, a.sender, a.accountMenu) })
	}
	ended := make(chan error, len(loops))
	for _, loop := range loops {
		go func() { ended <- loop(ctx) }()
	}
	return func() error {
		var errs []error
		for range loops {
			if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	}
}

// resumeEvery is the pause between two looks for an import that was broken off.
const resumeEvery = 20 * time.Second

// resumeImports goes on with large imports that a process left unfinished.
func (a *app) resumeImports(ctx context.Context) error {
	tick := time.NewTicker(resumeEvery)
	defer tick.Stop()
	for {
		r, err := master.Resume(ctx, a.store, master.Options{Zone: a.cfg.Zone, Codes: a.own.Coder(), Hospitals: hospitalNames(a.own)})
		switch {
		case err != nil && ctx.Err() == nil:
			a.log.Error("going on with an import failed", "error", err)
		case r != nil:
			a.log.Info("an import that was broken off is complete", "import", r.Import.ID, "kind", r.Import.Kind)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// newServer sets the limits of the public listener. Write has none of its own: the webhook bounds itself, and pages that stream stay open.
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 2 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
}
