package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/bot/release"
	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/store"
)

//go:embed flows_release.txt
var releaseText string

// byCommand stands for a person whom the operating system cannot name.
const byCommand = "command line"

// releaseRun is one run of a command that reads or changes what is published.
type releaseRun struct {
	c         *cobra.Command
	cfg       *config.Config
	store     *store.Store
	publisher *release.Publisher
	zone      *time.Location
}

// place says whose flows a command works on.
type place struct {
	config string // configuration file of a service
	demo   string // data folder of a demo
}

// flags adds --config and --demo.
func (p *place) flags(c *cobra.Command) {
	c.Flags().StringVar(&p.config, "config", "", "configuration file of the service")
	c.Flags().StringVar(&p.demo, "demo", "", "work on a demo instead: the folder that vrep demo --data was given")
}

func (p *place) load() (*config.Config, error) {
	if p.demo == "" {
		return loadConfig(p.config)
	}
	if _, err := os.Stat(p.demo); err != nil {
		return nil, usageError{fmt.Errorf("--demo: %w", err)}
	}
	return demoConfig("http://127.0.0.1", demoOptions{listen: "127.0.0.1:0", data: p.demo})
}

// withReleases opens the database of the place, migrated as a service would have it.
func withReleases(c *cobra.Command, p place, do func(ctx context.Context, r *releaseRun) error) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	of, err := personalOf(cfg)
	if err != nil {
		return err
	}
	ctx := c.Context()
	st, err := openStore(ctx, cfg, of, newLog(slog.LevelWarn), time.Now)
	if err != nil {
		return err
	}
	r := &releaseRun{c: c, cfg: cfg, store: st, publisher: release.NewPublisher(st, cfg.Zone, time.Now), zone: cfg.Zone}
	return errors.Join(explainRelease(do(ctx, r)), st.Close())
}

// explainRelease adds the way out to errors of publishing.
func explainRelease(err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("there is no release of that number; vrep flows versions lists them: %w", err)
	case errors.Is(err, store.ErrLastRelease):
		return fmt.Errorf("no flows would be left; publish another folder first (vrep flows publish DIR): %w", err)
	case errors.Is(err, store.ErrMoved):
		return fmt.Errorf("nothing to do, it is so already: %w", err)
	case errors.Is(err, store.ErrNoReason):
		return usageError{fmt.Errorf("the rules change: say why with --message, for the person who approves it: %w", err)}
	case errors.Is(err, release.ErrWaiting):
		return fmt.Errorf("another person approves it in the console: %w", err)
	case errors.Is(err, release.ErrVersion):
		return usageError{fmt.Errorf("vrep flows versions FLOW lists what can be named: %w", err)}
	case errors.Is(err, release.ErrNowhere):
		return fmt.Errorf("publish a mended version first, or stop the talks with --stop: %w", err)
	case errors.Is(err, release.ErrRecalled):
		return fmt.Errorf("the version is recalled already; lift that first to change how (--lift): %w", err)
	case errors.Is(err, release.ErrUnreadable):
		return fmt.Errorf("bring this program up to the version that published it: %w", err)
	}
	return err
}

// print writes one part of the texts.
func (r *releaseRun) print(part string, data any) error {
	t, err := template.New("release").Funcs(template.FuncMap{
		"at": func(ms int64) string { return time.UnixMilli(ms).In(r.zone).Format("2006-01-02 15:04") },
	}).Parse(releaseText)
	if err != nil {
		return fmt.Errorf("reading embedded texts: %w", err)
	}
	return t.ExecuteTemplate(r.c.OutOrStdout(), part, data)
}

// personFlag adds --by: who does it, for the audit trail.
func personFlag(c *cobra.Command, by *string) {
	c.Flags().StringVar(by, "by", "", "who does it, for the records (default: the name of your account on this machine)")
}

// person is who runs the command.
func person(by string) string {
	if by = strings.TrimSpace(by); by != "" {
		return by
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return byCommand
}

// readPercent reads 10% or 10.
func readPercent(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(text), "%"))
	if err != nil || n < 0 || n > 100 {
		return 0, usageError{fmt.Errorf("a share is a percentage from 0%% to 100%%, not %q", text)}
	}
	return n, nil
}

// readAt reads a moment in the zone of the account; empty is 0: now.
func readAt(text string, zone *time.Location, now time.Time) (int64, error) {
	if text == "" {
		return 0, nil
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02T15:04", time.RFC3339} {
		at, err := time.ParseInLocation(form, text, zone)
		if err != nil {
			continue
		}
		if at.Before(now) {
			return 0, usageError{fmt.Errorf("--at %s has passed; leave it out to publish now", text)}
		}
		return at.UnixMilli(), nil
	}
	return 0, usageError{fmt.Errorf("--at is a time such as \"2026-11-23 08:00\", not %q", text)}
}

// readRelease reads the number of a release.
func readRelease(text string) (int64, error) {
	id, err := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64)
	if err != nil || id <= 0 {
		return 0, usageError{fmt.Errorf("a release is named by its number (vrep flows versions), not %q", text)}
	}
	return id, nil
}
