package lint

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes the findings as a table for a pull request; nothing but a sentence when there are none.
func Markdown(w io.Writer, ps []Problem) error {
	if len(ps) == 0 {
		_, err := io.WriteString(w, Phrase("table_none")+"\n")
		return err
	}
	var b strings.Builder
	b.WriteString(Total(ps) + Phrase("table_head"))
	for _, p := range ps {
		fmt.Fprintf(&b, "| `%s:%d:%d` | %s | %s %s | %s | %s |\n", cell(p.File), p.Line, p.Column, Phrase("level_"+p.Level), p.Code, cell(p.Title),
			cell(p.Message), cell(p.Advice))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing findings: %w", err)
	}
	return nil
}

// cell makes a text fit for a cell of a table: one line, no bars, nothing that is markup.
func cell(s string) string {
	return strings.NewReplacer("\n", " ", "\r", " ", "|", "\\|", "<", "&lt;", ">", "&gt;", "`", "'", "*", "\\*", "_", "\\_").Replace(s)
}
