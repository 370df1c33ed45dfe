package master

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/vrep/vrep/master/sheet"
	"github.com/vrep/vrep/store"
)

// Bounds of a report.
const (
	maxProblems = 200
	maxNotes    = 100
)

// Problem is one thing that keeps a file from being imported.
type Problem struct {
	Line   int    `json:"line"`             // as the spreadsheet shows it; 0 = the file
	Cell   string `json:"cell,omitempty"`   // such as C7
	Column string `json:"column,omitempty"` // header
	Says   string `json:"says"`
	Cure   string `json:"cure"`
}

// Report is what an import came to.
type Report struct {
	Problems []Problem `json:"problems,omitempty"` // at most 200 of Bad
	Bad      int       `json:"bad,omitempty"`
	Notes    []string  `json:"notes,omitempty"` // at most 100 of them
	MoreNote int       `json:"more_notes,omitempty"`
	Merged   int       `json:"merged,omitempty"` // rows that another row stands for
	Fresh    []string  `json:"-"`                // invitation codes that were drawn

	Import store.Import `json:"-"`
}

// OK tells whether nothing kept the file from being imported.
func (r *Report) OK() bool { return r.Bad == 0 }

// ReadReport reads the report kept with an import.
func ReadReport(im store.Import) Report {
	var r Report
	if len(im.Report) > 0 && json.Unmarshal(im.Report, &r) != nil {
		return Report{Bad: im.Bad}
	}
	return r
}

// problem adds one.
func (r *Report) problem(w *words, code string, line, column int, head string, args ...any) {
	r.Bad++
	if len(r.Problems) == maxProblems {
		return
	}
	p := Problem{Line: line, Column: head, Says: fill(w.Problems[code].Says, args...), Cure: fill(w.Problems[code].Cure, args...)}
	if line > 0 && column > 0 {
		p.Cell = sheet.Name(column, line)
	}
	r.Problems = append(r.Problems, p)
}

// note adds something worth knowing.
func (r *Report) note(w *words, code string, args ...any) {
	if len(r.Notes) == maxNotes {
		r.MoreNote++
		return
	}
	r.Notes = append(r.Notes, fill(w.Notes[code], args...))
}

// faults takes over what the reader of the file says; an error that is nobody's fault in the file is given back.
func (r *Report) faults(w *words, err error) error {
	var many *sheet.Faults
	var one *sheet.Fault
	switch {
	case errors.As(err, &many):
		for _, f := range many.All {
			r.problem(w, f.Code, f.Line, f.Column, "", f.Detail)
		}
		r.Bad += many.More
	case errors.As(err, &one) && one.Code == "too_many":
		r.problem(w, one.Code, 0, 0, "", sheet.MaxRows)
	case errors.As(err, &one):
		r.problem(w, one.Code, one.Line, one.Column, "", one.Detail)
	default:
		return err
	}
	return nil
}

// body is the report as it is kept.
func (r *Report) body() ([]byte, error) {
	out, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encoding report: %w", err)
	}
	return out, nil
}

// String is the problem on one line.
func (p Problem) String() string {
	w, err := readWords()
	if err != nil {
		return p.Says
	}
	where := ""
	switch {
	case p.Cell != "":
		where = fill(w.Says["at_cell"], p.Line, p.Cell)
	case p.Line > 0:
		where = fill(w.Says["at_line"], p.Line)
	}
	return where + fill(w.Says["problem"], p.Says, p.Cure)
}
