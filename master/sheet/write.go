package sheet

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// Page is one sheet to be written. Every cell is a text, so that codes and dates stay as they are.
type Page struct {
	Name   string
	Rows   [][]string
	Header bool // the first row is bold and stays in view
}

// columnWidth is the width of a written column, in characters.
const columnWidth = 18

// Write writes an XLSX file.
func Write(w io.Writer, pages ...Page) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	for i, p := range pages {
		if i == 0 {
			err = f.SetSheetName("Sheet1", p.Name)
		} else {
			_, err = f.NewSheet(p.Name)
		}
		if err != nil {
			return fmt.Errorf("naming sheet: %w", err)
		}
		if err := writePage(f, p); err != nil {
			return fmt.Errorf("writing sheet: %w", err)
		}
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("packing sheets: %w", err)
	}
	return nil
}

func writePage(f *excelize.File, p Page) error {
	out, err := f.NewStreamWriter(p.Name)
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if err := out.SetColWidth(1, 30, columnWidth); err != nil {
		return err
	}
	if p.Header {
		if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
			return err
		}
	}
	for n, row := range p.Rows {
		cells := make([]any, len(row))
		for i, text := range row {
			cell := excelize.Cell{Value: text}
			if p.Header && n == 0 {
				cell.StyleID = bold
			}
			cells[i] = cell
		}
		if err := out.SetRow(Name(1, n+1), cells); err != nil {
			return err
		}
	}
	return out.Flush()
}
