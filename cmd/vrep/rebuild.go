package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// rebuildPage is the number of doctors in one transaction; rebuildLease is how long a rebuilding that gives no sign of life keeps others out.
const (
	rebuildPage  = 200
	rebuildLease = time.Minute
)

var errRebuilding = errors.New("another rebuild is at work; a broken off one can be taken up after a minute")

func newRebuild() *cobra.Command {
	var configFile, doctor string
	var dry bool
	c := &cobra.Command{
		Use: "rebuild", Short: "fold everything known about doctors anew and compare it with their portraits",
		Long: "Portraits follow from observations, which are never changed. This folds them anew, lists where a stored portrait differs and corrects it, and names\n" +
			"answers that were to be saved and left no observation. Then it counts the figures of the\n" +
			"months anew. It may run beside the service; broken off, it goes on where it was. Exit 1 when anything differed.",
		Example: "  vrep rebuild --config vrep.yaml\n  vrep rebuild --dry-run --config vrep.yaml\n  vrep rebuild --doctor 4f0c… --config vrep.yaml", Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := loadConfig(configFile)
			if err != nil {
				return err
			}
			lib, problems := flows.Load(flowsFS(cfg))
			if stop, _ := stopping(problems); lib == nil || len(stop) > 0 {
				return fmt.Errorf("the flows have %d error(s): run vrep flows lint %s", len(problems), cfg.FlowsDir)
			}
			of := &personal{of: func() *flows.Library { return lib }}
			return withRebuild(c, cfg, of, func(st *store.Store) error {
				st.UseFreshness(lib.Fresh)
				r := rebuilding{st: st, out: c.OutOrStdout(), err: c.ErrOrStderr(), how: store.Rebuilding{Write: !dry, Saves: saves(st, lib)}}
				err := r.run(c.Context(), doctor)
				if dry || doctor != "" || err != nil && !errors.Is(err, errFindings) {
					return err
				}
				in := insight.New(insight.Options{Store: st, Library: of.of, Zone: cfg.Zone})
				return errors.Join(err, in.RecountFigures(c.Context()))
			})
		},
	}
	c.Flags().StringVar(&configFile, "config", "", "configuration file")
	c.Flags().StringVar(&doctor, "doctor", "", "one doctor's id instead of all doctors")
	c.Flags().BoolVar(&dry, "dry-run", false, "compare only, correct nothing")
	return c
}

// withRebuild opens the configured database, which must have this version's schema.
func withRebuild(c *cobra.Command, cfg *config.Config, of *personal, do func(*store.Store) error) error {
	st, err := openStore(c.Context(), cfg, of, newLog(slog.LevelWarn), time.Now)
	if err != nil {
		return err
	}
	return errors.Join(do(st), st.Close())
}

// saves finds the portrait field of an answer in the version of the flow that asked it, else in the flow as it is now. What belongs to a safety report is
// written into its case only.
func saves(st *store.Store, now *flows.Library) func(store.Answer) string {
	old := bot.OldLibraries(st)
	return func(a store.Answer) string {
		lib, err := old(a.FlowHash)
		if err != nil {
			lib = now
		}
		f := lib.Flow(a.Flow)
		if f == nil || f.Urgent {
			return ""
		}
		return f.Saves(a.Question[strings.LastIndexByte(a.Question, '.')+1:])
	}
}

// rebuilding is one run.
type rebuilding struct {
	st       *store.Store
	out, err io.Writer
	how      store.Rebuilding
	found    int
}

func (r *rebuilding) run(ctx context.Context, doctor string) error {
	switch {
	case doctor != "":
		page, err := r.st.RebuildDoctor(ctx, doctor, r.how)
		if err != nil {
			return err
		}
		r.print(page)
		return r.end(page.Doctors)
	case !r.how.Write:
		return r.compare(ctx)
	}
	j, err := r.take(ctx)
	if err != nil {
		return err
	}
	if j.Position != "" {
		fmt.Fprintf(r.err, "going on after %d of %d doctors\n", j.Done, j.Total)
	}
	r.found = j.Changed
	for {
		page, err := r.st.RebuildDoctors(ctx, j.Position, rebuildPage, r.how)
		if err != nil {
			j.Status = store.JobWaiting
			return errors.Join(err, r.st.SaveJob(context.WithoutCancel(ctx), *j))
		}
		r.print(page)
		j.Done, j.Changed = j.Done+page.Doctors, r.found
		if page.Last != "" {
			j.Position = page.Last
		}
		if page.Doctors < rebuildPage {
			j.Status = store.JobDone
		}
		if err := r.st.SaveJob(ctx, *j); err != nil {
			return err
		}
		fmt.Fprintf(r.err, "\r%d of %d doctors", j.Done, max(j.Total, j.Done))
		if j.Status == store.JobDone {
			fmt.Fprintln(r.err)
			return r.end(j.Done)
		}
		if j, err = r.st.ClaimJob(ctx, store.JobRebuild, j.Detail, rebuildLease); err != nil || j == nil {
			return errors.Join(err, errRebuilding)
		}
	}
}

// take takes up the rebuilding that was broken off, or begins one.
func (r *rebuilding) take(ctx context.Context) (*store.Job, error) {
	j, err := r.st.ClaimJob(ctx, store.JobRebuild, "", rebuildLease)
	if err != nil || j != nil {
		return j, err
	}
	last, err := r.st.Jobs(ctx, store.JobRebuild, 1)
	if err != nil {
		return nil, err
	}
	if len(last) > 0 && last[0].Status == store.JobRunning {
		return nil, errRebuilding
	}
	asked := strconv.FormatInt(r.st.Now(), 10)
	if _, err := r.st.AddJob(ctx, store.JobRebuild, asked, "command line"); err != nil {
		return nil, err
	}
	if j, err = r.st.ClaimJob(ctx, store.JobRebuild, asked, rebuildLease); err == nil && j == nil {
		err = errRebuilding
	}
	return j, err
}

// compare looks at all doctors and changes nothing.
func (r *rebuilding) compare(ctx context.Context) error {
	done, after := 0, ""
	for {
		page, err := r.st.RebuildDoctors(ctx, after, rebuildPage, r.how)
		if err != nil {
			return err
		}
		r.print(page)
		if done += page.Doctors; page.Doctors < rebuildPage {
			return r.end(done)
		}
		after = page.Last
		fmt.Fprintf(r.err, "\r%d doctors", done)
	}
}

func (r *rebuilding) print(p store.Rebuilt) {
	for _, d := range p.Differences {
		fmt.Fprintf(r.out, "%s  %-8s %s\n", d.Doctor, d.How, d.Field)
	}
	for _, u := range p.Unobserved {
		fmt.Fprintf(r.out, "%s  unheard  %s  answer %s\n", u.Doctor, u.Field, strings.TrimPrefix(u.Ref, u.Doctor+":"))
	}
	r.found += len(p.Differences) + len(p.Unobserved)
}

func (r *rebuilding) end(doctors int) error {
	if r.found == 0 {
		fmt.Fprintf(r.out, "%d doctor(s): every portrait is what its observations come to\n", doctors)
		return nil
	}
	verb := "differed"
	if r.how.Write {
		verb = "differed; portraits are corrected"
	}
	fmt.Fprintf(r.out, "%d doctor(s): %d value(s) %s\n", doctors, r.found, verb)
	return errFindings
}
