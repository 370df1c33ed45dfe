package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/master"
	"github.com/vrep/vrep/store"
)

func newImport() *cobra.Command {
	c := &cobra.Command{
		Use: "import", Short: "take over hospitals, doctors, reps, products, procurement, prices and invitation codes from spreadsheets",
		Long: "Reads XLSX, or CSV in UTF-8, UTF-16 or GB18030. Every row is checked before anything is written; all problems are reported at once with row,\n" +
			"column and cure, and then nothing is written. Running it again brings the rows up to date; an empty cell changes nothing.",
		Example: "  vrep import template doctors -o doctors.xlsx\n  vrep import doctors doctors.xlsx --dry-run --config vrep.yaml\n" +
			"  vrep import doctors doctors.xlsx --config vrep.yaml",
		RunE: func(c *cobra.Command, a []string) error {
			if len(a) > 0 {
				return usageError{fmt.Errorf("import knows %s, not %q", strings.Join(master.KindNames(), ", "), a[0])}
			}
			return c.Help()
		},
	}
	var o importOptions
	c.PersistentFlags().StringVar(&o.config, "config", "", "configuration file")
	for _, kind := range master.KindNames() {
		c.AddCommand(newImportKind(kind, &o))
	}
	c.AddCommand(newImportTemplate())
	return c
}

type importOptions struct {
	config string
	dry    bool
}

func newImportKind(kind string, o *importOptions) *cobra.Command {
	c := &cobra.Command{
		Use: kind + " FILE", Short: kind + " from an XLSX or CSV file",
		Long:    "The columns are those of the template: vrep import template " + kind + ".",
		Example: "  vrep import template " + kind + " -o " + kind + ".xlsx\n  vrep import " + kind + " " + kind + ".xlsx --dry-run --config vrep.yaml",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			if _, err := os.Stat(a[0]); err != nil {
				return usageError{fmt.Errorf("reading the spreadsheet: %w", err)}
			}
			return withConfigured(c, o.config, func(cfg *config.Config, st *store.Store) error { return runImport(c, cfg, st, kind, a[0], o.dry) })
		},
	}
	c.Flags().BoolVar(&o.dry, "dry-run", false, "check and count only; write nothing")
	return c
}

func runImport(c *cobra.Command, cfg *config.Config, st *store.Store, kind, path string, dry bool) error {
	o := master.Options{Kind: kind, Path: path, Actor: "cli", Dry: dry, Zone: cfg.Zone}
	if lib, _ := flows.Load(flowsFS(cfg)); lib != nil {
		o.Codes, o.Hospitals = lib.Coder(), hospitalNames(lib)
	}
	bar := &progressLine{w: c.ErrOrStderr()}
	o.Progress = bar.show
	r, err := master.Run(c.Context(), st, o)
	bar.end()
	if errors.Is(err, store.ErrImportRunning) {
		return fmt.Errorf("another import is being written to this database; wait for its end and try again: %w", err)
	}
	if err != nil {
		return err
	}
	printReport(c.OutOrStdout(), r, dry)
	if !r.OK() {
		return errFindings
	}
	return nil
}

// hospitalNames are the hospitals of the flows' list, for a house that keeps none in its master data yet: id → name.
func hospitalNames(lib *flows.Library) map[string]string {
	names := map[string]string{}
	if list := lib.Lists()["hospitals"]; list != nil {
		for _, item := range list.Items {
			names[item.Code] = item.Label
		}
	}
	return names
}

// printReport writes what an import came to.
func printReport(w io.Writer, r *master.Report, dry bool) {
	for _, p := range r.Problems {
		fmt.Fprintf(w, "%s\n", p)
	}
	if more := r.Bad - len(r.Problems); more > 0 {
		fmt.Fprintf(w, "… and %d more problem(s)\n", more)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "note: %s\n", n)
	}
	if r.MoreNote > 0 {
		fmt.Fprintf(w, "… and %d more note(s)\n", r.MoreNote)
	}
	for _, code := range r.Fresh {
		if r.OK() && !dry {
			fmt.Fprintf(w, "invitation code %s\n", code)
		}
	}
	im := r.Import
	if !r.OK() {
		fmt.Fprintf(w, "%d row(s), %d problem(s); nothing was written\n", im.Total, r.Bad)
		return
	}
	done := "written"
	if dry {
		done = "checked, nothing was written"
	}
	fmt.Fprintf(w, "%d row(s) %s: %d added, %d changed, %d the same, %d merged\n", im.Total, done, im.Added, im.Changed, im.Same, r.Merged)
}

// progressLine shows one line that changes, on a terminal and nowhere else.
type progressLine struct {
	w     io.Writer
	shown bool
}

func (l *progressLine) show(p master.Progress) {
	if file, ok := l.w.(*os.File); ok {
		if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
			return
		}
	}
	l.shown = true
	fmt.Fprintf(l.w, "\r%s   ", master.Says(p))
}

func (l *progressLine) end() {
	if l.shown {
		fmt.Fprintln(l.w)
	}
}

func newImportTemplate() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "template KIND", Short: "an empty spreadsheet with headers, an example and notes",
		Long:      "Writes an XLSX file. KIND is one of " + strings.Join(master.KindNames(), ", ") + ".",
		Example:   "  vrep import template doctors -o doctors.xlsx",
		Args:      args(cobra.ExactArgs(1)),
		ValidArgs: master.KindNames(),
		RunE: func(c *cobra.Command, a []string) error {
			body, err := master.Template(a[0])
			if errors.Is(err, master.ErrKind) {
				return usageError{fmt.Errorf("templates are there for %s, not %q", strings.Join(master.KindNames(), ", "), a[0])}
			}
			if err != nil {
				return err
			}
			if out == "" {
				out = a[0] + ".xlsx"
			}
			if err := os.WriteFile(out, body, 0o600); err != nil {
				return usageError{fmt.Errorf("writing the template: %w", err)}
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), out)
			return err
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "file to write (default KIND.xlsx)")
	return c
}

// withConfigured opens the configured database together with its configuration.
func withConfigured(c *cobra.Command, configFile string, do func(*config.Config, *store.Store) error) error {
	cfg, err := loadConfig(configFile)
	if err != nil {
		return err
	}
	return withStore(c, configFile, func(st *store.Store) error { return do(cfg, st) })
}
