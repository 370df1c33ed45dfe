package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
)

// recording adds what was talked to a test file.
type recording struct {
	file  string // "" = nothing is recorded
	exact bool
}

func (r *recording) flags(c *cobra.Command) {
	c.Flags().StringVar(&r.file, "record", "", "add the talk as a test case to this file (tests/FLOW.test.yaml)")
	c.Flags().BoolVar(&r.exact, "exact", false, "record replies word for word")
}

// play plays, and records when a file is named.
func (r *recording) play(c *cobra.Command, opt flows.PlayOptions, play func(flows.PlayOptions) error) error {
	file := r.file
	if file == "" {
		if r.exact {
			return usageError{errors.New("--exact needs --record")}
		}
		return play(opt)
	}
	if !strings.HasSuffix(file, ".test.yaml") {
		return usageError{fmt.Errorf("--record writes tests/FLOW.test.yaml, not %s", file)}
	}
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("reading --record: %w", err)}
	}
	var turns []author.RecordedTurn
	opt.Each = func(in flows.Input, before flows.Facts, turn flows.Turn) {
		turns = append(turns, author.RecordedTurn{In: in, Facts: before, Out: turn})
	}
	if err := play(opt); err != nil {
		return err
	}
	name := author.CaseName(time.Now().In(opt.Now.Location()))
	write := author.RecordCase
	if r.exact {
		write = author.RecordExact
	}
	data, err := author.AppendCase(old, turns[0].In.Key, write(name, opt.Now, turns))
	if err != nil {
		return fmt.Errorf("recording in %s: %w", file, err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	_, err = fmt.Fprintf(c.ErrOrStderr(), "recorded %d turns in %s\n", len(turns), file)
	return err
}
