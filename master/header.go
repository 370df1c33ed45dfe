package master

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/vrep/vrep/master/sheet"
)

// headerWithin is how many rows may stand above the header: titles, dates.
const headerWithin = 10

// header says in which cell of a row each column of the kind stands.
type header struct {
	kind Kind
	line int
	at   map[string]int // column → index of the cell
	head []string       // what stands above each cell
}

// plainHead is a header in the form in which headers are compared.
func plainHead(cell string) string {
	cell = strings.ToLower(norm.NFKC.String(cell))
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '*' || r == '_' {
			return -1
		}
		return r
	}, strings.TrimSuffix(strings.TrimSuffix(cell, "(\u5fc5\u586b)"), ":"))
}

// columnOf finds the column that a header names.
func (k Kind) columnOf(cell string) (Column, bool) {
	cell = plainHead(cell)
	for _, c := range k.Columns {
		if slices.ContainsFunc(c.Heads, func(h string) bool { return plainHead(h) == cell }) {
			return c, cell != ""
		}
	}
	return Column{}, false
}

// looksLikeHeader tells whether a row is the header: it has a needed column, and half of what it holds are names of columns.
func (k Kind) looksLikeHeader(cells []string) bool {
	filled, known, needed := 0, 0, false
	for _, cell := range cells {
		if cell == "" {
			continue
		}
		filled++
		if c, ok := k.columnOf(cell); ok {
			known++
			needed = needed || c.Need
		}
	}
	return known*2 >= filled && known > 0 && (needed || known >= 2)
}

// readHeader reads the header row; what is wrong with it goes into the report.
func (p *plan) readHeader(row sheet.Row) {
	p.header = &header{kind: p.kind, line: row.Line, at: map[string]int{}, head: slices.Clone(row.Cells)}
	var names []string
	for _, c := range p.kind.Columns {
		names = append(names, c.Heads[0])
	}
	for i, cell := range row.Cells {
		if cell == "" {
			continue
		}
		c, ok := p.kind.columnOf(cell)
		first, twice := p.header.at[c.Name]
		switch {
		case !ok:
			p.report.problem(p.words, "unknown_column", row.Line, i+1, cell, cell, strings.Join(names, listComma))
		case twice:
			p.report.problem(p.words, "twice_column", row.Line, i+1, cell, cell, first+1)
		default:
			p.header.at[c.Name] = i
		}
	}
	for _, c := range p.kind.Columns {
		if _, there := p.header.at[c.Name]; c.Need && !there {
			p.report.problem(p.words, "no_column", row.Line, 0, c.Heads[0], c.Heads[0])
		}
	}
}

// needed is the first column that a kind cannot do without.
func (k Kind) needed() string {
	for _, c := range k.Columns {
		if c.Need {
			return c.Heads[0]
		}
	}
	return k.Columns[0].Heads[0]
}
