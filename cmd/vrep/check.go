package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

func newCheck() *cobra.Command {
	var configFile string
	c := &cobra.Command{
		Use: "check", Short: "ask databases, platforms and flows, and say what to mend",
		Example: "  vrep check --config vrep.yaml", Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := loadConfig(configFile)
			if err != nil {
				return err
			}
			return checkAll(c.Context(), c.OutOrStdout(), cfg)
		},
	}
	c.Flags().StringVar(&configFile, "config", "", "configuration file")
	return c
}

// checkList prints findings as they come and remembers whether one was bad.
type checkList struct {
	w   io.Writer
	bad bool
}

func (l *checkList) say(ok bool, what, cure string) {
	mark := "ok   "
	if !ok {
		mark, l.bad = "wrong", true
	}
	fmt.Fprintf(l.w, "%s  %s\n", mark, what)
	if !ok && cure != "" {
		fmt.Fprintf(l.w, "       → %s\n", cure)
	}
}

func checkAll(ctx context.Context, w io.Writer, cfg *config.Config) error {
	log := newLog(slog.LevelError)
	list := &checkList{w: w}
	list.say(true, "settings", "")
	checkFlows(list, cfg, time.Now())
	checkStore(ctx, list, cfg, log)
	checkSessions(ctx, list, cfg, log)
	if err := checkPlatforms(ctx, list, cfg, log); err != nil {
		return err
	}
	if list.bad {
		return errFindings
	}
	return nil
}

// checkFlows runs every rule; an approval that ran out is named by itself, because it does not stop the service.
func checkFlows(list *checkList, cfg *config.Config, now time.Time) {
	stop, lapsed := stopping(lintAll(flowsFS(cfg), now.In(cfg.Zone)))
	list.say(len(stop) == 0, "flows", fmt.Sprintf("%d error(s): run vrep flows lint %s", len(stop), cfg.FlowsDir))
	for _, p := range lapsed {
		list.say(false, "approval in "+p.File, fmt.Sprintf("line %d: it is over, so what it covers is not used", p.Line))
	}
}

func checkStore(ctx context.Context, list *checkList, cfg *config.Config, log *slog.Logger) {
	of := &personal{of: func() *flows.Library { return new(flows.Library) }} // nothing is read or written
	st, err := connect(ctx, cfg, of, log, time.Now)
	if err != nil {
		list.say(false, "database", fmt.Sprintf("check mysql_dsn and the server (%v)", err))
		return
	}
	defer func() { _ = st.Close() }() // nothing was written
	if err := st.Ping(ctx); err != nil {
		list.say(false, "database", fmt.Sprintf("it does not answer (%v)", err))
		return
	}
	pending, err := st.Pending(ctx)
	switch {
	case err != nil:
		list.say(false, "database", err.Error())
	case len(pending) > 0:
		list.say(false, "database", fmt.Sprintf("%d migration(s) pending: run vrep migrate up", len(pending)))
	default:
		list.say(true, "database", "")
		checkReps(ctx, list, st)
	}
}

// checkReps: without a rep who is active and filed, leads wait for ever.
func checkReps(ctx context.Context, list *checkList, st *store.Store) {
	reps, err := st.Reps(ctx)
	if err != nil {
		list.say(false, "reps", err.Error())
		return
	}
	n := 0
	for _, r := range reps {
		if r.Active && r.FilingUntil > st.Now() && len(r.Territories) > 0 {
			n++
		}
	}
	list.say(n > 0, fmt.Sprintf("reps (%d of %d can take leads)", n, len(reps)),
		"no rep is active, filed and has a territory, so leads would wait: see vrep import reps --help")
}

func checkSessions(ctx context.Context, list *checkList, cfg *config.Config, log *slog.Logger) {
	sessions, err := openSessions(ctx, cfg, log)
	if err == nil {
		defer func() { _ = sessions.Close() }()
		err = sessions.Ping(ctx)
	}
	list.say(err == nil, "redis", fmt.Sprintf("it does not answer; check redis_addr and redis_password (%v)", err))
}
