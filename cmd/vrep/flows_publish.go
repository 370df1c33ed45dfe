package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/bot/release"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
	"github.com/vrep/vrep/store"
)

// publishOptions are the flags of publish.
type publishOptions struct {
	at, share, message, by string
	dry                    bool
	place                  place
}

func newFlowsPublish() *cobra.Command {
	var o publishOptions
	c := &cobra.Command{
		Use: "publish [DIR]", Short: "check, test and publish a folder of flows to the running services",
		Long: "Checks the folder, runs its tests, compares it with the version in force and says whom the change meets; then it is the version in force, for all\n" +
			"services on the configured database, within two seconds. Without a folder: the configured one, else the shipped flows. Errors, failed tests, and\n" +
			"doctors standing at a question that is gone without a word in migrate, refuse it (exit 1). A change of rules.yaml or classes.yaml waits for a\n" +
			"second person, who approves it in the console; --message says why.",
		Example: "  vrep flows publish flows/ --message 'asks for the department'\n  vrep flows publish flows/ --dry-run\n" +
			"  vrep flows publish flows/ --at \"2026-11-23 08:00\" --share 10%",
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			return withReleases(c, o.place, func(ctx context.Context, r *releaseRun) error { return publish(ctx, r, a, o) })
		},
	}
	f := c.Flags()
	o.place.flags(c)
	f.StringVar(&o.at, "at", "", "publish at a time, such as \"2026-11-23 08:00\" in the zone of the account")
	f.StringVar(&o.share, "share", "100%", "only to a part of the doctors, always the same ones")
	f.StringVar(&o.message, "message", "", "what has changed and why, for colleagues")
	f.BoolVar(&o.dry, "dry-run", false, "only say what would happen")
	personFlag(c, &o.by)
	return c
}

// draftView is what the texts about a draft print.
type draftView struct {
	D              *release.Draft
	O              release.Order
	R              store.Release
	Errors, Others int
}

func publish(ctx context.Context, r *releaseRun, a []string, o publishOptions) error {
	order := release.Order{Author: person(o.by), Message: o.message}
	var err error
	if order.Share, err = readPercent(o.share); err != nil {
		return err
	}
	if order.Share == 0 {
		return usageError{fmt.Errorf("--share 0%% would reach nobody")}
	}
	if order.At, err = readAt(o.at, r.zone, time.Now()); err != nil {
		return err
	}
	if len(a) == 0 && r.cfg.FlowsDir != "" {
		a = []string{r.cfg.FlowsDir}
	}
	t, err := readTarget(a)
	if err != nil {
		return err
	}
	if t.file != "" {
		return usageError{fmt.Errorf("%s is a file; name the folder: flows are published together", a[0])}
	}
	d, err := r.publisher.Check(ctx, t.fsys)
	if err != nil {
		return err
	}
	return r.finish(ctx, d, order, t.placed(append(d.Findings, d.Tests.Problems...)), o.dry)
}

// finish prints what was found out and, unless it is refused or a rehearsal, publishes.
func (r *releaseRun) finish(ctx context.Context, d *release.Draft, order release.Order, findings []flows.Problem, dry bool) error {
	if err := lint.Text(r.c.OutOrStdout(), findings); err != nil {
		return err
	}
	v := draftView{D: d, O: order, Errors: len(lint.Errors(d.Findings))}
	v.Others = len(d.Findings) - v.Errors
	if err := r.print("draft", v); err != nil {
		return err
	}
	switch {
	case d.Refused():
		if err := r.print("refused", v); err != nil {
			return err
		}
		return errFindings
	case d.Same():
		return r.print("same", v)
	case dry:
		return r.print("dry", v)
	}
	by := store.As(ctx, store.Viewer{Name: order.Author, Reach: store.ReachAll})
	var err error
	if v.R, err = r.publisher.Publish(by, d, order); err != nil {
		return err
	}
	if v.R.Cause == store.ReleaseRules {
		return r.print("proposed", v)
	}
	return r.print("done", v)
}

func newFlowsRollback() *cobra.Command {
	var message, by string
	var at place
	var dry bool
	c := &cobra.Command{
		Use: "rollback RELEASE", Short: "put the folder of an earlier release into force again",
		Long:    "Publishes the folder of an earlier release again, as a new release, at once and for all doctors. Talks in progress stay on their version.",
		Example: "  vrep flows versions\n  vrep flows rollback 12 --message 'the new wording misleads'\n  vrep flows rollback 12 --dry-run",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			id, err := readRelease(a[0])
			if err != nil {
				return err
			}
			return withReleases(c, at, func(ctx context.Context, r *releaseRun) error {
				d, err := r.publisher.Back(ctx, id)
				if err != nil {
					return err
				}
				return r.finish(ctx, d, release.Order{Share: 100, Author: person(by), Message: message}, d.Findings, dry)
			})
		},
	}
	at.flags(c)
	c.Flags().StringVar(&message, "message", "", "why, for colleagues")
	c.Flags().BoolVar(&dry, "dry-run", false, "only say what would happen")
	personFlag(c, &by)
	return c
}

func newFlowsShare() *cobra.Command {
	var message, by string
	var at place
	c := &cobra.Command{
		Use: "share RELEASE PERCENT", Short: "give a release to more or fewer doctors",
		Long:    "Changes to how many doctors a release goes: 100% puts it into force, 0% takes it back (also before its time has come). The same doctors keep it.",
		Example: "  vrep flows share 13 50%\n  vrep flows share 13 100% --message 'a week without complaints'\n  vrep flows share 13 0%", Args: args(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, a []string) error {
			id, err := readRelease(a[0])
			if err != nil {
				return err
			}
			share, err := readPercent(a[1])
			if err != nil {
				return err
			}
			return withReleases(c, at, func(ctx context.Context, r *releaseRun) error {
				if err := r.publisher.Share(ctx, id, share, person(by), message); err != nil {
					return err
				}
				return r.print("shared", struct {
					ID    int64
					Share int
				}{id, share})
			})
		},
	}
	at.flags(c)
	c.Flags().StringVar(&message, "message", "", "why, for colleagues")
	personFlag(c, &by)
	return c
}
