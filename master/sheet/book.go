package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of what an XLSX file may unpack to, in bytes: a small file can hold a very large one.
const (
	maxUnpacked = 2 << 30
	maxInMemory = 16 << 20 // of one part; larger ones go through a temporary file
)

// book is an open XLSX file.
type book struct {
	file  *excelize.File
	parts *zip.ReadCloser
}

func (b *book) close() error {
	var errs []error
	if b.file != nil {
		errs = append(errs, b.file.Close())
	}
	if b.parts != nil {
		errs = append(errs, b.parts.Close())
	}
	return errors.Join(errs...)
}

// area is a block of merged cells.
type area struct {
	name                string
	first, last, column int
}

// openBook looks at an XLSX file: which sheet is read, and what stands in it that a row-by-row reading would not show.
func (f *File) openBook() error {
	parts, err := zip.OpenReader(f.path)
	if err != nil {
		return &Fault{Code: "damaged"}
	}
	f.book = &book{parts: parts}
	size := uint64(0)
	for _, p := range parts.File {
		size += p.UncompressedSize64
	}
	if size > maxUnpacked {
		return errors.Join(&Fault{Code: "too_large"}, f.Close())
	}
	f.book.file, err = excelize.OpenFile(f.path, excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxInMemory, RawCellValue: true})
	if err != nil {
		return errors.Join(&Fault{Code: "not_excel"}, f.Close())
	}
	if props, err := f.book.file.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		f.Date1904 = *props.Date1904
	}
	if err := f.chooseSheet(); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.scan(); err != nil {
		return errors.Join(err, f.Close())
	}
	return nil
}

// chooseSheet takes the first sheet that people see.
func (f *File) chooseSheet() error {
	for _, name := range f.book.file.GetSheetList() {
		if visible, err := f.book.file.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		if f.Sheet == "" {
			f.Sheet = name
			continue
		}
		f.Others = append(f.Others, name)
	}
	if f.Sheet == "" {
		return &Fault{Code: "empty"}
	}
	return nil
}

// part is the file within the package that holds the sheet, nil when the package is not in order.
func (f *File) part() *zip.File {
	var book struct {
		Sheets []struct {
			Name string     `xml:"name,attr"`
			Attr []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if f.read("xl/workbook.xml", &book) != nil || f.read("xl/_rels/workbook.xml.rels", &links) != nil {
		return nil
	}
	for _, s := range book.Sheets {
		for _, a := range s.Attr {
			if s.Name != f.Sheet || a.Name.Local != "id" {
				continue
			}
			for _, l := range links.All {
				if l.ID == a.Value {
					return f.find(strings.TrimPrefix(path.Join("/xl", strings.TrimPrefix(l.Target, "/xl/")), "/"))
				}
			}
		}
	}
	return nil
}

func (f *File) find(name string) *zip.File {
	i := slices.IndexFunc(f.book.parts.File, func(p *zip.File) bool { return strings.EqualFold(p.Name, name) })
	if i < 0 {
		return nil
	}
	return f.book.parts.File[i]
}

func (f *File) read(name string, into any) error {
	p := f.find(name)
	if p == nil {
		return io.ErrUnexpectedEOF
	}
	r, err := p.Open()
	if err != nil {
		return fmt.Errorf("opening %s: %w", name, err)
	}
	defer r.Close()
	return xml.NewDecoder(io.LimitReader(r, maxInMemory)).Decode(into)
}

func (f *File) bookRows(do func(Row) error) error {
	rows, err := f.book.file.Rows(f.Sheet)
	if err != nil {
		return fmt.Errorf("reading spreadsheet: %w", err)
	}
	defer func() { _ = rows.Close() }() // only read
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			return &Fault{Code: "damaged", Line: line}
		}
		if line > MaxRows+1 {
			return &Fault{Code: "too_many"}
		}
		if blank(cells) {
			continue
		}
		if err := do(Row{Line: line, Cells: cells}); err != nil {
			return err
		}
	}
	return nil
}
