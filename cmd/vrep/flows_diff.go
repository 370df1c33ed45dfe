package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
)

func newFlowsDiff() *cobra.Command {
	c := &cobra.Command{
		Use: "diff OLD NEW", Short: "what changed between two folders or files, in words; exit 1 if anything did",
		Long: "Compares two folders of flows, or two flow files, step by step: added, gone, moved and renamed steps, texts before and after, options, conditions, and\n" +
			"whether running talks are affected. Exit code 0 when there is no difference, 1 when there is one. With one argument the shipped flows are the old ones.",
		Example: "  vrep flows diff flows.old flows\n  vrep flows diff approved/first_visit.yaml flows/first_visit.yaml", Args: args(cobra.RangeArgs(1, 2)),
		RunE: func(c *cobra.Command, a []string) error {
			var old, now target
			var err error
			if now, err = readTarget(a[len(a)-1:]); err != nil {
				return err
			}
			if old, err = readTarget(a[:len(a)-1]); err != nil {
				return err
			}
			if len(a) == 2 && (old.file == "") != (now.file == "") {
				return usageError{errors.New("compare two folders or two files")}
			}
			d, err := difference(old, now)
			if err != nil {
				return err
			}
			if err := d.Text(c.OutOrStdout()); err != nil {
				return err
			}
			if !d.Empty() {
				return errFindings
			}
			return nil
		},
	}
	return c
}

func difference(old, now target) (*author.Difference, error) {
	oldLib, _ := flows.Load(old.fsys)
	nowLib, _ := flows.Load(now.fsys)
	if oldLib == nil || nowLib == nil {
		return nil, usageError{errors.New("a folder cannot be read")}
	}
	if now.file != "" && old.file != "" {
		before, after := flowOf(oldLib, old.file), flowOf(nowLib, now.file)
		if before == nil || after == nil {
			return nil, usageError{fmt.Errorf("%s and %s are not both flows that can be read", old.file, now.file)}
		}
		d := &author.Difference{}
		if one := author.DiffFlows(oldLib, before, nowLib, after); one.Count > 0 || before.Hash() != after.Hash() {
			d.Flows = append(d.Flows, one)
		}
		return d, nil
	}
	var ids []string
	if f := flowOf(nowLib, now.file); f != nil {
		ids = append(ids, f.ID)
	}
	d := author.Diff(oldLib, nowLib, ids...)
	if ids != nil {
		return d, nil
	}
	isFlow := func(name string) bool {
		return !strings.Contains(name, "/") && (flowOf(oldLib, name) != nil || flowOf(nowLib, name) != nil)
	}
	var err error
	d.Files, err = author.OtherFiles(old.fsys, now.fsys, isFlow)
	return d, err
}

// flowOf finds the flow of a file, nil when there is none.
func flowOf(lib *flows.Library, file string) *flows.Flow {
	for _, f := range lib.Flows() {
		if file != "" && f.File() == file {
			return f
		}
	}
	return nil
}
