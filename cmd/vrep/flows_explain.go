package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
)

func newFlowsExplain() *cobra.Command {
	var at string
	c := &cobra.Command{
		Use: "explain FLOW.STEP or FILE STEP", Short: "one step in words: when, what is accepted (tried out), where the value goes",
		Long: "Tells when a step is reached, what it accepts with about twenty sample answers and what became of them, what is said to others, where the value goes\n" +
			"and who refers to it.",
		Example: "  vrep flows explain first_visit.values\n  vrep flows explain flows/first_visit.yaml values", Args: args(cobra.RangeArgs(1, 2)),
		RunE: func(c *cobra.Command, a []string) error {
			name, step := a[0], ""
			if len(a) == 2 {
				step = a[1]
			} else if _, err := os.Stat(name); err != nil {
				if i := strings.LastIndex(name, "."); i >= 0 {
					name, step = name[:i], name[i+1:]
				}
			}
			now, err := readNow(at)
			if err != nil {
				return err
			}
			p, err := pick(name, now)
			if err != nil {
				return err
			}
			flow, err := p.one(c)
			if err != nil {
				return err
			}
			known := stepNames(flow)
			if step == "" {
				return usageError{fmt.Errorf("name a step of %s: %s", flow.ID, strings.Join(known, ", "))}
			}
			e, err := author.Explain(p.lib, flow, step, now)
			if errors.Is(err, author.ErrNoStep) {
				return usageError{unknown("step of "+flow.ID, step, known)}
			}
			if err != nil {
				return err
			}
			return e.Text(c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&at, "now", "", "the clock of the samples, such as 2026-03-04T10:00:00+08:00")
	return c
}

func stepNames(f *flows.Flow) []string {
	var out []string
	for _, s := range f.Steps {
		if s.ID != "" {
			out = append(out, s.ID)
		}
	}
	return out
}
