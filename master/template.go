package master

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/vrep/vrep/master/sheet"
)

// Template writes an empty spreadsheet of a kind: the headers, an example row, and a second sheet that says how to fill each column. ErrKind.
func Template(kind string) ([]byte, error) {
	w, err := readWords()
	if err != nil {
		return nil, err
	}
	k, ok := w.Kinds[kind]
	if !ok {
		return nil, ErrKind
	}
	var heads, example []string
	notes := [][]string{}
	for _, line := range w.Template.Notes {
		notes = append(notes, []string{line})
	}
	notes = append(notes, nil, w.Template.Heads)
	for _, c := range k.Columns {
		heads, example = append(heads, c.Heads[0]), append(example, c.Example)
		need, group := "", c.Choice
		if c.Need {
			need = w.Template.Need
		}
		choices := ""
		if group != "" {
			choices = w.labels(group)
		}
		notes = append(notes, []string{c.Heads[0], need, c.Note, strings.Join(c.Heads[1:], listComma), choices})
	}
	var out bytes.Buffer
	err = sheet.Write(&out, sheet.Page{Name: k.Title, Rows: [][]string{heads, example}, Header: true}, sheet.Page{Name: w.Template.Sheet, Rows: notes})
	if err != nil {
		return nil, fmt.Errorf("writing template: %w", err)
	}
	return out.Bytes(), nil
}

// Says is a line about the progress of an import.
func Says(p Progress) string {
	w, err := readWords()
	if err != nil {
		return ""
	}
	if p.Writing {
		return fill(w.Says["writing"], p.Done, p.Total)
	}
	return fill(w.Says["checking"], p.Done, p.Total)
}
