package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows/author"
	"github.com/vrep/vrep/flows/lint"
)

func newFlowsFmt() *cobra.Command {
	var check, diff bool
	c := &cobra.Command{
		Use: "fmt [DIR or FILE]", Short: "lay files out as the guide writes them; the meaning stays",
		Long: "Rewrites the YAML files of a folder (with lists/, tests/ and i18n/) or one file: order of keys, indentation, quotes. Comments and blank lines stay.\n" +
			"A file with mistakes is left alone and its findings are printed. Without an argument the shipped flows are checked.",
		Example: "  vrep flows fmt flows/\n  vrep flows fmt --check flows/\n  vrep flows fmt --diff flows/first_visit.yaml", Args: args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			t, err := readTarget(a)
			if err != nil {
				return err
			}
			return formatAll(c, t, check || len(a) == 0, diff)
		},
	}
	c.Flags().BoolVar(&check, "check", false, "only name the files that would change, exit 1 if there are any")
	c.Flags().BoolVar(&diff, "diff", false, "show what would change instead of writing, exit 1 if there is anything")
	return c
}

func formatAll(c *cobra.Command, t target, check, diff bool) error {
	names, err := t.files()
	if err != nil {
		return err
	}
	found := false
	for _, name := range names {
		data, err := fs.ReadFile(t.fsys, name)
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		out, err := lint.Format(data)
		shown := filepath.ToSlash(path.Join(filepath.ToSlash(t.dir), name))
		switch bad := (*lint.FormatError)(nil); {
		case errors.As(err, &bad):
			found = true
			for i := range bad.Problems {
				bad.Problems[i].File = name
			}
			if err := lint.Text(c.ErrOrStderr(), target{dir: t.dir}.placed(bad.Problems)); err != nil {
				return err
			}
			continue
		case err != nil:
			return fmt.Errorf("laying out %s: %w", shown, err)
		case string(out) == string(data):
			continue
		}
		line := shown + "\n"
		if diff {
			line = author.LineDiff(shown, string(data), string(out))
		}
		if _, err := fmt.Fprint(c.OutOrStdout(), line); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
		if check || diff {
			found = true
			continue
		}
		if err := rewrite(filepath.Join(t.dir, filepath.FromSlash(name)), out); err != nil {
			return err
		}
	}
	if found {
		return errFindings
	}
	return nil
}

// rewrite puts a file in place and keeps who may read it.
func rewrite(path string, data []byte) error {
	st, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return putFile(path, data, st.Mode().Perm())
}
