package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/library"
	"github.com/vrep/vrep/flows/lint"
)

func newFlows() *cobra.Command {
	c := &cobra.Command{
		Use: "flows", Short: "tools for content owners: lint, test, run",
		Example: "  vrep flows lint flows/library\n  vrep flows test flows/library\n  vrep flows run flows/library/first_visit.yaml",
		RunE: func(c *cobra.Command, a []string) error {
			if len(a) > 0 {
				return usageError{fmt.Errorf("flows has no command %q; see vrep flows --help", a[0])}
			}
			return c.Help()
		},
	}
	c.AddCommand(
		newFlowsNew(), newFlowsLint(), newFlowsFmt(), newFlowsTest(), newFlowsWalk(), newFlowsRun(), newFlowsPreview(),
		newFlowsExplain(), newFlowsGraph(), newFlowsPrint(), newFlowsDiff(), newFlowsSchema(), newFlowsImport(), newFlowsI18n(),
		newFlowsPublish(), newFlowsVersions(), newFlowsRollback(), newFlowsShare(), newFlowsRecall(),
	)
	return c
}

// target is a folder of flows, or one file in it. Without an argument it is the shipped library.
type target struct {
	fsys fs.FS
	dir  string // as the author wrote it, for places; "" = shipped
	file string // "" = the whole folder
}

func readTarget(a []string) (target, error) {
	if len(a) == 0 {
		return target{fsys: library.FS}, nil
	}
	st, err := os.Stat(a[0])
	if err != nil {
		return target{}, usageError{fmt.Errorf("reading flows: %w", err)}
	}
	if st.IsDir() {
		return target{fsys: os.DirFS(a[0]), dir: a[0]}, nil
	}
	dir, file := filepath.Split(a[0])
	if dir == "" {
		dir = "."
	}
	return target{fsys: os.DirFS(dir), dir: dir, file: file}, nil
}

// placed keeps the findings of the target and names files as the author did.
func (t target) placed(problems []flows.Problem) []flows.Problem {
	kept := []flows.Problem{}
	for _, p := range problems {
		if t.file != "" && p.File != t.file {
			continue
		}
		if t.dir != "" {
			p.File = filepath.ToSlash(path.Join(filepath.ToSlash(t.dir), p.File))
		}
		kept = append(kept, p)
	}
	return kept
}

func printFindings(c *cobra.Command, problems []flows.Problem) error {
	if err := lint.Text(c.OutOrStdout(), problems); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.OutOrStdout(), lint.Total(problems))
	return err
}

// lintAll reads a folder and runs every rule on it.
func lintAll(fsys fs.FS, now time.Time) []flows.Problem {
	lib, problems := flows.Load(fsys)
	if lib == nil {
		return problems
	}
	return lint.Sort(append(problems, flows.Lint(lib, now)...))
}

func newFlowsRun() *cobra.Command {
	var asJSON bool
	var profile, now, lang string
	var rec recording
	c := &cobra.Command{
		Use: "run FILE", Short: "talk to a flow in the terminal",
		Long: "Talks one flow through: one answer per line. With --json one object per turn, the first one before any answer.\n" +
			"In a terminal :help lists what can be asked besides: answers, reasons, the clock, a step back, saving the talk as a test.",
		Example: "  vrep flows run flows/library/first_visit.yaml\n  printf '1\\n2\\n' | vrep flows run --json flows/library/first_visit.yaml",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			t, err := readTarget(a)
			if err != nil {
				return err
			}
			if t.file == "" {
				return usageError{fmt.Errorf("%s is a folder; name one flow file in it", a[0])}
			}
			opt := flows.PlayOptions{FS: t.fsys, File: t.file, JSON: asJSON, Lang: lang}
			if opt.Now, err = readNow(now); err != nil {
				return err
			}
			if profile != "" {
				if opt.Profile, err = os.ReadFile(profile); err != nil {
					return usageError{fmt.Errorf("reading the profile: %w", err)}
				}
			}
			if !asJSON && rec.file == "" && isTerminal(c.InOrStdin()) {
				return talkTo(c, t, opt)
			}
			return rec.play(c, opt, func(opt flows.PlayOptions) error { return play(c, t, opt) })
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object per turn")
	c.Flags().StringVar(&profile, "profile", "", "YAML file with values of the portrait")
	c.Flags().StringVar(&lang, "lang", "", "the doctor's language, such as en")
	c.Flags().StringVar(&now, "now", "", "the clock, such as 2026-03-04T10:00:00+08:00")
	rec.flags(c)
	return c
}

func play(c *cobra.Command, t target, opt flows.PlayOptions) error {
	return played(c, t, flows.Play(c.InOrStdin(), c.OutOrStdout(), opt))
}

// played prints the findings that forbid playing.
func played(c *cobra.Command, t target, err error) error {
	if problems, ok := playProblems(err); ok {
		if err := lint.Text(c.ErrOrStderr(), target{fsys: t.fsys, dir: t.dir}.placed(problems)); err != nil { // what forbids playing may stand in another file
			return err
		}
		return errFindings
	}
	if errors.Is(err, flows.ErrLanguage) {
		return usageError{err}
	}
	return err
}

func playProblems(err error) ([]flows.Problem, bool) {
	var bad *flows.PlayError
	if errors.As(err, &bad) {
		return bad.Problems, true
	}
	return nil, false
}

// readNow reads --now; empty is the present in the default time zone.
func readNow(text string) (time.Time, error) {
	if text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return time.Time{}, usageError{fmt.Errorf("--now must look like 2026-03-04T10:00:00+08:00: %w", err)}
		}
		return at, nil
	}
	cfg, err := config.Load("", func(string) (string, bool) { return "", false })
	if err != nil {
		return time.Time{}, err
	}
	return time.Now().In(cfg.Zone), nil
}
