package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
	"github.com/vrep/vrep/flows/lint"
)

// testFlags are the flags of flows test.
type testFlags struct {
	now, run, junit, format string
	cover, update           bool
	seeds                   int
}

func newFlowsTest() *cobra.Command {
	var f testFlags
	c := &cobra.Command{
		Use: "test [DIR or FILE]", Short: "run the conversations in tests/; exit 1 when one fails",
		Long: "Runs every case of tests/*.test.yaml in a folder of flows, offline and on a clock of its own; without an argument the shipped ones.\n" +
			"With a flow file it runs the cases of that flow, with a test file those of that file.\n" +
			"With --cover it names the steps, branches, choices, refusals and commands that no case came past.",
		Example: "  vrep flows test flows/library\n  vrep flows test --cover flows/library\n  vrep flows test --junit report.xml --shuffle-seeds 20 flows/library",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			t, err := readTarget(a)
			if err != nil {
				return err
			}
			if f.update && t.dir == "" {
				return usageError{errors.New("--update needs the folder whose tests it rewrites")}
			}
			opt, err := f.options()
			if err != nil {
				return err
			}
			if t, err = t.cases(&opt); err != nil {
				return err
			}
			opt.Progress = progressOn(c.ErrOrStderr(), "cases")
			return testFlows(c, t, f, opt)
		},
	}
	c.Flags().StringVar(&f.now, "now", "", "clock of cases without their own, such as 2026-03-04T10:00:00+08:00")
	c.Flags().StringVar(&f.run, "run", "", "only cases whose name matches this regular expression")
	c.Flags().StringVar(&f.junit, "junit", "", "write a JUnit XML report to this file")
	c.Flags().StringVar(&f.format, "format", "text", "text, markdown or json")
	c.Flags().BoolVar(&f.cover, "cover", false, "say what no case came past")
	c.Flags().BoolVar(&f.update, "update", false, "rewrite exact texts (bot: =...) in the test files; look at the difference before you commit it")
	c.Flags().IntVar(&f.seeds, "shuffle-seeds", 1, "run each case with so many doctors: shuffles and splits differ")
	return c
}

// cases turns a file into its folder and what to run of it.
func (t target) cases(opt *flows.TestOptions) (target, error) {
	if t.file == "" {
		return t, nil
	}
	dir := filepath.Clean(t.dir)
	if abs, err := filepath.Abs(dir); strings.HasSuffix(t.file, ".test.yaml") {
		if err != nil || filepath.Base(abs) != "tests" {
			return t, usageError{fmt.Errorf("%s does not lie in the folder tests/ of a folder of flows", filepath.Join(dir, t.file))}
		}
		opt.File = "tests/" + t.file
		dir = filepath.Join(dir, "..")
	} else {
		opt.Flow = strings.TrimSuffix(t.file, ".yaml")
	}
	return target{fsys: os.DirFS(dir), dir: dir}, nil
}

func (f *testFlags) options() (flows.TestOptions, error) {
	opt := flows.TestOptions{Doctors: f.seeds, Cover: f.cover && f.format == "json", Update: f.update}
	switch f.format {
	case "text", "markdown", "json":
	default:
		return opt, usageError{fmt.Errorf("--format is text, markdown or json, not %q", f.format)}
	}
	if f.seeds < 1 || f.seeds > 10000 {
		return opt, usageError{fmt.Errorf("--shuffle-seeds is a number from 1 to 10000, not %d", f.seeds)}
	}
	var err error
	if f.run != "" {
		if opt.Run, err = regexp.Compile(f.run); err != nil {
			return opt, usageError{fmt.Errorf("reading --run: %w", err)}
		}
	}
	opt.Now, err = readNow(f.now)
	return opt, err
}

func testFlows(c *cobra.Command, t target, f testFlags, opt flows.TestOptions) error {
	lib, problems := flows.Load(t.fsys)
	if errs := lint.Errors(problems); len(errs) > 0 {
		if err := printFindings(c, t.placed(errs)); err != nil {
			return err
		}
		return errFindings
	}
	if opt.Flow != "" && lib.Flow(opt.Flow) == nil {
		return usageError{fmt.Errorf("%s.yaml is neither a flow nor a file of cases", opt.Flow)}
	}
	report := flows.RunTests(t.fsys, lib, opt)
	for name, data := range report.Updated {
		if err := os.WriteFile(filepath.Join(t.dir, filepath.FromSlash(name)), data, 0o644); err != nil {
			return fmt.Errorf("updating %s: %w", name, err)
		}
	}
	report.Rename(t.place)
	if err := writeReport(c.OutOrStdout(), f, &report); err != nil {
		return err
	}
	if f.junit != "" {
		var b bytes.Buffer
		if err := author.WriteJUnit(&b, &report); err != nil {
			return err
		}
		if err := os.WriteFile(f.junit, b.Bytes(), 0o644); err != nil {
			return fmt.Errorf("writing --junit: %w", err)
		}
	}
	if !report.OK() {
		return errFindings
	}
	return nil
}

func writeReport(w io.Writer, f testFlags, r *flows.Report) error {
	switch f.format {
	case "json":
		return author.WriteJSON(w, r, f.cover)
	case "markdown":
		return author.WriteMarkdown(w, r, f.cover)
	}
	if err := r.Text(w); err != nil || !f.cover {
		return err
	}
	return author.WriteCover(w, r.Coverage, nil)
}

// place names a file of the target as the author did.
func (t target) place(file string) string {
	if t.dir == "" {
		return file
	}
	return filepath.ToSlash(path.Join(filepath.ToSlash(t.dir), file))
}

// progressOn counts: on a terminal in place, from the first hundred on; elsewhere, such as in the log of a build, a line every ten seconds.
func progressOn(w io.Writer, what string) func(done, total int) {
	f, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if st, err := f.Stat(); err != nil || st.Mode()&os.ModeCharDevice == 0 {
		last := time.Now()
		return func(done, total int) {
			if time.Since(last) >= 10*time.Second {
				last = time.Now()
				fmt.Fprintf(f, "%d/%d %s\n", done, total, what)
			}
		}
	}
	return func(done, total int) {
		switch {
		case total < 100:
		case done == total:
			fmt.Fprintf(f, "\r%*s\r", 40, "")
		case done%50 == 0:
			fmt.Fprintf(f, "\r%d/%d %s", done, total, what)
		}
	}
}
