// Package sheet reads spreadsheets row by row: XLSX, and CSV in the encodings that spreadsheet programs write. It gives texts and positions; what they mean
// is for its caller. It refuses what cannot be read without guessing: merged cells, formulas without a kept value, files with a password.
//
// Invariants: a file is never wholly in memory when it is CSV, and of XLSX only the packed bytes are; a part of a file that cannot be read is an error,
// never a shorter file.
package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
)

// MaxFile is the largest file that is read, in bytes.
const MaxFile = 256 << 20

// MaxRows is the largest number of rows that is read: what a spreadsheet program can hold.
const MaxRows = 1 << 20

// Row is one row of the table.
type Row struct {
	Line  int // as the spreadsheet program shows it, from 1
	Cells []string
}

// Fault is why a file cannot be read. Line and Column are counted from 1, 0 = not about one place.
type Fault struct {
	Code         string // empty, password, old_excel, web_page, not_excel, too_large, too_many, quote, merged, formula, error_value, damaged
	Line, Column int
	Detail       string // a position such as A3:B4, or the value
}

// Error implements error.
func (f *Fault) Error() string {
	return fmt.Sprintf("sheet: %s at line %d column %d %s", f.Code, f.Line, f.Column, f.Detail)
}

// Faults are several faults of one file, at most maxFaults of them.
type Faults struct {
	All  []*Fault
	More int // that were not kept
}

// maxFaults bounds what is kept of one kind of fault.
const maxFaults = 50

func (f *Faults) add(one *Fault) {
	if len(f.All) == maxFaults {
		f.More++
		return
	}
	f.All = append(f.All, one)
}

// Error implements error.
func (f *Faults) Error() string { return fmt.Sprintf("sheet: %d fault(s)", len(f.All)+f.More) }

// File is a spreadsheet that was looked at and can be read any number of times.
type File struct {
	Lines    int    // estimate of the rows, for progress
	Encoding string // of CSV: utf-8, utf-16, gb18030; "" = XLSX
	Sheet    string // of XLSX: the sheet that is read
	Others   []string
	Formulas int  // cells whose kept value is read
	Date1904 bool // numbers that are dates count from 1904
	path     string
	comma    rune
	wide     wide
	book     *book
	merged   []area
}

// Open looks at a file: what it is, how it is written and whether it can be read. Errors are *Fault or *Faults when the file is to blame.
func Open(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("opening spreadsheet: %w", err)
	}
	switch {
	case info.Size() == 0:
		return nil, &Fault{Code: "empty"}
	case info.Size() > MaxFile:
		return nil, &Fault{Code: "too_large"}
	}
	head, err := readHead(path)
	if err != nil {
		return nil, fmt.Errorf("opening spreadsheet: %w", err)
	}
	f := &File{path: path}
	text := bytes.ToLower(bytes.TrimLeftFunc(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), unicode.IsSpace))
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return f, f.openBook()
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		if bytes.Contains(head, utf16Name("EncryptedPackage")) {
			return nil, &Fault{Code: "password"}
		}
		return nil, &Fault{Code: "old_excel"}
	case bytes.HasPrefix(text, []byte("<html")), bytes.HasPrefix(text, []byte("<!doctype")), bytes.HasPrefix(text, []byte("<?xml")), bytes.HasPrefix(text, []byte("<table")):
		return nil, &Fault{Code: "web_page"}
	}
	return f, f.openText()
}

// readHead gives the beginning of a file.
func readHead(path string) ([]byte, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	head := make([]byte, 16<<10)
	n, err := io.ReadFull(in, head)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

// utf16Name is a name as the directory of an old office file holds it.
func utf16Name(name string) []byte {
	var out []byte
	for _, c := range []byte(name) {
		out = append(out, c, 0)
	}
	return out
}

// Rows gives the rows that hold anything, in order, with every cell trimmed. It ends with the first error of do.
func (f *File) Rows(do func(Row) error) error {
	if f.book != nil {
		return f.bookRows(do)
	}
	return f.textRows(do)
}

// Close gives back what the file holds.
func (f *File) Close() error {
	if f.book == nil {
		return nil
	}
	return f.book.close()
}

// MergedBelow tells which merged cells reach a line or lie below it; nil when none does. Titles above a table may be merged, cells of it may not: all but
// the first of them are empty.
func (f *File) MergedBelow(line int) error {
	found := &Faults{}
	for _, a := range f.merged {
		if a.last >= line {
			found.add(&Fault{Code: "merged", Line: a.first, Column: a.column, Detail: a.name})
		}
	}
	if len(found.All) == 0 {
		return nil
	}
	return found
}

// clean trims a cell: blanks of every width, marks of byte order, characters of no width.
func clean(cell string) string {
	ascii := true
	for i := range len(cell) {
		if c := cell[i]; c < 0x20 || c >= 0x7f {
			ascii = false
			break
		}
	}
	if !ascii {
		cell = strings.Map(func(r rune) rune {
			switch {
			case r == 0x00a0 || r == 0x3000 || r == '\t' || r == '\r' || r == '\n':
				return ' '
			case r >= 0x200b && r <= 0x200f, r == 0xfeff, r == 0x2060, r >= 0x202a && r <= 0x202e, r < 0x20, r == 0x7f:
				return -1
			}
			return r
		}, cell)
	}
	return strings.TrimSpace(cell)
}

// blank tells whether a row holds nothing, and cleans its cells.
func blank(cells []string) bool {
	empty := true
	for i, c := range cells {
		cells[i] = clean(c)
		empty = empty && cells[i] == ""
	}
	return empty
}
