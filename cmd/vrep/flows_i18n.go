package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
)

func newFlowsI18n() *cobra.Command {
	c := &cobra.Command{
		Use: "i18n", Short: "translations of flows: extract what there is to translate, check what is",
		Example: "  vrep flows i18n extract flows/library --lang en\n  vrep flows i18n check flows/library",
		RunE: func(c *cobra.Command, a []string) error {
			if len(a) > 0 {
				return usageError{fmt.Errorf("i18n knows extract and check, not %q", a[0])}
			}
			return c.Help()
		},
	}
	c.AddCommand(newFlowsExtract(), newFlowsTranslated())
	return c
}

func newFlowsExtract() *cobra.Command {
	var lang string
	c := &cobra.Command{
		Use: "extract DIR", Short: "write or update the files of translations in DIR/i18n",
		Long: "Writes one file for every flow with the language in also, for the lists that these print, and for the house's own words.\n" +
			"What is translated stays; new texts come empty with the base text above them; texts whose base has changed are marked.",
		Example: "  vrep flows i18n extract flows/library --lang en", Args: args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			t, err := readFolderTarget(a)
			if err != nil {
				return err
			}
			lib, problems := flows.Load(t.fsys)
			if lib == nil {
				if err := printFindings(c, t.placed(problems)); err != nil {
					return err
				}
				return errFindings
			}
			files := lib.Translations(lang)
			if len(files) == 0 {
				return usageError{fmt.Errorf("no flow of %s has %q in also", t.dir, lang)}
			}
			for i := range files {
				name := filepath.Join(t.dir, filepath.FromSlash(files[i].File))
				if err := writeFile(name, files[i].Data); err != nil {
					return err
				}
				if _, err := fmt.Fprintln(c.OutOrStdout(), files[i].Wrote(filepath.ToSlash(name))); err != nil {
					return fmt.Errorf("writing: %w", err)
				}
			}
			return nil
		},
	}
	c.Flags().StringVar(&lang, "lang", "en", "the language to translate to")
	return c
}

func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fmt.Errorf("making the folder of translations: %w", err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		return fmt.Errorf("writing translations: %w", err)
	}
	return nil
}

func newFlowsTranslated() *cobra.Command {
	return &cobra.Command{
		Use: "check [DIR]", Short: "what is missing, stale or wrong in translations; exit 1 for findings",
		Long:    "Prints the findings about translations and how much of every flow is translated; without an argument about the shipped flows.",
		Example: "  vrep flows i18n check flows/library", Args: args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			t, err := readFolderTarget(a)
			if err != nil {
				return err
			}
			lib, problems := flows.Load(t.fsys)
			if lib != nil {
				problems = append(problems, flows.Lint(lib, time.Now())...)
			}
			var kept []flows.Problem
			for _, p := range lint.Sort(problems) {
				if lib == nil || strings.HasPrefix(p.Code, "I7") || strings.HasPrefix(p.File, "i18n/") {
					kept = append(kept, p)
				}
			}
			if err := lint.Text(c.OutOrStdout(), t.placed(kept)); err != nil {
				return err
			}
			if lib != nil {
				if err := printTranslated(c, lib); err != nil {
					return err
				}
			}
			if len(kept) > 0 {
				return errFindings
			}
			return nil
		},
	}
}

// printTranslated prints a line for every file of translations that there should be.
func printTranslated(c *cobra.Command, lib *flows.Library) error {
	lines := []string{}
	for _, lang := range lib.Languages() {
		for _, f := range lib.Translations(lang) {
			lines = append(lines, f.Line())
		}
	}
	if len(lines) == 0 {
		lines = append(lines, "no flow asks for a translation (also)")
	}
	if _, err := fmt.Fprintln(c.OutOrStdout(), strings.Join(lines, "\n")); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	return nil
}

// readFolderTarget is a target that must be a folder.
func readFolderTarget(a []string) (target, error) {
	t, err := readTarget(a)
	if err == nil && t.file != "" {
		return target{}, usageError{fmt.Errorf("%s is a file; name the folder of flows", a[0])}
	}
	return t, err
}
