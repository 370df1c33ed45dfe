package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
)

func newFlowsGraph() *cobra.Command {
	var format, out, old string
	c := &cobra.Command{
		Use: "graph [FLOW, FILE or DIR]", Short: "draw flows: questions, conditions, jumps, sub-flows; mistakes coloured",
		Long: "Draws a flow as an outline (text), as Mermaid or Graphviz source, or as SVG. Steps with findings of level error are red, what expires is amber.\n" +
			"With --diff added, changed and gone steps are coloured. SVG of several flows needs -o FOLDER.",
		Example: "  vrep flows graph first_visit\n  vrep flows graph flows/first_visit.yaml --format svg -o first_visit.svg\n  vrep flows graph flows --format svg -o drawings --diff flows.old",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			if !slices.Contains([]string{"text", "mermaid", "svg", "dot"}, format) {
				return usageError{fmt.Errorf("--format is text, mermaid, svg or dot, not %q", format)}
			}
			now, err := readNow("")
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
			oldLib, err := loadOld(old)
			if err != nil {
				return err
			}
			return drawAll(c, p, oldLib, format, out)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text, mermaid, svg or dot")
	c.Flags().StringVarP(&out, "out", "o", "", "file to write, or folder for several flows as SVG")
	c.Flags().StringVar(&old, "diff", "", "folder with another version: differences are coloured")
	return c
}

// loadOld reads the folder of another version; nil without a name. Its mistakes do not matter.
func loadOld(dir string) (*flows.Library, error) {
	if dir == "" {
		return nil, nil
	}
	t, err := readTarget([]string{dir})
	if err != nil {
		return nil, err
	}
	lib, _ := flows.Load(t.fsys)
	if lib == nil {
		return nil, usageError{fmt.Errorf("%s cannot be read", dir)}
	}
	return lib, nil
}

func drawAll(c *cobra.Command, p *picked, old *flows.Library, format, out string) error {
	if format == "svg" && len(p.ids) > 1 {
		if out == "" {
			return usageError{fmt.Errorf("SVG of %d flows needs -o FOLDER", len(p.ids))}
		}
		if err := os.MkdirAll(out, 0o755); err != nil {
			return fmt.Errorf("making the folder: %w", err)
		}
	}
	var all []string
	for _, id := range p.ids {
		chart := author.NewChart(p.lib, p.lib.Flow(id), p.problems)
		if old != nil && old.Flow(id) != nil {
			chart.Mark(old, p.lib, old.Flow(id), p.lib.Flow(id))
		}
		text := draw(chart, format)
		if format == "svg" && len(p.ids) > 1 {
			if err := writeOut(c, filepath.Join(out, id+".svg"), []byte(text)); err != nil {
				return err
			}
			continue
		}
		all = append(all, text)
	}
	if len(all) == 0 {
		return nil
	}
	return writeOut(c, out, []byte(strings.Join(all, "\n")))
}

func draw(chart *author.Chart, format string) string {
	switch format {
	case "svg":
		return string(chart.SVG())
	case "mermaid":
		return chart.Mermaid()
	case "dot":
		return chart.Dot()
	}
	return chart.Text()
}
