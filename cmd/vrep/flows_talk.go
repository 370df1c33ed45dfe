package main

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
)

// talkTo is flows run for a person who sits at a terminal.
func talkTo(c *cobra.Command, t target, opt flows.PlayOptions) error {
	err := author.Talk(c.InOrStdin(), c.OutOrStdout(), author.PreviewOptions{FS: t.fsys, Dir: t.dir, Place: t.dir, File: t.file,
		Profile: opt.Profile, Now: func() time.Time { return opt.Now }})
	if errors.Is(err, author.ErrPreview) {
		return usageError{err}
	}
	return played(c, t, err)
}

// isTerminal reports whether a person types, not a file or another program.
func isTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull) // a device too, but nobody sits there
	return err != nil || !os.SameFile(info, null)
}
