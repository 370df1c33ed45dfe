package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows/author"
)

func newFlowsSchema() *cobra.Command {
	var kind, out string
	c := &cobra.Command{
		Use: "schema", Short: "JSON Schema for editors, with Chinese titles and descriptions",
		Long: "Writes the JSON Schema (2020-12) of a kind of file. An editor with a YAML extension completes keys and explains them when the first line of a flow is\n" +
			"# yaml-language-server: $schema=flow.schema.json",
		Example: "  vrep flows schema -o flow.schema.json\n  vrep flows schema --kind contents -o contents.schema.json", Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			data, err := author.Schema(kind)
			if errors.Is(err, author.ErrNoSchema) {
				return usageError{fmt.Errorf("--kind is one of %s, not %q", strings.Join(author.SchemaKinds(), ", "), kind)}
			}
			if err != nil {
				return err
			}
			return writeOut(c, out, data)
		},
	}
	c.Flags().StringVar(&kind, "kind", "flow", strings.Join(author.SchemaKinds(), ", "))
	c.Flags().StringVarP(&out, "out", "o", "", "file to write; standard output without it")
	return c
}
