package main

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"
	"github.com/vrep/vrep/store"
)

func newMigrate() *cobra.Command {
	c := &cobra.Command{
		Use: "migrate", Short: "bring the database to this version's schema",
		Example: "  vrep migrate status --config vrep.yaml\n  vrep migrate up --config vrep.yaml",
		RunE: func(c *cobra.Command, a []string) error {
			if len(a) > 0 {
				return usageError{fmt.Errorf("migrate knows up and status, not %q", a[0])}
			}
			return c.Help()
		},
	}
	var configFile string
	c.PersistentFlags().StringVar(&configFile, "config", "", "configuration file")
	c.AddCommand(
		&cobra.Command{
			Use: "up", Short: "apply what is pending", Example: "  vrep migrate up", Args: args(cobra.NoArgs),
			RunE: func(c *cobra.Command, _ []string) error {
				return withStore(c, configFile, func(st *store.Store) error {
					applied, err := st.Migrate(c.Context())
					for _, id := range applied {
						fmt.Fprintln(c.OutOrStdout(), "applied", id)
					}
					if err == nil && len(applied) == 0 {
						fmt.Fprintln(c.OutOrStdout(), "nothing to do: the schema is current")
					}
					return err
				})
			},
		},
		&cobra.Command{
			Use: "status", Short: "list applied and pending migrations; exit 1 while some are pending", Example: "  vrep migrate status", Args: args(cobra.NoArgs),
			RunE: func(c *cobra.Command, _ []string) error {
				return withStore(c, configFile, func(st *store.Store) error { return migrationStatus(c, st) })
			},
		},
	)
	return c
}

func migrationStatus(c *cobra.Command, st *store.Store) error {
	all, err := st.Migrations(c.Context())
	if err != nil {
		return err
	}
	pending := false
	for _, m := range all {
		state := "applied"
		if !m.Applied {
			state, pending = "pending", true
		}
		fmt.Fprintf(c.OutOrStdout(), "%-8s %s\n", state, m.ID)
	}
	if pending {
		return errFindings
	}
	return nil
}

// withStore opens the configured database without migrating it.
func withStore(c *cobra.Command, configFile string, do func(*store.Store) error) error {
	cfg, err := loadConfig(configFile)
	if err != nil {
		return err
	}
	of, err := personalOf(cfg)
	if err != nil {
		return err
	}
	st, err := connect(c.Context(), cfg, of, newLog(slog.LevelWarn), time.Now)
	if err != nil {
		return err
	}
	return errors.Join(do(st), st.Close())
}
