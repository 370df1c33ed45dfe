package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
	"github.com/vrep/vrep/flows/lint"
)

// maxTalks bounds a walk that is given seconds only.
const maxTalks = 100_000_000

// walkFlags are the flags of flows walk.
type walkFlags struct {
	talks, seconds int
	seed           uint64
	now, lang      string
	cover          bool
}

func newFlowsWalk() *cobra.Command {
	var f walkFlags
	c := &cobra.Command{
		Use: "walk [FLOW, FILE or DIR]", Short: "let random doctors talk; exit 1 with the shortest talk that goes wrong",
		Long: "Random doctors answer, refuse, talk nonsense, type commands, go back and fall silent. After every turn it looks for defects, replies that are\n" +
			"missing or too long, questions that nobody can answer, lost answers, talks without an end. The same seed gives the same talks. Ctrl-C ends the walk with\n" +
			"what was found so far.\n" +
			"Without an argument the shipped flows; a name is a shipped flow.",
		Example: "  vrep flows walk\n  vrep flows walk --talks 20000 flows/library\n  vrep flows walk --seconds 30 --seed 7 flows/library/first_visit.yaml\n  vrep flows walk --lang en flows/library",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			t, ids, err := walkTarget(a)
			if err != nil {
				return err
			}
			if f.talks < 1 || f.seconds < 0 {
				return usageError{fmt.Errorf("--talks and --seconds are numbers above zero")}
			}
			if f.seconds > 0 && !c.Flags().Changed("talks") {
				f.talks = maxTalks
			}
			now, err := readNow(f.now)
			if err != nil {
				return err
			}
			opt := author.WalkOptions{Flows: ids, Talks: f.talks, Seed: f.seed, Lang: f.lang, Now: now.Truncate(time.Minute)}
			return walk(c, t, f, opt)
		},
	}
	c.Flags().IntVar(&f.talks, "talks", 2000, "how many talks")
	c.Flags().IntVar(&f.seconds, "seconds", 0, "stop after so many seconds; alone it talks as much as fits")
	c.Flags().Uint64Var(&f.seed, "seed", 1, "draws the doctors")
	c.Flags().StringVar(&f.now, "now", "", "the clock, such as 2026-03-04T10:00:00+08:00")
	c.Flags().StringVar(&f.lang, "lang", "", "the doctors' language, such as en")
	c.Flags().BoolVar(&f.cover, "cover", false, "say what no doctor came past")
	return c
}

// walkTarget is a folder, a flow file, or the name of a shipped flow.
func walkTarget(a []string) (t target, ids []string, err error) {
	if len(a) == 1 {
		if _, err := os.Stat(a[0]); err != nil {
			shipped, _ := readTarget(nil)
			if lib, _ := flows.Load(shipped.fsys); lib != nil && lib.Flow(a[0]) != nil {
				return shipped, []string{a[0]}, nil
			}
		}
	}
	t, err = readTarget(a)
	return t, nil, err
}

func walk(c *cobra.Command, t target, f walkFlags, opt author.WalkOptions) error {
	lib, problems := flows.Load(t.fsys)
	if errs := lint.Errors(problems); len(errs) > 0 {
		all := target{fsys: t.fsys, dir: t.dir} // what forbids talking may stand in another file
		if err := printFindings(c, all.placed(errs)); err != nil {
			return err
		}
		return errFindings
	}
	if t.file != "" {
		for _, flow := range lib.Flows() {
			if flow.File() == t.file {
				opt.Flows = []string{flow.ID}
			}
		}
		if len(opt.Flows) == 0 {
			return usageError{fmt.Errorf("%s is no flow", t.file)}
		}
	}
	ctx := c.Context()
	if f.seconds > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, time.Duration(f.seconds)*time.Second)
		defer stop()
	}
	if f.talks < maxTalks {
		opt.Progress = progressOn(c.ErrOrStderr(), "talks")
	}
	began := time.Now()
	res, err := author.Walk(ctx, lib, opt)
	if errors.Is(err, flows.ErrLanguage) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	if err := author.WriteWalk(c.OutOrStdout(), res, opt, time.Since(began), f.cover); err != nil {
		return err
	}
	if res.Failure != nil {
		return errFindings
	}
	return nil
}
