package main

import (
	"bytes"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows/author"
)

func newFlowsPrint() *cobra.Command {
	var out, old, at string
	c := &cobra.Command{
		Use: "print [FLOW, FILE or DIR]", Short: "one HTML file for medical and legal review, differences marked",
		Long: "Prints every text, option, branch, refusal, reminder, content and profile field with an approval box, as one HTML file without scripts: it opens in a\n" +
			"browser and in Word and prints on A4. With --diff what is different from another version is marked.",
		Example: "  vrep flows print first_visit -o first_visit.html\n  vrep flows print flows --diff flows.approved -o review.html", Args: args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			now, err := readNow(at)
			if err != nil {
				return err
			}
			p, err := pick(strings.Join(a, ""), now)
			if err != nil {
				return err
			}
			if err := p.readable(c); err != nil {
				return err
			}
			opt := author.PrintOptions{FS: p.fsys, Flows: p.ids, Now: now}
			if opt.Old, err = loadOld(old); err != nil {
				return err
			}
			if p.file == "" && len(p.ids) == len(p.lib.Flows()) {
				opt.Flows = nil // all of them: then those that are gone are named too
			}
			var b bytes.Buffer
			if err := author.Print(&b, p.lib, opt); err != nil {
				return err
			}
			return writeOut(c, out, b.Bytes())
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "file to write; standard output without it")
	c.Flags().StringVar(&old, "diff", "", "folder with another version: differences are marked")
	c.Flags().StringVar(&at, "now", "", "day of the print, such as 2026-03-04T10:00:00+08:00")
	return c
}
