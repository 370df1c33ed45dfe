package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
)

//go:embed rules.txt
var rulesText string

// errNothingInForce: a preview compares with what is in force.
var errNothingInForce = errors.New("nothing is published yet: start the service once, or publish a folder (vrep flows publish DIR)")

func newRules() *cobra.Command {
	c := &cobra.Command{
		Use: "rules", Short: "try the rules by which doctors are classed, tagged and scored",
		Example: "  vrep rules preview flows/",
		Args:    args(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newRulesPreview())
	return c
}

func newRulesPreview() *cobra.Command {
	var p place
	c := &cobra.Command{
		Use: "preview [DIR]", Short: "say which doctors would change if the rules of a folder were published",
		Long: "Derives the doctors of the configured database by the rules in force and by those of the folder (rules.yaml, classes.yaml), and prints what differs:\n" +
			"tables of before and after, examples, tags that nearly everybody would have. Nothing is changed. Of more than 20,000 doctors a sample is looked at.\n" +
			"Mistakes in the folder are printed with their place and refuse it (exit 1).",
		Example: "  vrep rules preview flows/\n  vrep rules preview flows/ --demo /tmp/demo",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			return withReleases(c, p, func(ctx context.Context, r *releaseRun) error { return previewRules(ctx, r, a) })
		},
	}
	p.flags(c)
	return c
}

func previewRules(ctx context.Context, r *releaseRun, a []string) error {
	if len(a) == 0 && r.cfg.FlowsDir != "" {
		a = []string{r.cfg.FlowsDir}
	}
	t, err := readTarget(a)
	if err != nil {
		return err
	}
	problems := t.placed(lintAll(t.fsys, time.Now()))
	if lint.Blocks(problems, false) {
		return errors.Join(printFindings(r.c, problems), errFindings)
	}
	next, _ := flows.Load(t.fsys)
	current, err := r.publisher.Current(ctx)
	if err != nil {
		return err
	}
	if current.Library == nil {
		return errNothingInForce
	}
	in := insight.New(insight.Options{Store: r.store, Library: func() *flows.Library { return current.Library }, Zone: r.zone})
	shown := 0
	p, err := in.Preview(ctx, next, func(seen, total int) {
		if seen-shown >= 2000 {
			shown = seen
			fmt.Fprintf(r.c.ErrOrStderr(), "%d / %d\n", seen, total)
		}
	})
	if err != nil {
		return fmt.Errorf("trying the rules: %w", err)
	}
	return printPreview(r.c, next, p, t.dir)
}

// previewView is what the text about a preview prints.
type previewView struct {
	P               insight.Preview
	Tables          []previewTable
	Tags, Everybody []string
	Publish         string
}

// previewTable is the matrix of one kind, as lines of text.
type previewTable struct {
	Kind, Product   string
	Lines, Examples []string
}

func printPreview(c *cobra.Command, lib *flows.Library, p insight.Preview, dir string) error {
	t, err := template.New("rules").Parse(rulesText)
	if err != nil {
		return fmt.Errorf("reading texts: %w", err)
	}
	names, err := kindNames(t)
	if err != nil {
		return err
	}
	view := previewView{P: p, Publish: dir}
	for _, moves := range byKind(p.Moves) {
		if table, moved := tableOf(lib, moves); moved {
			table.Kind = names[moves[0].Kind]
			view.Tables = append(view.Tables, table)
		}
	}
	for _, tag := range p.Tags {
		if tag.Before != tag.After {
			view.Tags = append(view.Tags, fmt.Sprintf("%s  %d \u2192 %d", tag.Tag, tag.Before, tag.After))
		}
		if tag.Everybody {
			view.Everybody = append(view.Everybody, tag.Tag)
		}
	}
	if err := t.ExecuteTemplate(c.OutOrStdout(), "preview", view); err != nil {
		return fmt.Errorf("printing the preview: %w", err)
	}
	return nil
}

// kindNames reads the words for kinds, which stand in the text as pairs.
func kindNames(t *template.Template) (map[string]string, error) {
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, "kinds", nil); err != nil {
		return nil, fmt.Errorf("reading texts: %w", err)
	}
	out := map[string]string{}
	for _, pair := range strings.Fields(b.String()) {
		kind, word, _ := strings.Cut(pair, "=")
		out[kind] = word
	}
	return out, nil
}

// byKind cuts the moves, which come sorted, into one list for each product and kind.
func byKind(moves []insight.Move) [][]insight.Move {
	var out [][]insight.Move
	for i, m := range moves {
		if i == 0 || moves[i-1].Kind != m.Kind || moves[i-1].Product != m.Product {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], m)
	}
	return out
}

// tableOf writes the matrix of one kind; moved tells whether anybody moves.
func tableOf(lib *flows.Library, moves []insight.Move) (t previewTable, moved bool) {
	var from, to []string
	count := map[[2]string]int{}
	for _, m := range moves {
		from, to = append(from, m.From), append(to, m.To)
		count[[2]string{m.From, m.To}] = m.Count
		if m.From == m.To {
			continue
		}
		moved, t.Product = true, m.Product
		for _, e := range m.Examples {
			t.Examples = append(t.Examples, fmt.Sprintf("%s  %s \u2192 %s  %s", e.Doctor, lib.Word(m.Kind, m.From), lib.Word(m.Kind, m.To), strings.ReplaceAll(e.Evidence, "\n", " | ")))
		}
	}
	slices.Sort(from)
	slices.Sort(to)
	from, to = slices.Compact(from), slices.Compact(to)
	head := pad("", 14)
	for _, v := range to {
		head += pad(lib.Word(moves[0].Kind, v), 14)
	}
	t.Lines = append(t.Lines, strings.TrimRight(head, " "))
	for _, f := range from {
		line := pad(lib.Word(moves[0].Kind, f), 14)
		for _, v := range to {
			line += pad(fmt.Sprint(count[[2]string{f, v}]), 14)
		}
		t.Lines = append(t.Lines, strings.TrimRight(line, " "))
	}
	return t, moved
}

// pad fills a cell; wide characters take two columns.
func pad(text string, width int) string {
	used := utf8.RuneCountInString(text)
	for _, r := range text {
		if r >= 0x1100 {
			used++
		}
	}
	return text + strings.Repeat(" ", max(1, width-used))
}
