package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// scan reads the sheet's part once for what the rows do not show: how many rows there are, merged cells, formulas without a kept value, values that are
// errors, and whether the part is whole.
func (f *File) scan() error {
	part := f.part()
	if part == nil {
		return &Fault{Code: "not_excel"}
	}
	r, err := part.Open()
	if err != nil {
		return &Fault{Code: "damaged"}
	}
	defer r.Close()
	s := &scanner{f: f, faults: &Faults{}}
	if err := s.run(bufio.NewReaderSize(r, 256<<10)); err != nil {
		return err
	}
	if !s.whole {
		return &Fault{Code: "damaged"}
	}
	if len(s.faults.All) > 0 {
		return s.faults
	}
	return nil
}

// scanner goes over the tags of a sheet.
type scanner struct {
	f       *File
	faults  *Faults
	whole   bool   // the end was seen
	cell    string // that we are in
	kind    string // its type
	formula bool
	value   bool
}

// run reads tag after tag.
func (s *scanner) run(r *bufio.Reader) error {
	for {
		passed, err := skip(r, '<')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return &Fault{Code: "damaged"}
		}
		tag, err := r.ReadSlice('>')
		if err != nil {
			return &Fault{Code: "damaged"}
		}
		s.tag(tag[:len(tag)-1], passed > 1)
	}
}

// skip reads past the next mark and tells how many bytes that were.
func skip(r *bufio.Reader, mark byte) (passed int, err error) {
	for {
		part, err := r.ReadSlice(mark)
		passed += len(part)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return passed, err
		}
	}
}

// tag notes one tag, without its brackets; text tells whether anything stood before it.
func (s *scanner) tag(tag []byte, text bool) {
	ends := bytes.HasPrefix(tag, []byte("/"))
	closed := bytes.HasSuffix(tag, []byte("/"))
	name, attrs, _ := bytes.Cut(bytes.Trim(tag, "/"), []byte(" "))
	if _, local, found := bytes.Cut(name, []byte(":")); found {
		name = local
	}
	switch string(name) {
	case "worksheet":
		s.whole = s.whole || ends
	case "row":
		if !ends {
			s.f.Lines++
		}
	case "c":
		if ends {
			s.leave()
			return
		}
		s.cell, s.kind, s.formula, s.value = attr(attrs, "r"), attr(attrs, "t"), false, false
		if closed {
			s.leave()
		}
	case "f":
		s.formula = s.formula || !ends
	case "v", "t":
		s.value = s.value || ends && text
	case "mergeCell":
		s.merge(attr(attrs, "ref"))
	}
}

// leave judges the cell that has ended.
func (s *scanner) leave() {
	code := ""
	switch {
	case s.kind == "e":
		code = "error_value"
	case s.formula && !s.value:
		code = "formula"
	case s.formula:
		s.f.Formulas++
	}
	if code != "" {
		column, line, err := excelize.CellNameToCoordinates(s.cell)
		if err != nil {
			column, line = 0, 0
		}
		s.faults.add(&Fault{Code: code, Line: line, Column: column, Detail: s.cell})
	}
	s.cell, s.kind, s.formula, s.value = "", "", false, false
}

func (s *scanner) merge(ref string) {
	from, to, found := strings.Cut(ref, ":")
	column, first, err1 := excelize.CellNameToCoordinates(from)
	_, last, err2 := excelize.CellNameToCoordinates(to)
	if !found || err1 != nil || err2 != nil || from == to {
		return
	}
	s.f.merged = append(s.f.merged, area{name: ref, first: first, last: last, column: column})
}

// attr reads an attribute of a tag.
func attr(attrs []byte, name string) string {
	for len(attrs) > 0 {
		key, rest, found := bytes.Cut(attrs, []byte("="))
		if !found || len(rest) < 2 {
			return ""
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return ""
		}
		if string(bytes.TrimSpace(key)) == name {
			return string(rest[1 : end+1])
		}
		attrs = rest[end+2:]
	}
	return ""
}

// Name is a position as spreadsheet programs write it, such as C7; "" when it is none.
func Name(column, line int) string {
	name, err := excelize.CoordinatesToCellName(column, line)
	if err != nil {
		return ""
	}
	return name
}

// Serial reads a number of a date cell: days since 1900 or 1904, in the form YYYY-MM-DD.
func (f *File) Serial(days float64) (string, error) {
	t, err := excelize.ExcelDateToTime(days, f.Date1904)
	if err != nil {
		return "", fmt.Errorf("reading a date: %w", err)
	}
	return t.Format("2006-01-02"), nil
}
