package lint

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// JSON writes the findings as one array of objects with file, line, column, code, level, message and advice.
func JSON(w io.Writer, ps []Problem) error {
	if ps == nil {
		ps = []Problem{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(ps)
}

// Text writes the findings for people: place, why, rule; the author's line with a caret; what to do.
func Text(w io.Writer, ps []Problem) error {
	for _, p := range ps {
		if _, err := io.WriteString(w, p.Text()); err != nil {
			return fmt.Errorf("writing findings: %w", err)
		}
	}
	return nil
}

// Total is the last line of a report: how many findings, how many of them errors.
func Total(ps []Problem) string {
	return Phrase("total", "all", fmt.Sprint(len(ps)), "errors", fmt.Sprint(len(Errors(ps))))
}

// Text is one finding for people, ending in a newline.
func (p Problem) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s [%s %s]\n", p.File, p.Line, p.Column, Phrase("finding", "level", Phrase("level_"+p.Level), "message", p.Message), p.Code, p.Title)
	if p.Source != "" {
		no := fmt.Sprint(p.Line)
		pad := strings.Repeat(" ", len(no))
		fmt.Fprintf(&b, "%s |\n%s | %s\n%s | %s\n", pad, no, printable(p.Source), pad, caret(p.Source, p.Column, p.Length))
	}
	if p.Advice != "" {
		fmt.Fprintf(&b, "  → %s\n", p.Advice)
	}
	return b.String()
}

// Cut divides the author's line where the mistake stands, for pages that colour it. Characters that cannot be seen are shown as one sign.
func (p Problem) Cut() (before, bad, after string) {
	line := []rune(printable(p.Source))
	from := min(max(p.Column-1, 0), len(line))
	to := min(from+max(p.Length, 1), len(line))
	return string(line[:from]), string(line[from:to]), string(line[to:])
}

// printable shows what an author cannot see: tabs and other control characters become one visible column.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return '→'
		}
		if r < ' ' || r == 0x7f {
			return '·'
		}
		return r
	}, s)
}

// caret underlines length characters from column on; wide characters take two columns of a terminal.
func caret(line string, column, length int) string {
	var b strings.Builder
	n := 0
	for _, r := range line {
		n++
		mark := " "
		switch {
		case n < column:
		case n == column:
			mark = "^"
		case n < column+length:
			mark = "~"
		default:
			return b.String()
		}
		b.WriteString(mark)
		if wide(r) {
			if mark == "^" {
				mark = "~"
			}
			b.WriteString(mark)
		}
	}
	if n < column {
		b.WriteString(strings.Repeat(" ", min(column-n-1, 200)) + "^")
	}
	return b.String()
}

// wide reports whether a terminal draws the character over two columns (Unicode East Asian Width W and F, the blocks that matter here).
func wide(r rune) bool {
	return r >= 0x1100 && (r <= 0x115f || (r >= 0x2e80 && r <= 0xa4cf) || (r >= 0xac00 && r <= 0xd7a3) || (r >= 0xf900 && r <= 0xfaff) ||
		(r >= 0xfe30 && r <= 0xfe6f) || (r >= 0xff00 && r <= 0xff60) || (r >= 0xffe0 && r <= 0xffe6) || (r >= 0x1f300 && r <= 0x1faff))
}
