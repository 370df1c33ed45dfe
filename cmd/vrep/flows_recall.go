package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/store"
)

// recallOptions are the flags of recall.
type recallOptions struct {
	reason, say, by       string
	move, stop, lift, dry bool
	place                 place
}

func newFlowsRecall() *cobra.Command {
	var o recallOptions
	c := &cobra.Command{
		Use: "recall FLOW@HASH", Short: "withdraw one version of a flow that must not be used any more",
		Long: "No talk begins with a recalled version. Talks on it end at the next message (--stop, the default), with the text of --say, or go on in the version in\n" +
			"force (--move). What they have planned and not sent is cancelled. HASH may be the beginning of one: up to 16 digits name all wordings of a\n" +
			"structure, more name one wording.",
		Example: "  vrep flows versions first_visit\n  vrep flows recall first_visit@3fa2 --reason 'wrong dose' --say 'We stop here and come back to you.'\n" +
			"  vrep flows recall first_visit@3fa2 --reason 'outdated reference' --move\n  vrep flows recall first_visit@3fa2 --lift --reason 'checked again'",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			switch {
			case strings.TrimSpace(o.reason) == "":
				return usageError{fmt.Errorf("--reason is missing: a recall is kept with its reason")}
			case o.move && o.stop:
				return usageError{fmt.Errorf("--move and --stop exclude each other")}
			case o.lift && (o.move || o.stop || o.say != ""):
				return usageError{fmt.Errorf("--lift ends a recall; --move, --stop and --say begin one")}
			}
			return withReleases(c, o.place, func(ctx context.Context, r *releaseRun) error { return recall(ctx, r, a[0], o) })
		},
	}
	f := c.Flags()
	o.place.flags(c)
	f.StringVar(&o.reason, "reason", "", "why, for the records")
	f.StringVar(&o.say, "say", "", "what a doctor reads whose talk is stopped")
	f.BoolVar(&o.move, "move", false, "talks go on in the version in force")
	f.BoolVar(&o.stop, "stop", false, "talks end at the next message (default)")
	f.BoolVar(&o.lift, "lift", false, "end a recall")
	f.BoolVar(&o.dry, "dry-run", false, "only say what would happen")
	personFlag(c, &o.by)
	return c
}

// recallView is what the texts about a recall print.
type recallView struct {
	store.Recall
	Open, Cancelled int
	InForce, Dry    bool
}

func recall(ctx context.Context, r *releaseRun, name string, o recallOptions) error {
	flow, version, err := r.publisher.Version(ctx, name)
	if err != nil {
		return err
	}
	if o.lift {
		if err := r.publisher.Lift(ctx, flow, version, person(o.by), o.reason); err != nil {
			return err
		}
		return r.print("lifted", store.Recall{Flow: flow, Version: version})
	}
	v := recallView{Dry: o.dry, Recall: store.Recall{
		Flow: flow, Version: version, Policy: store.RecallStop, Reason: o.reason, Say: o.say, Author: person(o.by),
	}}
	if o.move {
		v.Policy = store.RecallMove
	}
	all, err := r.publisher.Overview(ctx)
	if err != nil {
		return err
	}
	current, err := r.publisher.Current(ctx)
	if err != nil {
		return err
	}
	v.Open, v.InForce = all.Open(flow, version), strings.HasPrefix(current.Hash(flow), version)
	if !o.dry {
		if _, v.Cancelled, err = r.publisher.Recall(ctx, v.Recall); err != nil {
			return err
		}
	}
	return r.print("recall", v)
}
