package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/library"
	"github.com/vrep/vrep/flows/lint"
)

// picked is what a drawing, an explanation or a print is about: a library with its findings, and the flows that were named.
type picked struct {
	target
	lib      *flows.Library
	problems []flows.Problem
	ids      []string
}

// pick reads a folder, a file, or the name of a flow in this folder or among the shipped ones. Without an argument it is all shipped flows. Flows with
// mistakes are picked too, as far as they can be read.
func pick(name string, now time.Time) (*picked, error) {
	p, err := pickTarget(name)
	if err != nil {
		return nil, err
	}
	p.lib, p.problems = flows.Load(p.fsys)
	if p.lib == nil {
		return p, nil
	}
	p.problems = append(p.problems, flows.Lint(p.lib, now)...)
	named := p.ids
	p.ids = nil
	for _, f := range p.lib.Flows() {
		if (p.file == "" || f.File() == p.file) && (named == nil || slices.Contains(named, f.ID)) {
			p.ids = append(p.ids, f.ID)
		}
	}
	return p, nil
}

func pickTarget(name string) (*picked, error) {
	if name == "" {
		t, err := readTarget(nil)
		return &picked{target: t}, err
	}
	for _, path := range []string{name, name + ".yaml"} {
		if _, err := os.Stat(path); err == nil {
			t, err := readTarget([]string{path})
			return &picked{target: t}, err
		}
	}
	lib, _ := flows.Load(library.FS)
	if lib.Flow(name) != nil {
		return &picked{target: target{fsys: library.FS}, ids: []string{name}}, nil
	}
	known := []string{}
	for _, f := range lib.Flows() {
		known = append(known, f.ID)
	}
	if here, err := filepath.Glob("*.yaml"); err == nil {
		for _, file := range here {
			known = append(known, strings.TrimSuffix(file, ".yaml"))
		}
	}
	return nil, usageError{unknown("flow, file or folder", name, known)}
}

// unknown says that there is no such thing, with the nearest.
func unknown(what, name string, known []string) error {
	if near := cond.Nearest(name, known); near != "" {
		return fmt.Errorf("no %s is called %q; did you mean %q?", what, name, near)
	}
	return fmt.Errorf("no %s is called %q", what, name)
}

// readable ends a command whose flows cannot be read at all, with the findings.
func (p *picked) readable(c *cobra.Command) error {
	if len(p.ids) > 0 {
		return nil
	}
	if errs := lint.Errors(p.problems); len(errs) > 0 {
		if err := lint.Text(c.ErrOrStderr(), p.placed(errs)); err != nil {
			return err
		}
		return errFindings
	}
	return usageError{errors.New("there is no flow here")}
}

// one is the only flow that was picked.
func (p *picked) one(c *cobra.Command) (*flows.Flow, error) {
	if err := p.readable(c); err != nil {
		return nil, err
	}
	if len(p.ids) != 1 {
		return nil, usageError{fmt.Errorf("name one flow of %s", strings.Join(p.ids, ", "))}
	}
	return p.lib.Flow(p.ids[0]), nil
}

// writeOut writes to a file in one go, or to standard output.
func writeOut(c *cobra.Command, path string, data []byte) error {
	if path == "" {
		if _, err := c.OutOrStdout().Write(data); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
		return nil
	}
	return putFile(path, data, 0o644)
}

// putFile puts a file in place as a whole: whoever reads it sees the old or the new one. A file that exists keeps its mode.
func putFile(path string, data []byte, mode fs.FileMode) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if st, err := os.Stat(path); err == nil {
		mode = st.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".vrep-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
