package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows/author"
)

var reFlowName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

func newFlowsNew() *cobra.Command {
	var dir, kind string
	c := &cobra.Command{
		Use: "new NAME", Short: "a flow to begin with, and its test: both pass at once",
		Long:    "Writes NAME.yaml with comments that explain it, tests/NAME.test.yaml, and _config.yaml where the folder has none. Files that exist are never overwritten.",
		Example: "  vrep flows new autumn_survey\n  vrep flows new first_talk --kind visit --dir flows", Args: args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			if !reFlowName.MatchString(a[0]) {
				return usageError{fmt.Errorf("a name has letters, digits and _ and begins with a letter, not %q", a[0])}
			}
			files, err := author.Starter(kind, a[0])
			if errors.Is(err, author.ErrNoStarter) {
				return usageError{fmt.Errorf("--kind is one of %s, not %q", strings.Join(author.StarterKinds(), ", "), kind)}
			}
			if err != nil {
				return err
			}
			if err := writeStarter(c, dir, files); err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "\nNext:\n  vrep flows lint %s\n  vrep flows run %s\n  vrep flows test %s\n", dir, filepath.Join(dir, a[0]+".yaml"), dir)
			return err
		},
	}
	c.Flags().StringVar(&dir, "dir", ".", "folder of flows; made if it does not exist")
	c.Flags().StringVar(&kind, "kind", "survey", strings.Join(author.StarterKinds(), ", "))
	return c
}

// writeStarter writes the files of a starter; it writes none when one of them exists.
func writeStarter(c *cobra.Command, dir string, files []author.NewFile) error {
	var write []author.NewFile
	for _, f := range files {
		_, err := os.Stat(filepath.Join(dir, filepath.FromSlash(f.Name)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			write = append(write, f)
		case err != nil:
			return fmt.Errorf("looking for %s: %w", f.Name, err)
		case !f.Once:
			return usageError{fmt.Errorf("%s exists; choose another name", filepath.Join(dir, f.Name))}
		}
	}
	for _, f := range write {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("making the folder: %w", err)
		}
		if err := putFile(path, f.Data, 0o644); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(c.OutOrStdout(), path); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
	}
	return nil
}
