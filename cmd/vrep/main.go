// Command vrep is the virtual representative: webhook, flow engine, outbox, console and simulator in one binary.
//
// It holds no logic of its own: it reads settings, wires the packages and stops them in order. Exit codes: 0 fine, 1 findings or failure, 2 usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zone data for images that have none

	"github.com/spf13/cobra"
)

// Exit codes of every command.
const (
	exitFine     = 0
	exitFindings = 1
	exitUsage    = 2
)

// errFindings ends a command with exit code 1 without a further message: the findings were printed.
var errFindings = errors.New("findings")

// usageError ends a command with exit code 2.
type usageError struct{ error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.As(err, &usage):
		fmt.Fprintln(errOut, "vrep:", err)
		fmt.Fprintln(errOut, "Run the command with --help for an example.")
		return exitUsage
	}
	fmt.Fprintln(errOut, "vrep:", err)
	return exitFindings
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "vrep",
		Short:         "virtual representative on WeChat: scripted visits, portraits, leads for reps",
		Long:          "vrep visits doctors online by scripted questions, builds their portrait, hands those who want a person to a rep, and sends content that fits.",
		Example:       "  vrep demo\n  vrep serve --config vrep.yaml\n  vrep flows lint flows/",
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("no command is called %q", args[0])}
			}
			return c.Help()
		},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		newDemo(), newServe(), newFlows(), newMigrate(), newUser(), newAudit(), newImport(), newCheck(), newMenu(), newHealthcheck(), newVersion(),
	)
	return root
}

// args wraps a cobra argument check so that a wrong number of arguments is a usage error.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, a []string) error {
		if err := check(c, a); err != nil {
			return usageError{err}
		}
		return nil
	}
}
