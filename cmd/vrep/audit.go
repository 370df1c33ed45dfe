package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/vrep/vrep/store"
)

func newAudit() *cobra.Command {
	c := &cobra.Command{
		Use: "audit", Short: "the log of what people did: verify that nobody has changed it", Example: "  vrep audit verify --config vrep.yaml",
		RunE: func(c *cobra.Command, a []string) error {
			if len(a) > 0 {
				return usageError{fmt.Errorf("audit knows verify, not %q", a[0])}
			}
			return c.Help()
		},
	}
	var configFile string
	var copies []string
	verify := &cobra.Command{
		Use: "verify", Short: "recompute every chain and compare it with the signed checkpoints",
		Long: "Recomputes the hash of every row of the audit and compares the chains with the checkpoints in the database, in the data folder and in the files " +
			"given. Rows cut off behind the last checkpoint of a chain cannot be missed: their number is printed. A tail that was cut off together with its " +
			"checkpoints in the database and in the data folder is found by a copy of the checkpoint file kept elsewhere.",
		Example: "  vrep audit verify --config vrep.yaml\n  vrep audit verify --checkpoints /mnt/elsewhere/" + store.MarksFile, Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			var elsewhere []store.Checkpoint
			for _, file := range copies {
				marks, err := store.ReadMarks(file)
				if err != nil {
					return err
				}
				if len(marks) == 0 {
					return fmt.Errorf("%s holds no checkpoint", file)
				}
				elsewhere = append(elsewhere, marks...)
			}
			return withStore(c, configFile, func(st *store.Store) error {
				r, err := st.VerifyAudit(c.Context(), elsewhere)
				if err != nil {
					return err
				}
				return printAudit(c.OutOrStdout(), r)
			})
		},
	}
	verify.Flags().StringVar(&configFile, "config", "", "configuration file")
	verify.Flags().StringArrayVar(&copies, "checkpoints", nil, "copy of the checkpoint file kept elsewhere; may be given several times")
	c.AddCommand(verify)
	return c
}

// auditFindings says in words what a finding means.
var auditFindings = map[string]string{
	store.FoundChanged:   "the row was changed",
	store.FoundBroken:    "the row does not follow the one before it, which was changed, taken out or replaced",
	store.FoundMissing:   "rows are missing before this one, after row %d",
	store.FoundInserted:  "a row too many",
	store.FoundCut:       "the chain must reach to this row and ends at row %d",
	store.FoundRewritten: "the chain was written anew: it is not what was signed here; it is as signed up to row %d",
	store.FoundForged:    "a checkpoint was changed: its signature is wrong",
	store.FoundForeign:   "a checkpoint of another account",
	store.FoundUnmarked:  "the checkpoint is in the file and not in the database",
	store.FoundLoose:     "the row belongs to no chain",
	store.FoundEnd:       "the kept end of the chain is not its last row",
}

func printAudit(w io.Writer, r store.AuditReport) error {
	var errs []error
	say := func(format string, a ...any) {
		_, err := fmt.Fprintf(w, format, a...)
		errs = append(errs, err)
	}
	for _, f := range r.Findings {
		text := auditFindings[f.Kind]
		switch f.Kind {
		case store.FoundMissing, store.FoundCut, store.FoundRewritten:
			text = fmt.Sprintf(text, f.Since)
		}
		say("chain %s, row %d (id %d): %s\n", f.Chain, f.Row, f.ID, text)
	}
	if r.More > 0 {
		say("and %d more\n", r.More)
	}
	say("%d rows in %d chains, %d checkpoints, %d rows behind the last one\n", r.Rows, r.Chains, r.Checkpoints, r.Unsigned)
	if len(r.Findings) > 0 {
		errs = append(errs, errFindings)
	} else {
		say("nothing was changed\n")
	}
	return errors.Join(errs...)
}
