package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/vrep/vrep/console"
	"github.com/vrep/vrep/store"
)

func newUser() *cobra.Command {
	c := &cobra.Command{
		Use: "user", Short: "console accounts: add, list, disable, reset a password",
		Example: "  vrep user add wang --role safety\n  vrep user list\n  vrep user reset wang\n  vrep user disable wang",
		RunE: func(c *cobra.Command, a []string) error {
			if len(a) > 0 {
				return usageError{fmt.Errorf("user knows add, list, disable and reset, not %q", a[0])}
			}
			return c.Help()
		},
	}
	var configFile string
	var u store.User
	c.PersistentFlags().StringVar(&configFile, "config", "", "configuration file")
	add := &cobra.Command{
		Use: "add NAME", Short: "create an account and print its first password",
		Example: "  vrep user add wang --role safety\n  vrep user add li --role rep --rep liting\n  vrep user add zhao --role manager --team east",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			return withStore(c, configFile, func(st *store.Store) error {
				u.Name = a[0]
				password, err := console.AddUser(c.Context(), st, u)
				if errors.Is(err, console.ErrBadRole) || errors.Is(err, console.ErrBadName) || errors.Is(err, console.ErrBadPlace) {
					return usageError{err}
				}
				return printPassword(c.OutOrStdout(), a[0], password, err)
			})
		},
	}
	add.Flags().StringVar(&u.Role, "role", store.RoleViewer, strings.Join(console.Roles, ", "))
	add.Flags().StringVar(&u.Rep, "rep", "", "user id of the rep that the person is: roles rep and access")
	add.Flags().StringVar(&u.Team, "team", "", "team whose reps the person leads: role manager")
	c.AddCommand(add,
		&cobra.Command{
			Use: "list", Short: "list the accounts", Example: "  vrep user list", Args: args(cobra.NoArgs),
			RunE: func(c *cobra.Command, _ []string) error {
				return withStore(c, configFile, func(st *store.Store) error { return listUsers(c.Context(), c.OutOrStdout(), st) })
			},
		},
		&cobra.Command{
			Use: "disable NAME", Short: "lock an account and end its sessions", Example: "  vrep user disable wang", Args: args(cobra.ExactArgs(1)),
			RunE: func(c *cobra.Command, a []string) error {
				return withStore(c, configFile, func(st *store.Store) error { return console.DisableUser(c.Context(), st, a[0]) })
			},
		},
		&cobra.Command{
			Use: "reset NAME", Short: "draw a new password, print it and end the sessions", Example: "  vrep user reset admin", Args: args(cobra.ExactArgs(1)),
			RunE: func(c *cobra.Command, a []string) error {
				return withStore(c, configFile, func(st *store.Store) error {
					password, err := console.ResetPassword(c.Context(), st, a[0])
					return printPassword(c.OutOrStdout(), a[0], password, err)
				})
			},
		},
	)
	return c
}

func printPassword(w io.Writer, name, password string, err error) error {
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s  %s  (to be changed at the first login)\n", name, password)
	return err
}

func listUsers(ctx context.Context, w io.Writer, st *store.Store) error {
	users, err := console.ListUsers(ctx, st)
	if err != nil {
		return err
	}
	for _, u := range users {
		state := "active"
		if u.Disabled {
			state = "disabled"
		}
		if _, err := fmt.Fprintf(w, "%-20s %-10s %-8s %s\n", u.Name, u.Role, state, cmp.Or(u.Rep, u.Team)); err != nil {
			return err
		}
	}
	return nil
}

// welcomeAdmin creates the first console account and prints its password once.
func (a *app) welcomeAdmin(ctx context.Context, w io.Writer) error {
	name, password, created, err := console.EnsureAdmin(ctx, a.store)
	if err != nil || !created {
		return err
	}
	_, err = fmt.Fprintf(w, "console account %s, first password %s (shown once; vrep user reset %s draws a new one)\n", name, password, name)
	return err
}
