package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
)

// lintFormats are what --format takes.
var lintFormats = []string{"text", "json", "sarif", "markdown"}

func newFlowsLint() *cobra.Command {
	var strict, fix, dryRun bool
	var format string
	c := &cobra.Command{
		Use: "lint [DIR or FILE]", Short: "check flows: place, why, cure; exit 1 for errors",
		Long: "Checks a folder of flows, or one file together with its folder; without an argument the shipped flows.\n" +
			"With --fix it first repairs what needs no guess (full-width signs, missing quotes, invisible characters) and says what it changed.",
		Example: "  vrep flows lint flows/library\n  vrep flows lint --format sarif flows/library > lint.sarif\n  vrep flows lint --fix --dry-run first_visit.yaml",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			if !slices.Contains(lintFormats, format) {
				return usageError{fmt.Errorf("--format is %s, not %q", strings.Join(lintFormats, ", "), format)}
			}
			if dryRun && !fix {
				return usageError{errors.New("--dry-run goes with --fix")}
			}
			t, err := readTarget(a)
			if err != nil {
				return err
			}
			if fix {
				if err := fixAll(c, t, dryRun); err != nil || dryRun {
					return err
				}
			}
			problems := t.placed(lintAll(t.fsys, time.Now()))
			if err := writeFindings(c, problems, format); err != nil {
				return err
			}
			if lint.Blocks(problems, strict) {
				return errFindings
			}
			return nil
		},
	}
	c.Flags().BoolVar(&strict, "strict", false, "exit 1 for warnings too")
	c.Flags().StringVar(&format, "format", "text", strings.Join(lintFormats, ", "))
	c.Flags().BoolVar(&fix, "fix", false, "repair what needs no guess, then check")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "with --fix: show the changes and write nothing")
	return c
}

func writeFindings(c *cobra.Command, problems []flows.Problem, format string) error {
	switch format {
	case "json":
		return lint.JSON(c.OutOrStdout(), problems)
	case "sarif":
		return lint.SARIF(c.OutOrStdout(), problems)
	case "markdown":
		return lint.Markdown(c.OutOrStdout(), problems)
	}
	return printFindings(c, problems)
}

// fixAll repairs the files of the target and says on standard error what was repaired; with dryRun it only prints the differences.
func fixAll(c *cobra.Command, t target, dryRun bool) error {
	if t.dir == "" {
		return usageError{errors.New("--fix needs a folder or a file: the shipped flows are part of the program")}
	}
	names, err := t.files()
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := fs.ReadFile(t.fsys, name)
		if err != nil {
			return fmt.Errorf("reading flows: %w", err)
		}
		out, fixed := flows.Fix(name, data)
		if len(fixed) == 0 {
			continue
		}
		shown := filepath.ToSlash(filepath.Join(t.dir, name))
		if dryRun {
			if _, err := io.WriteString(c.OutOrStdout(), lint.Diff(shown, data, out)); err != nil {
				return err
			}
			continue
		}
		if err := putFile(filepath.Join(t.dir, filepath.FromSlash(name)), out, 0o644); err != nil {
			return err
		}
		for _, p := range fixed {
			fmt.Fprintf(c.ErrOrStderr(), "%s:%d: %s [%s]\n", shown, p.Line, strings.TrimSuffix(p.Message, lint.Phrase("fixable")), p.Code)
		}
	}
	return nil
}

// files lists the YAML files of the target that authors write, tests included.
func (t target) files() ([]string, error) {
	if t.file != "" {
		return []string{t.file}, nil
	}
	return flows.Files(t.fsys)
}
