package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
)

func newFlowsTest() *cobra.Command {
	var now string
	c := &cobra.Command{
		Use: "test [DIR]", Short: "run the conversations in tests/; exit 1 when one fails",
		Long:    "Runs every case of tests/*.test.yaml in a folder of flows, offline and on a clock of its own; without an argument the shipped ones.",
		Example: "  vrep flows test flows/library", Args: args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			t, err := readTarget(a)
			if err != nil {
				return err
			}
			if t.file != "" {
				return usageError{fmt.Errorf("%s is a file; name the folder that holds tests/", a[0])}
			}
			at, err := readNow(now)
			if err != nil {
				return err
			}
			return testFlows(c, t, flows.TestOptions{Now: at})
		},
	}
	c.Flags().StringVar(&now, "now", "", "clock of cases without their own, such as 2026-03-04T10:00:00+08:00")
	return c
}

func testFlows(c *cobra.Command, t target, opt flows.TestOptions) error {
	lib, problems := flows.Load(t.fsys)
	if errs := lint.Errors(problems); len(errs) > 0 {
		if err := printFindings(c, t.placed(errs)); err != nil {
			return err
		}
		return errFindings
	}
	report := flows.RunTests(t.fsys, lib, opt)
	report.Problems = t.placed(report.Problems)
	if err := report.Text(c.OutOrStdout()); err != nil {
		return err
	}
	if !report.OK() {
		return errFindings
	}
	return nil
}
